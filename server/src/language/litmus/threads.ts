import type { CodeLabel, LitmusInstruction, LitmusThread } from '../../checker/litmus/test';
import { type AssembledPiece, type AssembledStatement, assembleBlock, type Isa, type TextProblem } from '../../isa';
import { type Effect, effectOf, unmodelled } from '../../machine';
import { assemblyCode, type DiagnosticCode } from '../diagnostics';
import type { LitmusCellInstruction } from './analysis';
import type { LitmusContext } from './context';
import { nextCode } from './data';
import type { HerdOrdering, ListedCell, Listing } from './listing';
import type { Word } from './syntax';

/** A thread's code at its place. */
export interface PlacedThread {
  readonly thread: LitmusThread;
  /** By cell of the listing. */
  readonly cells: readonly (readonly LitmusCellInstruction[])[];
  readonly labels: ReadonlyMap<string, bigint>;
}

/** What an assembler's problem is called here: what the ISA of litmus files leaves out cannot be added to it. */
export const codeOf = (problem: TextProblem): DiagnosticCode => {
  const code = assemblyCode(problem);
  return code === 'extension' ? 'unsupported' : code;
};

/** Assembles every thread, one behind the other; initial registers are set by the caller. */
export function placeThreads(
  context: LitmusContext,
  names: readonly Word[],
  listings: readonly Listing[],
  base: bigint,
  isa: Isa,
  symbol: (name: string) => bigint | undefined,
): PlacedThread[] {
  let address = base;
  return listings.map((listing, index) => {
    const block = assembleBlock(
      listing.cells.map(({ statement }) => statement),
      address,
      { isa, symbol },
    );
    for (const problem of block.problems) {
      // Two labels of one name have been told of.
      if (problem.code !== 'duplicate-label') {
        context.add(codeOf(problem), problem, problem.message, problem.suggestion ?? null);
      }
    }
    const made = listing.cells.map((cell, row) => {
      const statement = block.statements[row];
      return statement === undefined ? [] : instructionsOf(context, cell, statement, isa);
    });
    const name = names[index] ?? { text: '', start: 0, end: 0 };
    const thread: LitmusThread = {
      name: name.text,
      instructions: made.flat(),
      start: address,
      end: address + BigInt(block.size),
      registers: [],
      source: context.source(name),
    };
    const cells = made.map((instructions, row) =>
      instructions.map(({ address: at, length, text }, piece) => ({
        address: at,
        length,
        text,
        decoded: listing.cells[row]?.ordering ? null : (block.statements[row]?.pieces[piece]?.decoded ?? null),
      })),
    );
    address = nextCode(address, block.size);
    return { thread, cells, labels: block.labels };
  });
}

function instructionsOf(
  context: LitmusContext,
  { statement, ordering }: ListedCell,
  { pieces }: AssembledStatement,
  isa: Isa,
): LitmusInstruction[] {
  const { body } = statement;
  if (body?.k !== 'instruction') return [];
  const source = context.source(body);
  return pieces.map((piece) => {
    const effect = effectOfPiece(piece, ordering, isa);
    const refused = unmodelled(effect);
    if (refused !== null) {
      context.add('unsupported', body.mnemonic, `\`${refused}\` is not supported: the model does not cover it`);
    }
    const length = piece.bytes.length === 2 ? 2 : 4;
    const bits = ordering === null ? (piece.decoded?.word ?? null) : null;
    return { address: piece.address, length, bits, effect, text: piece.text, source };
  });
}

/** What an instruction does; a plain load or store is ordered where herd7's own form says so. */
function effectOfPiece({ decoded }: AssembledPiece, ordering: HerdOrdering | null, isa: Isa): Effect {
  if (decoded === null) return { kind: 'illegal', reason: 'no instruction' };
  const effect = effectOf(decoded, isa);
  return ordering !== null && (effect.kind === 'load' || effect.kind === 'store') ? { ...effect, ...ordering } : effect;
}

/** The labels of all threads, with their addresses. */
export const labelsOf = (threads: readonly PlacedThread[]): CodeLabel[] =>
  threads.flatMap(({ labels }, thread) => [...labels].map(([name, address]) => ({ name, thread, address })));
