import { availableParallelism } from 'node:os';
import { root } from '../../scripts/lib/run.mjs';
import { exitCodes } from '../../server/src/cli/host';
import { analyze } from '../../server/src/language';
import { counted } from '../../server/src/service';
import { examples, readExample } from '../language/examples';
import { coldAndWarm } from './checker-thread';
import type { Bench } from './options';
import { runTimed } from './processes';
import { below, count, duration, type Section, tableText } from './report';
import { median, quantile } from './statistics';

/** What one check of an example takes, in milliseconds. */
interface Row {
  /** The example's path, the protocol, and the `when`. */
  readonly name: string;
  readonly states: number;
  readonly cold: number;
  readonly warm: number;
}

/** How many of the slowest are shown. */
const most = 20;

/** Every protocol of the examples as it stands, and under each `when`: what its check takes, and all of them together. */
export async function examplesSection(bench: Bench): Promise<Section> {
  const rows = [...(await checks(bench))].sort((a, b) => b.cold - a.cold);
  const [slowest] = rows;
  if (!slowest) throw new Error('no example has a check');
  const together = await allTogether(bench);
  const cores = availableParallelism();
  const colds = rows.map(({ cold }) => cold);
  return {
    title: 'The examples',
    blocks: [
      `All ${examples.length} files of \`examples/\` by one \`cmodx check\` on ${counted(cores, 'core')}: **${duration(together)}**, process start included.`,
      `Each check by itself: \`check()\` with shortest traces, the lowest rung and what the verdict relies on, on a checker thread of the shipped bundle: its first check (cold) and the median of later ones (warm). ${counted(rows.length, 'check')}: median ${duration(median(colds))} cold, p95 ${duration(quantile(colds, 0.95))}. The slowest is \`${slowest.name}\` with ${counted(slowest.states, 'state')}: ${duration(slowest.cold)} cold, ${duration(slowest.warm)} warm.${rows.length > most ? ` The ${most} slowest:` : ''}`,
      tableText(
        ['check', 'states', 'cold', 'warm'],
        rows
          .slice(0, most)
          .map(({ name, states, cold, warm }) => [`\`${name}\``, count(states), duration(cold), duration(warm)]),
      ),
    ],
    results: [
      below(
        `The slowest check of the examples, all told: \`${slowest.name}\`, ${counted(slowest.states, 'state')}`,
        slowest.cold,
        1000,
        duration,
      ),
      below(`All examples by one \`cmodx check\`, ${counted(cores, 'core')}`, together, 30_000, duration),
    ],
  };
}

/** Each check on a thread of its own. */
async function checks({ built, quick }: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { path, text } of examples) {
    for (const { protocol, when, scenario } of analyze(path, text, readExample).checks) {
      if (!scenario || (quick && when !== null)) continue;
      const { verdict, cold, warm } = await coldAndWarm(`${built}/checker-worker.js`, scenario, true, quick ? 1 : 3);
      const name = `${path.replace('.cmodx', '')}: ${protocol}${when === null ? '' : ` when ${when}`}`;
      rows.push({ name, states: verdict.states, cold, warm: median(warm) });
    }
  }
  return rows;
}

/** @throws where an example is not as it expects */
async function allTogether({ built }: Bench): Promise<number> {
  const files = examples.map(({ path }) => `examples/${path}`);
  const run = await runTimed(process.execPath, [`${built}/cli.js`, 'check', ...files], { cwd: root, seconds: 600 });
  if (run.code !== exitCodes.ok) throw new Error(`cmodx check of the examples: ${run.output}`);
  return run.ms;
}
