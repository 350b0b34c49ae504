import { type OperandKindSpec, operandKinds } from './operands';
import { vRegister, xRegister } from './registers';

/** One item between the commas of a syntax such as `rd', sp, caddi4spn` or `rd, imm12(rs1)`. */
export type SyntaxItem =
  | { readonly k: 'operand'; readonly operand: SyntaxOperand; readonly optional: boolean }
  | { readonly k: 'memory'; readonly offset: SyntaxOperand | null; readonly base: SyntaxOperand };

/** A field of some kind, or a register that is always the same one. */
export type SyntaxOperand =
  | { readonly k: 'field'; readonly kind: OperandKindSpec }
  | { readonly k: 'register'; readonly file: 'x' | 'v'; readonly number: number };

function operandOf(text: string): SyntaxOperand {
  const kind = operandKinds.get(text);
  if (kind) return { k: 'field', kind };
  const file = text.startsWith('v') ? 'v' : 'x';
  const number = file === 'v' ? vRegister(text) : xRegister(text);
  if (number === undefined) throw new Error(`bad operand in an instruction table: ${text}`);
  return { k: 'register', file, number };
}

const parsed = new Map<string, readonly SyntaxItem[]>();

/** The items of a syntax, in the order in which they are written. */
export function syntaxItems(syntax: string): readonly SyntaxItem[] {
  let items = parsed.get(syntax);
  if (!items) {
    items = syntax
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part, index, parts): SyntaxItem => {
        // `a[, b]` splits into `a[` and `b]`; `[b]` stands alone.
        const text = part.replace(/[[\]]/g, '').trim();
        const optional = part.startsWith('[') || (parts[index - 1]?.endsWith('[') ?? false);
        const memory = /^(.*)\((.+)\)$/.exec(text);
        if (!memory) return { k: 'operand', operand: operandOf(text), optional };
        const [, offset = '', base = ''] = memory;
        return { k: 'memory', offset: offset === '' ? null : operandOf(offset), base: operandOf(base) };
      });
    parsed.set(syntax, items);
  }
  return items;
}

/** The operands of a syntax one after another: an offset comes before its base. */
export function flatOperands(syntax: string): readonly SyntaxOperand[] {
  return syntaxItems(syntax).flatMap((item) =>
    item.k === 'operand' ? [item.operand] : item.offset ? [item.offset, item.base] : [item.base],
  );
}
