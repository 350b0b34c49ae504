import type { TextProblem } from '../types';
import { type Directive, directives, type Test } from './directives';
import { Fragments } from './fragments';
import { actuals, declaration, type Formal, substituted, twoTexts, values } from './macro-text';
import { Sections } from './sections';
import { parseStatement } from './statement';
import { Symbols } from './symbols';
import type { AssemblyEnvironment, Expression, Operand, Statement, StatementBody } from './types';

/** Macros, repetitions and conditions ("Using as", `.macro`, `.rept`, `.irp`, `.if`): text to text, before anything is laid out. */
export interface Expansion {
  /** What is to be assembled, in order. */
  readonly statements: readonly Statement[];
  readonly symbols: Symbols;
  readonly problems: readonly TextProblem[];
}

/** As GNU as has it: macros in macros, and repetitions in repetitions. */
const MAX_DEPTH = 100;
/** Statements gone over, those of every repetition counted. */
const MAX_STATEMENTS = 200_000;
/** Characters of text made by macros. */
const MAX_TEXT = 4_000_000;
/** Characters of one statement. */
const MAX_LINE = 10_000;

interface Macro {
  readonly name: string;
  readonly formals: readonly Formal[];
  readonly body: readonly Statement[];
}

type DirectiveBody = StatementBody & { readonly k: 'directive' };

/** An open `.if`: whether a part of it has been taken, and whether this one is. */
interface Condition {
  readonly statement: Statement;
  taken: boolean;
  active: boolean;
  otherwise: boolean;
}

const directiveOf = (statement: Statement | undefined): Directive | undefined =>
  statement?.body?.k === 'directive' ? directives.get(statement.body.name.name) : undefined;

/** A problem of a statement that stands for another: in that one's place, with its own words. */
export function placed(problem: TextProblem, { start, end, body, origin }: Statement): TextProblem {
  if (!origin) return problem;
  const message = `${problem.message} (${origin.where}: \`${origin.text}\`)`;
  return { code: problem.code, message, start: body?.start ?? start, end: body?.end ?? end };
}

const CLOSES: Readonly<Record<string, 'endm' | 'endr'>> = { macro: 'endm', rept: 'endr', irp: 'endr', irpc: 'endr' };

class Expander {
  readonly statements: Statement[] = [];
  readonly problems: TextProblem[] = [];
  readonly symbols = new Symbols();
  private readonly fragments: Fragments;
  private readonly sections = new Sections();
  private readonly macros = new Map<string, Macro>();
  private depth = 0;
  private uses = 0;
  private seen = 0;
  private text = 0;
  private exhausted = false;
  /** Set by `.exitm` until what it is in has been left. */
  private leaving = false;

  constructor(private readonly env: AssemblyEnvironment) {
    this.fragments = new Fragments(env, this.statements, this.symbols);
  }

  /** Goes over statements; conditions must end within them. */
  run(list: readonly Statement[]): void {
    const conditions: Condition[] = [];
    for (let at = 0; at < list.length && !this.leaving && !this.exhausted; at++) {
      const statement = list[at] as Statement;
      if (++this.seen > MAX_STATEMENTS || this.text > MAX_TEXT) {
        this.exhausted = true;
        this.problem(statement, 'size', 'macros and repetitions make too much of this block');
        break;
      }
      const directive = directiveOf(statement);
      if (directive && this.condition(statement, directive, conditions)) continue;
      const skipped = conditions.some(({ active }) => !active);
      const closes = directive && CLOSES[directive.k];
      if (directive && closes) {
        const end = this.endOf(list, at, closes);
        if (end === list.length && !skipped) this.problem(statement, 'syntax', `this has no \`.${closes}\``);
        if (!skipped) this.block(statement, directive, list.slice(at + 1, end));
        at = end;
      } else if (!skipped) this.statement(statement, directive);
    }
    const open = conditions.at(-1);
    if (open && !this.leaving && !this.exhausted) this.problem(open.statement, 'syntax', 'this has no `.endif`');
  }

  private problem(statement: Statement, code: string, message: string, place: Operand | Statement = statement): void {
    const { start, end } = place === statement ? (statement.body ?? statement) : place;
    this.problems.push(placed({ code, message, start, end }, statement));
  }

  /** Where what begins at `from` ends; the length of the list where it does not. */
  private endOf(list: readonly Statement[], from: number, closes: 'endm' | 'endr'): number {
    let depth = 0;
    for (let at = from; at < list.length; at++) {
      const kind = directiveOf(list[at])?.k ?? '';
      if (CLOSES[kind] === closes) depth++;
      else if (kind === closes && --depth === 0) return at;
    }
    return list.length;
  }

  /** A statement of `.if` and its like; false where it is another. */
  private condition(statement: Statement, directive: Directive, conditions: Condition[]): boolean {
    const body = statement.body as DirectiveBody;
    const top = conditions.at(-1);
    const outside = conditions.slice(0, -1).every(({ active }) => active);
    switch (directive.k) {
      case 'if': {
        this.labels(statement, conditions);
        const holds = conditions.every(({ active }) => active) && this.holds(statement, body, directive.test);
        conditions.push({ statement, taken: holds, active: holds, otherwise: false });
        return true;
      }
      case 'elseif':
      case 'else':
        if (!top) this.problem(statement, 'syntax', `\`${body.name.name}\` without an \`.if\` before it`);
        else if (top.otherwise) this.problem(statement, 'syntax', `\`${body.name.name}\` after \`.else\``);
        else {
          top.otherwise = directive.k === 'else';
          const turn = outside && !top.taken;
          top.active = turn && (directive.k === 'else' || this.holds(statement, body, 'ne'));
          top.taken ||= top.active;
        }
        return true;
      case 'endif':
        if (!conditions.pop()) this.problem(statement, 'syntax', '`.endif` without an `.if` before it');
        return true;
      default:
        return false;
    }
  }

  /** The labels before a directive that itself goes away. */
  private labels(statement: Statement, conditions: readonly Condition[] = []): void {
    if (statement.labels.length > 0 && conditions.every(({ active }) => active))
      this.add({ ...statement, body: null, text: '', problems: [] });
  }

  private holds(statement: Statement, body: DirectiveBody, test: Test): boolean {
    const { rest } = body;
    switch (test) {
      case 'def':
      case 'ndef':
        return this.isDefined(statement, rest) === (test === 'def');
      case 'b':
      case 'nb':
        return (rest === '') === (test === 'b');
      case 'c':
      case 'nc': {
        const texts = twoTexts(rest);
        if (!texts)
          this.problem(statement, 'operand', `\`${body.name.name}\` takes two texts with a comma between them`);
        return texts !== null && (texts[0] === texts[1]) === (test === 'c');
      }
      case 'eqs':
      case 'nes': {
        const match = /^("(?:\\.|[^"\\])*")\s*,\s*("(?:\\.|[^"\\])*")$/.exec(rest);
        if (!match) this.problem(statement, 'operand', `\`${body.name.name}\` takes two strings`);
        return match !== null && (match[1] === match[2]) === (test === 'eqs');
      }
      default: {
        const value = this.number(statement, body);
        return value !== null && compares(value, test);
      }
    }
  }

  private isDefined(statement: Statement, name: string): boolean {
    if (!/^[A-Za-z_.$][\w.$]*'*$/.test(name)) this.problem(statement, 'operand', 'a symbol is expected here');
    return this.symbols.has(name) || this.env.symbol(name) !== undefined;
  }

  /** The one number that a directive takes; null with a problem noted. */
  private number(statement: Statement, body: DirectiveBody): bigint | null {
    const [operand] = body.operands;
    if (statement.problems.length > 0) {
      this.problems.push(...statement.problems.map((problem) => placed(problem, statement)));
      return null;
    }
    if (body.operands.length === 1 && operand?.k === 'expression') return this.constant(statement, operand.value);
    this.problem(statement, 'operand', `\`${body.name.name}\` takes one number`);
    return null;
  }

  private constant(statement: Statement, expression: Expression): bigint | null {
    const problems: TextProblem[] = [];
    const value = this.fragments.constant(expression, problems);
    this.problems.push(...problems.slice(0, 1).map((problem) => placed(problem, statement)));
    return value;
  }

  /** A macro or repetition with its lines. */
  private block(statement: Statement, directive: Directive, lines: readonly Statement[]): void {
    const body = statement.body as DirectiveBody;
    this.labels(statement);
    switch (directive.k) {
      case 'macro':
        this.define(statement, body, lines);
        return;
      case 'rept': {
        const count = this.number(statement, body);
        if (count === null) return;
        if (count < 0n) this.problem(statement, 'range', `\`.rept\` ${count}: a count is not negative`);
        // Nothing leaves it: that it is too much is known before it is gone over.
        const leaves = ({ body: one }: Statement): boolean =>
          one?.k === 'directive' && one.name.name.toLowerCase() === '.exitm';
        const tooMany = count > BigInt(MAX_STATEMENTS) && this.macros.size === 0 && !lines.some(leaves);
        this.repeat(statement, () => {
          if (tooMany) this.exhausted = true;
          for (let i = 0n; i < count && !this.leaving && !this.exhausted; i++) this.round(lines);
        });
        return;
      }
      case 'irp':
      case 'irpc': {
        const [, name = '', given = ''] = /^([A-Za-z_.$][\w.$]*)\s*,?\s*([\s\S]*)$/.exec(body.rest) ?? [];
        if (name === '') {
          this.problem(statement, 'operand', `\`${body.name.name}\` takes a name and what it stands for`);
          return;
        }
        const all = directive.k === 'irp' ? values(given) : [...values(given).join('')];
        this.repeat(statement, () => {
          for (const value of all.length === 0 ? [''] : all) {
            if (this.leaving || this.exhausted) return;
            const operands = new Map([[name, value]]);
            this.round(
              lines.map((line) =>
                this.made(line, operands, line, `\`${body.name.name}\` with ${name} = ${value || 'nothing'}`),
              ),
            );
          }
        });
        return;
      }
      default:
    }
  }

  /** Goes over the lines of a repetition once; an empty one costs as well. */
  private round(lines: readonly Statement[]): void {
    if (++this.seen > MAX_STATEMENTS) this.exhausted = true;
    this.run(lines);
  }

  /** What is worked off as one text, which `.exitm` leaves. */
  private repeat(statement: Statement, work: () => void): void {
    if (this.depth >= MAX_DEPTH) {
      this.problem(statement, 'size', `macros and repetitions go deeper than ${MAX_DEPTH}`);
      this.exhausted = true;
      return;
    }
    this.depth++;
    const before = this.exhausted;
    work();
    if (this.exhausted && !before && !this.problems.some(({ code }) => code === 'size'))
      this.problem(statement, 'size', 'macros and repetitions make too much of this block');
    this.depth--;
    this.leaving = false;
  }

  /** A line with operands put in, in the place of another statement. */
  private made(line: Statement, operands: ReadonlyMap<string, string>, place: Statement, where: string): Statement {
    const whole = substituted(line.raw, operands, this.uses);
    if (whole.length > MAX_LINE) this.text = MAX_TEXT + 1;
    const text = whole.slice(0, MAX_LINE);
    this.text += text.length;
    const statement = parseStatement(text);
    const { start, end } = place.body ?? place;
    return {
      ...statement,
      labels: statement.labels.map(({ name }) => ({ name, start, end })),
      body: statement.body && { ...statement.body, start, end },
      comment: null,
      origin: { where: place.origin ? place.origin.where : where, text },
      start,
      end,
    };
  }

  private define(statement: Statement, { rest }: DirectiveBody, body: readonly Statement[]): void {
    const declared = declaration(rest);
    if (typeof declared === 'string') this.problem(statement, 'operand', declared);
    else if (this.macros.has(declared.name.toLowerCase()))
      this.problem(statement, 'duplicate-label', `macro \`${declared.name}\` is already defined`);
    else if (directives.has(declared.name))
      this.problem(statement, 'operand', `\`${declared.name}\` is a directive: no macro can have its name`);
    else this.macros.set(declared.name.toLowerCase(), { ...declared, body });
  }

  private use(statement: Statement, macro: Macro, rest: string): void {
    const given = actuals(macro.formals, rest);
    if (typeof given === 'string') {
      this.problem(statement, 'operand', `macro \`${macro.name}\`: ${given}`);
      return;
    }
    this.labels(statement);
    const lines = macro.body.map((line, i) =>
      this.made(line, given, statement, `line ${i + 1} of macro \`${macro.name}\``),
    );
    this.uses++;
    this.repeat(statement, () => this.run(lines));
  }

  /** A statement that is no part of the structure. */
  private statement(statement: Statement, directive: Directive | undefined): void {
    const { body } = statement;
    const name = body?.k === 'instruction' ? body.mnemonic.name : (body?.name.name ?? '');
    const macro = body && !directive ? this.macros.get(name.split(' ')[0]?.toLowerCase() ?? '') : undefined;
    if (body && macro) {
      this.use(statement, macro, body.rest);
      return;
    }
    this.problems.push(...statement.problems.map((problem) => placed(problem, statement)));
    if (body?.k === 'directive' && directive && this.directive(statement, body, directive)) {
      this.labels(statement);
      return;
    }
    const because = this.sections.admits(statement, directive);
    if (because !== null) {
      if (because !== '') this.problem(statement, 'section', because);
      return;
    }
    this.add(statement);
  }

  private add(statement: Statement): void {
    this.statements.push(statement);
    this.symbols.add(statement);
  }

  /** Directives that steer; false for those that are assembled. */
  private directive(statement: Statement, body: DirectiveBody, directive: Directive): boolean {
    const { rest, name } = body;
    switch (directive.k) {
      case 'endm':
      case 'endr':
        this.problem(statement, 'syntax', `\`${name.name}\` without what it ends`);
        return true;
      case 'exitm':
        if (this.depth === 0) this.problem(statement, 'syntax', '`.exitm` outside of macros and repetitions');
        this.leaving = this.depth > 0;
        return true;
      case 'purgem':
        if (!this.macros.delete(rest.toLowerCase()))
          this.problem(statement, 'operand', `there is no macro \`${rest}\``);
        return true;
      case 'error':
        this.problem(statement, 'operand', /^"(.*)"$/s.exec(rest)?.[1] ?? '`.err` stands here');
        return true;
      case 'warning':
        return true;
      case 'section':
        for (const message of this.sections.change(name.name, directive.change, rest))
          this.problem(statement, 'section', message);
        return true;
      case 'refused':
        this.problem(statement, 'needs-linker', `\`${name.name}\` is refused: ${directive.because}`);
        return true;
      default:
        return false;
    }
  }
}

function compares(value: bigint, test: Test): boolean {
  switch (test) {
    case 'eq':
      return value === 0n;
    case 'lt':
      return value < 0n;
    case 'le':
      return value <= 0n;
    case 'gt':
      return value > 0n;
    case 'ge':
      return value >= 0n;
    default:
      return value !== 0n;
  }
}

/** Works off all that is text: what remains are instructions, data, assignments, options and labels. Never throws. */
export function expand(written: readonly Statement[], env: AssemblyEnvironment): Expansion {
  const expander = new Expander(env);
  expander.run(written);
  const { statements, symbols, problems } = expander;
  return { statements, symbols, problems };
}
