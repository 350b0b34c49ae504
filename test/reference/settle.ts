import type { Memory } from './memory';
import type { Patchers } from './patchers';
import type { Payload } from './program';
import type { HartState, State } from './state';

/** The views of a hart that has seen nothing. */
const unseen = { vI: 0, vF: 0, vrn: 0, vro: 0, vwo: 0, coh: new Map<bigint, number>() } as const;

/**
 * Takes the steps whose order against others' makes no difference, and forgets what can make none, so that there are
 * fewer states:
 *
 * - A message, an answer, a lock given back or an END becomes visible as soon as it may. Whoever reads it reads exactly
 *   it, may do so later, and is bound to less if it came earlier.
 * - A patcher's hart that runs no pass reads nothing but these, and fetches nothing that is patched: it needs no views.
 *   Its fences come before an interrupt rather than after: they then have less to order.
 */
export class Settling {
  constructor(
    private readonly memory: Memory,
    private readonly patchers: Patchers,
    /** Harts below this number are patchers' that run no pass. */
    private readonly blind: number,
  ) {}

  settled(from: State): State {
    let state = from;
    for (let next: State | null = from; next !== null; next = this.step(state)) state = next;
    const harts = state.harts.map((hart, i) => (i < this.blind ? this.forgotten(hart) : this.memory.normal(hart)));
    if (harts.some((hart, i) => hart !== state.harts[i])) state = { ...state, harts };
    return this.blind === 0 ? state : withoutRanks(state);
  }

  private step(state: State): State | null {
    const early = this.patchers.commits(state).find(({ payload }) => isReadExactly(payload.kind));
    if (early !== undefined) return early.state;
    for (let index = 0; index < this.blind; index++) {
      const kind = this.patchers.next(state, index)?.kind;
      if (kind === 'fence' || kind === 'fence.i') return this.patchers.step(state, index);
    }
    return null;
  }

  private forgotten(hart: HartState): HartState {
    const pending = hart.pending.every(({ rank }) => rank === 0)
      ? hart.pending
      : hart.pending.map((message) => ({ ...message, rank: 0 }));
    const { vI, vF, vrn, vro, vwo, coh } = hart;
    const nothing = pending === hart.pending && vI + vF + vrn + vro + vwo + coh.size === 0;
    return nothing ? hart : { ...hart, ...unseen, pending };
  }
}

/** Where no patcher's hart has views, how late an answer or a lock's return is does not matter. */
function withoutRanks(state: State): State {
  const late = (rank: number | null): boolean => rank !== null && rank > 0;
  if (!state.locks.some(({ rank }) => rank > 0) && !state.patchers.some(({ answers }) => answers.some(late)))
    return state;
  const locks = state.locks.map(({ holder }) => ({ holder, rank: 0 }));
  const patchers = state.patchers.map((patcher) => ({
    ...patcher,
    answers: patcher.answers.map((rank) => (rank === null ? null : 0)),
  }));
  return { ...state, locks, patchers };
}

const isReadExactly = (kind: Payload['kind']): boolean =>
  kind === 'message' || kind === 'answer' || kind === 'unlock' || kind === 'end';
