import type { Pattern, TrapReturnFixup } from '../checker/scenario';
import { parsePattern } from '../isa/asm/pattern';
import type { Isa } from '../isa/types';
import { type Context, readAddress } from './context';
import { type Located, normalised, plainText, sourceOf, type Unit } from './declarations';
import type { DiagnosticCode, DiagnosticSink } from './diagnostics';
import { parseNumber } from './placement';
import { nodeOf, nodesOf, wordsOf } from './syntax';

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

/** Reads `on trap return to A or B if P or Q { sepc -= 4 }`; null with a message where it cannot be understood. */
export function readFixup(context: Context, { unit, node }: Located): TrapReturnFixup | null {
  const { sink, program } = context;
  const source = sourceOf(unit, node);
  const places = nodesOf(node, 'address');
  const addresses = places.map((place) => readAddress(context, unit, place));
  const patterns = nodesOf(node, 'pattern').map((pattern) => readPattern(unit, pattern, program.isa, sink));
  const block = nodeOf(node, 'block');
  const [effect, more] = block === null ? [] : nodesOf(block, 'effect');
  if (effect === undefined || more !== undefined) {
    if (block !== null) sink.add('handler', sourceOf(unit, more ?? block), 'a handler has one effect: `{ sepc -= 4 }`');
    return null;
  }
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
  const found = addresses.filter((address) => address !== null);
  const matched = patterns.filter((pattern) => pattern !== null);
  if (found.length < addresses.length || matched.length < patterns.length) return null;
  return {
    addresses: places.length === 0 ? null : found,
    patterns: matched,
    sepcDelta: operator.text === '-=' ? -delta : delta,
    source,
  };
}
