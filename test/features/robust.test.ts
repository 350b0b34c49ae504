import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeActions } from '../../server/src/features/code-actions';
import { completion } from '../../server/src/features/completion';
import { textDiagnostics, verdictDiagnostics } from '../../server/src/features/diagnostics';
import { folding } from '../../server/src/features/folding';
import { hover } from '../../server/src/features/hover';
import { inlayHints } from '../../server/src/features/inlay-hints';
import { lenses } from '../../server/src/features/lens';
import { definition, highlights, references } from '../../server/src/features/navigation';
import { outline } from '../../server/src/features/outline';
import { prepareRename, rename } from '../../server/src/features/rename';
import { semanticTokens } from '../../server/src/features/semantic-tokens';
import { applyEdits, type Span } from '../../server/src/features/text';
import { examples } from '../language/examples';
import { mail } from '../mail';
import { analyzed, file, report, unsafe } from './support';

/** The examples by file name, for those that import their neighbour. */
const neighbours = Object.fromEntries(examples.map(({ path, text }) => [path.slice(path.lastIndexOf('/') + 1), text]));

/** Texts as they stand while someone types: an example cut short, or with a stretch of it taken out or replaced. */
const halfTyped = fc
  .record({
    text: fc.constantFrom(
      mail(),
      mail('expect unsafe torn when entry at 2 mod 4'),
      ...examples.map(({ text }) => text),
    ),
    at: fc.nat(),
    length: fc.integer({ min: 0, max: 40 }),
    instead: fc.constantFrom('', '{', '}', '"', '.', ',', 'write ', 'site x', '\u{1f600}', "'", '/*', '\n'),
  })
  .map(({ text, at, length, instead }) => {
    const start = at % (text.length + 1);
    return { text: text.slice(0, start) + instead + text.slice(start + length), offset: start + instead.length };
  });

function within({ start, end }: Span, text: string): boolean {
  return start >= 0 && start <= end && end <= text.length;
}

describe('half-typed text', () => {
  test('breaks no feature, and each place is within the text', () => {
    fc.assert(
      fc.property(halfTyped, ({ text, offset }) => {
        const analysis = analyzed(text, neighbours);
        const found = report(analysis, () => unsafe(text, text.slice(0, 1)));
        const spans: Span[] = [
          ...textDiagnostics(analysis).map(({ span }) => span),
          ...verdictDiagnostics(found).map(({ span }) => span),
          ...lenses(analysis, found).map(({ span }) => span),
          ...semanticTokens(analysis),
          ...outline(analysis).map(({ span }) => span),
          ...completion(analysis, offset).map(({ span }) => span),
          ...references(analysis, offset, true).filter((source) => source.file === file),
          ...highlights(analysis, offset).map(({ source }) => source),
        ];
        const hovered = hover(analysis, offset, found);
        if (hovered) spans.push(hovered.span);
        const defined = definition(analysis, offset);
        if (defined?.file === file) spans.push(defined);
        const start = prepareRename(analysis, offset);
        if (!('refused' in start)) spans.push(start.span);
        for (const { edits } of codeActions(analysis, found, { start: 0, end: text.length })) {
          spans.push(...edits.map(({ source }) => source));
        }
        for (const { startLine, endLine } of folding(analysis)) expect(endLine).toBeGreaterThan(startLine);
        inlayHints(analysis, { start: 0, end: text.length }, { addresses: true, bytes: true });
        expect(spans.filter((span) => !within(span, text))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a new name', () => {
  test.each([{ path: 'the mail', text: mail('expect safe when swap redirect activate') }, ...examples])(
    'for anything in $path changes nothing else',
    ({ text }) => {
      const before = analyzed(text, neighbours);
      for (const { definition: place, name } of before.names) {
        if (place.file !== file) continue;
        const result = rename(before, place.start, 'fresh_name');
        if ('refused' in result) throw new Error(`${name}: ${result.refused}`);
        const after = analyzed(applyEdits(text, file, result.edits), neighbours);
        expect(after.diagnostics.map(({ code }) => code)).toEqual(before.diagnostics.map(({ code }) => code));
        expect(after.checks.map(({ scenario }) => scenario === null)).toEqual(
          before.checks.map(({ scenario }) => scenario === null),
        );
      }
    },
  );
});
