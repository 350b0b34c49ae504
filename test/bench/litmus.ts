import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { root } from '../../scripts/lib/run.mjs';
import { defaultLitmusOptions } from '../../server/src/checker/litmus';
import type { Measured } from './litmus-process';
import { type Bench, Unavailable } from './options';
import { bundled, runTimed } from './processes';
import { below, count, duration, ratio, type Section, tableText } from './report';
import { median, quantile } from './statistics';

const folder = `${root}../shared/litmus/rvwmo`;
/** The plain search is measured on every so many tests, each up to so many steps. */
const sample = 20;
const plainSteps = 2_000_000;

/** The public RVWMO tests, all of them in one process; and the promise-first search against the plain one. */
export async function litmusSection({ scratch, quick }: Bench): Promise<Section> {
  const files = (await readdir(folder, { recursive: true }).catch(() => []))
    .filter((file) => file.endsWith('.litmus'))
    .sort()
    .map((file) => join(folder, file));
  if (files.length === 0) throw new Unavailable('the public RVWMO tests, in ../shared/litmus/rvwmo');
  const script = await bundled('litmus-process', scratch);
  const measure = async (search: string, steps: number, some: readonly string[]): Promise<Measured> => {
    const { code, output } = await runTimed(process.execPath, [script, search, `${steps}`, ...some], {
      cwd: root,
      seconds: 900,
    });
    if (code !== 0) throw new Error(`${search}: exit ${code}: ${output.slice(-2000)}`);
    return JSON.parse(output) as Measured;
  };
  const chosen = quick ? files.filter((_, i) => i % 10 === 0) : files;
  const whole = await measure('promise-first', defaultLitmusOptions.maxSteps, chosen);
  const some = files.filter((_, i) => i % (quick ? 10 * sample : sample) === 0);
  const [fast, plain] = [await measure('promise-first', plainSteps, some), await measure('plain', plainSteps, some)];
  return report(whole, fast, plain);
}

function report(whole: Measured, fast: Measured, plain: Measured): Section {
  const times = whole.tests.map(({ ms }) => ms);
  const mean = whole.totalMs / whole.tests.length;
  const slowest = [...whole.tests].sort((a, b) => b.ms - a.ms).slice(0, 10);
  const limited = plain.tests.filter(({ limit }) => limit !== null).length;
  const searched = (one: Measured): number => one.tests.reduce((sum, { search }) => sum + search, 0);
  const steps = (one: Measured): number => one.tests.reduce((sum, test) => sum + test.steps, 0);
  const factor = ratio(searched(plain), searched(fast));
  return {
    title: 'Litmus tests',
    blocks: [
      `${count(whole.tests.length)} public RVWMO tests (\`--fetch none\`), one after the other in one process, from the text to the set of final states: CPU time ${duration(whole.totalMs)} in all, the process's start included, that is ${duration(mean)} a test; median ${duration(median(times))}, p95 ${duration(quantile(times, 0.95))}; ${count(Math.round(whole.peakMb))} MB at most. The slowest:`,
      tableText(
        ['test', 'final states', 'steps', 'CPU time'],
        slowest.map(({ file, states, steps: taken, ms }) => [
          `\`${basename(file, '.litmus')}\``,
          count(states),
          count(taken),
          duration(ms),
        ]),
      ),
      `The promise-first search against the plain one (every interleaving of steps and promises, each certified), on every ${sample}th of these tests: ${duration(searched(fast))} and ${count(steps(fast))} steps against ${duration(searched(plain))} and ${count(steps(plain))} steps, ${factor}${limited === 0 ? '' : `, at least: ${limited} of ${plain.tests.length} tests ended at ${count(plainSteps)} steps of the plain search`}.`,
    ],
    results: [
      below('A public RVWMO test, mean CPU time', mean, 8, duration),
      below('The slowest of them', Math.max(...times), 2000, duration),
      below('Memory for all of them', whole.peakMb, 1024, (mb) => `${count(Math.round(mb))} MB`),
      {
        what: 'Plain search, in times of the promise-first search',
        measured: `${limited > 0 ? '> ' : ''}${factor}`,
        aim: '',
        met: null,
      },
    ],
  };
}
