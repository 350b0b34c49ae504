import type { Source } from '../checker/scenario';
import type { Verdict, VerdictKind } from '../checker/verdict';
import type { Check } from '../language/types';
import { type Identity, identify, moveSources } from './identity';
import type { Question, SpawnWorker } from './job';
import { type Task, WorkerPool } from './pool';
import {
  type CheckReport,
  type CheckStatus,
  type FileReport,
  invalidVerdict,
  type Limits,
  limitVerdict,
} from './report';

export interface ServiceOptions {
  readonly limits: Limits;
  /** Searches that may run at once. */
  readonly workers: number;
  /** First a verdict for every check, then, by a second search, its shortest trace or what it relies on. */
  readonly quickFirst: boolean;
}

/** How many finished searches are remembered. */
const cacheSize = 256;

/** The search that a check waits for. `verdict` means the status `checking`; `explanation` comes after a verdict. */
type Goal = 'verdict' | 'explanation';

interface Entry {
  readonly check: Check;
  /** Null where the text has errors: nothing to search. */
  readonly identity: Identity | null;
  wants: Goal | null;
  status: CheckStatus;
  verdict: Verdict | null;
  previous: VerdictKind | null;
  states: number;
  ms: number | null;
  failure: string | null;
}

interface FileState {
  readonly version: number;
  /** Nothing of it is searched while a check of another file waits. */
  readonly background: boolean;
  readonly entries: readonly Entry[];
}

interface Finished {
  readonly verdict: Verdict;
  /** The places of the scenario that was searched, in the order of `identify`. */
  readonly sources: readonly Source[];
  readonly ms: number;
  /** Nothing more is to be found out. */
  readonly complete: boolean;
}

interface CheckTask extends Task {
  readonly explain: boolean;
  readonly identity: Identity;
  readonly goal: Goal;
}

/**
 * Runs the checks of all open documents off the caller's thread and knows, at any moment, what may be said of each
 * text as it stands. Work is keyed by what a scenario says (`identify`), so equal scenarios are searched once, and an
 * edit that changes no scenario cancels nothing. Verdicts of older texts are never reported as current.
 */
export class CheckService {
  private readonly files = new Map<string, FileState>();
  private readonly cache = new Map<string, Finished>();
  private readonly listeners = new Set<(file: string) => void>();
  private readonly pool: WorkerPool<CheckTask>;
  private focused: string | null = null;

  constructor(
    spawn: SpawnWorker,
    private options: ServiceOptions,
  ) {
    this.pool = new WorkerPool<CheckTask>(spawn, {
      progress: (task, states) => this.progress(task, states),
      done: (task, finding, ms) => {
        if (finding.kind === 'check') this.finish(task, finding.verdict, ms);
      },
      limited: (task, limit, states) => this.finish(task, limitVerdict(limit, states), 0),
      failed: (task, reason) => this.fail(task, reason),
      idle: () => this.align(),
    });
  }

  /** Calls `listener` with the file whenever its report has changed; the return value ends that. */
  onChange(listener: (file: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * The checks of a file's text at `version`. Searches that no text wants any more are cancelled at once.
   * With `run` false only what is already known is reported, the rest is `stale`.
   * With `background` its searches are put aside while any other file's wait.
   */
  update(file: string, version: number, checks: readonly Check[], { run = true, background = false } = {}): void {
    const older = this.files.get(file)?.entries ?? [];
    const entries = checks.map((check): Entry => {
      const last = older.find((entry) => entry.check.protocol === check.protocol && entry.check.when === check.when);
      // What a variant is called does not change what it says.
      const identity = check.scenario ? identify({ ...check.scenario, when: null }) : null;
      const same = last?.identity?.key === identity?.key ? last : undefined;
      const entry: Entry = {
        check,
        identity,
        wants: null,
        status: 'stale',
        verdict: null,
        previous: last?.verdict?.verdict ?? last?.previous ?? null,
        states: same?.states ?? 0,
        ms: null,
        failure: null,
      };
      if (same?.status === 'failed') Object.assign(entry, { status: 'failed', failure: same.failure });
      else if (run || same?.wants) this.want(entry);
      else this.recall(entry);
      return entry;
    });
    this.files.set(file, { version, background, entries });
    this.align();
    this.changed(file);
  }

  /** Forgets a file; its searches are cancelled. */
  close(file: string): void {
    if (!this.files.delete(file)) return;
    this.align();
    this.changed(file);
  }

  /** The file whose checks go first: the one being edited or looked at. */
  focus(file: string | null): void {
    this.focused = file;
  }

  /** Stops the searches of `file`, or all: what was `checking` is `stale` until the next edit or `recheck`. */
  cancel(file?: string): void {
    this.forEach(file, (entry) => {
      if (entry.wants === null) return false;
      if (entry.wants === 'verdict') entry.status = 'stale';
      entry.wants = null;
      return true;
    });
    this.align();
  }

  /** Searches again what is stale, failed or ended at a limit. */
  recheck(file?: string): void {
    this.forEach(file, (entry) => {
      const { status, verdict, identity } = entry;
      if (!identity || (status === 'current' && verdict?.verdict !== 'inconclusive')) return false;
      if (verdict?.verdict === 'inconclusive') this.cache.delete(identity.key);
      this.want(entry);
      return true;
    });
    this.align();
  }

  /** New limits hold for searches from now on; what ended at an old limit is searched again. */
  setOptions(options: ServiceOptions): void {
    if (JSON.stringify(options) === JSON.stringify(this.options)) return;
    this.options = options;
    this.pool.renew();
    for (const [key, { verdict }] of this.cache) if (verdict.verdict === 'inconclusive') this.cache.delete(key);
    this.forEach(undefined, (entry) => {
      if (entry.verdict?.verdict !== 'inconclusive') return false;
      this.want(entry);
      return true;
    });
    this.align();
  }

  /** What is known of a file; null where it is not open. */
  report(file: string): FileReport | null {
    const state = this.files.get(file);
    if (!state) return null;
    const checks = state.entries.map(
      ({ check, status, verdict, wants, previous, states, ms, failure }): CheckReport => ({
        check,
        status,
        verdict,
        refining: wants === 'explanation',
        previous: status === 'current' ? null : previous,
        states,
        ms,
        failure,
      }),
    );
    return { file, version: state.version, checks };
  }

  /** Checks that are queued or under way, of one file or over all. */
  pending(file?: string): number {
    let count = 0;
    for (const [name, { entries }] of this.files) {
      if (file === undefined || name === file) count += entries.filter(({ wants }) => wants !== null).length;
    }
    return count;
  }

  /** Resolves when `done` holds; it is asked now and after every change. By default: nothing is pending. */
  settled(file?: string, done: () => boolean = () => this.pending(file) === 0): Promise<void> {
    if (done()) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.onChange(() => {
        if (!done()) return;
        stop();
        resolve();
      });
    });
  }

  /** Ends all workers. */
  dispose(): void {
    this.pool.dispose();
    this.listeners.clear();
  }

  private changed(file: string): void {
    for (const listener of [...this.listeners]) listener(file);
  }

  /** Applies `change` to the entries of one file or of all, and tells the listeners where one said true. */
  private forEach(file: string | undefined, change: (entry: Entry) => boolean): void {
    for (const [name, { entries }] of this.files) {
      if (file !== undefined && name !== file) continue;
      if (entries.filter(change).length > 0) this.changed(name);
    }
  }

  /** Queues the search that the entry lacks, after looking at what is known. */
  private want(entry: Entry): void {
    Object.assign(entry, { wants: 'verdict', status: 'checking', verdict: null, ms: null, failure: null });
    this.recall(entry);
  }

  /** Takes what is known of the entry's scenario. */
  private recall(entry: Entry): void {
    const { identity } = entry;
    if (!identity) {
      this.settle(entry, { verdict: invalidVerdict, sources: [], ms: 0, complete: true }, invalidVerdict);
      return;
    }
    const finished = this.cache.get(identity.key);
    // Null where a place cannot be moved to an edited text: then it is searched again.
    const verdict = finished && moveSources(finished.verdict, finished.sources, identity.sources);
    if (finished && verdict) this.settle(entry, finished, verdict);
  }

  private settle(entry: Entry, { ms, complete }: Finished, verdict: Verdict): void {
    const wants = complete || entry.wants === null ? null : 'explanation';
    Object.assign(entry, { wants, status: 'current', verdict, ms, states: verdict.states, failure: null });
  }

  /**
   * What waits for a search, the most urgent first: verdicts before explanations, the focused file, checks without
   * `when`, text order. Background files' searches only where nothing else waits: those under way are given up for it.
   */
  private queue(): CheckTask[] {
    const waiting: { task: CheckTask; rank: number; background: boolean }[] = [];
    for (const [file, { entries, background }] of this.files) {
      for (const { wants: goal, identity, check } of entries) {
        if (goal === null || !identity || !check.scenario) continue;
        const explain = goal === 'explanation' || !this.options.quickFirst;
        const rank = (goal === 'verdict' ? 0 : 4) + (file === this.focused ? 0 : 2) + (check.when === null ? 0 : 1);
        const question: Question = { kind: 'check', scenario: check.scenario, explain };
        const task = { key: `${goal} ${identity.key}`, question, explain, identity, goal };
        waiting.push({ task, rank, background });
      }
    }
    const foreground = waiting.filter(({ background }) => !background);
    const chosen = foreground.length > 0 ? foreground : waiting;
    return chosen.sort((a, b) => a.rank - b.rank).map(({ task }) => task);
  }

  private align(): void {
    this.pool.align(this.queue(), this.options.limits, this.options.workers);
  }

  private progress({ identity, goal }: CheckTask, states: number): void {
    if (goal === 'explanation') return;
    this.apply(identity.key, goal, (entry) => {
      entry.states = states;
    });
  }

  private finish({ identity: { key, sources }, goal, explain }: CheckTask, verdict: Verdict, ms: number): void {
    const decided = verdict.verdict === 'safe' || verdict.verdict === 'unsafe';
    const known = goal === 'explanation' ? this.cache.get(key) : undefined;
    // An explanation that hits a limit takes nothing away from the verdict that it was to explain.
    const finished: Finished =
      known && !decided ? { ...known, complete: true } : { verdict, sources, ms, complete: explain || !decided };
    this.cache.delete(key);
    this.cache.set(key, finished);
    for (const oldest of this.cache.keys()) {
      if (this.cache.size <= cacheSize) break;
      this.cache.delete(oldest);
    }
    this.apply(key, goal, (entry) => this.recall(entry));
  }

  private fail({ identity, goal }: CheckTask, failure: string): void {
    this.apply(identity.key, goal, (entry) => {
      Object.assign(entry, { wants: null, status: 'failed', verdict: null, failure });
    });
  }

  /** Applies `change` to every entry that waits for this search. */
  private apply(key: string, goal: Goal, change: (entry: Entry) => void): void {
    this.forEach(undefined, (entry) => {
      if (entry.wants !== goal || entry.identity?.key !== key) return false;
      change(entry);
      return true;
    });
  }
}
