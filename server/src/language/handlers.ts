import type { EbreakHandler, HandlerOperation, Pattern, TrapReturnFixup } from '../checker/scenario';
import { parsePattern } from '../isa/asm/pattern';
import type { Isa } from '../isa/types';
import { type Context, findLabel, readAddress } from './context';
import { type Located, normalised, plainText, sourceOf, type Unit } from './declarations';
import type { DiagnosticCode, DiagnosticSink } from './diagnostics';
import { readFences } from './operations';
import { parseNumber } from './placement';
import { nodeOf, nodesOf, type SyntaxNode, wordsOf } from './syntax';

/** An instruction pattern of the text, such as `jalr t0, *(t0)`; null with a message where it is none. */
export function readPattern(
  unit: Unit,
  span: { readonly start: number; readonly end: number },
  isa: Isa,
  sink: DiagnosticSink,
  code: DiagnosticCode = 'handler',
): Pattern | null {
  const result = parsePattern(plainText(unit, span), isa);
  if (result.ok) return result.pattern;
  for (const { message, start, end, suggestion } of result.problems) {
    sink.add(code, { file: unit.file, start: span.start + start, end: span.start + end }, message, suggestion ?? null);
  }
  return null;
}

/** The handlers of a file or of a protocol. */
export interface Handlers {
  readonly fixups: readonly TrapReturnFixup[];
  readonly breakpoints: readonly EbreakHandler[];
  /** What a hart does that a plain `sync` interrupts; null where nothing says so. */
  readonly ipi: readonly HandlerOperation[] | null;
}

/** Reads `on trap return ...`, `on ebreak ...` and `on ipi ...`. What cannot be understood is left out, with a message. */
export function readHandlers(context: Context, handlers: readonly Located[]): Handlers {
  const of = (kind: SyntaxNode['kind']): Located[] => handlers.filter(({ node }) => node.kind === kind);
  const [ipi, second] = of('ipi');
  if (second !== undefined)
    context.sink.add('handler', sourceOf(second.unit, second.node), 'what a hart does at an interrupt is said already');
  return {
    ipi: ipi === undefined ? null : readFences(context, ipi.unit, nodeOf(ipi.node, 'block')),
    fixups: of('fixup').flatMap((handler) => readFixup(context, handler) ?? []),
    breakpoints: of('breakpoint').flatMap((handler) => readBreakpoint(context, handler) ?? []),
  };
}

type Clauses = Pick<TrapReturnFixup, 'addresses' | 'patterns'> & { readonly effect: SyntaxNode };

/** Addresses, patterns and the one effect of a handler; null with a message where something is wrong with them. */
function readClauses(context: Context, { unit, node }: Located, example: string): Clauses | null {
  const { sink, program } = context;
  const places = nodesOf(node, 'address');
  const addresses = places.map((place) => readAddress(context, unit, place));
  const patterns = nodesOf(node, 'pattern').map((pattern) => readPattern(unit, pattern, program.isa, sink));
  const block = nodeOf(node, 'block');
  const [effect, more] = block === null ? [] : nodesOf(block, 'effect');
  if (effect === undefined || more !== undefined) {
    if (block !== null)
      sink.add('handler', sourceOf(unit, more ?? block), `a handler has one effect: \`{ ${example} }\``);
    return null;
  }
  const found = addresses.filter((address) => address !== null);
  const matched = patterns.filter((pattern) => pattern !== null);
  if (found.length < addresses.length || matched.length < patterns.length) return null;
  return { addresses: places.length === 0 ? null : found, patterns: matched, effect };
}

/** `sepc -= 4`: by how much, in bytes; null with a message where it is none. */
function readMove({ sink }: Context, unit: Unit, effect: SyntaxNode): bigint | null {
  const [register, operator, amount, rest] = wordsOf(effect);
  const delta = amount === undefined ? null : parseNumber(amount.text);
  if (register?.text !== 'sepc' || (operator?.text !== '-=' && operator?.text !== '+=') || rest !== undefined) {
    sink.add(
      'handler',
      sourceOf(unit, effect),
      `\`${normalised(unit, effect)}\` is not supported: a handler adds to \`sepc\` or takes from it, \`sepc -= 4\``,
    );
    return null;
  }
  if (delta === null || delta > 4096n || delta % 2n !== 0n) {
    sink.add('handler', sourceOf(unit, amount ?? effect), 'sepc moves by an even number of bytes, at most 4096');
    return null;
  }
  return operator.text === '-=' ? -delta : delta;
}

/** Reads `on trap return to A or B if P or Q { sepc -= 4 }`; null with a message where it cannot be understood. */
function readFixup(context: Context, at: Located): TrapReturnFixup | null {
  const clauses = readClauses(context, at, 'sepc -= 4');
  const sepcDelta = clauses && readMove(context, at.unit, clauses.effect);
  if (clauses === null || sepcDelta === null) return null;
  const { addresses, patterns } = clauses;
  return { addresses, patterns, sepcDelta, source: sourceOf(at.unit, at.node) };
}

/** Reads `on ebreak at A or B if P or Q { sepc += 4 }` or `{ run LABEL }`; null with a message as above. */
function readBreakpoint(context: Context, at: Located): EbreakHandler | null {
  const { unit, node } = at;
  const clauses = readClauses(context, at, 'sepc += 4');
  if (clauses === null) return null;
  const { addresses, patterns, effect: text } = clauses;
  const effect = readBreakpointEffect(context, unit, text);
  return effect && { addresses, patterns, effect, source: sourceOf(unit, node) };
}

function readBreakpointEffect(context: Context, unit: Unit, effect: SyntaxNode): EbreakHandler['effect'] | null {
  const [word, label, rest] = wordsOf(effect);
  if (word?.text !== 'run') {
    const delta = readMove(context, unit, effect);
    return delta === null ? null : { kind: 'sepc', delta };
  }
  if (label === undefined || rest !== undefined) {
    context.sink.add('handler', sourceOf(unit, effect), 'written `run LABEL`: the instruction of which a copy is run');
    return null;
  }
  const [instruction] = findLabel(context, unit, label)?.instructions ?? [];
  return instruction === undefined ? null : { kind: 'run', instruction };
}
