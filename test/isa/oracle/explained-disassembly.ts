import type { Xlen } from '../../../server/src/isa/index';
import { operandKinds } from '../../../server/src/isa/operands';
import type { Difference } from './compare';
import type { Judge } from './judges';

/** A kind of difference, why it is no fault of ours, and a word that shows it. */
export interface Explanation {
  readonly reason: string;
  readonly judges: readonly Judge[];
  readonly applies: (difference: Difference) => boolean;
  readonly example: {
    readonly word: number;
    readonly xlen: Xlen;
    /** Shown with pseudo-instructions. */
    readonly aliases?: true;
    /** Of the small core that has Zcmp and Zcmt. */
    readonly small?: true;
  };
}

const mnemonicOf = (text: string | null): string => text?.split(' ')[0] ?? '';
const operandsOf = (text: string | null): string => text?.split(' ').slice(1).join(' ') ?? '';

/** The judge takes for an instruction what we do not, and prints it as we would if it were one. */
const acceptsReserved = ({ ours, theirs, otherwise }: Difference): boolean => ours === null && theirs === otherwise;

const reasonIs = ({ decoded }: Difference, reason: RegExp): boolean => reason.test(decoded.reason ?? '');

/** What the judge prints is ours with another mnemonic. */
const renamed = ({ ours, theirs }: Difference, rename: (mnemonic: string) => string | undefined): boolean =>
  ours !== null && mnemonicOf(theirs) === rename(mnemonicOf(ours)) && operandsOf(theirs) === operandsOf(ours);

/** Whether an operand is of a kind. */
const has = ({ decoded }: Difference, kind: string): boolean =>
  decoded.spec?.operands.some((operand) => operand.kind === kind) ?? false;

const isCompressed = ({ decoded }: Difference): boolean => decoded.length === 2;
/** Bit 5 of a shift amount. */
const SHIFT_BIT = 1 << 25;
const C_SHIFT_BIT = 1 << 12;

/** What LLVM takes for an alias of what instruction. */
const LLVM_ALIASES: Readonly<Record<string, string>> = {
  pause: 'fence w 0',
  'ntl.p1': 'add x0 x0 x2',
  'ntl.pall': 'add x0 x0 x3',
  'ntl.s1': 'add x0 x0 x4',
  'ntl.all': 'add x0 x0 x5',
  'c.ntl.p1': 'c.add x0 x2',
  'c.ntl.pall': 'c.add x0 x3',
  'c.ntl.s1': 'c.add x0 x4',
  'c.ntl.all': 'c.add x0 x5',
};

/** binutils' names of the immediate forms that have aliases without the i. */
const IMMEDIATE_FORM = /^(add|sll|srl|sra|and|xor|or|csrr[swc]|csr[swc]|ror|bset|bext|bclr|binv)i(w?)$/;

/** Every kind of difference from GNU binutils 2.40 and LLVM 22. */
export const explanations: readonly Explanation[] = [
  {
    reason: 'rounding modes 5 and 6 are reserved; binutils prints them as unknown, LLVM rejects them',
    judges: ['gnu'],
    applies: (d) =>
      d.ours === null && reasonIs(d, /^reserved with rm = [56]$/) && mnemonicOf(d.theirs) === mnemonicOf(d.otherwise),
    example: { word: 0x00005053, xlen: 64 },
  },
  {
    reason: 'the conversion is exact and any rounding mode legal; binutils 2.40 knows mode 0 only, LLVM all',
    judges: ['gnu'],
    applies: (d) => d.theirs === null && has(d, 'rm0') && d.decoded.fields.rm !== 0,
    example: { word: 0x42001053, xlen: 64 },
  },
  {
    reason: 'an instruction of privileged specification 1.9, since removed from the manual, or of N, never ratified',
    judges: ['gnu'],
    applies: (d) => d.ours === null && /^(sfence\.vm|hret|uret)$/.test(mnemonicOf(d.theirs)),
    example: { word: 0x00200073, xlen: 64 },
  },
  {
    reason: 'on RV32 a shift amount of 32 or more is reserved; binutils does not look at XLEN here',
    judges: ['gnu'],
    applies: (d) =>
      d.xlen === 32 &&
      d.ours === null &&
      !isCompressed(d) &&
      (d.word & SHIFT_BIT) !== 0 &&
      /^(sll|srl|sra|ror|bset|bext|bclr|binv)i?$/.test(mnemonicOf(d.theirs)),
    example: { word: 0x02051513, xlen: 32 },
  },
  {
    reason: 'on RV32 bit 12 of a C shift is set aside for custom extensions; binutils does not look at XLEN here',
    judges: ['gnu'],
    applies: (d) =>
      d.xlen === 32 &&
      d.ours === null &&
      isCompressed(d) &&
      (d.word & C_SHIFT_BIT) !== 0 &&
      /^(c\.s(ll|rl|ra)i|s(ll|rl|ra))(64)?$/.test(mnemonicOf(d.theirs)),
    example: { word: 0x9005, xlen: 32 },
  },
  {
    reason: "a shift by 0 is RV128's c.slli64, c.srli64 or c.srai64, a HINT on RV32 and RV64; LLVM prints it as we do",
    judges: ['gnu'],
    applies: (d) =>
      isCompressed(d) && d.decoded.fields.shamt === 0 && mnemonicOf(d.theirs) === `${mnemonicOf(d.ours)}64`,
    example: { word: 0x8001, xlen: 64 },
  },
  {
    reason: '0x6101, an immediate of 0, is reserved by the manual; LLVM agrees',
    judges: ['gnu'],
    applies: (d) => d.ours === null && d.word === 0x6101,
    example: { word: 0x6101, xlen: 64 },
  },
  {
    reason: 'binutils lists c.addi before c.nop when aliases are off; the manual names the encoding with rd = x0 c.nop',
    judges: ['gnu'],
    applies: (d) => mnemonicOf(d.ours) === 'c.nop' && mnemonicOf(d.theirs) === 'c.addi',
    example: { word: 0x0001, xlen: 64 },
  },
  {
    reason: 'an addition of 0 is a HINT, which we name by its C form',
    judges: ['gnu'],
    applies: (d) =>
      d.aliases && d.decoded.legality === 'hint' && d.theirs === d.ours?.replace(/^c\.addi (\w+) 0$/, 'add $1 $1 0'),
    example: { word: 0x0081, xlen: 64, aliases: true },
  },
  {
    reason: "binutils prints the immediate form by the alias without its i; the manual's name says more",
    judges: ['gnu'],
    applies: (d) => d.aliases && renamed(d, (m) => (IMMEDIATE_FORM.test(m) ? m.replace(/i(w?)$/, '$1') : undefined)),
    example: { word: 0x00158593, xlen: 64, aliases: true },
  },
  {
    reason: 'binutils writes the unused destination x0 out here, the assembly manual leaves it out',
    judges: ['gnu'],
    applies: (d) =>
      d.aliases && /^(fsflagsi|fsrmi)$/.test(mnemonicOf(d.ours)) && d.theirs === d.ours?.replace(' ', ' zero '),
    example: { word: 0x0011d073 & ~0x8000, xlen: 64, aliases: true },
  },
  {
    reason: 'GNU and LLVM do not look at the round number; 11 to 15 are reserved by the manual',
    judges: ['gnu', 'llvm'],
    applies: (d) => d.decoded.spec?.mnemonic === 'aes64ks1i' && acceptsReserved(d) && (d.decoded.fields.rnum ?? 0) > 10,
    example: { word: 0x31b01013, xlen: 64 },
  },
  {
    reason: 'LLVM takes the hint for an alias, and aliases are off here; with aliases it says what we say',
    judges: ['llvm'],
    applies: (d) => !d.aliases && d.theirs !== null && d.theirs === LLVM_ALIASES[mnemonicOf(d.ours)],
    example: { word: 0x0100000f, xlen: 64 },
  },
  {
    reason: 'LLVM takes lpad for an alias of auipc, and aliases are off here; with aliases it says what we say',
    judges: ['llvm'],
    applies: (d) => !d.aliases && d.ours?.replace('lpad', 'auipc x0') === d.theirs && mnemonicOf(d.ours) === 'lpad',
    example: { word: 0x00001017, xlen: 64 },
  },
  {
    reason:
      "what Zicfiss leaves over of its may-be-operations is still Zimop's; LLVM gives up where its decoder for Zicfiss does",
    judges: ['llvm'],
    applies: (d) => d.theirs === null && /^mop\.(r\.28|rr\.7)$/.test(mnemonicOf(d.ours)),
    example: { word: 0xce604073, xlen: 64 },
  },
  {
    reason: "two times the same register is reserved by the manual; LLVM's disassembler does not look",
    judges: ['llvm'],
    applies: (d) => d.ours === null && /^cm\.mvsa01 (\w+) \1$/.test(d.theirs ?? ''),
    example: { word: 0xac22, xlen: 64, small: true },
  },
  {
    reason:
      'a masked instruction cannot write its mask unless it yields a mask or a scalar; GNU and LLVM say so in their assemblers only',
    judges: ['gnu', 'llvm'],
    applies: (d) => acceptsReserved(d) && reasonIs(d, /^reserved with vm = 0 and vd = 0$/),
    example: { word: 0x00008057, xlen: 64 },
  },
  {
    reason:
      'a destination that overlaps its source in this way is reserved; GNU and LLVM say so in their assemblers only',
    judges: ['gnu', 'llvm'],
    applies: (d) => acceptsReserved(d) && reasonIs(d, /^reserved with vd = vs[12]$/),
    example: { word: 0xc2202157, xlen: 64 },
  },
  {
    reason:
      'an instruction that reads a carry or a choice in v0 cannot write v0; GNU and LLVM say so in their assemblers only',
    judges: ['gnu', 'llvm'],
    applies: (d) => acceptsReserved(d) && reasonIs(d, /^reserved with vd = 0$/) && /\bv0$/.test(d.theirs ?? ''),
    example: { word: 0x40000057, xlen: 64 },
  },
  {
    reason: 'on RV32 an index is no wider than 32 bits; binutils does not look at XLEN here',
    judges: ['gnu'],
    applies: (d) => d.xlen === 32 && d.ours === null && /^v[ls][uo]x(seg\d)?ei64\.v$/.test(mnemonicOf(d.theirs)),
    example: { word: 0x0600f007, xlen: 32 },
  },
  {
    reason:
      'a group of 2, 4 or 8 whole registers begins at a multiple of its size, else the encoding is reserved; LLVM agrees',
    judges: ['gnu'],
    applies: (d) => isMisalignedGroup(d) && mnemonicOf(d.theirs) === mnemonicOf(d.otherwise),
    example: { word: 0x228280a7, xlen: 64 },
  },
  {
    reason:
      'a parcel that begins no C instruction of this ISA: binutils takes it for a macro of V, which has no encoding of its own',
    judges: ['gnu'],
    applies: (d) => d.aliases && d.ours === null && isCompressed(d) && mnemonicOf(d.theirs) === 'vmsge.vx',
    example: { word: 0x9fe1, xlen: 64, aliases: true },
  },
];

/** Whether what is wrong is the first register of a group. */
function isMisalignedGroup({ ours, decoded }: Difference): boolean {
  if (ours !== null || !decoded.spec) return false;
  return decoded.spec.operands.some(({ name, kind }) => {
    const group = /^v\w+x([248])$/.exec(kind);
    const reserved = operandKinds.get(kind)?.reserved ?? [];
    return group !== null && reserved.includes(decoded.fields[name] ?? 0);
  });
}

/** The kind of a difference, or undefined where there is none that explains it. */
export const explanationOf = (difference: Difference): Explanation | undefined =>
  explanations.find(({ judges, applies }) => judges.includes(difference.judge) && applies(difference));
