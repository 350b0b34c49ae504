import { mkdir, writeFile } from 'node:fs/promises';
import { root } from '../../scripts/lib/run.mjs';
import { CheckerThread, coldAndWarm } from './checker-thread';
import { onlyCheck, protocol, protocolFor } from './mail';
import type { Bench } from './options';
import { runTimed } from './processes';
import { count, duration, ratio, type Section, tableText } from './report';
import { compilerOptions, requireSpin, runSpin, type SpinRun, spinVersions, verifierOptions } from './spin';
import { median } from './statistics';
import { variants } from './variants';

/** Passes of each thread; 0: any number, for which the model is finite too. */
type Passes = 0 | 1 | 2 | 3;

/** The mail's protocol by SPIN for fixed numbers of harts and passes, and by cmodx for any, in one run. */
export async function againstSpin(bench: Bench): Promise<Section> {
  await requireSpin();
  const agreed = await agreement(bench);

  const harts = bench.quick ? [1, 2, 3] : [1, 2, 3, 4, 5, 6];
  const passes: readonly Passes[] = bench.quick ? [1, 2, 0] : [1, 2, 3, 0];
  const found = new Map<string, SpinRun>();
  const ours: number[] = [];
  const oursFixed: number[] = [];
  for (const n of harts) {
    // Both sides by turns: what else the machine does meets both.
    for (let run = 0; run < 2; run++) ours.push(await commandLine(bench, protocol));
    oursFixed.push(await commandLine(bench, protocolFor(n)));
    for (const p of passes) {
      // What one hart less could not be decided in time for is not tried.
      if (found.get(key(n - 1, p))?.verdict !== 'capped' && (n === 1 || found.has(key(n - 1, p))))
        found.set(key(n, p), await runSpin(bench, [`HARTS=${n}`, `PASSES=${p}`]));
    }
  }
  for (const [name, { verdict }] of found) if (verdict === 'unsafe') throw new Error(`SPIN says unsafe: ${name}`);
  const total = median(ours);
  const quickly = await coldAndWarm(`${bench.built}/checker-worker.js`, onlyCheck(protocol).scenario, false, 20);
  const wholly = await coldAndWarm(`${bench.built}/checker-worker.js`, onlyCheck(protocol).scenario, true, 20);

  const table = (cell: (run: SpinRun) => string, last: (row: number) => string[] = () => []): string[][] =>
    harts.map((n, row) => [
      `${n}`,
      ...passes.map((p) => {
        const run = found.get(key(n, p));
        return run === undefined ? '-' : run.verdict === 'capped' ? `not within ${bench.cap} s` : cell(run);
      }),
      ...last(row),
    ]);
  const columns = passes.map((p) => (p === 0 ? 'any passes' : `${p} ${p === 1 ? 'pass' : 'passes'}`));
  /** The largest configuration that was decided. */
  const largest = (p: Passes): readonly [number, SpinRun] => {
    const decided = harts.flatMap((n): [number, SpinRun][] => {
      const run = found.get(key(n, p));
      return run && run.verdict !== 'capped' ? [[n, run]] : [];
    });
    const last = decided.at(-1);
    if (!last) throw new Error(`SPIN decided nothing in ${bench.cap} s`);
    return last;
  };
  return {
    title: 'The mail against SPIN',
    blocks: [
      `\`examples/ftrace/replay-auipc.cmodx\`, the protocol alone, against a Promela model of it written by hand (\`test/bench/replay-auipc.pml\`): ${await spinVersions()}, \`gcc ${compilerOptions.join(' ')}\`, \`./pan ${verifierOptions.join(' ')}\`, partial order reduction on, at most ${bench.cap} s and 4 GB for each configuration. SPIN decides a fixed number of harts beside the patcher's, and as many threads; the verdict of cmodx is for any number of harts and threads, the patcher's hart among them, and any number of passes. The model has Ziccif and the rung \`isa\` built in; cmodx finds out that this is what the protocol relies on.`,
      `**cmodx: ${duration(total)}** in all (\`cmodx check\`, median of ${ours.length}, process start included), of which the search takes ${duration(quickly.cold)} on a cold thread and ${duration(median(quickly.warm))} on a warm one (${count(quickly.verdict.states)} states); with the lowest rung and what it relies on, ${duration(wholly.cold)} and ${duration(median(wholly.warm))}. It does not grow with harts or passes: it is one answer for all.`,
      "Total time to SPIN's verdict (`spin -a`, `gcc`, `pan`), and how many times that of cmodx's verdict for any number it is. Last: `cmodx check` with `executors N` in place of `any`, still for any number of passes.",
      tableText(
        ['harts', ...columns, 'cmodx, N harts'],
        table(
          (run) => `${duration(run.total)} (${ratio(run.total, total)})`,
          (row) => [duration(oursFixed[row] ?? Number.NaN)],
        ),
      ),
      `\`pan\` alone with its states, and how many times the search of cmodx on a warm thread that is:`,
      tableText(
        ['harts', ...columns],
        table((run) => `${duration(run.pan)}, ${count(run.states)} (${ratio(run.pan, median(quickly.warm))})`),
      ),
      'How the states of SPIN grow with each hart more:',
      tableText(
        ['', ...columns],
        [['states, each hart more', ...passes.map((p) => growth(harts.map((n) => found.get(key(n, p)))))]],
      ),
      'The two are held against each other in the same run, SPIN with 2 harts and any number of passes; the benchmark fails where they differ:',
      agreed,
    ],
    results: passes.map((p, i) => {
      const [n, run] = largest(p);
      return {
        what: `SPIN with ${n} harts and ${columns[i]}, total time by that of cmodx for any number of both`,
        measured: ratio(run.total, total),
        aim: '',
        met: null,
      };
    }),
  };
}

const key = (harts: number, passes: Passes): string => `${harts} harts, ${passes} passes`;

/** Milliseconds of `cmodx check` on a file with this text. */
async function commandLine({ built, scratch }: Bench, text: string): Promise<number> {
  const file = `${scratch}/protocol.cmodx`;
  await mkdir(scratch, { recursive: true });
  await writeFile(file, text);
  const { ms, code, output } = await runTimed(process.execPath, [`${built}/cli.js`, 'check', file], { cwd: root });
  if (code !== 0) throw new Error(`cmodx check says otherwise: ${output}`);
  return ms;
}

/** The geometric mean of the factors from one hart to the next. */
function growth(runs: readonly (SpinRun | undefined)[]): string {
  const states = runs.flatMap((run) => (run === undefined || run.verdict === 'capped' ? [] : [run.states]));
  const [first] = states;
  const last = states.at(-1);
  if (first === undefined || last === undefined || states.length < 2) return '-';
  return `x ${((last / first) ** (1 / (states.length - 1))).toFixed(1)}`;
}

/** Both models on every variant. @throws where one of them says what it should not */
async function agreement(bench: Bench): Promise<string> {
  const thread = new CheckerThread(`${bench.built}/checker-worker.js`);
  try {
    const rows: string[][] = [];
    for (const { name, defines, text, verdict } of variants) {
      const cmodx = await thread.check(onlyCheck(text).scenario, false);
      const spin = await runSpin(bench, ['HARTS=2', ...defines]);
      if (spin.verdict !== verdict || cmodx.verdict.verdict !== verdict)
        throw new Error(`${name}, which is ${verdict}: SPIN says ${spin.verdict}, cmodx ${cmodx.verdict.verdict}`);
      rows.push([name, spin.verdict, cmodx.verdict.verdict]);
    }
    return tableText(['the protocol', 'SPIN', 'cmodx'], rows);
  } finally {
    thread.dispose();
  }
}
