import { decode } from '../decode';
import type { TextProblem } from '../types';
import { directives } from './directives';
import { evaluate, report, type Scope } from './evaluate';
import { assembleInstruction } from './instruction';
import { type AssemblerState, applyOption } from './option';
import type {
  AssembledBlock,
  AssembledPiece,
  AssembledStatement,
  AssemblyEnvironment,
  Expression,
  PcrelHi,
  Statement,
  StatementBody,
} from './types';

/** A block that would grow beyond this is refused. */
const MAX_BYTES = 1 << 20;
/** Layouts settle within a few passes; one that has not by then never will. */
const MAX_PASSES = 64;

const NOP = 0x00000013;
const C_NOP = 0x0001;

type Directive = StatementBody & { readonly k: 'directive' };

/** `length` bytes of a value, little-endian. */
export function littleEndian(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The `%pcrel_hi` of a statement, or null. */
function pcrelHiOf(statement: Statement): Expression | null {
  if (statement.body?.k !== 'instruction' || statement.body.mnemonic.name !== 'auipc') return null;
  const last = statement.body.operands.at(-1);
  return last?.k === 'expression' && last.value.k === 'relocation' && last.value.op === '%pcrel_hi'
    ? last.value.a
    : null;
}

/** One attempt at a layout, on the addresses of the attempt before. */
class Pass {
  readonly problems: TextProblem[] = [];
  readonly statements: AssembledStatement[] = [];
  private state: AssemblerState;
  private readonly saved: AssemblerState[] = [];
  private address: bigint;

  constructor(
    private readonly block: Block,
    private readonly addresses: readonly bigint[],
  ) {
    this.state = { isa: block.env.isa, rvc: block.env.rvc ?? false };
    this.address = block.base;
  }

  run(): void {
    let size = 0;
    for (const [index, statement] of this.block.statements.entries()) {
      const pieces = statement.body ? this.pieces(statement.body, index) : [];
      const bytes = concat(pieces.map((piece) => piece.bytes));
      this.statements.push({ statement, address: this.address, bytes, pieces });
      size += bytes.length;
      if (size > MAX_BYTES) {
        this.problems.push({
          code: 'size',
          message: 'the block is larger than 1 MiB',
          start: statement.start,
          end: statement.end,
        });
        return;
      }
      this.address = BigInt.asUintN(this.block.env.isa.xlen, this.address + BigInt(bytes.length));
    }
  }

  private scope(index: number, problems: TextProblem[]): Scope {
    const { block, addresses } = this;
    return {
      isa: this.state.isa,
      address: this.address,
      symbol: (name) => block.symbol(name, addresses),
      local: (number, direction) => block.local(number, direction, index, addresses),
      pcrelHi: (label) => this.pcrelHi(label, index),
      names: () => block.names(),
      problems,
    };
  }

  /** The `auipc` at a label of this block or, by the environment, of another one. */
  pcrelHi(label: Expression, index: number): PcrelHi | undefined {
    const { block, addresses } = this;
    const at = label.k === 'local' ? block.localIndex(label.number, label.direction, index) : block.labelIndex(label);
    if (at === undefined) return label.k === 'name' ? block.env.pcrelHi?.(label.name) : undefined;
    return this.pcrelHiAt(at, addresses);
  }

  /** The first statement with a body at or after a label. */
  pcrelHiAt(index: number, addresses: readonly bigint[]): PcrelHi | undefined {
    const { statements } = this.block;
    let at = index;
    while (at < statements.length && !statements[at]?.body) at++;
    const statement = statements[at];
    const address = addresses[at];
    const symbol = statement && pcrelHiOf(statement);
    if (!symbol || address === undefined) return undefined;
    const target = evaluate(symbol, { ...this.scope(at, []), address });
    return target === null ? undefined : { address, target: BigInt.asUintN(this.block.env.isa.xlen, target) };
  }

  private pieces(body: StatementBody, index: number): AssembledPiece[] {
    const text = this.block.statements[index]?.text ?? '';
    if (body.k === 'directive') return this.directive(body, text, index);
    const scope = this.scope(index, this.problems);
    const grown = this.block.grown.has(index);
    const assembled = assembleInstruction(body, this.state.rvc && !grown, scope) ?? [];
    // Once long, always long: so that the layout settles.
    if (assembled.length === 1 && assembled[0]?.decoded.length === 4) this.block.grown.add(index);
    let { address } = this;
    return assembled.map(({ decoded, text: own }) => {
      const bytes = littleEndian(BigInt(decoded.word), decoded.length);
      const piece = { address, bytes, decoded, text: own ?? text };
      address += BigInt(decoded.length);
      return piece;
    });
  }

  private directive(body: Directive, text: string, index: number): AssembledPiece[] {
    const scope = this.scope(index, this.problems);
    const directive = directives.get(body.name.name);
    const data = (bytes: Uint8Array): AssembledPiece[] => [{ address: this.address, bytes, decoded: null, text }];
    switch (directive?.k) {
      case 'data':
        // `.` is where the value stands, not where the directive does.
        return data(
          concat(
            body.operands.map((operand, i) => {
              const address = this.address + BigInt(i * directive.size);
              return this.datum(operand, directive.size, { ...scope, address });
            }),
          ),
        );
      case 'string':
        return data(concat(body.operands.map((operand) => this.text(operand, directive.zero, scope))));
      case 'space': {
        const [count, fill] = this.numbers(body, scope, 1, 2);
        if (count === undefined) return [];
        if (count < 0n || count > BigInt(MAX_BYTES)) {
          report(scope, 'range', `\`${body.name.name}\` ${count}: 0 to ${MAX_BYTES} bytes are possible`, body);
          return [];
        }
        return data(new Uint8Array(Number(count)).fill(Number(BigInt.asUintN(8, fill ?? 0n))));
      }
      case 'align':
        return this.align(body, directive.power, text, scope);
      case 'option':
        this.state = applyOption(body, this.state, this.saved, scope);
        return [];
      default:
        return [];
    }
  }

  private datum(operand: Directive['operands'][number], size: 1 | 2 | 4 | 8, scope: Scope): Uint8Array {
    if (operand.k !== 'expression') {
      report(scope, 'operand', 'a number or symbol is expected here', operand);
      return new Uint8Array(size);
    }
    const value = evaluate(operand.value, scope) ?? 0n;
    const limit = 1n << BigInt(8 * size);
    // An address of the upper half of a 32-bit space is negative here, and an 8-byte value always fits.
    if (size < 8 && (value >= limit || value < -limit / 2n))
      report(scope, 'range', `${value} does not fit ${size} byte${size === 1 ? '' : 's'}`, operand);
    return littleEndian(BigInt.asUintN(64, value), size);
  }

  private text(operand: Directive['operands'][number], zero: boolean, scope: Scope): Uint8Array {
    if (operand.k !== 'list') {
      report(scope, 'operand', 'a string is expected here', operand);
      return new Uint8Array();
    }
    const bytes = operand.values.map((value) => Number(evaluate(value, scope) ?? 0n));
    return Uint8Array.from(zero ? [...bytes, 0] : bytes);
  }

  /** The values of a directive's operands, of which there must be so many; empty with a problem noted. */
  private numbers(body: Directive, scope: Scope, least: number, most: number): bigint[] {
    const { operands, name } = body;
    if (operands.length < least || operands.length > most) {
      const count = least === most ? `${least}` : `${least} to ${most}`;
      report(scope, 'operand', `\`${name.name}\` takes ${count} operand${most === 1 ? '' : 's'}`, body);
      return [];
    }
    return operands.flatMap((operand) => {
      const value = operand.k === 'expression' ? evaluate(operand.value, scope) : null;
      if (operand.k !== 'expression') report(scope, 'operand', 'a number is expected here', operand);
      return value ?? [];
    });
  }

  private align(body: Directive, power: boolean, text: string, scope: Scope): AssembledPiece[] {
    const [operand, fill, most] = this.numbers(body, scope, 1, 3);
    if (operand === undefined) return [];
    const possible = power ? operand >= 0n && operand <= 12n : operand > 0n && operand <= 4096n;
    const to = power ? 1n << BigInt.asUintN(4, operand) : operand;
    if (!possible || (to & (to - 1n)) !== 0n) {
      report(scope, 'range', `\`${body.name.name}\` takes ${power ? '0 to 12' : 'a power of two up to 4096'}`, body);
      return [];
    }
    const gap = Number((to - (this.address % to)) % to);
    if (most !== undefined && BigInt(gap) > most) return [];
    if (fill !== undefined) {
      const bytes = new Uint8Array(gap).fill(Number(BigInt.asUintN(8, fill)));
      return gap === 0 ? [] : [{ address: this.address, bytes, decoded: null, text }];
    }
    return this.nops(gap, body, text, scope);
  }

  /** Instructions that fill a gap: nothing for an odd byte, then a `c.nop`, then as many `nop` as it takes. */
  private nops(gap: number, body: Directive, text: string, scope: Scope): AssembledPiece[] {
    const { isa } = scope;
    const pieces: AssembledPiece[] = [];
    let { address } = this;
    const push = (bytes: Uint8Array, word: number | null): void => {
      pieces.push({ address, bytes, decoded: word === null ? null : decode(word, isa), text });
      address += BigInt(bytes.length);
    };
    if (gap % 2 === 1) push(new Uint8Array(1), null);
    if (gap % 4 >= 2) {
      if (!isa.extensions.has('zca'))
        report(scope, 'excluded', `${gap} bytes cannot be filled with instructions: \`c.nop\` needs C`, body);
      push(littleEndian(BigInt(C_NOP), 2), C_NOP);
    }
    for (let i = 0; i < Math.floor(gap / 4); i++) push(littleEndian(BigInt(NOP), 4), NOP);
    return pieces;
  }
}

/** What stays the same from pass to pass. */
class Block {
  /** Statements whose instruction needs its long form. */
  readonly grown = new Set<number>();
  readonly duplicates: TextProblem[] = [];
  private readonly labels = new Map<string, number>();
  private readonly locals = new Map<number, number[]>();

  constructor(
    readonly statements: readonly Statement[],
    readonly base: bigint,
    readonly env: AssemblyEnvironment,
  ) {
    statements.forEach((statement, index) => {
      for (const { name, start, end } of statement.labels) {
        if (/^\d+$/.test(name)) {
          this.locals.set(Number(name), [...(this.locals.get(Number(name)) ?? []), index]);
        } else if (this.labels.has(name)) {
          this.duplicates.push({
            code: 'duplicate-label',
            message: `label \`${name}\` is already defined`,
            start,
            end,
          });
        } else this.labels.set(name, index);
      }
    });
  }

  labelIndex(label: Expression): number | undefined {
    return label.k === 'name' ? this.labels.get(label.name) : undefined;
  }

  localIndex(number: number, direction: 'f' | 'b', index: number): number | undefined {
    const all = this.locals.get(number) ?? [];
    return direction === 'f' ? all.find((at) => at > index) : all.findLast((at) => at <= index);
  }

  symbol(name: string, addresses: readonly bigint[]): bigint | undefined {
    const index = this.labels.get(name);
    return index === undefined ? this.env.symbol(name) : addresses[index];
  }

  local(number: number, direction: 'f' | 'b', index: number, addresses: readonly bigint[]): bigint | undefined {
    const at = this.localIndex(number, direction, index);
    return at === undefined ? undefined : addresses[at];
  }

  names(): string[] {
    return [...this.labels.keys(), ...(this.env.symbolNames ?? [])];
  }

  named(): ReadonlyMap<string, number> {
    return this.labels;
  }

  /** A first guess: every instruction as short as it may be. */
  guess(): bigint[] {
    let address = this.base;
    return this.statements.map(({ body }) => {
      const here = address;
      if (body?.k === 'instruction') address += this.env.rvc || body.mnemonic.name.startsWith('c.') ? 2n : 4n;
      const directive = body?.k === 'directive' ? directives.get(body.name.name) : undefined;
      if (directive?.k === 'data') address += BigInt(directive.size * (body?.operands.length ?? 0));
      return here;
    });
  }
}

/**
 * Lays a block out at a base address and encodes it. Sizes may depend on targets (`.option rvc`), so passes are made until
 * nothing moves; an instruction that once needed its long form keeps it. Without `.option rvc` nothing is compressed.
 * Never throws. Problems of syntax stay in each statement; a statement that cannot be assembled has no bytes.
 */
export function assembleBlock(
  statements: readonly Statement[],
  base: bigint,
  env: AssemblyEnvironment,
): AssembledBlock {
  const block = new Block(statements, BigInt.asUintN(env.isa.xlen, base), env);
  let addresses = block.guess();
  let pass = new Pass(block, addresses);
  for (let round = 0; ; round++) {
    pass.run();
    const next = pass.statements.map((statement) => statement.address);
    if (next.length < statements.length || next.every((address, i) => address === addresses[i])) break;
    if (round === MAX_PASSES) {
      const { start, end } = statements[0] ?? { start: 0, end: 0 };
      pass.problems.push({ code: 'layout', message: 'the layout of this block never settles', start, end });
      break;
    }
    addresses = next;
    pass = new Pass(block, addresses);
  }
  const labels = new Map<string, bigint>();
  const pcrelHi = new Map<string, PcrelHi>();
  for (const [name, index] of block.named()) {
    const address = addresses[index];
    if (address === undefined) continue;
    labels.set(name, address);
    const pair = pass.pcrelHiAt(index, addresses);
    if (pair) pcrelHi.set(name, pair);
  }
  const size = pass.statements.reduce((sum, statement) => sum + statement.bytes.length, 0);
  return { statements: pass.statements, labels, pcrelHi, size, problems: [...block.duplicates, ...pass.problems] };
}
