import { insert, type OperandKindSpec, operandKinds } from './operands';
import type { InstructionSpec } from './types';

/** Whether bits of a word are just these, or are others. */
class Term {
  constructor(
    private readonly mask: number,
    private readonly bits: number,
    private readonly equal: boolean,
    /** Two fields that are compared with each other, in place of bits. */
    private readonly fields: readonly [OperandKindSpec, OperandKindSpec] | null,
  ) {}

  holds(word: number): boolean {
    const { fields } = this;
    const same = fields === null ? (word & this.mask) === this.bits : fields[0].read(word) === fields[1].read(word);
    return same === this.equal;
  }
}

function termOf(text: string, kinds: readonly OperandKindSpec[]): Term {
  const [, name, operator, value = ''] = /^(\w+)(!?=)(\w+)$/.exec(text) ?? [];
  const kind = kinds.find((one) => one.name === name);
  const other = kinds.find((one) => one.name === value);
  if (!kind || (!other && !/^\d+$/.test(value))) throw new Error(`bad condition in an instruction table: ${text}`);
  const equal = operator === '=';
  return other
    ? new Term(0, 0, equal, [kind, other])
    : new Term(kind.mask | 0, insert(kind, Number(value)) | 0, equal, null);
}

/**
 * A condition on the fields of an instruction, as the tables write them: `rd=0`, `imm!=0|rd=0`, `rs1=rs2`, `rd=0&rs1!=0|rd=0&imm!=0`
 * (`&` binds closer than `|`).
 */
export class Condition {
  private readonly alternatives: readonly { readonly words: string; readonly terms: readonly Term[] }[];

  constructor(text: string, kinds: readonly OperandKindSpec[]) {
    this.alternatives = text
      .split('|')
      .map((alternative) => alternative.split('&'))
      .map((terms) => ({
        words: terms.map((term) => term.replace(/!?=/, ' $& ')).join(' and '),
        terms: terms.map((term) => termOf(term, kinds)),
      }));
  }

  /** The alternative that holds of a word, in words (`rd = 0 and imm != 0`), or null. */
  of(word: number): string | null {
    for (const { words, terms } of this.alternatives) if (hold(terms, word)) return words;
    return null;
  }
}

function hold(terms: readonly Term[], word: number): boolean {
  for (const term of terms) if (!term.holds(word)) return false;
  return true;
}

/** When an instruction is reserved, and when a hint; null where it never is. */
export interface Rules {
  readonly kinds: readonly OperandKindSpec[];
  readonly reserved: Condition | null;
  readonly hint: Condition | null;
}

const rules = new WeakMap<InstructionSpec, Rules>();

/** The operand kinds of an instruction in the order of its operands, and its compiled conditions. */
export function rulesOf(spec: InstructionSpec): Rules {
  let found = rules.get(spec);
  if (!found) {
    const kinds = spec.operands.flatMap((operand) => operandKinds.get(operand.kind) ?? []);
    const compiled = (text: string | null) => (text === null ? null : new Condition(text, kinds));
    found = { kinds, reserved: compiled(spec.reserved), hint: compiled(spec.hint) };
    rules.set(spec, found);
  }
  return found;
}
