/** Where passes begin: at the first byte of a site or, where a protocol has threads, in their own code. */
import type { Scenario, Site, ThreadCode } from './scenario';

/** A site; or a thread's code, which is nobody's to patch and has no versions. */
export interface Entrance extends Site {
  readonly thread?: true;
}

/** What a thread must amount to after the end of a protocol, in place of a version's name. */
export const atTheEnd = 'at the end';

/** The sites of a scenario, as it numbers them, and then its threads. */
export function entrancesOf(scenario: Scenario): Entrance[] {
  const { sites, threads } = scenario;
  return [...sites, ...threads.map((thread) => entranceOf(scenario, thread))];
}

function entranceOf({ sites, regions }: Scenario, { name, address, clobbers, source }: ThreadCode): Entrance {
  const region = regions.find((one) => one.kind === 'code' && one.address === address);
  const initial = region?.bytes ?? new Uint8Array();
  return {
    name,
    address,
    size: initial.length,
    versions: [],
    // What a site leaves open, whoever passes through it leaves open.
    clobbers: [...new Set([...clobbers, ...sites.flatMap((site) => site.clobbers)])],
    initial,
    from: [],
    to: sites.some(({ to }) => to !== null) ? atTheEnd : null,
    source,
    thread: true,
  };
}
