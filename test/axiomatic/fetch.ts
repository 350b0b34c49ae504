/**
 * What orders a fetch (docs/semantics.md, "Instruction fetch"; the RISC-V instruction-fetch rule sets of 2026), one
 * relation of `cat` for each rule. `i` is a fetch, `m` an explicit access.
 */
import { before, type Event, isFetch, isMemory, isStore } from './events';
import { fetchRules, type RuleName } from './rules';

type Relation = (events: readonly Event[], a: Event, b: Event) => boolean;

const relations: Readonly<Record<(typeof fetchRules)[number], Relation>> = {
  /** `[I]; iico; [own accesses]`: an instruction is fetched before it accesses memory. */
  iico: (_, i, m) => isFetch(i) && isMemory(m) && i.instruction === m.instruction,

  /** `[M & Exp]; po; [fence.i]; po; [I]`. */
  'fence.i': (events, m, i) =>
    isMemory(m) && isFetch(i) && events.some((f) => isFenceI(f) && before(m, f) && before(f, i)),

  /** `[I]; po; [fence.i]; po; [I]`, the fence's own fetch included. */
  'fencei-fetch': (events, a, b) =>
    isFetch(a) && isFetch(b) && events.some((f) => isFenceI(f) && a.instruction <= f.instruction && before(f, b)),

  /** `[I]; po; [Exp & W]`. */
  'decode-w': (_, i, w) => isFetch(i) && isStore(w) && before(i, w),

  /** `[I]; po; [M & Exp]`. */
  decode: (_, i, m) => isFetch(i) && isMemory(m) && before(i, m),

  /** `[I]; po; [I]`, the two units of one instruction included. */
  ziccid: (events, a, b) => isFetch(a) && isFetch(b) && events.indexOf(a) < events.indexOf(b),
};

const isFenceI = (event: Event): boolean => event.kind === 'fence.i';

/** Pairs of indices of one thread's events. */
export function fetchOrder(events: readonly Event[], on: ReadonlySet<RuleName>): (readonly [number, number])[] {
  const active = fetchRules.filter((name) => on.has(name)).map((name) => relations[name]);
  return events.flatMap((a, i) =>
    events.flatMap((b, j) => (active.some((relation) => relation(events, a, b)) ? [[i, j] as const] : [])),
  );
}
