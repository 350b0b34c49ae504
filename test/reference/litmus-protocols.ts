/** Random protocols of which a litmus test can say the same. Everything follows from the seed. */
import { type Dice, dice } from './generate';

/** One instruction of a version, or an empty text where there is none of its own. */
interface Line {
  readonly label: string;
  readonly text: string;
  readonly size: number;
}

/** A protocol whose parts can be taken away one by one. */
export interface Protocol {
  readonly base: number;
  /** What every version has: loads, fences, a branch. Nobody writes it. */
  readonly common: readonly Line[];
  /** How many lines of a version come before it. */
  readonly commonAt: number;
  readonly versions: readonly (readonly Line[])[];
  readonly operations: readonly string[];
  readonly masked: boolean;
}

/** Where the patcher publishes data: near enough to be addressed from x0. */
const slotAddress = 0x100;
const siteBase = 0x80000000;

const fence = (d: Dice): string =>
  d.of([
    ...Array.from({ length: 6 }, () => 'fence w,w'),
    ...['fence rw,rw', 'fence r,r', 'fence w,r', 'fence r,w', 'fence iorw,iorw', 'fence w,o', 'fence.tso', 'fence.i'],
  ]);

/** What a version may hold beside what is patched: something for a fence.i to come after, a flag to go by. */
function commonLines(d: Dice, left: number): Line[] {
  const line = (i: number, text: string): Line => ({ label: `K${i}`, text, size: 4 });
  const texts = d.of([
    [],
    ['fence.i'],
    ['lw a0, 256(zero)', 'fence.i'],
    ['lw a0, 256(zero)', d.of(['fence r,r', 'fence rw,rw', 'fence.i'])],
    ['sd ra, -8(sp)', 'fence.i'],
    ['sd ra, -8(sp)', 'ld a1, -8(sp)', 'fence.i'],
    ['lw a0, 256(zero)', 'fence r,rw', 'sd a0, -8(sp)', 'fence.i'],
  ]);
  const fits = texts.slice(0, left);
  return fits.map((text, i) => line(i, text));
}

/**
 * A site that is one piece of code: instructions of both lengths, jumps, pairs that share a register, a flag that
 * guards what is not there yet; stores of every width. No syncs.
 */
export function contiguousProtocol(seed: number): Protocol {
  const d = dice(seed);
  const count = d.of([2, 2, 2, 3]);
  const flagged = d.chance(0.35);
  // Of these every mixture can be asked for: the same places in all versions, and nothing that says where it stands.
  const plain = !flagged && d.chance(0.6);
  const bytes = d.of(plain ? [8] : [4, 4, 8, 8, 8, 12, 6]);
  const common: Line[] = flagged
    ? [
        { label: 'K0', text: 'lw a0, 256(zero)', size: 4 },
        ...(d.chance(0.75) ? [{ label: 'K1', text: d.of(['fence.i', 'fence r,r']), size: 4 }] : []),
        { label: 'K2', text: `beqz a0, .+${4 + bytes}`, size: 4 },
      ]
    : d.chance(0.3)
      ? commonLines(d, 3)
      : [];
  const versions = Array.from({ length: count }, (_, v) => version(d, v, bytes, flagged, plain));
  const base = siteBase + d.of([0, 0, 0, 4, 2, 6]);
  const loads = common.some(({ text }) => text.startsWith('lw'));
  const all = versions.slice(1).flatMap((lines) => writes(d, lines));
  const operations = affordable(all, base % 4 === 0, loads ? 3 : 4);
  if (loads) operations.push(d.of(['store.w slot, 1', 'store.w slot, 1', 'store.d slot, 1']));
  // One store of two words needs them side by side.
  const together = !plain || operations.some((operation) => operation.endsWith('by double'));
  return { base, common, commonAt: together ? 0 : d.of([0, 1]), versions, operations, masked: d.chance(0.5) };
}

/** As many of the last operations as come to so many messages: what a litmus test takes grows fast with each. */
function affordable(operations: readonly string[], aligned: boolean, most: number): string[] {
  const kept: string[] = [];
  let messages = 0;
  for (const operation of [...operations].reverse()) {
    if (/^(write|sync)/.test(operation))
      messages += operation.endsWith('byte') ? 4 : operation.endsWith('half') || !aligned ? 2 : 1;
    if (messages > most) break;
    kept.unshift(operation);
  }
  return kept;
}

/** Words that all differ in both halves: whatever is torn out of two of them shows in the registers. */
const value = (version: number, slot: number): number => 0x101 + 2 * (slot + 8 * version);
const registers = ['a6', 'a7', 's2', 's3', 's4', 's5', 's6', 's7', 's8'];
const register = (version: number, slot: number): string => registers[(3 * version + slot) % 9] ?? 'a6';
const primes = (version: number): string => "'".repeat(version);

function version(d: Dice, index: number, bytes: number, flagged: boolean, plain: boolean): Line[] {
  const lines: Line[] = [];
  for (let offset = 0; offset < bytes; ) {
    const slot = lines.length;
    const left = bytes - offset;
    const label = `${'ABCDEFGHIJ'[slot] ?? 'Z'}${primes(index)}`;
    const pair = !plain && left >= 8 && d.chance(0.25);
    if (pair) {
      lines.push({ label, text: `auipc t0, %pcrel_hi(${d.of(['near', 'far', 'far'])})`, size: 4 });
      lines.push({ label: `P${label}`, text: `jalr t0, %pcrel_lo(${label})(t0)`, size: 4 });
      offset += 8;
      continue;
    }
    const short = !plain && (left < 4 || d.chance(0.2));
    const size = short ? 2 : 4;
    const ahead = d.of([left, left, size]);
    const text = short
      ? d.of([`c.li ${register(index, slot)}, ${1 + slot + 8 * index}`, `c.j .+${left}`])
      : flagged && index === 0 && offset === 0
        ? d.of(['j .+0x1000', `li ${register(0, 0)}, ${value(0, 0)}`])
        : d.of([
            ...Array.from({ length: 3 }, () => `li ${register(index, slot)}, ${value(index, slot)}`),
            plain ? `li ${register(index, slot)}, ${value(index, slot)}` : `j .+${ahead}`,
          ]);
    lines.push({ label, text, size });
    offset += size;
  }
  return lines;
}

/** The lines of a version, in any order, each by a store of some width, and what stands between them. */
function writes(d: Dice, version: readonly Line[]): string[] {
  const out: string[] = [];
  const lines = [...version];
  const [first, second] = lines;
  if (first?.size === 4 && second?.size === 4 && d.chance(0.15)) {
    lines.splice(0, 2);
    out.push(`write ${first.label}, ${second.label} by double`);
  }
  while (lines.length > 0) {
    const [line] = lines.splice(d.below(lines.length), 1);
    if (line === undefined || d.chance(0.1)) continue;
    const by = d.chance(0.2) && line.size === 4 ? d.of([' by half', ' by half', ' by byte']) : '';
    out.push(`write ${line.label}${by}`);
    if (d.chance(0.65)) out.push(fence(d));
  }
  return out;
}

/** A site whose words can be taken apart: each instruction one aligned word that says nothing about its place; syncs. */
export function syncedProtocol(seed: number): Protocol {
  const d = dice(seed);
  const common = d.chance(0.45) ? commonLines(d, d.of([1, 2])) : [];
  const loads = common.some(({ text }) => text.startsWith('lw'));
  const slots = d.of([1, 2, 2, 2]);
  const count = slots === 1 ? d.of([2, 3]) : 2;
  const masked = d.chance(0.5);
  // An access that comes after its own fetch, and that a fence.i may come after; once, for storing twice is not storing once.
  const access = common.some(({ text }) => text.includes('(sp)')) || d.chance(0.6) ? null : d.of(accesses);
  const versions = Array.from({ length: count }, (_, v) =>
    Array.from(
      { length: slots },
      (_, slot): Line => ({
        label: `${'ABC'[slot] ?? 'Z'}${primes(v)}`,
        text: v === 1 && slot === 0 && access !== null ? access : `li ${register(v, slot)}, ${value(v, slot)}`,
        size: 4,
      }),
    ),
  );
  let syncs = masked || common.length + slots < 3 ? d.of([0, 1, 1, 2]) : d.of([0, 1, 1]);
  const operations: string[] = [];
  for (const lines of versions.slice(1)) {
    const rest = [...lines];
    while (rest.length > 0) {
      const [line] = rest.splice(d.below(rest.length), 1);
      if (line === undefined) continue;
      operations.push(`write ${line.label}${line.text !== access && d.chance(0.08) ? ' by half' : ''}`);
      if (loads && d.chance(0.3)) operations.push('store.w slot, 1');
      if (d.chance(0.7)) operations.push(d.chance(0.8) ? 'fence w,w' : fence(d));
      if (syncs > 0 && d.chance(0.75)) {
        syncs--;
        operations.push(
          d.of([
            ...Array.from({ length: 6 }, () => 'sync fence.i'),
            ...['sync fence.i async', 'sync { fence r,r }', 'sync { fence rw,rw; fence.i }'],
          ]),
        );
      }
    }
  }
  const commonAt = slots === 2 ? d.of([0, 1, 1]) : 0;
  return { base: siteBase, common, commonAt, versions, operations: affordable(operations, true, 4), masked };
}

const accesses = ['lw a1, 256(zero)', 'sd ra, -8(sp)'];

const sizeOf = (lines: readonly Line[]): number => lines.reduce((sum, { size }) => sum + size, 0);
/** Where `far` is: out of reach of a 12-bit offset, so that a pair of instructions has two halves to mix. */
const farAt = (protocol: Protocol): number => protocol.base - (protocol.base % 0x1000) + 0x2000;

/** The protocol as a file. `synced`: nothing stands behind the site. */
export function print(protocol: Protocol, synced: boolean): string {
  const { base, common, commonAt, versions, operations, masked } = protocol;
  const end = base + sizeOf(common) + sizeOf(versions[0] ?? []);
  const own = ({ label, text }: Line, v: number): string =>
    `    ${label}${label.startsWith('K') ? primes(v) : ''}: ${text}`;
  return [
    'machine { isa rv64gc_zifencei_ziccif; memory rvwmo; fetch isa+decode-w; ipi memory }',
    `data slot at 0x${slotAddress.toString(16)} { .dword 0 }`,
    ...(synced
      ? []
      : [
          `code near at 0x${end.toString(16)} { li t2, 1; j .+0x${(farAt(protocol) + 8 - end - 4).toString(16)} }`,
          `code far at 0x${farAt(protocol).toString(16)} { li t2, 2; nop }`,
        ]),
    `site s at 0x${base.toString(16)} {`,
    ...versions.flatMap((lines, v) => [
      `  version v${v} {`,
      ...[...lines.slice(0, commonAt), ...common, ...lines.slice(commonAt)].map((line) => own(line, v)),
      '  }',
    ]),
    '}',
    `protocol p patches s from v0 to v${versions.length - 1} {`,
    ...operations.map((operation) => `  ${operation}`),
    `  executors 1 not preemptible pinned ${masked ? 'masked' : 'interruptible'}`,
    '}',
    '',
  ].join('\n');
}

/** The protocol with one part less, every way. */
export function* smaller(protocol: Protocol): Generator<Protocol> {
  const { operations, common, versions } = protocol;
  for (const [i, operation] of operations.entries()) {
    yield { ...protocol, operations: operations.filter((_, other) => other !== i) };
    const whole = operation.replace(/ by (half|byte)$/, '');
    if (whole !== operation)
      yield { ...protocol, operations: operations.map((one, other) => (other === i ? whole : one)) };
  }
  if (!common.some(({ text }) => text.startsWith('beqz')))
    for (const [i] of common.entries()) yield { ...protocol, common: common.filter((_, other) => other !== i) };
  if (protocol.commonAt > 0) yield { ...protocol, commonAt: 0 };
  if (!protocol.masked) yield { ...protocol, masked: true };
  if (versions.length > 2) yield { ...protocol, versions: versions.slice(0, -1) };
}
