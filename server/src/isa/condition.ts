import { insert, type OperandKindSpec, operandKinds } from './operands';
import type { InstructionSpec } from './types';

/**
 * Conditions on the fields of an instruction, as the tables write them: `rd=0`, `imm!=0|rd=0`, `rs1=rs2`, `rd=0&rs1!=0|rd=0&imm!=0`
 * (`&` binds closer than `|`). A condition gives the alternative that holds of a word, in words (`rd = 0 and imm != 0`), or
 * null. It is tested on the word itself, whose bits are compared with those of the value.
 */
export type Condition = (word: number) => string | null;

type Term = (word: number) => boolean;

function termOf(text: string, kinds: readonly OperandKindSpec[]): Term {
  const [, name, operator, value = ''] = /^(\w+)(!?=)(\w+)$/.exec(text) ?? [];
  const kind = kinds.find((one) => one.name === name);
  const other = kinds.find((one) => one.name === value);
  if (!kind || (!other && !/^\d+$/.test(value))) throw new Error(`bad condition in an instruction table: ${text}`);
  const equal = operator === '=';
  if (other) return (word) => (kind.read(word) === other.read(word)) === equal;
  const mask = kind.mask | 0;
  const bits = insert(kind, Number(value)) | 0;
  return (word) => ((word & mask) === bits) === equal;
}

/** Most alternatives have one term. */
const all = (terms: readonly Term[]): Term =>
  terms.length === 1 && terms[0] ? terms[0] : (word) => terms.every((term) => term(word));

function compile(text: string, kinds: readonly OperandKindSpec[]): Condition {
  const alternatives = text
    .split('|')
    .map((alternative) => alternative.split('&'))
    .map((terms) => ({
      words: terms.map((term) => term.replace(/!?=/, ' $& ')).join(' and '),
      holds: all(terms.map((term) => termOf(term, kinds))),
    }));
  return (word) => {
    for (const { words, holds } of alternatives) if (holds(word)) return words;
    return null;
  };
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
    const compiled = (text: string | null) => (text === null ? null : compile(text, kinds));
    found = { kinds, reserved: compiled(spec.reserved), hint: compiled(spec.hint) };
    rules.set(spec, found);
  }
  return found;
}
