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
 *   Its fences come before an interrupt rather than after: they then have less to order. So do its stores where no
 *   interrupt is to come whose answer would wait for them.
 * - What a hart has fetched, read and written so far matters to its fences alone, if any are to come.
 */
export class Settling {
  constructor(
    private readonly memory: Memory,
    private readonly patchers: Patchers,
    /** Harts below this number are patchers' that run no pass. */
    private readonly blind: number,
    /** There may be fences in passes, at switches, when a hart comes online or leaves stop_machine. */
    private readonly fencesAnywhere: boolean,
  ) {}

  settled(from: State): State {
    let state = from;
    for (let next: State | null = from; next !== null; next = this.step(state)) state = next;
    const harts = state.harts.map((hart, i) => {
      if (i < this.blind) return this.forgotten(hart);
      const known = this.memory.normal(hart);
      return known.vF + known.vro + known.vwo === 0 || this.fencesToCome(state, i) ? known : { ...known, ...undone };
    });
    if (harts.some((hart, i) => hart !== state.harts[i])) state = { ...state, harts };
    return this.blind === 0 ? state : withoutRanks(state);
  }

  private step(state: State): State | null {
    const early = this.patchers.commits(state).find(({ payload }) => isReadExactly(payload.kind));
    if (early !== undefined) return early.state;
    for (let index = 0; index < this.blind; index++) {
      const kind = this.patchers.next(state, index)?.kind;
      if (kind === 'fence' || kind === 'fence.i' || (kind === 'store' && !this.answersToCome(state, index)))
        return this.patchers.step(state, index);
    }
    return null;
  }

  private answersToCome(state: State, index: number): boolean {
    return this.patchers.messageToCome(state, index, ({ answers }) => answers.has(index));
  }

  private fencesToCome(state: State, index: number): boolean {
    if (this.fencesAnywhere || this.patchers.next(state, index) !== undefined) return true;
    return this.patchers.messageToCome(state, index, () => true);
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

/** What fences go by, of a hart that has done nothing. */
const undone = { vF: 0, vro: 0, vwo: 0 } as const;

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
