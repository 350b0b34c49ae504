import { wordOf } from '../checker/layout';
import type { PlacedInstruction, ReachBase, ReachJump } from '../checker/scenario';
import { parseStatement } from '../isa/asm/statement';
import type { Expression, Operand } from '../isa/asm/types';
import { expand } from '../isa/compressed';
import { decode } from '../isa/decode';
import { xRegisterName } from '../isa/registers';
import type { Decoded, Isa } from '../isa/types';
import type { PlacedBlock } from './blocks';
import { evaluate, namesIn } from './expressions';
import type { PlacedSite, Program } from './program';
import { find } from './scope';

/** The immediates of jumps and branches in bits, sign included (RV32I, RV64I "Control Transfer", C "Control Transfer"). */
const fields: Readonly<Record<string, number>> = {
  jalr: 12,
  jal: 21,
  beq: 13,
  bne: 13,
  blt: 13,
  bge: 13,
  bltu: 13,
  bgeu: 13,
  'c.j': 12,
  'c.jal': 12,
  'c.beqz': 9,
  'c.bnez': 9,
};

/** What is known of the registers, by number; what is not in it is not known. */
type Known = ReadonlyMap<number, ReachBase>;

/**
 * The jump at an index of a version, with what its immediate is added to at every member of the site: the version
 * is followed from its beginning. Why that cannot be told, in words.
 */
export function jumpAt(
  program: Program,
  site: PlacedSite,
  version: PlacedBlock,
  index: number,
  label: string,
): ReachJump | string {
  const { isa } = program;
  const instruction = version.instructions[index];
  const decoded = instruction === undefined ? null : decodedOf(instruction, isa);
  const mnemonic = decoded?.spec?.mnemonic ?? '';
  if (instruction === undefined || decoded === null) return `${label} is no jump`;
  if (mnemonic === 'c.jr' || mnemonic === 'c.jalr') return `\`${label}\` is \`${mnemonic}\`, which has no immediate`;
  const bits = fields[mnemonic];
  if (bits === undefined) return `\`${label}\` is no jump`;
  const half = 2 ** (bits - 1);
  const clearsBit0 = mnemonic === 'jalr';
  const range = { label, mnemonic, min: -half, max: half - (clearsBit0 ? 1 : 2), clearsBit0 };
  if (!clearsBit0)
    return { ...range, register: null, base: { kind: 'member', offset: instruction.address - site.address } };
  const rs1 = decoded.fields.rs1 ?? 0;
  const known = new Walk(program, site, version).before(index);
  if (typeof known === 'string') return `${known} before \`${label}\``;
  const register = xRegisterName(rs1);
  const base: ReachBase | undefined = rs1 === 0 ? { kind: 'fixed', value: 0n } : known.get(rs1);
  if (base === undefined)
    return `\`${version.entry.name}\` does not set \`${register}\` before \`${label}\` by \`auipc\`, \`lui\` or \`addi\``;
  return { ...range, register, base };
}

/** Follows a version from its beginning, and keeps what its registers are for every member of the site. */
class Walk {
  constructor(
    private readonly program: Program,
    private readonly site: PlacedSite,
    private readonly version: PlacedBlock,
  ) {}

  /** What is known before an instruction; what stands before it and cannot be followed, in words. */
  before(index: number): Known | string {
    const known = new Map<number, ReachBase>();
    for (const instruction of this.version.instructions.slice(0, index)) {
      const decoded = decodedOf(instruction, this.program.isa);
      const whole = decoded.length === 2 ? expand(decoded, this.program.isa) : decoded;
      const mnemonic = whole?.spec?.mnemonic ?? '';
      if (whole === null || mnemonic in fields) return `\`${instruction.text}\` stands`;
      const rd = whole.fields.rd ?? 0;
      const value = this.value(instruction, whole, known);
      if (typeof value === 'string') return value;
      known.delete(rd);
      if (value !== null && rd !== 0) known.set(rd, value);
    }
    return known;
  }

  /** What an instruction makes; null where that is not known. */
  private value(instruction: PlacedInstruction, decoded: Decoded, known: Known): ReachBase | string | null {
    const imm = BigInt(decoded.fields.imm ?? 0);
    const pc = instruction.address - this.site.address;
    switch (decoded.spec?.mnemonic) {
      case 'auipc': {
        const aim = this.aim(instruction) ?? (this.moves() ? null : 'own');
        if (aim === null)
          return `\`${instruction.text}\`, which is not written as an \`auipc\` that every site can have, stands`;
        return aim === 'own' ? { kind: 'member', offset: pc + imm } : { kind: 'aimed', pc, target: aim, add: 0n };
      }
      case 'lui':
        return this.isConstant(instruction) ? { kind: 'fixed', value: imm } : null;
      case 'addi': {
        const from =
          decoded.fields.rs1 === 0 ? ({ kind: 'fixed', value: 0n } as const) : known.get(decoded.fields.rs1 ?? 0);
        if (from === undefined) return null;
        if (from.kind === 'aimed' && this.isPcrelLo(instruction))
          return { kind: 'fixed', value: from.target + from.add };
        return this.isConstant(instruction) || this.isPcrelLo(instruction) ? plus(from, imm) : null;
      }
      default:
        return null;
    }
  }

  /** Are there several members, at which one text is different bits? */
  private moves(): boolean {
    return this.site.members.count > 1;
  }

  /** The operands of an instruction as written; null where it is of a macro or a pseudo-instruction. */
  private operands(instruction: PlacedInstruction, mnemonic: string): readonly Operand[] | null {
    const { start, end } = instruction.source;
    const { body } = parseStatement(this.version.text.unit.blanked, start, end);
    return body?.k === 'instruction' && body.mnemonic.name === mnemonic ? body.operands : null;
  }

  /** What `auipc rd, %pcrel_hi(...)` is aimed at; `own` where that moves with the member; null where it cannot be told. */
  private aim(instruction: PlacedInstruction): bigint | 'own' | null {
    const operand = this.operands(instruction, 'auipc')?.[1];
    if (operand?.k !== 'expression') return null;
    const { value } = operand;
    if (value.k !== 'relocation') return this.ownNames(value) === 'none' ? 'own' : null;
    if (value.op !== '%pcrel_hi') return null;
    const own = this.ownNames(value.a);
    if (own !== 'none') return own === 'all' ? 'own' : null;
    const found = evaluate(value.a, this.program.isa.xlen, (name) => {
      const address = find(this.program, name, {})[0]?.address;
      return address === undefined ? { message: 'unknown' } : { value: address };
    });
    return found.ok ? found.value : null;
  }

  /** Is the instruction the same bits at every member? */
  private isConstant(instruction: PlacedInstruction): boolean {
    if (!this.moves()) return true;
    const { start, end } = instruction.source;
    const { body } = parseStatement(this.version.text.unit.blanked, start, end);
    const expressions = (body?.operands ?? []).flatMap((operand) =>
      operand.k === 'expression' ? [operand.value] : [],
    );
    return body?.k === 'instruction' && expressions.every((one) => this.ownNames(one) === 'none' && !isPcrel(one));
  }

  private isPcrelLo(instruction: PlacedInstruction): boolean {
    const operand = this.operands(instruction, 'addi')?.[2];
    return operand?.k === 'expression' && operand.value.k === 'relocation' && operand.value.op === '%pcrel_lo';
  }

  /** Which names of an expression move with the member: those of the site's own labels. */
  private ownNames(expression: Expression): 'none' | 'all' | 'some' {
    const here = { block: this.version, site: this.site };
    const names = [...namesIn(expression)].flatMap(({ name }) => find(this.program, name, here)[0] ?? []);
    const own = names.filter(
      ({ parts }) =>
        parts[0]?.entry === this.site.entry || parts.at(-1)?.entry.container?.container === this.site.entry,
    );
    const places = countPlaces(expression);
    if (own.length + places === 0) return 'none';
    return own.length === names.length ? 'all' : 'some';
  }
}

/** How often an expression says `.`, `1f` or `1b`. */
function countPlaces(expression: Expression): number {
  switch (expression.k) {
    case 'here':
    case 'local':
      return 1;
    case 'unary':
    case 'relocation':
      return countPlaces(expression.a);
    case 'binary':
      return countPlaces(expression.a) + countPlaces(expression.b);
    default:
      return 0;
  }
}

const isPcrel = (expression: Expression): boolean =>
  expression.k === 'relocation' && (expression.op === '%pcrel_hi' || expression.op === '%pcrel_lo');

function plus(base: ReachBase, more: bigint): ReachBase {
  if (base.kind === 'member') return { ...base, offset: base.offset + more };
  return base.kind === 'fixed' ? { ...base, value: base.value + more } : { ...base, add: base.add + more };
}

function decodedOf({ bytes }: PlacedInstruction, isa: Isa): Decoded {
  return decode(wordOf(bytes), isa);
}
