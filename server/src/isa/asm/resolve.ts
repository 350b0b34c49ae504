import type { Isa, TextProblem } from '../types';
import { directives } from './directives';
import { evaluate, type Scope } from './evaluate';
import type { Assignment, Symbols } from './symbols';
import type { AssemblyEnvironment, Expression, PcrelHi, Statement } from './types';

/** Values that are defined by one another further than this are refused. */
const MAX_DEPTH = 500;
/** So many of them are named at most. */
const MAX_NAMED = 8;

/** The `%pcrel_hi` of a statement, or null. */
function pcrelHiOf(statement: Statement): Expression | null {
  if (statement.body?.k !== 'instruction' || statement.body.mnemonic.name !== 'auipc') return null;
  const last = statement.body.operands.at(-1);
  return last?.k === 'expression' && last.value.k === 'relocation' && last.value.op === '%pcrel_hi'
    ? last.value.a
    : null;
}

/** The names in an expression. */
function namesIn(expression: Expression): string[] {
  switch (expression.k) {
    case 'name':
      return [expression.name];
    case 'unary':
    case 'relocation':
      return namesIn(expression.a);
    case 'binary':
      return [...namesIn(expression.a), ...namesIn(expression.b)];
    default:
      return [];
  }
}

const NO_BYTES = ['ignored', 'option', 'set'];

const hasNoBytes = (statement: Statement | undefined): boolean =>
  !statement?.body ||
  (statement.body.k === 'directive' && NO_BYTES.includes(directives.get(statement.body.name.name)?.k ?? ''));

/** What names mean where statements lie at some addresses. */
export class Resolver {
  /** By statement: the value that it gives a symbol. Null while it is looked for, or where there is none. */
  private readonly values = new Map<number, bigint | null>();
  /** By statement: why the value that it gives a symbol is none. */
  private readonly reasons = new Map<number, string>();
  private readonly degrees = new Map<number, number>();
  private depth = 0;

  constructor(
    private readonly env: AssemblyEnvironment,
    private readonly statements: readonly Statement[],
    private readonly symbols: Symbols,
    /** Undefined where it is not known. */
    private readonly addressOf: (index: number) => bigint | undefined,
  ) {}

  /** What an expression of a statement may refer to. */
  scope(index: number, address: bigint, isa: Isa, problems: TextProblem[]): Scope {
    return {
      isa,
      address,
      symbol: (name) => this.symbol(name, index, isa),
      without: (name) => this.without(name, index),
      local: (number, direction) => {
        const at = this.symbols.local(number, direction, index);
        return at === undefined ? undefined : this.addressOf(at);
      },
      pcrelHi: (label) => this.pcrelHi(label, index, isa),
      names: () => [...this.symbols.names(), ...(this.env.symbolNames ?? [])],
      problems,
    };
  }

  private symbol(name: string, index: number, isa: Isa): bigint | undefined {
    const label = this.symbols.labels.get(name);
    if (label !== undefined) return this.addressOf(label);
    const assignment = this.symbols.assignment(name, index);
    if (!assignment) return this.env.symbol(name);
    let value = this.values.get(assignment.index);
    if (value === undefined && this.depth < MAX_DEPTH) {
      this.depth++;
      this.values.set(assignment.index, null);
      const address = this.addressOf(assignment.index);
      if (address !== undefined) value = evaluate(assignment.value, this.scope(assignment.index, address, isa, []));
      this.values.set(assignment.index, value ?? null);
      this.depth--;
    }
    return value ?? undefined;
  }

  /** Why a symbol that the text gives a value has none; undefined for another. */
  private without(name: string, index: number): string | undefined {
    const assignment = this.symbols.assignment(name, index);
    if (!assignment) return undefined;
    const known = this.reasons.get(assignment.index);
    if (known !== undefined) return known;
    const names = this.roundabout(assignment);
    const steps = names.map((one, i) => `\`${one}\` by \`${names[i + 1] ?? names[0]}\``).join(', ');
    const reason =
      names.length === 0
        ? `\`${name}\` has no value: what it is set to has none, or has it by way of more than ${MAX_DEPTH} others`
        : `\`${names[0]}\` is defined by itself${names.length > 1 ? `: ${steps}` : ''}`;
    this.reasons.set(assignment.index, reason);
    return reason;
  }

  /** Symbols each of which is defined by the next and the last by the first, to which an assignment leads; none where it does not. */
  private roundabout(from: Assignment): string[] {
    const path: Assignment[] = [];
    let next: Assignment | undefined = from;
    while (next && path.length < MAX_NAMED) {
      const at: Assignment = next;
      if (path.includes(at)) return path.slice(path.indexOf(at)).map(({ name }) => name.name);
      path.push(at);
      next = namesIn(at.value)
        .map((name) => this.symbols.assignment(name, at.index))
        .find((one) => one !== undefined && this.values.get(one.index) === null);
    }
    return [];
  }

  /** Whether an expression stands for a place (1), or for the distance between two, or a number (0). */
  degree(expression: Expression, index: number): number {
    const of = (part: Expression): number => this.degree(part, index);
    switch (expression.k) {
      case 'here':
      case 'local':
        return 1;
      case 'name': {
        if (this.symbols.labels.has(expression.name)) return 1;
        const assignment = this.symbols.assignment(expression.name, index);
        if (!assignment) return this.env.symbol(expression.name) === undefined ? 0 : 1;
        const known = this.degrees.get(assignment.index);
        if (known !== undefined || this.depth >= MAX_DEPTH) return known ?? 0;
        this.depth++;
        this.degrees.set(assignment.index, 0);
        this.degrees.set(assignment.index, this.degree(assignment.value, assignment.index));
        this.depth--;
        return this.degrees.get(assignment.index) ?? 0;
      }
      case 'unary':
        return expression.op === '-' ? -of(expression.a) : expression.op === '+' ? of(expression.a) : 0;
      case 'binary':
        if (expression.op === '+') return of(expression.a) + of(expression.b);
        return expression.op === '-' ? of(expression.a) - of(expression.b) : 0;
      default:
        return 0;
    }
  }

  /** Whether an expression has to do with places at all. */
  mentionsPlace(expression: Expression, index: number): boolean {
    switch (expression.k) {
      case 'here':
      case 'local':
        return true;
      case 'name':
        // What a symbol was given may be a place; to ask costs little.
        return this.symbols.has(expression.name);
      case 'unary':
      case 'relocation':
        return this.mentionsPlace(expression.a, index);
      case 'binary':
        return this.mentionsPlace(expression.a, index) || this.mentionsPlace(expression.b, index);
      default:
        return false;
    }
  }

  /** The `auipc` at a label of this block or, by the environment, of another one. */
  private pcrelHi(label: Expression, index: number, isa: Isa): PcrelHi | undefined {
    const at =
      label.k === 'local'
        ? this.symbols.local(label.number, label.direction, index)
        : label.k === 'name'
          ? this.symbols.labels.get(label.name)
          : undefined;
    if (at === undefined) return label.k === 'name' ? this.env.pcrelHi?.(label.name) : undefined;
    return this.pcrelHiAt(at, isa);
  }

  /** That of the first statement with a body at or after a label. */
  pcrelHiAt(index: number, isa: Isa): PcrelHi | undefined {
    let at = index;
    while (at < this.statements.length && hasNoBytes(this.statements[at])) at++;
    const statement = this.statements[at];
    const address = this.addressOf(at);
    const symbol = statement && pcrelHiOf(statement);
    if (!symbol || address === undefined) return undefined;
    const target = evaluate(symbol, this.scope(at, address, isa, []));
    return target === null ? undefined : { address, target: BigInt.asUintN(isa.xlen, target) };
  }
}
