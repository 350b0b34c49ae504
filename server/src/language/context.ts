import type { HandlerOperation, Source } from '../checker/scenario';
import type { InstructionInfo } from './analysis';
import { type AssemblyText, sourceOf, type Unit } from './declarations';
import type { DiagnosticSink } from './diagnostics';
import { evaluate, namesIn } from './expressions';
import type { Observer } from './names';
import { readExpression } from './placement';
import type { PlacedSite, Program } from './program';
import { alternatives, type Found, find, type LabelTarget, wordsInReach } from './scope';
import { didYouMean } from './suggest';
import type { SyntaxNode } from './syntax';

/** What the parts of a protocol are read against. */
export interface Context {
  readonly program: Program;
  /** The sites that the protocol patches: only they may be written, and their labels need no site before them. */
  readonly sites: readonly PlacedSite[];
  readonly sink: DiagnosticSink;
  readonly observer: Observer;
  /** The assembly that stands in protocols, by its node. */
  readonly blocks: ReadonlyMap<SyntaxNode, AssemblyText>;
  /** What a hart does that a plain `sync` interrupts; null where no `on ipi` says so. */
  readonly ipi: readonly HandlerOperation[] | null;
  /** Told of what a patcher's instructions load of declared bytes. */
  readonly onLoad: (load: { readonly address: bigint; readonly size: number; readonly source: Source }) => void;
  /** Told of instructions that stand in an operation: `write entry+4, nop`. */
  readonly onInstruction: (info: InstructionInfo) => void;
}

/** The label of a version of one of the protocol's sites that a word means; uses are recorded. */
export function findLabel(
  context: Context,
  unit: Unit,
  word: { readonly text: string; readonly start: number; readonly end: number },
): LabelTarget | null {
  const found = findWord(context, unit, word);
  if (found === null) return null;
  if (found.label !== null) return found.label;
  const entry = found.parts.at(-1)?.entry;
  const what = entry === undefined ? '' : `: \`${word.text}\` is a ${entry.kind}`;
  context.sink.add(
    'unknown-name',
    { file: unit.file, start: word.start, end: word.end },
    `a label is expected here${what}`,
  );
  return null;
}

/** What a word means among the protocol's labels and the file's names; null with a message where nothing or too much. */
function findWord(
  context: Context,
  unit: Unit,
  word: { readonly text: string; readonly start: number; readonly end: number },
): Found | null {
  const { program, sites, sink } = context;
  const source = { file: unit.file, start: word.start, end: word.end };
  const here = { sites };
  const found = find(program, word.text, here);
  const [only, second] = found;
  if (only === undefined) {
    const meant = sink.closest(word.text, wordsInReach(program, here));
    sink.add('unknown-name', source, `nothing is called \`${word.text}\`${didYouMean(meant)}`, meant);
    return null;
  }
  if (second !== undefined) {
    sink.add('ambiguous-name', source, `\`${word.text}\` may be ${alternatives(found)}`);
    return null;
  }
  for (const { entry, offset, length } of only.parts) {
    context.observer.refer(entry, { ...source, start: word.start + offset, end: word.start + offset + length });
  }
  return only;
}

/** An address expression over the file's names and the protocol's labels; null with a message where it has no value. */
export function readAddress(
  context: Context,
  unit: Unit,
  node: { readonly start: number; readonly end: number },
): bigint | null {
  const expression = readExpression(unit, node, context.sink);
  if (expression === null) return null;
  for (const { name, start, end } of namesIn(expression)) {
    if (findWord(context, unit, { text: name, start, end }) === null) return null;
  }
  const value = evaluate(expression, context.program.isa.xlen, (name) => {
    const address = find(context.program, name, { sites: context.sites })[0]?.address ?? null;
    return address === null ? { message: `\`${name}\` has no address` } : { value: address };
  });
  if (value.ok) return value.value;
  context.sink.add('address', sourceOf(unit, value), value.message);
  return null;
}
