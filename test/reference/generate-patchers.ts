import { type Dice, dice, fence, fixup, type Generated, type GeneratedOperation, version } from './generate';

/**
 * A small protocol of two patchers side by side, with a store or two and at most one sync each: whoever visits every
 * interleaving has to come to an end. Everything follows from the seed.
 */
export function generatePatchers(seed: number): Generated {
  const d = dice(seed);
  const base = 0x80000000 + d.of([0, 0, 0, 2, 4]);
  const instructions = d.of([1, 2, 2]);
  const versions = Array.from({ length: d.of([2, 3]) }, (_, i) =>
    version(d, `v${i}`, i, 4 * instructions, instructions),
  );
  const labels = versions.slice(1).flatMap(({ lines }) => lines.map(({ label }) => label));
  const all = versions.flatMap(({ lines }) => lines.map(({ label }) => label));
  // One of two syncs at most is waited for by harts that run passes: more has too many states.
  const syncing = d.of(['nobody', 'one', 'one', 'both'] as const);
  const own = [0, 1].map((i) =>
    patcher(d, i === 0 ? labels : all, syncing === 'both' || (syncing === 'one' && i === 0)),
  );
  const [first = [], ...others] = locked(d, own);
  const storing = versions.some(({ lines }) => lines.some(({ text }) => text.startsWith('sd')));
  return {
    isa: `rv64gc_zifencei${d.chance(0.75) ? '_ziccif' : ''}${d.chance(0.25) ? '_ziccid' : ''}`,
    memory: d.of(['rvwmo', 'rvwmo', 'rvwmo', 'rvwmo', 'tso', 'sc']),
    fetch: d.of(['isa+decode-w', 'isa+decode-w', 'isa+decode', 'letter+decode-w']),
    ipi: d.of(['memory', 'memory', 'device', 'sbi']),
    base,
    versions,
    to: `v${versions.length - 1}`,
    fixups: d.chance(0.2) && !storing ? [fixup(d, versions)] : [],
    operations: first,
    beside: others,
    executors: `${d.of(['1', '1', '1', 'any'])} ${d.of(['not preemptible', 'not preemptible', 'preemptible'])} pinned ${d.of(['masked', 'interruptible'])}`,
    forbids: [],
    breakpoints: [],
    surroundings: ['symbol f = 0x80010100', 'symbol g = 0x80020200', 'data slot at 0x80030000 { .dword f }'],
  };
}

/** One or two stores, perhaps a fence behind each, perhaps a sync after one of them. */
function patcher(d: Dice, labels: readonly string[], syncs: boolean): GeneratedOperation[] {
  const operations: GeneratedOperation[] = [];
  const stores = d.of([1, 1, 2]);
  const at = d.below(stores);
  for (let i = 0; i < stores; i++) {
    operations.push({ kind: 'write', labels: [d.of(labels)], by: d.chance(0.1) ? 'half' : null });
    if (d.chance(0.5)) operations.push(plain(fence(d)));
    if (syncs && i === at) operations.push(plain(sync(d)));
  }
  if (d.chance(0.08)) operations.splice(d.below(operations.length + 1), 0, plain(`free ${d.of(['f', 'g'])}`));
  return operations;
}

const sync = (d: Dice): string =>
  d.of(['sync fence.i', 'sync fence.i', 'sync fence.i', 'sync fence.i async', 'sync { fence r,r; fence.i }']);

const plain = (text: string): GeneratedOperation => ({ kind: 'plain', text });

/** No lock, one over all, one over a part of each, one over a part of one and all of the other, or two of them. */
function locked(d: Dice, patchers: readonly (readonly GeneratedOperation[])[]): GeneratedOperation[][] {
  const how = d.of(['none', 'none', 'whole', 'part', 'part', 'two', 'circle'] as const);
  const lockOne = (operations: readonly GeneratedOperation[], i: number): GeneratedOperation[] => {
    const between = (
      name: string,
      from: number,
      to: number,
      inside: readonly GeneratedOperation[],
    ): GeneratedOperation[] => [
      ...inside.slice(0, from),
      plain(`lock ${name}`),
      ...inside.slice(from, to),
      plain(`unlock ${name}`),
      ...inside.slice(to),
    ];
    const whole = (name: string, inside: readonly GeneratedOperation[]): GeneratedOperation[] =>
      between(name, 0, inside.length, inside);
    const part = (name: string, inside: readonly GeneratedOperation[]): GeneratedOperation[] => {
      const from = d.below(inside.length + 1);
      return between(name, from, from + d.below(inside.length - from + 1), inside);
    };
    switch (how) {
      case 'none':
        return [...operations];
      case 'whole':
        return whole('m', operations);
      case 'part':
        return d.chance(0.3) ? whole('m', operations) : part('m', operations);
      case 'two':
        return d.chance(0.5) ? whole('mn'[i] ?? 'm', operations) : part('n', whole('m', operations));
      case 'circle':
        return i === 0 ? part('n', whole('m', operations)) : part('m', whole('n', operations));
    }
  };
  return patchers.map(lockOne);
}
