import type { Source } from '../checker/scenario';
import type { Verdict, VerdictKind } from '../checker/verdict';
import type { Check } from '../language/types';
import { type Identity, identify, moveVerdict } from './identity';
import type { CheckWorker, Job, JobMessage, SpawnWorker, WorkerExit } from './job';
import {
  type CheckReport,
  type CheckStatus,
  type FileReport,
  invalidVerdict,
  type Limits,
  limitVerdict,
  memoryLimitText,
} from './report';

export interface ServiceOptions {
  readonly limits: Limits;
  /** Searches that may run at once. */
  readonly workers: number;
}

/** How many finished searches are remembered. */
const cacheSize = 256;

interface Entry {
  readonly check: Check;
  /** Null where the text has errors: nothing to search. */
  readonly identity: Identity | null;
  status: CheckStatus;
  verdict: Verdict | null;
  previous: VerdictKind | null;
  states: number;
  ms: number | null;
  failure: string | null;
}

interface FileState {
  readonly version: number;
  readonly entries: readonly Entry[];
}

interface Finished {
  readonly verdict: Verdict;
  readonly sources: readonly Source[];
  readonly ms: number;
}

interface Running {
  readonly job: Job;
  readonly identity: Identity;
  stopping: boolean;
  states: number;
}

interface Slot {
  readonly worker: CheckWorker;
  running: Running | null;
}

/**
 * Runs the checks of all open documents off the caller's thread and knows, at any moment, what may be said of each
 * text as it stands. Work is keyed by what a scenario says (`identify`), so equal scenarios are searched once, and an
 * edit that changes no scenario cancels nothing. Verdicts of older texts are never reported as current.
 */
export class CheckService {
  private readonly files = new Map<string, FileState>();
  private readonly cache = new Map<string, Finished>();
  private readonly slots: Slot[] = [];
  private readonly listeners = new Set<(file: string) => void>();
  private focused: string | null = null;
  private nextJob = 1;
  private disposed = false;

  constructor(
    private readonly spawn: SpawnWorker,
    private options: ServiceOptions,
  ) {}

  /** Calls `listener` with the file whenever its report has changed; the return value ends that. */
  onChange(listener: (file: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * The checks of a file's text at `version`. Searches that no text wants any more are cancelled at once.
   * With `run` false only what is already known is reported, the rest is `stale`.
   */
  update(file: string, version: number, checks: readonly Check[], run = true): void {
    const older = this.files.get(file)?.entries ?? [];
    const entries = checks.map((check): Entry => {
      const last = older.find((entry) => entry.check.protocol === check.protocol && entry.check.when === check.when);
      const identity = check.scenario ? identify(check.scenario) : null;
      const unchanged = last?.identity?.key === identity?.key ? last : undefined;
      const entry: Entry = {
        check,
        identity,
        status:
          unchanged?.status === 'failed' ? 'failed' : run || unchanged?.status === 'checking' ? 'checking' : 'stale',
        verdict: null,
        previous: last?.verdict?.verdict ?? last?.previous ?? null,
        states: unchanged?.states ?? 0,
        ms: null,
        failure: unchanged?.failure ?? null,
      };
      this.settleFromCache(entry);
      return entry;
    });
    this.files.set(file, { version, entries });
    this.pump();
    this.changed(file);
  }

  /** Forgets a file; its searches are cancelled. */
  close(file: string): void {
    if (!this.files.delete(file)) return;
    this.pump();
    this.changed(file);
  }

  /** The file whose checks go first: the one being edited or looked at. */
  focus(file: string | null): void {
    this.focused = file;
  }

  /** Stops the searches of `file`, or all: what was `checking` is `stale` until the next edit or `recheck`. */
  cancel(file?: string): void {
    this.forEach(file, (entry) => {
      if (entry.status !== 'checking') return false;
      entry.status = 'stale';
      return true;
    });
    this.pump();
  }

  /** Searches again what is stale, failed or ended at a limit. */
  recheck(file?: string): void {
    this.forEach(file, (entry) => {
      const again = entry.status === 'stale' || entry.status === 'failed' || entry.verdict?.verdict === 'inconclusive';
      if (!again || !entry.identity) return false;
      this.cache.delete(entry.identity.key);
      Object.assign(entry, { status: 'checking', verdict: null, states: 0, ms: null, failure: null });
      return true;
    });
    this.pump();
  }

  /** New limits hold for searches from now on; what ended at an old limit is searched again. */
  setOptions(options: ServiceOptions): void {
    if (JSON.stringify(options) === JSON.stringify(this.options)) return;
    this.options = options;
    // Threads are started for the limits of their time.
    for (const slot of this.slots.filter(({ running }) => running === null)) {
      this.slots.splice(this.slots.indexOf(slot), 1);
      slot.worker.dispose();
    }
    for (const [key, finished] of this.cache) if (finished.verdict.verdict === 'inconclusive') this.cache.delete(key);
    this.forEach(undefined, (entry) => {
      if (entry.verdict?.verdict !== 'inconclusive') return false;
      Object.assign(entry, { status: 'checking', verdict: null, states: 0, ms: null });
      return true;
    });
    this.pump();
  }

  /** What is known of a file; null where it is not open. */
  report(file: string): FileReport | null {
    const state = this.files.get(file);
    if (!state) return null;
    const checks = state.entries.map(
      ({ check, status, verdict, previous, states, ms, failure }): CheckReport => ({
        check,
        status,
        verdict,
        previous: status === 'current' ? null : previous,
        states,
        ms,
        failure,
      }),
    );
    return { file, version: state.version, checks };
  }

  /** Open files, in the order in which they were opened. */
  openFiles(): string[] {
    return [...this.files.keys()];
  }

  /** Checks that are queued or under way, of one file or over all. */
  pending(file?: string): number {
    let count = 0;
    for (const [name, { entries }] of this.files) {
      if (file === undefined || name === file) count += entries.filter(({ status }) => status === 'checking').length;
    }
    return count;
  }

  /** Resolves when nothing of the file, or of any, is queued or under way. */
  settled(file?: string): Promise<void> {
    if (this.pending(file) === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.onChange(() => {
        if (this.pending(file) > 0) return;
        stop();
        resolve();
      });
    });
  }

  /** Ends all workers. */
  dispose(): void {
    this.disposed = true;
    for (const slot of this.slots.splice(0)) slot.worker.dispose();
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

  private settle(entry: Entry, verdict: Verdict, ms: number): void {
    Object.assign(entry, { status: 'current', verdict, ms, states: verdict.states, failure: null });
  }

  private settleFromCache(entry: Entry): void {
    if (!entry.identity) {
      this.settle(entry, invalidVerdict, 0);
      return;
    }
    const finished = this.cache.get(entry.identity.key);
    const verdict = finished && moveVerdict(finished.verdict, finished.sources, entry.identity.sources);
    if (finished && verdict) this.settle(entry, verdict, finished.ms);
  }

  /** What waits for a search, the most urgent first: the focused file, then checks without `when`, then text order. */
  private queue(): Identity[] {
    const waiting: { identity: Identity; rank: number }[] = [];
    for (const [file, { entries }] of this.files) {
      for (const { status, identity, check } of entries) {
        if (status !== 'checking' || !identity) continue;
        waiting.push({ identity, rank: (file === this.focused ? 0 : 2) + (check.when === null ? 0 : 1) });
      }
    }
    return waiting.sort((a, b) => a.rank - b.rank).map(({ identity }) => identity);
  }

  /** Brings the workers into line with what is wanted: cancels what is not, starts what waits. */
  private pump(): void {
    if (this.disposed) return;
    const queue = this.queue();
    const wanted = new Set(queue.map(({ key }) => key));
    for (const slot of [...this.slots]) {
      const { running } = slot;
      if (!running || running.stopping || wanted.has(running.identity.key)) continue;
      if (slot.worker.cancel() === 'gone') this.slots.splice(this.slots.indexOf(slot), 1);
      else running.stopping = true;
    }
    const underWay = new Set(
      this.slots.flatMap(({ running }) => (running && !running.stopping ? [running.identity.key] : [])),
    );
    for (const identity of queue) {
      if (underWay.has(identity.key)) continue;
      const slot = this.slots.find(({ running }) => running === null) ?? this.grow();
      if (!slot) return;
      underWay.add(identity.key);
      this.start(slot, identity);
    }
  }

  private start(slot: Slot, identity: Identity): void {
    for (const { entries } of this.files.values()) {
      const entry = entries.find((candidate) => candidate.identity?.key === identity.key);
      if (!entry?.check.scenario) continue;
      const job: Job = { id: this.nextJob++, scenario: entry.check.scenario, limits: this.options.limits };
      slot.running = { job, identity, stopping: false, states: 0 };
      slot.worker.run(job);
      return;
    }
  }

  private grow(): Slot | null {
    if (this.slots.length >= this.options.workers) return null;
    const slot: Slot = {
      worker: this.spawn({
        message: (message) => this.receive(slot, message),
        exit: (exit) => this.lost(slot, exit),
      }),
      running: null,
    };
    this.slots.push(slot);
    return slot;
  }

  private receive(slot: Slot, message: JobMessage): void {
    const { running } = slot;
    if (this.disposed || !running || running.job.id !== message.id || !this.slots.includes(slot)) return;
    const { key, sources } = running.identity;
    if (message.kind === 'progress') {
      running.states = message.states;
      if (!running.stopping)
        this.apply(key, (entry) => {
          entry.states = message.states;
        });
      return;
    }
    slot.running = null;
    if (message.kind === 'done') this.finish(key, { verdict: message.verdict, sources, ms: message.ms });
    else if (message.kind === 'error' && !running.stopping) this.fail(key, `the checker failed: ${message.message}`);
    this.pump();
  }

  private lost(slot: Slot, exit: WorkerExit): void {
    const index = this.slots.indexOf(slot);
    if (this.disposed || index < 0) return;
    this.slots.splice(index, 1);
    const { running } = slot;
    if (running && !running.stopping) {
      const { key, sources } = running.identity;
      if (exit.kind === 'memory') {
        const verdict = limitVerdict(memoryLimitText(this.options.limits), running.states);
        this.finish(key, { verdict, sources, ms: 0 });
      } else this.fail(key, `the checker's worker ended: ${exit.message}`);
    }
    this.pump();
  }

  private finish(key: string, finished: Finished): void {
    this.cache.delete(key);
    this.cache.set(key, finished);
    for (const oldest of this.cache.keys()) {
      if (this.cache.size <= cacheSize) break;
      this.cache.delete(oldest);
    }
    this.apply(key, (entry) => {
      // A place that cannot be moved to an edited text (see moveVerdict) is searched for again: the entry stays queued.
      const verdict = entry.identity && moveVerdict(finished.verdict, finished.sources, entry.identity.sources);
      if (verdict) this.settle(entry, verdict, finished.ms);
    });
  }

  private fail(key: string, failure: string): void {
    this.apply(key, (entry) => void Object.assign(entry, { status: 'failed', verdict: null, failure }));
  }

  /** Applies `change` to every waiting entry with this key. */
  private apply(key: string, change: (entry: Entry) => void): void {
    this.forEach(undefined, (entry) => {
      if (entry.status !== 'checking' || entry.identity?.key !== key) return false;
      change(entry);
      return true;
    });
  }
}
