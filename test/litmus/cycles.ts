/**
 * Tests in the style of diy7 (Alglave, Maranget, Sarkar, Sewell, "Fences in weak memory models", 2010): a cycle of
 * relations, external ones between harts (Rfe, Fre, Coe, and from and to fetches) and links within a hart (program order,
 * fences, dependencies), made into the program that has these accesses and a condition that only the cycle satisfies.
 */
import type { Dice } from '../reference/generate';
import { type GeneratedTest, type GeneratedThread, type Line, plain } from './generated';

type Kind = 'R' | 'W' | 'F';

interface Event {
  readonly thread: number;
  readonly kind: Kind;
  /** How it follows the event before it in its thread. */
  readonly link: string;
  /** Index into the cycle's places. */
  place: number;
  /** What a store writes, and what the cycle wants a load or fetch to see; 0 is what was there at first. */
  value: number;
}

interface Shape {
  readonly events: readonly Event[];
  readonly places: readonly { readonly code: boolean }[];
}

const fences = ['r', 'w', 'rw'].flatMap((before) => ['r', 'w', 'rw'].map((after) => `fence ${before},${after}`));
const links = ['po', 'po', 'po', 'addr', 'data', 'ctrl', 'ctrlfence.i', 'fence.tso', 'fence.i', ...fences];
const threadCounts = [2, 2, 2, 2, 3, 3, 4];
const lengths = [1, 2, 2, 2, 2, 3];

/** A cycle of relations between events of 2 to 4 harts; fetches only where `code` says so. */
function shape(d: Dice, code: boolean): Shape {
  for (;;) {
    const events: Event[] = [];
    const different: (readonly [number, number])[] = [];
    const same: (readonly [number, number])[] = [];
    const threads = d.of(threadCounts);
    for (let thread = 0; thread < threads; thread++) {
      const length = d.of(lengths);
      for (let i = 0; i < length; i++) {
        const kind = d.of(code ? (['R', 'W', 'F', 'W', 'F'] as const) : (['R', 'W'] as const));
        if (i > 0) (d.chance(0.25) ? same : different).push([events.length - 1, events.length]);
        events.push({ thread, kind, link: i === 0 ? 'po' : d.of(links), place: 0, value: 0 });
      }
    }
    const external = events.flatMap((event, i) => {
      const next = (i + 1) % events.length;
      return events[next]!.thread === event.thread ? [] : [[i, next] as const];
    });
    if (external.some(([a, b]) => events[a]!.kind !== 'W' && events[b]!.kind !== 'W')) continue;

    const place = events.map((_, i) => i);
    for (const [a, b] of [...same, ...external]) {
      const [from, to] = [place[b]!, place[a]!];
      for (const [i, one] of place.entries()) if (one === from) place[i] = to;
    }
    if (different.some(([a, b]) => place[a] === place[b])) continue;
    const names = [...new Set(place)];
    if (names.length < 2 || names.length > 4) continue;
    for (const [i, event] of events.entries()) event.place = names.indexOf(place[i]!);
    const places = names.map((_, at) => ({ code: events.some(({ kind, place: its }) => kind === 'F' && its === at) }));
    if (code && !places.some((one) => one.code)) continue;
    setValues(events, external);
    return { events, places };
  }
}

/** Stores to a place write 1, 2, 3 in the order of the cycle; a load or fetch wants what its relation says. */
function setValues(events: readonly Event[], external: readonly (readonly [number, number])[]): void {
  const written = new Map<number, number>();
  for (const event of events) {
    if (event.kind !== 'W') continue;
    event.value = (written.get(event.place) ?? 0) + 1;
    written.set(event.place, event.value);
  }
  for (const [a, b] of external) {
    const [from, to] = [events[a]!, events[b]!];
    if (to.kind !== 'W') to.value = from.value;
    else if (from.kind !== 'W') from.value = Math.max(from.value, to.value - 1);
  }
}

/** One test from a cycle. Everything follows from the dice. */
export function cycleTest(d: Dice, name: string): GeneratedTest {
  const code = d.chance(0.5);
  const cycle = shape(d, code);
  return new Writer(d, name, cycle, !code && d.chance(0.3)).test();
}

const letters = ['x', 'y', 'z', 'a'];
const wide = (value: number): string => `0x${(0x0101010101010101n * BigInt(value)).toString(16)}`;

class Writer {
  private readonly size: 4 | 8;
  private readonly condition: string[] = [];
  private readonly observed: string[] = [];

  /** `mixed`: places of 8 bytes, accessed at all widths; every byte of a stored value is the same. */
  constructor(
    private readonly d: Dice,
    private readonly name: string,
    private readonly cycle: Shape,
    private readonly mixed: boolean,
  ) {
    this.size = mixed || d.chance(0.2) ? 8 : 4;
  }

  test(): GeneratedTest {
    const { events, places } = this.cycle;
    const count = 1 + Math.max(...events.map(({ thread }) => thread));
    const threads = Array.from({ length: count }, (_, thread) => this.thread(thread));
    const data = places.flatMap(({ code }, place) => (code ? [] : [letters[place]!]));
    for (const [place, { code }] of places.entries()) {
      const writes = events.filter((event) => event.kind === 'W' && event.place === place);
      if (!code && writes.length > 1) this.condition.push(`[${letters[place]}]=${this.shown(writes.length)}`);
    }
    return {
      name: this.name,
      locations: data.map((one) => (this.size === 8 ? `uint64_t ${one}` : `int ${one}`)),
      threads,
      observed: [...this.observed, ...data],
      condition: `exists (${this.condition.length === 0 ? 'true' : this.condition.join(' /\\ ')})`,
      patches: places.some(({ code }) => code) && events.some(({ kind, place }) => kind === 'W' && places[place]!.code),
    };
  }

  private shown(value: number): string {
    return this.mixed ? wide(value) : String(value);
  }

  /** The fetches of a place. Where there are several, its instruction is in a subroutine of the first one's thread. */
  private fetches(place: number): readonly Event[] {
    return this.cycle.events.filter((event) => event.kind === 'F' && event.place === place);
  }
  private label(place: number): string {
    return `L${letters[place]}`;
  }
  private address(place: number): string {
    const home = this.cycle.places[place]!.code ? this.fetches(place)[0] : undefined;
    return home === undefined ? letters[place]! : `P${home.thread}:${this.label(place)}`;
  }
  /** The register that a patched instruction sets: the same wherever it runs. */
  private target(place: number): string {
    return `x${28 + place}`;
  }
  private instruction(place: number, value: number): string {
    return `li ${this.target(place)},${value + 1}`;
  }

  private thread(thread: number): GeneratedThread {
    const { d } = this;
    const registers: string[] = [];
    const lines: Line[] = [];
    const subroutines: Line[] = [];
    let next = 5;
    const fresh = (): string => `x${next++}`;
    const initial = (value: string, type = ''): string => {
      const register = fresh();
      registers.push(`${type}${register}=${value}`);
      return register;
    };
    /** Shown at the end, and what the cycle wants of it. */
    const watch = (register: string, wanted: string): void => {
      this.observed.push(`${thread}:${register}`);
      if (this.size === 8 && !registers.some((one) => one.endsWith(` ${register}`))) {
        registers.push(`uint64_t ${register}`);
      }
      this.condition.push(`${thread}:${register}=${wanted}`);
    };
    /** The register that the last event has set, which dependencies start from. */
    let last: string | null = null;

    for (const [index, event] of this.cycle.events.entries()) {
      if (event.thread !== thread) continue;
      const { place } = event;
      const { code } = this.cycle.places[place]!;
      const shared = this.fetches(place).length > 1;
      const { link } = event;
      if (link.startsWith('fence')) lines.push(plain(link));
      if (link.startsWith('ctrl') && last !== null) {
        const label = `C${index}`;
        lines.push(plain(`bne ${last},x0,${label}`), { label, text: link === 'ctrl' ? 'nop' : 'fence.i' });
      }
      const dependency = (link === 'addr' || link === 'data') && last !== null ? fresh() : null;
      if (dependency !== null) lines.push(plain(`xor ${dependency},${last},${last}`));

      if (event.kind === 'F') {
        const [home] = this.fetches(place);
        const text = this.instruction(place, 0);
        if (!shared) lines.push({ label: this.label(place), text });
        else if (home === event) {
          lines.push(plain(`jal x1,${this.label(place)}`));
          subroutines.push({ label: this.label(place), text }, plain('jalr x0,0(x1)'));
        } else if (home?.thread === thread) lines.push(plain(`jal x1,${this.label(place)}`));
        else lines.push(plain(`jalr x1,0(${initial(this.address(place))})`));
        last = this.target(place);
        if (shared) {
          last = fresh();
          lines.push(plain(`mv ${last},${this.target(place)}`));
        }
        watch(last, String(event.value + 1));
        continue;
      }

      let base = initial(this.address(place));
      if (dependency !== null && (link === 'addr' || event.kind === 'R')) {
        const moved = fresh();
        lines.push(plain(`add ${moved},${base},${dependency}`));
        base = moved;
      }
      const width: 1 | 2 | 4 | 8 = code ? 4 : this.mixed ? d.of([1, 2, 4, 4, 8, 8] as const) : this.size;
      const offset = this.mixed ? width * d.below(8 / width) : 0;
      const form = d.of(['plain', 'plain', 'plain', 'plain', 'ordered', 'amo', 'pair']);
      const letter = { 1: 'b', 2: 'h', 4: 'w', 8: 'd' }[width];
      const big = width >= 4;
      const at = `${offset}(${base})`;
      /** AMO, LR and SC have no offset. */
      const exact = (): string => {
        if (offset === 0) return base;
        const moved = fresh();
        lines.push(plain(`addi ${moved},${base},${offset}`));
        return moved;
      };
      const mark = (): string => d.of(['', '', '.aq', '.rl', '.aq.rl']);

      if (event.kind === 'R') {
        const rd = fresh();
        if (form === 'ordered' && big) lines.push(plain(`l${letter}.aq ${rd},${at}`));
        else if (form === 'amo' && big) lines.push(plain(`amoor.${letter}${mark()} ${rd},x0,(${exact()})`));
        else if (form === 'pair' && big) {
          lines.push(plain(`lr.${letter}${d.of(['', '.aq', '.aq.rl'])} ${rd},(${exact()})`));
        } else lines.push(plain(`l${letter}${width === 8 ? '' : width === 4 ? d.of(['', '', 'u']) : 'u'} ${rd},${at}`));
        if (code) {
          this.observed.push(`${thread}:${rd}`);
          this.condition.push(`${thread}:${rd}=instr:"${this.instruction(place, event.value)}"`);
        } else watch(rd, this.mixed ? bytesOf(event.value, width) : String(event.value));
        last = rd;
        continue;
      }

      const word = code ? `instr:"${this.instruction(place, event.value)}"` : this.shown(event.value);
      let value = initial(word, this.size === 8 && !code ? 'uint64_t ' : '');
      if (dependency !== null && link === 'data') {
        const made = fresh();
        lines.push(plain(`add ${made},${value},${dependency}`));
        value = made;
      }
      last = null;
      if (form === 'ordered' && big) lines.push(plain(`s${letter}.rl ${value},${at}`));
      else if (form === 'amo' && big) {
        last = d.chance(0.5) ? fresh() : null;
        lines.push(plain(`amoswap.${letter}${mark()} ${last ?? 'x0'},${value},(${exact()})`));
      } else if (form === 'pair' && big) {
        const where = exact();
        last = fresh();
        lines.push(plain(`lr.${letter}${d.of(['', '.aq'])} x0,(${where})`));
        lines.push(plain(`sc.${letter}${d.of(['', '.rl', '.aq.rl'])} ${last},${value},(${where})`));
        watch(last, '0');
      } else lines.push(plain(`s${letter} ${value},${at}`));
    }
    if (subroutines.length > 0) {
      lines.push(plain(`j E${thread}`), ...subroutines, { label: `E${thread}`, text: '' });
    }
    return { registers, lines };
  }
}

/** As many bytes of a value as an access has, all the same. */
const bytesOf = (value: number, width: number): string => `0x${value.toString(16).padStart(2, '0').repeat(width)}`;
