import type { TextProblem } from '../types';
import { directives } from './directives';
import { concat, emit, littleEndian, MAX_BYTES } from './emit';
import { evaluate, type Scope } from './evaluate';
import { expand, placed } from './expand';
import { assembleInstruction } from './instruction';
import { type AssemblerState, applyOption } from './option';
import { Resolver } from './resolve';
import type { Symbols } from './symbols';
import type {
  AssembledBlock,
  AssembledPiece,
  AssembledStatement,
  AssemblyEnvironment,
  PcrelHi,
  Statement,
  StatementBody,
} from './types';

/** From this pass on what was long once stays long, so that the layout settles. */
const PATIENCE = 20;
/** Layouts settle within a few passes; one that has not by then never will. */
const MAX_PASSES = 64;
/** Statements times passes. */
const MAX_WORK = 4_000_000;

/** One attempt at a layout, on the addresses of the attempt before. */
class Pass {
  readonly problems: TextProblem[] = [];
  readonly statements: AssembledStatement[] = [];
  readonly resolver: Resolver;
  private state: AssemblerState;
  private readonly saved: AssemblerState[] = [];
  private address: bigint;

  constructor(
    private readonly block: Block,
    /** Of each statement, in the attempt before. */
    readonly addresses: readonly bigint[],
    /** The least length of each statement that is known to need it. */
    private readonly least: ReadonlyMap<number, number>,
  ) {
    const { env, base, statements, symbols } = block;
    this.state = { isa: env.isa, rvc: env.rvc ?? false, pic: false };
    this.address = base;
    // What is behind is known, and what lies ahead as it was.
    this.resolver = new Resolver(
      env,
      statements,
      symbols,
      (index) =>
        this.statements[index]?.address ?? (index === this.statements.length ? this.address : addresses[index]),
    );
  }

  run(): void {
    const { statements, env } = this.block;
    let size = 0;
    for (const [index, statement] of statements.entries()) {
      const before = this.problems.length;
      const pieces = statement.body ? this.pieces(statement, statement.body, index) : [];
      if (statement.origin && this.problems.length > before)
        this.problems.push(...this.problems.splice(before).map((problem) => placed(problem, statement)));
      const bytes = pieces.length === 1 && pieces[0] ? pieces[0].bytes : concat(pieces.map((piece) => piece.bytes));
      this.statements.push({ statement, address: this.address, bytes, pieces });
      size += bytes.length;
      if (size > MAX_BYTES) {
        const { start, end } = statement;
        this.problems.push({ code: 'size', message: 'the block is larger than 1 MiB', start, end });
        return;
      }
      this.address = BigInt.asUintN(env.isa.xlen, this.address + BigInt(bytes.length));
    }
  }

  private pieces(statement: Statement, body: StatementBody, index: number): AssembledPiece[] {
    const scope = this.resolver.scope(index, this.address, this.state.isa, this.problems);
    if (body.k === 'instruction') return this.instruction(body, statement.text, index, scope);
    const kind = directives.get(body.name.name)?.k;
    if (kind === 'option') this.state = applyOption(body, this.state, this.saved, scope);
    const [, value] = body.operands;
    // For what it says against it; the value is looked for where it is used.
    if (kind === 'set' && value?.k === 'expression') evaluate(value.value, scope);
    return emit(body, statement.text, {
      base: this.block.base,
      scope,
      degree: (operand) => (operand.k === 'expression' ? this.resolver.degree(operand.value, index) : 0),
    });
  }

  private instruction(
    body: StatementBody & { readonly k: 'instruction' },
    text: string,
    index: number,
    scope: Scope,
  ): AssembledPiece[] {
    const assembled = assembleInstruction(body, { ...this.state, least: this.least.get(index) ?? 0 }, scope) ?? [];
    let { address } = this;
    return assembled.map(({ decoded, text: own }) => {
      const bytes = littleEndian(BigInt(decoded.word), decoded.length);
      const piece = { address, bytes, decoded, text: own ?? text };
      address += BigInt(decoded.length);
      return piece;
    });
  }
}

/** What stays the same from pass to pass. */
interface Block {
  readonly statements: readonly Statement[];
  readonly symbols: Symbols;
  readonly base: bigint;
  readonly env: AssemblyEnvironment;
}

/** A first guess: every instruction as short as it may be. */
function guess({ statements, base, env }: Block): bigint[] {
  let address = base;
  return statements.map(({ body }) => {
    const here = address;
    if (body?.k === 'instruction') address += env.rvc || body.mnemonic.name.startsWith('c.') ? 2n : 4n;
    const directive = body?.k === 'directive' ? directives.get(body.name.name) : undefined;
    if (directive?.k === 'data') address += BigInt(directive.size * (body?.operands.length ?? 0));
    return here;
  });
}

/** Passes until nothing moves. */
function settled(block: Block): Pass {
  const { statements } = block;
  const least = new Map<number, number>();
  let pass = new Pass(block, guess(block), least);
  for (let round = 0; ; round++) {
    pass.run();
    const next = pass.statements.map((statement) => statement.address);
    const { addresses } = pass;
    if (next.length < statements.length || next.every((address, i) => address === addresses[i])) return pass;
    if (round >= MAX_PASSES || round * statements.length > MAX_WORK) {
      const { start, end } = statements[0] ?? { start: 0, end: 0 };
      pass.problems.push({ code: 'layout', message: 'the layout of this block never settles', start, end });
      return pass;
    }
    if (round > PATIENCE) {
      for (const [index, { bytes, statement }] of pass.statements.entries())
        if (statement.body?.k === 'instruction') least.set(index, Math.max(bytes.length, least.get(index) ?? 0));
    }
    pass = new Pass(block, next, least);
  }
}

/**
 * Lays a block out at a base address and encodes it. Macros, repetitions and conditions are worked off first. Sizes may depend
 * on targets (short forms under `.option rvc`, branches that do not reach), so passes are made until nothing moves. Without
 * `.option rvc` nothing is compressed. Never throws. A statement that cannot be assembled has no bytes.
 */
export function assembleBlock(written: readonly Statement[], base: bigint, env: AssemblyEnvironment): AssembledBlock {
  const expansion = expand(written, env);
  const { statements, symbols } = expansion;
  const pass = settled({ statements, symbols, base: BigInt.asUintN(env.isa.xlen, base), env });
  const labels = new Map<string, bigint>();
  const pcrelHi = new Map<string, PcrelHi>();
  for (const [name, index] of symbols.labels) {
    const address = pass.statements[index]?.address;
    if (address === undefined) continue;
    labels.set(name, address);
    const pair = pass.resolver.pcrelHiAt(index, env.isa);
    if (pair) pcrelHi.set(name, pair);
  }
  const size = pass.statements.reduce((sum, statement) => sum + statement.bytes.length, 0);
  const problems = distinct([...expansion.problems, ...symbols.problems, ...pass.problems]);
  return { statements: pass.statements, labels, pcrelHi, size, problems };
}

/** What a repetition has said over and over counts once. */
function distinct(problems: readonly TextProblem[]): TextProblem[] {
  return [
    ...new Map(problems.map((problem) => [`${problem.start} ${problem.end} ${problem.message}`, problem])).values(),
  ];
}
