/** A litmus test in parts that can be taken away one by one, and its text. */

export interface Line {
  readonly label: string | null;
  /** Empty for a label behind the last instruction. */
  readonly text: string;
}

export interface GeneratedThread {
  /** `x6=x`, `uint64_t x7`. */
  readonly registers: readonly string[];
  readonly lines: readonly Line[];
}

export interface GeneratedTest {
  readonly name: string;
  /** `uint64_t x`, `y=1`. */
  readonly locations: readonly string[];
  readonly threads: readonly GeneratedThread[];
  /** What a final state shows beside what the condition names: `0:x5`, `x`. */
  readonly observed: readonly string[];
  readonly condition: string;
  /** It stores to code. */
  readonly patches: boolean;
}

export const plain = (text: string): Line => ({ label: null, text });

/** `uint64_t x6=x` of thread 0 is written `uint64_t 0:x6=x`. */
const ofThread = (thread: number, register: string): string => register.replace(/\b(?=x\d+(?:=|$))/, `${thread}:`);

/** The text, as herd7 writes such tests. */
export function print({ name, locations, threads, observed, condition }: GeneratedTest): string {
  const state = [...locations, ...threads.flatMap((thread, i) => thread.registers.map((one) => ofThread(i, one)))];
  const columns = threads.map(({ lines }, i) => {
    const labels = Math.max(0, ...lines.map(({ label }) => (label === null ? 0 : label.length + 2)));
    return [`P${i}`, ...lines.map(({ label, text }) => (label === null ? '' : `${label}: `).padEnd(labels) + text)];
  });
  const height = Math.max(...columns.map(({ length }) => length));
  const widths = columns.map((cells) => Math.max(...cells.map(({ length }) => length)));
  const rows = Array.from(
    { length: height },
    (_, row) => ` ${columns.map((cells, i) => (cells[row] ?? '').padEnd(widths[i] ?? 0)).join(' | ')} ;`,
  );
  return [
    `RISCV ${name}`,
    '{',
    ...state.map((one) => `${one};`),
    '}',
    ...rows,
    `locations [${observed.map((one) => `${one};`).join(' ')}]`,
    condition,
    '',
  ].join('\n');
}

/** The tests with one thread emptied or one line taken away. A line to which something refers becomes `nop` first. */
export function* smaller(test: GeneratedTest): Generator<GeneratedTest> {
  const withThread = (index: number, lines: readonly Line[]): GeneratedTest => ({
    ...test,
    threads: test.threads.map((thread, i) => (i === index ? { ...thread, lines } : thread)),
  });
  const text = print(test);
  const referred = ({ label }: Line): boolean => label !== null && text.split(new RegExp(`\\b${label}\\b`)).length > 2;
  for (const [index, { lines }] of test.threads.entries()) {
    if (lines.length > 1 && !lines.some(referred)) yield withThread(index, []);
    for (const [i, line] of lines.entries()) {
      if (!referred(line)) yield withThread(index, [...lines.slice(0, i), ...lines.slice(i + 1)]);
      else if (line.text !== 'nop' && line.text !== '') {
        yield withThread(index, [...lines.slice(0, i), { ...line, text: 'nop' }, ...lines.slice(i + 1)]);
      }
    }
  }
  if (test.observed.length > 0) {
    for (const [i] of test.observed.entries()) {
      yield { ...test, observed: [...test.observed.slice(0, i), ...test.observed.slice(i + 1)] };
    }
  }
}

/** The smallest test that is reached by taking parts away while `bad` holds of it. */
export function minimised(test: GeneratedTest, bad: (test: GeneratedTest) => boolean): GeneratedTest {
  let least = test;
  for (;;) {
    const next = [...smaller(least)].find(bad);
    if (next === undefined) return least;
    least = next;
  }
}
