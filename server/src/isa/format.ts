import type { OperandKindSpec } from './operands';
import { Printer } from './print';
import type { Sink } from './program';
import type { TextPool } from './texts';
import type { Decoded, Xlen } from './types';
import { hexText, valueText } from './value-text';

export interface FormatOptions {
  /** Where it stands: targets are then printed as addresses, otherwise as `.+8`. */
  readonly address?: bigint;
  /** The name of an address, printed after it: `0x80001000 <f+0x10>`. */
  readonly symbol?: (address: bigint) => string | null;
  /** Pseudo-instructions and C forms by what they stand for, as objdump does (`ret`, `li a0, 5`); default true. */
  readonly aliases?: boolean;
  /** `x5` rather than `t0`; default false. */
  readonly numeric?: boolean;
  /** Between operands; default `', '`. objdump has `','`. */
  readonly separator?: string;
  /** Width of addresses; default 64. */
  readonly xlen?: Xlen;
}

type Fields = Readonly<Record<string, number>>;

/** Bytes as objdump shows data: `.word 0x...`, or `.half` for a parcel. */
function formatUnknown(decoded: Decoded): string {
  return decoded.length === 2
    ? `.half 0x${decoded.word.toString(16).padStart(4, '0')}`
    : `.word 0x${decoded.word.toString(16).padStart(8, '0')}`;
}

/** The address that an offset leads to, modulo 2^XLEN. */
export function targetOf(address: bigint, offset: number, xlen: Xlen): bigint {
  return BigInt.asUintN(xlen, address + BigInt(offset));
}

function formatTarget(offset: number, options: FormatOptions): string {
  if (options.address === undefined) return offset < 0 ? `.${offset}` : `.+${offset}`;
  const target = targetOf(options.address, offset, options.xlen ?? 64);
  const name = options.symbol?.(target) ?? null;
  return name === null ? hexText(target) : `${hexText(target)} <${name}>`;
}

/** One value as it is written in assembly; `fields` are the others, on which a stack adjustment depends. */
export function formatValue(
  kind: OperandKindSpec,
  value: number,
  options: FormatOptions = {},
  fields: Fields = {},
): string {
  if (kind.class === 'target') return formatTarget(value, options);
  const { numeric = false, xlen = 64 } = options;
  return valueText(kind, value, { numeric, xlen }, fields.rlist);
}

/** By separator, then by the rest. */
const printers = new Map<string, (Printer | undefined)[]>();

/** What `format` prints with, with all that it has found out before. */
function printerOf(xlen: Xlen, aliases: boolean, numeric: boolean, separator: string): Printer {
  let some = printers.get(separator);
  if (!some) {
    some = [];
    printers.set(separator, some);
  }
  const index = (xlen === 32 ? 4 : 0) | (aliases ? 2 : 0) | (numeric ? 1 : 0);
  const printer = some[index] ?? new Printer({ xlen, aliases, numeric, separator, gap: ' ' });
  some[index] = printer;
  return printer;
}

/** Gathers text as a string. */
export class Text implements Sink {
  text = '';

  put(texts: TextPool, number: number): void {
    this.text += texts.string(number);
  }

  add(text: string): void {
    this.text += text;
  }

  hex(value: number): void {
    this.text += value.toString(16);
  }
}

/**
 * Prints an instruction as GNU objdump does, with a space after the mnemonic: `jalr t0, -8(t1)`. What is no instruction is
 * printed as data. Every result assembles again to the same bits, C forms printed by what they stand for aside.
 */
export function format(decoded: Decoded, options: FormatOptions = {}): string {
  const { spec, word, legality } = decoded;
  if (!spec) return formatUnknown(decoded);
  const { xlen = 64, aliases = true, numeric = false, separator = ', ' } = options;
  const sink = new Text();
  const printer = printerOf(xlen, aliases, numeric, separator);
  printer.write(printer.of(spec, legality === 'hint'), word, sink, (offset) => sink.add(formatTarget(offset, options)));
  return sink.text;
}
