import { csrNumber } from './csr';
import { fenceSet, type OperandKindSpec, operandKinds } from './operands';
import { xRegister } from './registers';
import { flatOperands } from './syntax';
import { specOf } from './tables/index';
import type { InstructionSpec, Xlen } from './types';

/**
 * A template says one instruction by another: `jalr x0, 0(x1)` for `ret`, `addi rd, rd, imm` for `c.addi`. Its operands stand
 * in the order of the target's syntax; each is a name to be bound or a constant (a number, a register, a CSR, a fence set).
 */
export interface Template {
  readonly spec: InstructionSpec;
  readonly bindings: readonly Binding[];
}

export interface Binding {
  readonly kind: OperandKindSpec;
  readonly value: { readonly name: string } | { readonly constant: number };
}

type Fields = Readonly<Record<string, number>>;

function constantOrName(text: string, kind: OperandKindSpec): Binding['value'] {
  const number = /^-?(0x[0-9a-f]+|\d+)$/.test(text) ? Number(text) : undefined;
  const numbered = /^x\d+$/.test(text) ? xRegister(text) : undefined;
  const named = kind.class === 'csr' ? csrNumber(text) : kind.class === 'fence' ? fenceSet(text) : undefined;
  const constant = number ?? numbered ?? named;
  return constant === undefined ? { name: text } : { constant };
}

const parsed = new Map<string, Template | null>();

/** Parses a template at an XLEN; null where the target does not exist there. */
export function templateOf(text: string, xlen: Xlen): Template | null {
  const key = `${xlen} ${text}`;
  let template = parsed.get(key);
  if (template === undefined) {
    const [, mnemonic = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
    const spec = specOf(mnemonic, xlen);
    template = spec
      ? {
          spec,
          bindings: bindingsOf(
            spec,
            rest.split(/[\s,()]+/).filter((word) => word !== ''),
          ),
        }
      : null;
    parsed.set(key, template);
  }
  return template;
}

/** A constant for each operand that the template does not write. */
function bindingsOf(spec: InstructionSpec, words: readonly string[]): Binding[] {
  const written = flatOperands(spec.syntax).flatMap((operand, index): Binding[] => {
    const text = words[index];
    return operand.k === 'field' && text !== undefined
      ? [{ kind: operand.kind, value: constantOrName(text, operand.kind) }]
      : [];
  });
  const rest = spec.operands.flatMap((operand): Binding[] => {
    const kind = operandKinds.get(operand.kind);
    if (!kind || written.some((binding) => binding.kind === kind)) return [];
    return [{ kind, value: kind.class === 'flag' ? { name: kind.name } : { constant: kind.omitted ?? 0 } }];
  });
  return [...written, ...rest];
}

/** The kind of operand that a name stands for. */
export function boundKind(template: Template, name: string): OperandKindSpec | undefined {
  return template.bindings.find(({ value }) => 'name' in value && value.name === name)?.kind;
}

/** The target's fields, given the bound names. */
export function instantiate(template: Template, bound: Fields): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const { kind, value } of template.bindings) {
    fields[kind.name] = 'constant' in value ? value.constant : (bound[value.name] ?? 0);
  }
  return fields;
}

/** What the template's names stand for in an instruction of the target's kind; null where it is no instance. */
export function unify(template: Template, fields: Fields): Record<string, number> | null {
  for (const { kind, value } of template.bindings)
    if ('constant' in value && value.constant !== (fields[kind.name] ?? kind.omitted ?? 0)) return null;
  const bound: Record<string, number> = {};
  for (const { kind, value } of template.bindings) {
    if ('constant' in value) continue;
    const actual = fields[kind.name] ?? kind.omitted ?? 0;
    if ((bound[value.name] ?? actual) !== actual) return null;
    bound[value.name] = actual;
  }
  return bound;
}
