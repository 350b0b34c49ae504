import { runLitmus } from '../../../server/src/checker/litmus';
import { analyzeLitmus, type LitmusAnalysis } from '../../../server/src/language/litmus';
import { type LitmusReport, litmusOptions, type ModelChoice } from '../../../server/src/service';

const file = 'test.litmus';

/** Message passing. `condition`: without its proposition. */
export function mp({ condition = 'exists', stores = '', loads = '' } = {}): string {
  const fences = stores + loads === '' ? '' : ` ${stores} | ${loads} ;\n`;
  return `RISCV MP
"a test"
{
int x; uint64_t y = 0;
0:x5=1; 0:x6=x; 0:x7=y;
1:x6=y; 1:x8=x;
}
 P0          | P1          ;
 sw x5,0(x6) | lw x5,0(x6) ;
${fences} sw x5,0(x7) | lw x7,0(x8) ;
${condition} (1:x5=1 /\\ 1:x7=0)
`;
}

/** A search that no test has the time to finish: many threads, each with unordered stores and loads of all. */
export function endless(name = 'Endless', threads = 6, accesses = 5): string {
  const row = (make: (thread: number) => string): string =>
    ` ${Array.from({ length: threads }, (_, thread) => make(thread)).join(' | ')} ;\n`;
  const registers = Array.from(
    { length: threads },
    (_, thread) =>
      `${thread}:x5=${thread + 1}; ${Array.from({ length: accesses }, (__, i) => `${thread}:x${10 + i}=v${i};`).join(' ')}`,
  );
  const rows = Array.from({ length: accesses }, (_, i) => [
    row(() => `sw x5,0(x${10 + i})`),
    row((thread) => `lw x${20 + i},0(x${10 + ((i + thread) % accesses)})`),
  ]);
  const names = row((thread) => `P${thread}`);
  return `RISCV ${name}\n{\n${registers.join('\n')}\n}\n${names}${rows.flat().join('')}exists (0:x20=1 /\\ 1:x24=3)\n`;
}

/** A text that is read but not yet run, without errors. */
export function read(text: string): LitmusAnalysis {
  const analysis = analyzeLitmus(file, text);
  const errors = analysis.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('; '));
  return analysis;
}

/** What is known of it once it was run. */
export function ran(analysis: LitmusAnalysis, choice: ModelChoice = { memory: null, fetch: null }): LitmusReport {
  const { test } = analysis;
  const options = litmusOptions(test, choice);
  const result = test && runLitmus(test, options);
  return {
    file,
    version: 1,
    test,
    options,
    status: test ? 'current' : 'stale',
    result,
    previous: null,
    steps: result?.steps ?? 0,
    ms: 1,
    failure: null,
  };
}

/** The offset of some words, or of `within` them. */
export function at(text: string, words: string, within = words): number {
  const start = text.indexOf(words);
  if (start < 0) throw new Error(`no ${words}`);
  return start + words.indexOf(within);
}
