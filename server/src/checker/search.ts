/**
 * The search: everything that one thread can do in one pass, on any harts, against the messages of a patcher.
 *
 * Why one thread and one pass are enough. Executors write nothing that another thread reads, so they meet only in the
 * patcher's waits; a hart that has done nothing but answer has the lowest views that any hart with as many answers
 * can have, and lower views allow more. So a pass that starts on such a hart can do all that a pass on a busier one
 * can, and a migrating thread may be resumed on such a hart. `docs/semantics.md` has the argument in full;
 * `freshPass: false` keeps every hart's views from pass to pass instead.
 */
import { TermTooDeep } from '../machine';
import { none } from '../memory/order';
import type { MemoryRules } from '../memory/views';
import { findCycles } from './cycles';
import { Frontier, type Node } from './frontier';
import { hex } from './layout';
import { Model } from './model';
import { latest, type Move, noProgress, sum } from './moves';
import { enter } from './pass';
import type { Program, Progress } from './program';
import type { Scenario } from './scenario';
import type { Action, State, Wrong } from './state';
import { Unsupported } from './unsupported';
import type { CheckHost, ViolationKind } from './verdict';
import { equivalent, outcomeOf, placeOf } from './versions';

export interface Found<W extends Wrong | null = Wrong> {
  readonly wrong: W;
  /** From the start on. `state` is the one after the action; of the last action, the one that it goes wrong in. */
  readonly path: readonly { readonly action: Action; readonly state: State }[];
  /** Steps of the thread and its harts, and micro-operations of the patcher. */
  readonly cost: number;
}

export interface SearchResult {
  readonly states: number;
  readonly found: ReadonlyMap<ViolationKind, Found>;
  /** A late pass that is not the `to` version, or null: `effective` holds (if the protocol names a `to`). */
  readonly ineffective: Found | null;
  /** By site and version: a thread that the version still holds when the protocol has ended. */
  readonly unretired: ReadonlyMap<string, Found<null>>;
  /** What was hit, or null: everything was explored. */
  readonly limit: string | null;
  /** Null: the memory model lets nothing happen at all. */
  readonly model: Model | null;
}

export interface SearchOptions {
  readonly maxStates: number;
  readonly freshPass: boolean;
  /** Stop at the first violation: enough to know that a rung is too low. */
  readonly firstOnly: boolean;
  /** Keep what is reached more cheaply, so that the first of each kind is a shortest. */
  readonly shortest: boolean;
  /** Decide the claims too. */
  readonly claims: boolean;
  /** Look for nothing that costs so much: cheaper ones of each kind are known. */
  readonly below: number;
}

export const retiredKey = (site: number, version: number): string => `${site}/${version}`;

export function search(
  scenario: Scenario,
  program: Program,
  rules: MemoryRules,
  options: SearchOptions,
  host: CheckHost,
): SearchResult {
  return new Search(new Model(scenario, program, rules, options.claims), options, host).run();
}

class Search {
  readonly #frontier: Frontier;
  readonly #edges: { from: number; to: number }[] = [];
  #loops = false;
  readonly #found = new Map<ViolationKind, Found>();
  #ineffective: Found | null = null;
  readonly #unretired = new Map<string, Found<null>>();
  /** By site: the versions of which it is still to be found out whether something outlives the protocol in them. */
  readonly #pending: number[];

  constructor(
    readonly model: Model,
    readonly options: SearchOptions,
    readonly host: CheckHost,
  ) {
    this.#frontier = new Frontier(options.shortest);
    this.#pending = model.scenario.sites.map(({ to, versions }) =>
      options.claims && to !== null && model.scenario.threads.length === 0 ? (1 << versions.length) - 1 : 0,
    );
  }

  run(): SearchResult {
    let limit = this.model.versions.flat().find(({ problem }) => problem !== null)?.problem ?? null;
    // Patchers that wait for each other: what they have stored until then, they store in other ways too.
    const stuck = this.model.program.deadlock?.waitsFor === 'lock';
    if (limit === null && !stuck)
      try {
        limit = this.#explore();
      } catch (error) {
        if (!(error instanceof Unsupported || error instanceof TermTooDeep)) throw error;
        limit = error.message;
      }
    const states = this.#frontier.nodes.length;
    return {
      states,
      found: this.#found,
      ineffective: this.#ineffective,
      unretired: this.#unretired,
      limit,
      model: this.model,
    };
  }

  #explore(): string | null {
    const { maxStates, firstOnly } = this.options;
    this.model.entrances.forEach((_, entrance) => {
      this.#starts(entrance);
    });
    for (const id of this.#frontier.all()) {
      const states = this.#frontier.nodes.length;
      if (firstOnly && this.#found.size > 0) return null;
      if (states > maxStates) return `limit of ${maxStates.toLocaleString('en-US')} states`;
      const node = this.#frontier.nodes[id];
      if (!node) continue;
      for (const move of this.model.moves(node.state, this.options.freshPass)) {
        // For every move: one state of a long protocol has thousands, and a cancel is to act at once.
        const stop = this.host.interrupt?.(states) ?? null;
        if (stop !== null) return stop;
        this.#take(id, node, move);
      }
    }
    if (this.#loops) this.#findHangs();
    return null;
  }

  #starts(site: number): void {
    const { freshPass, claims } = this.options;
    const idle = !freshPass;
    const lates = claims && freshPass && this.model.entrances[site]?.to != null ? [false, true] : [false];
    for (const late of lates) for (const move of this.model.starts(site, { late, idle })) this.#take(-1, null, move);
  }

  #take(parent: number, node: Node | null, move: Move): void {
    switch (move.kind) {
      case 'wrong':
        this.#report(parent, move, move.wrong);
        return;
      case 'exit':
        this.#leave(parent, node, move);
        return;
      case 'state': {
        const id = this.#add(parent, node, move.state, move.action, move.steps, move.progress);
        if (id >= 0) this.#asks(parent, move);
        if (id < 0 || !move.repeatable || !node) return;
        if (move.state.thread.pc <= node.state.thread.pc) this.#loops = true;
        this.#edges.push({ from: parent, to: id });
      }
    }
  }

  /** Adds a state unless no global order can contain it. Returns the number of the one that stands for it, or -1. */
  #add(parent: number, node: Node | null, state: State, action: Action, steps: number, progress: Progress): number {
    if (!this.model.plausible(state)) return -1;
    const before = node?.progress ?? noProgress;
    const reached = latest(before, progress);
    const cost = (node?.cost ?? 0) + steps + sum(reached) - sum(before);
    if (cost >= this.options.below) return -1;
    return this.#frontier.add({ state, parent, action, cost, progress: reached });
  }

  /** The pass is over: was it one of the versions? */
  #leave(parent: number, node: Node | null, move: Extract<Move, { kind: 'exit' }>): void {
    const { state, exit, action } = move;
    const site = this.model.entrances[state.site];
    const versions = this.model.versions[state.site];
    if (!site || !versions) return;
    const outcome = outcomeOf(site, state.thread, exit);
    const address = action.kind === 'step' ? action.address : state.thread.pc;
    const nowhere = exit.kind === 'undeclared' || exit.kind === 'unknown';
    if (nowhere || !equivalent(outcome, versions, null)) {
      // A jump to nowhere that one version's own instructions make is the version's fault; otherwise two were mixed.
      const wild = nowhere && this.model.ofOneVersion(state);
      const reason = exit.kind === 'undeclared' ? 'nothing is declared there' : 'nobody set that value';
      this.#report(
        parent,
        move,
        wild ? { code: 'wild-jump', address, reason, exit } : { code: 'mixed', exit, address },
      );
      return;
    }
    const must = state.must ?? (state.late ? site.to : null);
    if (must !== null && !equivalent(outcome, versions, must))
      this.#report(parent, move, { code: 'mixed', exit, address });
    this.#stays(parent, node, move);
    if (!this.options.freshPass) {
      const again: State = { ...state, thread: enter(site), idle: true, versions: -1, last: '' };
      this.#add(parent, node, again, action, 1, move.progress);
    }
  }

  /** Does the thread outlive the protocol in a version that is to be retired, or in what that jumps to? */
  #asks(parent: number, move: Pick<Move, 'state' | 'action' | 'progress'>): void {
    const { state } = move;
    const asked = this.#holding(state, placeOf(this.model.layout, state.thread));
    if (asked.every((set) => set === 0) || state.must !== null || !this.model.outlives(state)) return;
    const found = { wrong: null, path: this.#path(parent, move), cost: this.#frontier.nodes[parent]?.cost ?? 0 };
    asked.forEach((set, site) => {
      this.#pending[site] = (this.#pending[site] ?? 0) & ~set;
      for (let version = 0; set >> version > 0; version++)
        if ((set >> version) & 1) this.#unretired.set(retiredKey(site, version), found);
    });
  }

  /** By site, of the versions that are still to be asked for, those that a thread in this place is in: bits. */
  #holding({ site: its, used }: State, place: string | null): number[] {
    return this.model.versions.map((versions, site) => {
      const reaching = versions.reduce(
        (set, { reaches }, i) => (place !== null && reaches.has(place) ? set | (1 << i) : set),
        site === its ? used : 0,
      );
      return reaching & (this.#pending[site] ?? 0);
    });
  }

  /** A thread that has jumped to a symbol and does not come back is inside it for as long as it likes. */
  #stays(parent: number, node: Node | null, move: Extract<Move, { kind: 'exit' }>): void {
    const { target, kind } = move.exit;
    const symbol = kind === 'end' && typeof target === 'bigint' ? this.model.layout.symbolAt(target) : null;
    if (symbol === null) return;
    const { state } = move;
    const freed = this.model.readings.over(symbol.address, 2) !== none;
    if (!freed && this.#holding(state, hex(symbol.address)).every((set) => set === 0)) return;
    const inside = { ...move, state: this.model.inside(state, symbol) };
    const id = this.#add(parent, node, inside.state, move.action, 1, move.progress);
    if (id >= 0) this.#asks(parent, inside);
  }

  /** Keeps the cheapest of each kind: the last step's own cost counts, so the first one found need not be it. */
  #report(parent: number, move: Pick<Move, 'state' | 'action' | 'progress'>, wrong: Wrong): void {
    const { state } = move;
    const node = this.#frontier.nodes[parent];
    const before = node?.progress ?? noProgress;
    const cost = (node?.cost ?? 0) + 1 + sum(latest(before, move.progress)) - sum(before);
    const known = state.late ? this.#ineffective : this.#found.get(wrong.code);
    if ((known && known.cost <= cost) || !this.model.possible(state)) return;
    const found = { wrong, path: this.#path(parent, move), cost };
    if (state.late) this.#ineffective = found;
    else this.#found.set(wrong.code, found);
  }

  #path(parent: number, { action, state }: Pick<Move, 'state' | 'action'>): Found['path'] {
    const path = [{ action, state }];
    for (let at = this.#frontier.nodes[parent]; at !== undefined; at = this.#frontier.nodes[at.parent])
      path.push({ action: at.action, state: at.state });
    return path.reverse();
  }

  /** Loops of instructions alone that nothing can end any more. */
  #findHangs(): void {
    for (const id of findCycles(this.#frontier.nodes.length, this.#edges)) {
      const node = this.#frontier.nodes[id];
      if (!node || this.model.endsLoops(node.state)) continue;
      this.#report(node.parent, node, { code: 'hang', address: node.state.thread.pc });
    }
  }
}
