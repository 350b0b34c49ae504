import { type OperandClass, type OperandKindSpec, operandKinds } from '../operands';
import { type SyntaxOperand, syntaxItems } from '../syntax';
import { aliases } from '../tables/aliases';
import { formats } from '../tables/formats';
import { instructions } from '../tables/index';
import { boundKind, instantiate, templateOf } from '../template';
import type { InstructionSpec, Xlen } from '../types';
import { type Macro, macros } from './macros';

/** What an operand of a form accepts: a kind's class, or for macros any address or constant. */
export interface FormOperand {
  /** By which its value is handed to the form. */
  readonly name: string;
  readonly class: OperandClass | 'address' | 'constant';
  /** Null for addresses and constants of macros, which have no bits of their own. */
  readonly kind: OperandKindSpec | null;
}

export type FormItem =
  | { readonly k: 'operand'; readonly operand: FormOperand; readonly optional: boolean }
  | { readonly k: 'register'; readonly file: 'x' | 'v'; readonly number: number }
  | {
      readonly k: 'memory';
      readonly offset: FormOperand | null;
      readonly base: FormOperand | { readonly register: number };
    };

/** One way of writing a mnemonic's operands, and the instruction that it makes. */
export interface Form {
  readonly mnemonic: string;
  /** As shown to people: `rd, imm(rs1)`. */
  readonly syntax: string;
  readonly summary: string;
  readonly items: readonly FormItem[];
  readonly target:
    | {
        readonly k: 'instruction';
        readonly spec: InstructionSpec;
        readonly fields: (bound: Bound) => Record<string, number>;
        /** Where the bits of an operand are; several where an alias writes one operand for two. */
        readonly kindsOf: (name: string) => readonly OperandKindSpec[];
      }
    | { readonly k: 'macro'; readonly macro: Macro };
}

/** Values by operand name. */
export type Bound = Readonly<Record<string, number>>;

const ofKind = (kind: OperandKindSpec, name = kind.name): FormOperand => ({ name, class: kind.class, kind });

function specForm(spec: InstructionSpec): Form {
  const base = (operand: SyntaxOperand) =>
    operand.k === 'field' ? ofKind(operand.kind) : { register: operand.number };
  const items = syntaxItems(spec.syntax).map((item): FormItem => {
    if (item.k === 'memory') {
      const offset = item.offset?.k === 'field' ? ofKind(item.offset.kind) : null;
      return { k: 'memory', offset, base: base(item.base) };
    }
    if (item.operand.k === 'register') return { ...item.operand };
    return { k: 'operand', operand: ofKind(item.operand.kind), optional: item.optional };
  });
  const syntax = spec.syntax.replace(/[\w']+/g, (word) => {
    const kind = operandKinds.get(word);
    return kind ? (kind.class === 'target' ? 'target' : kind.name) : word;
  });
  return {
    mnemonic: spec.mnemonic,
    syntax,
    summary: spec.summary,
    items,
    target: {
      k: 'instruction',
      spec,
      fields: (bound) => ({ ...bound }),
      kindsOf: (name) =>
        spec.operands.flatMap((operand) => (operand.name === name ? (operandKinds.get(operand.kind) ?? []) : [])),
    },
  };
}

/** The items of an alias's or macro's syntax, each name looked up by `operandOf`. */
function itemsOf(syntax: string, operandOf: (name: string) => FormOperand | null): FormItem[] {
  return syntax
    .split(', ')
    .filter((text) => text !== '')
    .flatMap((text): FormItem[] => {
      const [, offsetName = '', baseName = ''] = /^(\w*)\((\w+)\)$/.exec(text) ?? [];
      if (baseName !== '') {
        const base = operandOf(baseName);
        return base ? [{ k: 'memory', offset: offsetName === '' ? null : operandOf(offsetName), base }] : [];
      }
      const operand = operandOf(text);
      return operand ? [{ k: 'operand', operand, optional: false }] : [];
    });
}

function formsAt(xlen: Xlen): Map<string, Form[]> {
  const forms: Form[] = [...instructions, ...formats].filter((spec) => spec.xlens.includes(xlen)).map(specForm);
  for (const { mnemonic, syntax, summary, xlens, template: text } of aliases) {
    const template = xlens.includes(xlen) ? templateOf(text, xlen) : null;
    if (!template) continue;
    const items = itemsOf(syntax, (name) => {
      const kind = boundKind(template, name);
      return kind ? ofKind(kind, name) : null;
    });
    const target: Form['target'] = {
      k: 'instruction',
      spec: template.spec,
      fields: (bound) => instantiate(template, bound),
      kindsOf: (name) =>
        template.bindings.flatMap(({ kind, value }) => ('name' in value && value.name === name ? kind : [])),
    };
    forms.push({ mnemonic, syntax, summary, items, target });
  }
  for (const macro of macros.filter((one) => one.xlens.includes(xlen))) {
    const { mnemonic, syntax, summary } = macro;
    const items = itemsOf(syntax, (name) => {
      const kind = operandKinds.get(name);
      if (kind) return ofKind(kind, name);
      return { name, class: name === 'symbol' ? 'address' : 'constant', kind: null };
    });
    forms.push({ mnemonic, syntax, summary, items, target: { k: 'macro', macro } });
  }
  const byName = new Map<string, Form[]>();
  for (const form of forms) byName.set(form.mnemonic, [...(byName.get(form.mnemonic) ?? []), form]);
  return byName;
}

/**
 * What `.option rvc` may make of a spelling where GNU as is choosy; every other form may become any C instruction that does
 * the same. So `jr ra` becomes `c.jr`, and `jalr x0, 0(ra)` keeps its four bytes.
 */
const SHORT_FORMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['mv rd, rs1', ['c.mv']],
  ['move rd, rs1', ['c.mv']],
  ['li rd, imm', ['c.li']],
  ['add rd, rs1, imm', ['c.addi', 'c.addi16sp', 'c.addi4spn']],
  ['jal rd, target', []],
  ['jal target', []],
  ['jalr rd, imm(rs1)', []],
  ['jalr rd, rs1', []],
  ['jalr rd, rs1, imm', []],
  ['jalr rs1, imm', []],
  ['jalr imm(rs1)', []],
  ['jr rs1, imm', []],
  ['jr imm(rs1)', []],
  ['unimp', ['c.unimp']],
]);

/** The C mnemonics to which a form may shrink; undefined: to any. */
export const shortFormsOf = (form: Form): readonly string[] | undefined =>
  SHORT_FORMS.get(`${form.mnemonic} ${form.syntax}`.trim());

const byXlen = new Map<Xlen, Map<string, Form[]>>();

/** Every form at an XLEN by mnemonic; those of one mnemonic in the order in which they are tried. */
export function allForms(xlen: Xlen): ReadonlyMap<string, readonly Form[]> {
  let forms = byXlen.get(xlen);
  if (!forms) {
    forms = formsAt(xlen);
    byXlen.set(xlen, forms);
  }
  return forms;
}

const ORDERING = /\.(aq|rl|aqrl)$/;
const ordered = new Set(
  instructions.filter((spec) => spec.operands.some(({ kind }) => kind === 'aq')).map((spec) => spec.mnemonic),
);

/** A mnemonic without its `.aq`, `.rl` or `.aqrl` (herd7 writes `.aq.rl`), and what those say. */
export function splitOrdering(written: string): { readonly name: string; readonly ordering: Bound } {
  const mnemonic = written.replace(/\.aq\.rl$/, '.aqrl');
  const suffix = ORDERING.exec(mnemonic)?.[1] ?? '';
  const name = mnemonic.replace(ORDERING, '');
  if (suffix === '' || !ordered.has(name)) return { name: mnemonic, ordering: {} };
  return { name, ordering: { aq: Number(suffix.startsWith('aq')), rl: Number(suffix.endsWith('rl')) } };
}

/** The forms of a mnemonic at an XLEN, `.aq` and `.rl` aside. */
export const formsOf = (mnemonic: string, xlen: Xlen): readonly Form[] =>
  allForms(xlen).get(splitOrdering(mnemonic).name) ?? [];

/** Whether any XLEN has the mnemonic. */
export const isMnemonic = (mnemonic: string): boolean =>
  formsOf(mnemonic, 64).length > 0 || formsOf(mnemonic, 32).length > 0;

let names: ReadonlySet<string> | undefined;

/** Every mnemonic of either XLEN, `.aq` and `.rl` aside. */
export function mnemonicNames(): ReadonlySet<string> {
  names ??= new Set([...allForms(64).keys(), ...allForms(32).keys()]);
  return names;
}
