import { mkdir, writeFile } from 'node:fs/promises';
import { root } from '../../scripts/lib/run.mjs';
import { exitCodes } from '../../server/src/cli/host';
import { CheckerThread, coldAndWarm } from './checker-thread';
import { checkOf, type Model, models, type Passes, textOf } from './models';
import type { Bench } from './options';
import { runTimed } from './processes';
import { count, duration, type Result, ratio, type Section, tableText } from './report';
import { compilerOptions, requireSpin, runSpin, type SpinRun, spinVersions, verifierOptions } from './spin';
import { median } from './statistics';

interface Comparison {
  readonly model: Model;
  readonly harts: readonly number[];
  readonly passes: readonly Passes[];
  /** By harts, then by passes; null where one hart less was too much already. */
  readonly spin: readonly (readonly (SpinRun | null)[])[];
  /** `cmodx check` for any number of harts, in milliseconds: the median. */
  readonly total: number;
  readonly runs: number;
  /** The same for each number of harts; null where its own limit ended it. */
  readonly totals: readonly (number | null)[];
  /** The search for the verdict alone, and with all that is told of it. */
  readonly verdict: Awaited<ReturnType<typeof coldAndWarm>>;
  readonly explained: Awaited<ReturnType<typeof coldAndWarm>>;
  /** What both say of every variant, as a table. */
  readonly agreed: string;
}

/** Some protocols by SPIN for fixed numbers of harts and passes, and by cmodx for any, in one run. */
export async function againstSpin(bench: Bench): Promise<Section> {
  await requireSpin();
  const compared: Comparison[] = [];
  for (const model of models) {
    const agreed = await agreement(bench, model);
    compared.push(await compare(bench, model, agreed));
  }
  return {
    title: 'Against SPIN',
    blocks: [
      `Protocols of the examples, each alone, against Promela models of them written by hand (\`test/bench/*.pml\`): ${await spinVersions()}, \`gcc -O2 ${compilerOptions.join(' ')}\`, \`./pan ${verifierOptions.join(' ')}\`, partial order reduction on, at most ${bench.cap} s and 4 GB for each configuration. SPIN decides a fixed number of harts beside the patcher's, and as many threads; the verdict of cmodx is for any number of harts and threads, the patcher's hart among them, and any number of passes. The models have built in what cmodx finds out that the protocol relies on.`,
      "The first table is the total time to SPIN's verdict (`spin -a`, `gcc`, `pan`), and how many times that of cmodx for any number it is; `>` where the cap ended it, `-` where it had ended it for one hart less. Last in it: `cmodx check` with `executors N` in place of `any`, still for any number of passes. The second is `pan` alone, its process with it, how many times the search of cmodx on a warm thread that is, and its states. In the third the two are held against each other in the same run, SPIN with 2 harts and any number of passes; the benchmark fails where they differ.",
      ...compared.flatMap(blocksOf),
    ],
    results: compared.flatMap(resultsOf),
  };
}

async function compare(bench: Bench, model: Model, agreed: string): Promise<Comparison> {
  const harts = bench.quick ? [1, 2, 3] : [1, 2, 3, 4, 5, 6];
  const passes = model.passes.filter((p) => !bench.quick || p !== 3);
  const text = textOf(model);
  const spin: (SpinRun | null)[][] = [];
  const any: number[] = [];
  const totals: (number | null)[] = [];
  for (const n of harts) {
    // Both sides by turns: what else the machine does meets both.
    for (let run = 0; run < 2; run++) {
      const ms = await commandLine(bench, text);
      if (ms === null) throw new Error(`a limit of cmodx is too low for ${model.path}`);
      any.push(ms);
    }
    totals.push(await commandLine(bench, textOf(model, n)));
    const row: (SpinRun | null)[] = [];
    for (const [i, p] of passes.entries()) {
      const smaller = spin.at(-1)?.[i];
      const tooMuch = smaller === null || smaller?.verdict === 'capped';
      row.push(tooMuch ? null : await runSpin(bench, model.promela, [`HARTS=${n}`, `PASSES=${p}`]));
      if (row.at(-1)?.verdict === 'unsafe')
        throw new Error(`SPIN says unsafe of ${model.path} for ${n} harts and ${p} passes`);
    }
    spin.push(row);
  }
  const worker = `${bench.built}/checker-worker.js`;
  const { scenario } = checkOf(model, null);
  const verdict = await coldAndWarm(worker, scenario, false, 20);
  const explained = await coldAndWarm(worker, scenario, true, 20);
  return { model, harts, passes, spin, total: median(any), runs: any.length, totals, verdict, explained, agreed };
}

const columnsOf = ({ passes }: Comparison): string[] =>
  passes.map((p) => (p === 0 ? 'any passes' : `${p} ${p === 1 ? 'pass' : 'passes'}`));

function blocksOf(compared: Comparison): string[] {
  const { model, harts, passes, spin, total, runs, totals, verdict, explained, agreed } = compared;
  const search = median(verdict.warm);
  const columns = columnsOf(compared);
  const rows = (cell: (run: SpinRun) => string): string[][] =>
    spin.map((row, i) => [`${harts[i]}`, ...row.map((run) => (run === null ? '-' : cell(run)))]);
  const wholeTime = (run: SpinRun): string => `${atLeast(run)}${duration(run.total)} (${ratio(run.total, total)})`;
  const panAlone = (run: SpinRun): string =>
    `${atLeast(run)}${duration(run.pan)} (${ratio(run.pan, search)})${run.verdict === 'capped' ? '' : `, ${count(run.states)}`}`;
  return [
    `### \`examples/${model.path}\`: \`${model.protocol}\``,
    `**cmodx: ${duration(total)}** in all (\`cmodx check\`, median of ${runs}, process start included), of which the search takes ${duration(verdict.cold)} on a cold thread and ${duration(search)} on a warm one (${count(verdict.verdict.states)} states); with the lowest rung and what it relies on, ${duration(explained.cold)} and ${duration(median(explained.warm))}. That is one answer for all numbers of harts and passes. Built into \`${model.promela}\`: ${model.built}.`,
    tableText(
      ['harts', ...columns, 'cmodx, N harts'],
      rows(wholeTime).map((row, i) => {
        const ms = totals[i] ?? null;
        return [...row, ms === null ? 'limit hit' : duration(ms)];
      }),
    ),
    tableText(
      ['harts', ...columns],
      [...rows(panAlone), ['each hart more, states', ...passes.map((_, i) => growth(spin.map((row) => row[i])))]],
    ),
    agreed,
  ];
}

function resultsOf(compared: Comparison): Result[] {
  const { model, harts, spin, total } = compared;
  return columnsOf(compared).flatMap((column, i) => {
    const last = spin.findLastIndex((row) => row[i] !== null);
    const run = spin[last]?.[i];
    if (!run) return [];
    const what = `SPIN on \`${model.protocol}\`, ${harts[last]} harts, ${column}: total time in times of cmodx's for any harts, any passes`;
    return [{ what, measured: `${atLeast(run)}${ratio(run.total, total)}`, aim: '', met: null }];
  });
}

/** Where the cap ended it, the time is a lower bound. */
const atLeast = ({ verdict }: SpinRun): string => (verdict === 'capped' ? '> ' : '');

/** Milliseconds of `cmodx check` on a file with this text; null where a limit ended it. */
async function commandLine({ built, scratch }: Bench, text: string): Promise<number | null> {
  const file = `${scratch}/protocol.cmodx`;
  await mkdir(scratch, { recursive: true });
  await writeFile(file, text);
  const { ms, code, output } = await runTimed(process.execPath, [`${built}/cli.js`, 'check', file], { cwd: root });
  if (code !== exitCodes.ok && code !== exitCodes.limit) throw new Error(`cmodx check says otherwise: ${output}`);
  return code === exitCodes.ok ? ms : null;
}

/** The geometric mean of the factors from one hart to the next. */
function growth(runs: readonly (SpinRun | null | undefined)[]): string {
  const states = runs.flatMap((run) => (!run || run.verdict === 'capped' ? [] : [run.states]));
  const [first] = states;
  const last = states.at(-1);
  if (first === undefined || last === undefined || states.length < 2) return '-';
  return `x ${((last / first) ** (1 / (states.length - 1))).toFixed(1)}`;
}

/** Both on every variant, as a table. @throws where one of them says what it should not */
async function agreement(bench: Bench, model: Model): Promise<string> {
  const thread = new CheckerThread(`${bench.built}/checker-worker.js`);
  try {
    const rows: string[][] = [];
    for (const { when, defines, verdict } of model.variants) {
      const cmodx = await thread.check(checkOf(model, when).scenario, false);
      const spin = await runSpin(bench, model.promela, ['HARTS=2', ...defines]);
      const name = when === null ? 'as it stands' : `\`when ${when}\``;
      if (spin.verdict !== verdict || cmodx.verdict.verdict !== verdict)
        throw new Error(
          `${model.path} ${name} is ${verdict}: SPIN says ${spin.verdict}, cmodx ${cmodx.verdict.verdict}`,
        );
      rows.push([name, spin.verdict, cmodx.verdict.verdict]);
    }
    return tableText([`\`${model.protocol}\``, 'SPIN', 'cmodx'], rows);
  } finally {
    thread.dispose();
  }
}
