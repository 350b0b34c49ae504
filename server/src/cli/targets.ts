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

/** What a register holds, as far as that is known. */
const UNKNOWN = 0;
const FROM_HERE = 1;
const ABSOLUTE = 2;

/** The addresses that instructions name, as objdump tells them: also those built in two steps. */
export class Targets {
  /** What is known of what the last `auipc` or `lui` put into each register, until it has been used. */
  private readonly known = new Uint8Array(32);
  /** That itself: a number, or an offset from the beginning of the code. */
  private readonly upper = new Float64Array(32);
  /** Where all sums of the address and offsets are exact numbers. */
  private readonly start: number | null;

  constructor(
    private readonly address: bigint,
    private readonly xlen: Xlen,
    private readonly symbols: Symbols,
  ) {
    this.start = address < 1n << 52n ? Number(address) : null;
  }

  /** An address, a bare number, with its name where there is one; at an offset from the beginning of the code. */
  write(offset: number, sink: Sink): void {
    const { symbols } = this;
    if (symbols.none) sink.add('0x');
    const sum = this.start === null ? -1 : this.start + offset;
    if (sum >= 0 && sum < 2 ** 32) sink.hex(sum);
    else sink.add(BigInt.asUintN(this.xlen, this.address + BigInt(offset)).toString(16));
    if (symbols.none) return;
    sink.add(' <');
    symbols.writeNear(offset, this.address, sink);
    sink.add('>');
  }

  /** Writes what is told beside an instruction. It is to be called for each instruction in turn. */
  note(role: Role, bits: number, offset: number, hint: boolean, sink: Sink): void {
    if (role.k === 'none') return;
    if (role.k === 'upper') {
      const rd = role.rd(bits);
      this.known[rd] = role.fromHere ? FROM_HERE : ABSOLUTE;
      this.upper[rd] = role.imm(bits) + (role.fromHere ? offset : 0);
      return;
    }
    const { lower } = role;
    // C instructions that are hints go by their own names.
    if (!(hint && lower.narrow) && isBare(lower, bits)) return;
    const register = lower.base(bits);
    const known = this.known[register] ?? UNKNOWN;
    this.known[register] = UNKNOWN;
    const upper = this.upper[register] ?? 0;
    if (known === FROM_HERE && register !== 0 && !hint) {
      const target = upper + lower.imm(bits);
      const sum = this.start === null ? -1 : this.start + target;
      if (sum >= 0 && sum < 2 ** 31) {
        sink.add(' # ');
        this.write(target, sink);
        return;
      }
    }
    const base = known === UNKNOWN || register === 0 ? this.fixedBase(register, lower.adds) : this.whole(known, upper);
    if (base === null || hint) return;
    const sum = base + BigInt(lower.imm(bits));
    const target = BigInt.asUintN(this.xlen, lower.word ? BigInt.asIntN(32, sum) : sum);
    const name = this.symbols.near(target);
    sink.add(name === null ? ` # 0x${target.toString(16)}` : ` # ${target.toString(16)} <${name}>`);
  }

  private whole(known: number, upper: number): bigint {
    return BigInt.asUintN(this.xlen, BigInt(upper) + (known === FROM_HERE ? this.address : 0n));
  }

  /** What a base register always holds: `gp`, or 0. */
  private fixedBase(register: number, adds: boolean): bigint | null {
    if (register === gp) return this.symbols.globalPointer;
    return (register === tp || register === 0) && !(adds && register === 0) ? 0n : null;
  }
}
