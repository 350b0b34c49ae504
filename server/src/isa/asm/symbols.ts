import { isRegisterName } from '../registers';
import type { TextProblem } from '../types';
import { directives } from './directives';
import type { Expression, Name, Operand, Statement } from './types';

/** `name = value`, and the statement that says so. */
export interface Assignment {
  readonly name: Name;
  readonly value: Expression;
  readonly index: number;
}

const isNumeric = (name: string): boolean => /^\d+$/.test(name);

const nameOf = (operand: Operand | undefined): (Name & { readonly k: 'name' }) | null =>
  operand?.k === 'expression' && operand.value.k === 'name' ? operand.value : null;

/** Where in an ascending list the first entry beyond `limit` is. */
function firstBeyond(all: readonly { readonly index: number }[], limit: number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle]?.index ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What statements define, each added in order: labels, numeric labels, and symbols that get values. */
export class Symbols {
  readonly problems: TextProblem[] = [];
  /** By name: the index of the statement that the label stands before. */
  readonly labels = new Map<string, number>();
  private readonly locals = new Map<string, { readonly index: number }[]>();
  private readonly assignments = new Map<string, Assignment[]>();
  private count = 0;

  add(statement: Statement): void {
    const index = this.count++;
    for (const label of statement.labels) {
      const { name } = label;
      const locals = this.locals.get(name);
      if (isNumeric(name)) {
        if (locals) locals.push({ index });
        else this.locals.set(name, [{ index }]);
      } else if (this.labels.has(name) || this.assignments.has(name)) {
        this.problem('duplicate-label', `label \`${name}\` is already defined`, label, statement);
      } else this.labels.set(name, index);
    }
    const { body } = statement;
    const directive = body?.k === 'directive' ? directives.get(body.name.name) : undefined;
    if (body && directive?.k === 'set') this.assign(statement, body.operands, directive.once, index);
  }

  private assign(statement: Statement, operands: readonly Operand[], once: boolean, index: number): void {
    const name = nameOf(operands[0]);
    const value = operands[1];
    if (!name || value?.k !== 'expression' || operands.length !== 2) {
      this.problem('operand', 'a symbol gets a value by `.set name, value` or `name = value`', statement, statement);
      return;
    }
    const before = this.assignments.get(name.name);
    if (isRegisterName(name.name)) this.problem('operand', `\`${name.name}\` is a register`, name, statement);
    else if (this.labels.has(name.name) || (once && before))
      this.problem('duplicate-label', `\`${name.name}\` is already defined`, name, statement);
    else if (before) before.push({ name, value: value.value, index });
    else this.assignments.set(name.name, [{ name, value: value.value, index }]);
  }

  private problem(code: string, message: string, place: Name | Statement, { origin, start, end }: Statement): void {
    const at = origin ? { start, end } : { start: place.start, end: place.end };
    this.problems.push({ code, message: origin ? `${message} (${origin.where})` : message, ...at });
  }

  /** The statement that a numeric label stands before, seen from another. */
  local(number: number, direction: 'f' | 'b', index: number): number | undefined {
    const all = this.locals.get(String(number)) ?? [];
    return all[firstBeyond(all, index) - (direction === 'f' ? 0 : 1)]?.index;
  }

  /** What a symbol means in a statement: the value that it last got, or the first that it gets after. */
  assignment(name: string, index: number): Assignment | undefined {
    const all = this.assignments.get(name);
    return all?.[Math.max(0, firstBeyond(all, index - 1) - 1)];
  }

  has(name: string): boolean {
    return this.labels.has(name) || this.assignments.has(name);
  }

  names(): string[] {
    return [...this.labels.keys(), ...this.assignments.keys()];
  }
}
