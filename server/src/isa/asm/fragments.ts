import type { TextProblem } from '../types';
import { directives } from './directives';
import { emit } from './emit';
import { evaluate } from './evaluate';
import { formsOf } from './forms';
import { assembleInstruction } from './instruction';
import { type AssemblerState, applyOption } from './option';
import { Resolver } from './resolve';
import type { Symbols } from './symbols';
import type { AssemblyEnvironment, Expression, Statement } from './types';

/** A run of statements whose lengths depend on no address, and how far into it a statement begins. */
interface Position {
  readonly fragment: number;
  readonly offset: number;
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<>', '<', '>', '<=', '>=']);

/** Addresses of fragments for two trials, in opposite orders: what comes out the same in both is no matter of layout. */
const TRIALS: readonly ((fragment: number) => bigint)[] = [
  (fragment) => 0x1000_0000n + 0x10_0000_0000n * BigInt(fragment + 1),
  (fragment) => -0x2000_0000n - 0x30_0000_0000n * BigInt(fragment + 1),
];

/**
 * What is known of a text before it is laid out: values that are the same wherever it lies, such as the distance between two
 * labels with nothing between them whose length may change. On these alone a condition or a count may depend.
 */
export class Fragments {
  private readonly positions: Position[] = [{ fragment: 0, offset: 0 }];
  private state: AssemblerState;
  private readonly saved: AssemblerState[] = [];

  constructor(
    private readonly env: AssemblyEnvironment,
    private readonly statements: readonly Statement[],
    private readonly symbols: Symbols,
  ) {
    this.state = { isa: env.isa, rvc: env.rvc ?? false, pic: false };
  }

  /** The value of an expression after the statements so far; null with a problem noted where it has none yet. */
  constant(expression: Expression, problems: TextProblem[]): bigint | null {
    const [first = null, second = null] = this.trials(expression, problems);
    if (first === null || second === null) return null;
    if (first === second && this.settled(expression)) return first;
    const message = 'this depends on where code comes to lie: it must be a number here';
    problems.push({ code: 'operand', message, start: expression.start, end: expression.end });
    return null;
  }

  /** Whether no part depends on the layout: what compares or divides may hide that it does. */
  private settled(expression: Expression): boolean {
    if (expression.k === 'unary') return expression.op === '!' ? this.isSame(expression.a) : this.settled(expression.a);
    if (expression.k !== 'binary') return true;
    const { op, a, b } = expression;
    const apart = op === '+' || op === '-' || (COMPARISONS.has(op) && this.isSame({ ...expression, op: '-' }));
    return (apart || (this.isSame(a) && this.isSame(b))) && this.settled(a) && this.settled(b);
  }

  private isSame(expression: Expression): boolean {
    const [first, second] = this.trials(expression, []);
    return first === second;
  }

  /** What an expression comes to in each of the trials. */
  private trials(expression: Expression, problems: TextProblem[]): (bigint | null)[] {
    const index = this.statements.length;
    return TRIALS.map((base) => {
      const resolver = new Resolver(this.env, this.statements, this.symbols, (at) => this.address(at, base));
      const needsPlace = resolver.mentionsPlace(expression, index);
      const address = needsPlace ? (this.address(index, base) ?? 0n) : 0n;
      return evaluate(expression, resolver.scope(index, address, this.env.isa, problems));
    });
  }

  private address(index: number, base: (fragment: number) => bigint): bigint | undefined {
    while (this.positions.length <= index && this.positions.length <= this.statements.length) this.advance();
    const position = this.positions[index];
    return position && base(position.fragment) + BigInt(position.offset);
  }

  /** Over one more statement. */
  private advance(): void {
    const index = this.positions.length - 1;
    const statement = this.statements[index];
    const { fragment, offset } = this.positions[index] ?? { fragment: 0, offset: 0 };
    const length = statement ? this.lengthOf(statement, index) : 0;
    this.positions.push(
      length === null ? { fragment: fragment + 1, offset: 0 } : { fragment, offset: offset + length },
    );
  }

  /** In bytes; null where it depends on the layout. */
  private lengthOf({ body, text }: Statement, index: number): number | null {
    if (!body) return 0;
    const base = TRIALS[0]?.(this.positions[index]?.fragment ?? 0) ?? 0n;
    const address = base + BigInt(this.positions[index]?.offset ?? 0);
    const resolver = new Resolver(this.env, this.statements, this.symbols, () => address);
    const scope = resolver.scope(index, address, this.state.isa, []);
    if (body.k === 'instruction') {
      const reaches = formsOf(body.mnemonic.name, this.env.isa.xlen).some((form) =>
        form.items.some((item) => item.k === 'operand' && item.operand.class === 'target'),
      );
      if (reaches) return null;
      const here = { ...scope, symbol: (name: string) => scope.symbol(name) ?? address };
      const made = assembleInstruction(body, { ...this.state, least: 0 }, here) ?? [];
      return made.reduce((sum, { decoded }) => sum + decoded.length, 0);
    }
    const directive = directives.get(body.name.name);
    switch (directive?.k) {
      case 'option':
        this.state = applyOption(body, this.state, this.saved, scope);
        return 0;
      case 'data':
        return directive.size * body.operands.length;
      case 'float':
        return directive.size * body.rest.split(',').length;
      case 'align':
      case 'org':
      case 'leb':
        return null;
      case 'space':
      case 'fill': {
        const places = body.operands.some(
          (operand) => operand.k === 'expression' && resolver.mentionsPlace(operand.value, index),
        );
        if (places) return null;
        break;
      }
      default:
    }
    return emit(body, text, { base, scope, degree: () => 0 }).reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}
