import { analyze } from '../../server/src/language';
import { counted } from '../../server/src/service';
import { example, examples } from '../language/examples';
import { coldAndWarm } from './checker-thread';
import type { Bench } from './options';
import { count, duration, type Section, tableText } from './report';
import { median, quantile } from './statistics';

/** Every protocol of the examples as it stands, and under each `when`: what its check takes, the slowest first. */
export async function examplesSection({ built, quick }: Bench): Promise<Section> {
  const rows: { readonly name: string; readonly states: number; readonly cold: number; readonly warm: number }[] = [];
  for (const { path } of examples) {
    const { checks } = analyze(path, example(path), () => null);
    for (const { protocol, when, scenario } of checks) {
      if (!scenario || (quick && when !== null)) continue;
      const { verdict, cold, warm } = await coldAndWarm(`${built}/checker-worker.js`, scenario, true, quick ? 2 : 5);
      const name = `${path.replace('.cmodx', '')}: ${protocol}${when === null ? '' : ` when ${when}`}`;
      rows.push({ name, states: verdict.states, cold, warm: median(warm) });
    }
  }
  rows.sort((a, b) => b.cold - a.cold);
  const most = 20;
  const shown = rows.slice(0, most);
  const colds = rows.map(({ cold }) => cold);
  return {
    title: 'Each check of the examples',
    blocks: [
      `\`check()\` with shortest traces, the lowest rung and what the verdict relies on, on a checker thread of the shipped bundle: its first check (cold) and the median of later ones (warm). ${counted(rows.length, 'check')}: median ${duration(median(colds))} cold, p95 ${duration(quantile(colds, 0.95))}.${rows.length > most ? ` The ${most} slowest:` : ''}`,
      tableText(
        ['check', 'states', 'cold', 'warm'],
        shown.map(({ name, states, cold, warm }) => [`\`${name}\``, count(states), duration(cold), duration(warm)]),
      ),
    ],
    results: [],
  };
}
