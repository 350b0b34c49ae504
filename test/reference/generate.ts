/** Random protocols, as the language writes them. Everything follows from the seed. */

/** A source of choices: `of` picks one, `chance` says yes so often, `below` counts. */
export interface Dice {
  below(n: number): number;
  of<T>(choices: readonly T[]): T;
  chance(probability: number): boolean;
}

/** The mulberry32 generator: small, and the same everywhere. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    chance: (probability) => next() < probability,
    of: (choices) => {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined) throw new RangeError('nothing to choose from');
      return chosen;
    },
  };
}

export type GeneratedOperation =
  | { readonly kind: 'write'; readonly labels: readonly string[]; readonly by: string | null }
  | { readonly kind: 'plain'; readonly text: string }
  | {
      readonly kind: 'stop_machine';
      readonly without: readonly string[];
      readonly body: readonly GeneratedOperation[];
    };

export interface GeneratedVersion {
  readonly name: string;
  readonly lines: readonly {
    readonly label: string;
    readonly text: string;
    readonly offset: number;
    readonly size: number;
  }[];
}

/** A protocol whose parts can be taken away one by one. */
export interface Generated {
  readonly isa: string;
  readonly memory: string;
  readonly fetch: string;
  readonly ipi: string;
  readonly base: number;
  readonly versions: readonly GeneratedVersion[];
  readonly to: string;
  readonly fixups: readonly string[];
  /** Of the only patcher, or of the first. */
  readonly operations: readonly GeneratedOperation[];
  /** Of each further patcher. */
  readonly beside?: readonly (readonly GeneratedOperation[])[];
  readonly executors: string;
  readonly forbids: readonly string[];
  /** What follows `on ebreak`. */
  readonly breakpoints: readonly string[];
  /** `symbol`, `code` and `data` lines. */
  readonly surroundings: readonly string[];
}

/** How much a protocol may hold; the reference's states grow fast with each. */
export interface Size {
  readonly instructions: number;
  readonly stores: number;
  readonly syncs: number;
}

export function generate(seed: number): Generated {
  const d = dice(seed);
  const size: Size = { instructions: d.of([1, 2, 2, 3]), stores: d.of([2, 3, 4]), syncs: d.of([1, 1, 2]) };
  const base = 0x80000000 + d.of([0, 0, 0, 4, 2, 6]);
  const bytes = d.of([2, 4, 6, 8, 4 * size.instructions].filter((most) => most <= 4 * size.instructions));
  const count = d.of([2, 2, 3]);
  const versions = Array.from({ length: count }, (_, i) => version(d, `v${i}`, i, bytes, size.instructions));
  const storing = versions.some(({ lines }) => lines.some(({ text }) => text.startsWith('sd')));
  const preemptible = d.of(['preemptible', 'preemptible', 'not preemptible']);
  return {
    isa: `rv64gc_zifencei${d.chance(0.75) ? '_ziccif' : ''}${d.chance(0.25) ? '_ziccid' : ''}`,
    memory: d.of(['rvwmo', 'rvwmo', 'rvwmo', 'tso', 'sc']),
    fetch: d.of(['isa+decode-w', 'isa+decode-w', 'isa+decode', 'letter+decode-w']),
    ipi: d.of(['memory', 'memory', 'device', 'sbi']),
    base,
    versions,
    to: `v${count - 1}`,
    // A fix-up may run a store twice.
    fixups: [0.4, 0.1].flatMap((probability) => (d.chance(probability) && !storing ? [fixup(d, versions)] : [])),
    operations: threads(d, operations(d, versions, size, base % 4 === 0), versions),
    executors: `${d.of(['any', 'any', 'any', '1', '2'])} ${preemptible} ${d.of(['migrating', 'pinned', 'migrating with fence.i'])} ${d.of(['interruptible', 'interruptible', 'interruptible', 'masked'])}${d.of(['', '', '', ', online later', ', online later with fence.i'])}`,
    forbids: d.chance(0.15) ? [forbid(d, versions)] : [],
    breakpoints: d.chance(0.4) ? [breakpoint(d, versions)] : [],
    surroundings: surroundings(d),
  };
}

/** `f` is a symbol that ends a pass or comes back; `g` is one too, or code that loads where it goes on. */
function surroundings(d: Dice): string[] {
  const symbol = (name: string, address: string): string =>
    `symbol ${name} = ${address}${d.chance(0.3) ? ` returns ${d.of(['t0', 'ra'])}${d.chance(0.5) ? ' clobbers a0' : ''}` : ''}`;
  const data = `data slot at 0x80030000 { .dword f }`;
  const f = symbol('f', '0x80010100');
  if (d.chance(0.8)) return [f, symbol('g', '0x80020200'), data];
  return [
    f,
    `code g at 0x80020200 { ${d.of(['nop; j f', 'ld t0, slot; jr t0', 'lw t0, slot; fence.i; jr t0', 'fence r,r; nop'])} }`,
    data,
  ];
}

/** Instructions that fill the site exactly, so that every version may be the first. */
export function version(d: Dice, name: string, index: number, bytes: number, most: number): GeneratedVersion {
  const sizes: number[] = [];
  for (let left = bytes; left > 0; left -= sizes.at(-1) ?? left) {
    const tight = left > 4 && sizes.length >= most - Math.ceil(left / 4);
    sizes.push(left < 4 || (!tight && d.chance(0.3)) ? 2 : 4);
  }
  const lines: GeneratedVersion['lines'][number][] = [];
  let offset = 0;
  let pair: string | null = null;
  for (const [i, size] of sizes.entries()) {
    const label = `${'ABCDEFGHIJ'[i] ?? 'Z'}${"'".repeat(index)}`;
    let text: string;
    if (pair !== null && size === 4 && d.chance(0.8)) {
      text = `jalr t0, %pcrel_lo(${pair})(t0)`;
      pair = null;
    } else if (size === 4 && sizes[i + 1] === 4 && d.chance(0.5)) {
      text = `auipc t0, %pcrel_hi(${d.of(['f', 'g'])})`;
      pair = label;
    } else text = size === 4 ? long(d, sizes, i, bytes - offset, index) : short(d, sizes, i, bytes - offset);
    lines.push({ label, text, offset, size });
    offset += size;
  }
  return { name, lines };
}

/** A jump forwards, to an instruction of its own version or the site's end. */
function ahead(d: Dice, sizes: readonly number[], from: number): number {
  const skipped = 1 + d.below(sizes.length - from);
  return sizes.slice(from, from + skipped).reduce((sum, size) => sum + size, 0);
}

function long(d: Dice, sizes: readonly number[], i: number, left: number, index: number): string {
  return d.of([
    () => 'nop',
    () => 'nop',
    () => `j .+${ahead(d, sizes, i)}`,
    () => `j .+${left}`,
    () => `addi t0, t0, ${d.of([1, 256])}`,
    () => `addi a0, a0, ${d.of([1, 16])}`,
    () => 'ebreak',
    // Each to a place of its own: whether storing twice is the same as storing once is a matter of taste.
    () => `sd ra, ${-8 * (1 + i + 8 * index)}(sp)`,
    () => `beq a0, a1, .+${left}`,
  ])();
}

function short(d: Dice, sizes: readonly number[], i: number, left: number): string {
  return d.of([
    () => 'c.nop',
    () => 'c.nop',
    () => `c.j .+${ahead(d, sizes, i)}`,
    () => `c.j .+${left}`,
    () => 'c.addi t0, 1',
    () => 'c.ebreak',
    () => 'c.addi a0, 1',
  ])();
}

export function fixup(d: Dice, versions: readonly GeneratedVersion[]): string {
  const lines = d.of(versions).lines;
  const line = d.of(lines);
  const before = lines.filter(({ offset }) => offset <= line.offset);
  const target = d.of(before);
  const pattern = line.text.replace(/%pcrel_..\([^)]*\)/, '*').replace(/\.\+\d+/, '*');
  const condition = d.chance(0.6) ? ` if ${pattern}` : '';
  return `to s+${line.offset}${condition} { sepc -= ${line.offset - target.offset} }`;
}

/** What becomes of a breakpoint: it moves on or back, or is an instruction of one of the versions. */
function breakpoint(d: Dice, versions: readonly GeneratedVersion[]): string {
  const { lines } = d.of(versions);
  const at = d.of(lines);
  const condition = d.chance(0.3) ? ` if ${d.of(['ebreak', 'c.ebreak', 'ebreak or c.ebreak', 'nop or c.nop'])}` : '';
  const copied = lines.filter(({ text }) => !text.includes('ebreak') && !text.includes('sd '));
  const effect =
    copied.length > 0 && d.chance(0.6)
      ? `run ${d.chance(0.7) && copied.includes(at) ? at.label : d.of(copied).label}`
      : d.of([`sepc += ${at.size}`, `sepc += ${at.size}`, 'sepc += 2', 'sepc += 0', `sepc -= ${at.offset}`]);
  return `${d.chance(0.7) ? `at s+${at.offset}` : ''}${condition} { ${effect} }`;
}

/** Puts waits, frees, the patcher's own passes and moves among the operations. */
function threads(
  d: Dice,
  all: readonly GeneratedOperation[],
  versions: readonly GeneratedVersion[],
): GeneratedOperation[] {
  const result = [...all];
  const put = (at: number, ...texts: readonly string[]): void =>
    void result.splice(at, 0, ...texts.map((text): GeneratedOperation => ({ kind: 'plain', text })));
  const anywhere = (): number => d.below(result.length + 1);
  const retire = ['wait rcu_tasks', `free ${d.of(['f', 'f', 'g', 'slot'])}`];
  if (d.chance(0.25)) put(d.chance(0.7) ? result.length : anywhere(), ...retire.slice(d.of([0, 0, 1])));
  else if (d.chance(0.1)) put(anywhere(), 'wait rcu_tasks');
  if (d.chance(0.1)) put(anywhere(), d.of(['migrate', 'migrate with fence.i']));
  if (d.chance(0.15)) put(result.length, ...['fence.i'].slice(d.below(2)), 'run s');
  if (d.chance(0.1)) put(0, `run s as ${d.of(versions).name}`);
  return result;
}

function forbid(d: Dice, versions: readonly GeneratedVersion[]): string {
  const labels = versions.flatMap(({ lines }) => lines.map(({ label }) => label));
  return `${d.of(labels)} then ${d.of(labels)}`;
}

function operations(
  d: Dice,
  versions: readonly GeneratedVersion[],
  size: Size,
  doubles: boolean,
): GeneratedOperation[] {
  const result: GeneratedOperation[] = [];
  let stores = 0;
  let syncs = 0;
  const stopped = d.chance(0.2);
  for (const version of versions.slice(1)) {
    const lines = [...version.lines];
    // How eight bytes at 2 mod 4 are split is open.
    if (doubles && lines.length > 1 && d.chance(0.1)) {
      const [first, second] = lines;
      if (first?.size === 4 && second?.size === 4) {
        lines.splice(0, 2);
        result.push({ kind: 'write', labels: [first.label, second.label], by: 'double' });
        stores++;
      }
    }
    while (lines.length > 0 && stores < size.stores) {
      const [line] = lines.splice(d.below(lines.length), 1);
      if (line === undefined || d.chance(0.1)) continue;
      const by = d.chance(0.15) ? d.of(['byte', 'half', 'half']) : null;
      stores += by === 'byte' ? line.size : by === 'half' ? line.size / 2 : 1;
      result.push({ kind: 'write', labels: [line.label], by });
      if (d.chance(0.08))
        result.push({
          kind: 'plain',
          text: `store.d slot, ${d.of(['g', 'f', '0x80000000'])}${d.of(['', ' by word'])}`,
        });
      if (d.chance(0.6)) result.push({ kind: 'plain', text: fence(d) });
      if (!stopped && syncs < size.syncs && d.chance(0.6)) {
        syncs++;
        result.push({ kind: 'plain', text: sync(d) });
      }
    }
  }
  if (!stopped) return result;
  const without = ['park', 'release', 'acquire', 'fence.i', 'irqs-off'].filter(() => d.chance(0.15));
  const from = d.below(2);
  return [...result.slice(0, from), { kind: 'stop_machine', without, body: result.slice(from) }];
}

export function fence(d: Dice): string {
  return d.of([
    'fence w,w',
    'fence w,w',
    'fence w,o',
    'fence w,o',
    'fence rw,rw',
    'fence r,r',
    'fence w,r',
    'fence r,w',
    'fence iorw,iorw',
    'fence.tso',
    'fence.i',
  ]);
}

function sync(d: Dice): string {
  return d.of([
    'sync fence.i',
    'sync fence.i',
    'sync fence.i',
    'sync fence.i',
    'sync fence.i async',
    'sync { fence r,r }',
    'sync { fence r,r; fence.i }',
  ]);
}

/** The protocol as a file. */
export function print(protocol: Generated): string {
  const { isa, memory, fetch, ipi } = protocol;
  const versions = protocol.versions.flatMap(({ name, lines }) => [
    `  version ${name} {`,
    ...lines.map(({ label, text }) => `    ${label}: ${text}`),
    '  }',
  ]);
  const operation = (op: GeneratedOperation): string => {
    if (op.kind === 'plain') return op.text;
    if (op.kind === 'write') return `write ${op.labels.join(', ')}${op.by === null ? '' : ` by ${op.by}`}`;
    return `stop_machine${op.without.length > 0 ? ` without ${op.without.join(', ')}` : ''} { ${op.body.map(operation).join('; ')} }`;
  };
  return [
    `machine { isa ${isa}; memory ${memory}; fetch ${fetch}; ipi ${ipi} }`,
    ...protocol.surroundings,
    `site s at 0x${protocol.base.toString(16)} clobbers t0 {`,
    ...versions,
    '}',
    ...protocol.fixups.map((fixup) => `on trap return ${fixup}`),
    ...protocol.breakpoints.map((handler) => `on ebreak ${handler}`),
    `protocol p patches s from v0 to ${protocol.to} {`,
    ...(protocol.beside === undefined
      ? protocol.operations.map((op) => `  ${operation(op)}`)
      : [protocol.operations, ...protocol.beside].map(
          (operations, i) => `  patcher p${i} { ${operations.map(operation).join('; ')} }`,
        )),
    `  executors ${protocol.executors}`,
    ...protocol.forbids.map((forbid) => `  forbid ${forbid}`),
    '}',
    '',
  ].join('\n');
}

/** The protocol with one part less, every way. */
export function* smaller(protocol: Generated): Generator<Generated> {
  for (const operations of fewer(protocol.operations)) yield { ...protocol, operations };
  for (const [i, operations] of protocol.beside?.entries() ?? []) {
    for (const less of fewer(operations))
      yield { ...protocol, beside: protocol.beside?.map((other, j) => (j === i ? less : other)) ?? [] };
  }
  if (protocol.fixups.length > 0) yield { ...protocol, fixups: [] };
  if (protocol.breakpoints.length > 0) yield { ...protocol, breakpoints: [] };
  if (protocol.forbids.length > 0) yield { ...protocol, forbids: [] };
  for (const [key, plain] of Object.entries({
    memory: 'rvwmo',
    fetch: 'isa+decode-w',
    ipi: 'memory',
    isa: 'rv64gc_zifencei_ziccif',
    executors: '1 not preemptible pinned interruptible',
  })) {
    if (protocol[key as 'memory'] !== plain) yield { ...protocol, [key]: plain };
  }
  for (const [v, version] of protocol.versions.entries()) {
    for (const [l, line] of version.lines.entries()) {
      const plain = line.size === 4 ? 'nop' : 'c.nop';
      if (line.text === plain || version.lines.some(({ text }) => text.includes(`(${line.label})`))) continue;
      const lines = version.lines.map((other, i) => (i === l ? { ...line, text: plain } : other));
      yield { ...protocol, versions: protocol.versions.map((other, i) => (i === v ? { ...version, lines } : other)) };
    }
  }
}

function* fewer(operations: readonly GeneratedOperation[]): Generator<readonly GeneratedOperation[]> {
  for (const [i, operation] of operations.entries()) {
    yield operations.filter((_, other) => other !== i);
    if (operation.kind === 'write' && operation.by !== null)
      yield operations.map((other, j) => (j === i ? { ...operation, by: null } : other));
    if (operation.kind !== 'stop_machine') continue;
    yield [...operations.slice(0, i), ...operation.body, ...operations.slice(i + 1)];
    if (operation.without.length > 0)
      yield operations.map((other, j) => (j === i ? { ...operation, without: [] } : other));
    for (const body of fewer(operation.body))
      yield operations.map((other, j) => (j === i ? { ...operation, body } : other));
  }
}
