import type { Candidate, Sink, Xlen } from '../isa';
import type { Symbols } from './symbols';

/** What an instruction may contribute to an address that is built in two steps. */
export type Role =
  | { readonly k: 'none' }
  /** Puts the upper part into a register. */
  | { readonly k: 'upper'; readonly fromHere: boolean; readonly rd: Reader; readonly imm: Reader }
  | { readonly k: 'lower'; readonly lower: Lower };

/** Adds an immediate to a register, or accesses memory there. */
interface Lower {
  readonly rd: Reader;
  readonly base: Reader;
  readonly imm: Reader;
  readonly adds: boolean;
  /** Whether the sum has 32 bits. */
  readonly word: boolean;
  readonly jumps: boolean;
  readonly narrow: boolean;
}

type Reader = (word: number) => number;

/** Instructions whose address objdump tells beside them: immediate and register make it. */
const lower = /^((c\.)?addiw?|jalr|l[bhwd]u?|s[bhwd]|fl[hwdq]|fs[hwdq])$/;
const NONE: Role = { k: 'none' };

/** What an instruction may contribute. */
export function roleOf({ spec: { mnemonic, length }, kinds }: Candidate): Role {
  const reader = (name: string): Reader => kinds.find((kind) => kind.name === name)?.read ?? (() => 0);
  const [rd, imm] = [reader('rd'), reader('imm')];
  if (mnemonic === 'auipc' || mnemonic === 'lui' || mnemonic === 'c.lui')
    return { k: 'upper', fromHere: mnemonic === 'auipc', rd, imm };
  if (!lower.test(mnemonic)) return NONE;
  const base = kinds.some(({ name }) => name === 'rs1') ? reader('rs1') : rd;
  const adds = mnemonic.includes('addi');
  return {
    k: 'lower',
    lower: {
      rd,
      base,
      imm,
      adds,
      word: adds && mnemonic.endsWith('w'),
      jumps: mnemonic === 'jalr',
      narrow: length === 2,
    },
  };
}

/** Whether it is printed as `mv`, `sext.w`, `nop`, `li` or `ret`, beside which nothing is told. */
function isBare({ rd, base, imm, adds, word, jumps }: Lower, bits: number): boolean {
  if (adds) return imm(bits) === 0 || (!word && base(bits) === 0);
  return jumps && rd(bits) === 0 && base(bits) === ra && imm(bits) === 0;
}

const [ra, gp, tp] = [1, 3, 4];

/** The addresses that instructions name, as objdump tells them: also those built in two steps. */
export class Targets {
  /** What the last `auipc` or `lui` put into each register, until it has been used. */
  private readonly upper = new Array<bigint | null>(32).fill(null);
  /** Where all sums of the address and offsets are exact numbers. */
  private readonly start: number | null;

  constructor(
    private readonly address: bigint,
    private readonly xlen: Xlen,
    private readonly symbols: Symbols,
  ) {
    this.start = address < 1n << 52n ? Number(address) : null;
  }

  /** The target of a jump, a bare number, with its name where there is one; at an offset from the beginning of the code. */
  write(offset: number, sink: Sink): void {
    const name = this.symbols.nearOffset(offset, this.address);
    if (name === null) sink.add('0x');
    const sum = this.start === null ? -1 : this.start + offset;
    if (sum >= 0 && sum < 2 ** 32) sink.hex(sum);
    else sink.add(BigInt.asUintN(this.xlen, this.address + BigInt(offset)).toString(16));
    if (name !== null) sink.add(` <${name}>`);
  }

  /** What is told beside an instruction, or null. It is to be asked for each instruction in turn. */
  note(role: Role, bits: number, offset: number, hint: boolean): string | null {
    if (role.k === 'none') return null;
    if (role.k === 'upper') {
      const from = role.fromHere ? this.address + BigInt(offset) : 0n;
      this.upper[role.rd(bits)] = BigInt.asUintN(this.xlen, from + BigInt(role.imm(bits)));
      return null;
    }
    // C instructions that are hints go by their own names.
    if (!(hint && role.lower.narrow) && isBare(role.lower, bits)) return null;
    const base = this.baseOf(role.lower.base(bits), role.lower.adds);
    if (base === null || hint) return null;
    const sum = base + BigInt(role.lower.imm(bits));
    const target = BigInt.asUintN(this.xlen, role.lower.word ? BigInt.asIntN(32, sum) : sum);
    const name = this.symbols.near(target);
    return name === null ? ` # 0x${target.toString(16)}` : ` # ${target.toString(16)} <${name}>`;
  }

  /** What is known of a base register: the upper part of an address, which is used once; `gp`; or 0. */
  private baseOf(register: number, adds: boolean): bigint | null {
    const upper = this.upper[register] ?? null;
    if (upper !== null) {
      this.upper[register] = null;
      if (register !== 0) return upper;
    }
    if (register === gp) return this.symbols.globalPointer;
    return (register === tp || register === 0) && !(adds && register === 0) ? 0n : null;
  }
}
