import type { Source } from '../../checker/scenario';
import { LineIndex } from '../../language/lines';
import type { LitmusAnalysis } from '../../language/litmus';
import type { FoldingRange } from '../folding';
import type { OutlineItem, OutlineKind } from '../outline';
import { spanOf } from '../text';
import { testSpan } from './diagnostics';
import { textAt } from './places';

function item(
  name: string,
  detail: string,
  kind: OutlineKind,
  source: Source,
  children: OutlineItem[] = [],
): OutlineItem {
  return { name, detail, kind, span: spanOf(source), selection: spanOf(source), children };
}

/** The test with its locations, its threads and its condition. */
export function litmusOutline(analysis: LitmusAnalysis): OutlineItem[] {
  const { name, threads, cells, locations, condition, text } = analysis;
  if (name === null) return [];
  const children = [
    ...locations.map(({ name: location, type, count, source }) =>
      item(location, count === 1 ? type : `${type}[${count}]`, 'location', source),
    ),
    ...threads.map(({ name: thread, source }, index) => {
      const count = cells.filter((cell) => cell.thread === index && cell.statement.body !== null).length;
      return item(thread, `${count} ${count === 1 ? 'instruction' : 'instructions'}`, 'thread', source);
    }),
    ...(condition ? [item(textAt(analysis, condition.quantifier), '', 'condition', condition.source)] : []),
  ];
  const span = { start: testSpan(analysis).start, end: Math.max(text.trimEnd().length, testSpan(analysis).end) };
  return [{ name, detail: 'litmus test', kind: 'test', span, selection: testSpan(analysis), children }];
}

/** The lines before the initial state, the initial state, the program: each folds into its first line. */
export function litmusFolding(analysis: LitmusAnalysis): FoldingRange[] {
  const { text, stateSource, cells, nameSource, threads } = analysis;
  if (!stateSource || !nameSource) return [];
  const lines = new LineIndex(text);
  const line = (offset: number): number => lines.position(offset).line;
  const last = Math.max(...cells.map(({ source }) => line(source.end)), 0);
  const ranges = [
    [line(nameSource.start), line(stateSource.start) - 1],
    [line(stateSource.start), line(stateSource.end)],
    [threads[0] ? line(threads[0].source.start) : last, last],
  ] as const;
  return ranges
    .filter(([startLine, endLine]) => endLine > startLine)
    .map(([startLine, endLine]) => ({ startLine, endLine, kind: 'block' }));
}
