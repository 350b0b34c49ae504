import type { LitmusOptions, LitmusResult, LitmusTest, Observation, Witness } from '../checker/litmus/test';
import type { Source } from '../checker/scenario';
import { type Identity, identify, moveSources } from './identity';
import { type Answer, Inquiries, type Inquiry } from './inquiries';
import type { SpawnWorker } from './job';
import type { CheckStatus, Limits } from './report';

/** What is known of the litmus test of a text as it stands. */
export interface LitmusReport {
  readonly file: string;
  /** Of the text that it belongs to. */
  readonly version: number;
  /** Null: the text has errors, there is nothing to run; the status is then `stale`. */
  readonly test: LitmusTest | null;
  readonly options: LitmusOptions;
  readonly status: CheckStatus;
  /** Only with `current`; its places are those of the text as it stands. */
  readonly result: LitmusResult | null;
  /** What the last finished run of an older text, or under another model, observed; null where there was none. */
  readonly previous: Observation | null;
  /** Steps so far (`checking`) or in all (`current`). */
  readonly steps: number;
  /** How long the run took, in milliseconds; null unless `current`. */
  readonly ms: number | null;
  readonly failure: string | null;
}

/** How a final state of a text comes about, or why that is not known. */
export interface WitnessReport {
  readonly version: number;
  readonly test: LitmusTest;
  readonly witness: Witness | null;
  /** Why there is none: a limit, or that the checker broke; null where the state just does not occur. */
  readonly reason: string | null;
}

interface Finished {
  readonly result: LitmusResult;
  readonly sources: readonly Source[];
  readonly ms: number;
}

interface Entry {
  readonly version: number;
  readonly test: LitmusTest | null;
  readonly options: LitmusOptions;
  /** What test and options say; null where there is no test. */
  readonly identity: Identity | null;
  running: Inquiry | null;
  status: CheckStatus;
  result: LitmusResult | null;
  previous: Observation | null;
  steps: number;
  ms: number | null;
  failure: string | null;
}

/** How many finished runs are remembered. */
const cacheSize = 64;

/** The result of a run that was ended at a limit from outside: nothing is known. */
export function limitedResult(limit: string): LitmusResult {
  return { states: [], positive: 0, negative: 0, observation: null, holds: null, limit, fault: null, steps: 0 };
}

/**
 * Runs the litmus tests of all open documents off the caller's thread and knows, at any moment, what may be said of
 * each text as it stands, as `CheckService` does for protocols: a result of an older text is never reported as current,
 * an edit that changes no test runs nothing again, and one that does stops the old run at once.
 */
export class LitmusService {
  private readonly files = new Map<string, Entry>();
  private readonly cache = new Map<string, Finished>();
  private readonly listeners = new Set<(file: string) => void>();
  private readonly inquiries: Inquiries;

  constructor(spawn: SpawnWorker, limits: Limits, workers: number) {
    this.inquiries = new Inquiries(spawn, limits, workers);
  }

  /** Calls `listener` with the file whenever its report has changed; the return value ends that. */
  onChange(listener: (file: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * The test of a file's text at `version`, null where the text has errors. With `run` false only what is already known
   * is reported, the rest is `stale`.
   */
  update(file: string, version: number, test: LitmusTest | null, options: LitmusOptions, run = true): void {
    const last = this.files.get(file);
    const identity = test && identify({ test, options });
    const same = last?.identity?.key === identity?.key ? last : undefined;
    const entry: Entry = {
      version,
      test,
      options,
      identity,
      running: null,
      status: 'stale',
      result: null,
      previous: last?.result?.observation ?? last?.previous ?? null,
      steps: 0,
      ms: null,
      failure: null,
    };
    this.files.set(file, entry);
    if (last?.running && same) this.adopt(entry, same);
    else last?.running?.cancel();
    if (same?.status === 'failed') Object.assign(entry, { status: 'failed', failure: same.failure });
    else if (!this.recall(entry) && run && !entry.running) this.start(file, entry);
    this.changed(file);
  }

  /** Forgets a file; its run is cancelled. */
  close(file: string): void {
    this.files.get(file)?.running?.cancel();
    if (this.files.delete(file)) this.changed(file);
  }

  /** Stops the runs of all files: what was `checking` is `stale` until the next edit or `rerun`. */
  cancel(): void {
    for (const [file, entry] of this.files) {
      if (!entry.running) continue;
      entry.running.cancel();
      Object.assign(entry, { running: null, status: 'stale' });
      this.changed(file);
    }
  }

  /** Runs again what is stale, failed or ended at a limit. */
  rerun(file: string): void {
    const entry = this.files.get(file);
    if (!entry?.identity || entry.running) return;
    if (entry.status === 'current' && entry.result?.limit === null) return;
    this.cache.delete(entry.identity.key);
    this.start(file, entry);
    this.changed(file);
  }

  /** New limits hold for runs from now on; what ended at an old limit is run again. */
  setLimits(limits: Limits): void {
    this.inquiries.setLimits(limits);
    for (const [file, { result }] of this.files) if (result && result.limit !== null) this.rerun(file);
  }

  /** What is known of a file; null where it is not open. */
  report(file: string): LitmusReport | null {
    const entry = this.files.get(file);
    if (!entry) return null;
    const { version, test, options, status, result, previous, steps, ms, failure } = entry;
    const before = status === 'current' ? null : previous;
    return { file, version, test, options, status, result, previous: before, steps, ms, failure };
  }

  /**
   * How a final state of the text as it stands comes about, by a search of its own; null where the file is not open or
   * its text has errors, or has changed meanwhile.
   */
  async witness(file: string, state: string): Promise<WitnessReport | null> {
    const entry = this.files.get(file);
    if (!entry?.test) return null;
    const { version, test, options } = entry;
    const { finding, limit, failure } = await this.inquiries.ask({ kind: 'witness', test, options, state }).answer;
    if (this.files.get(file) !== entry) return null;
    const found = finding?.kind === 'witness' ? finding : null;
    return { version, test, witness: found?.witness ?? null, reason: failure ?? limit ?? found?.limit ?? null };
  }

  /** Resolves when the file's run is over. */
  settled(file: string): Promise<void> {
    const done = (): boolean => this.files.get(file)?.status !== 'checking';
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
    this.inquiries.dispose();
    this.listeners.clear();
  }

  private changed(file: string): void {
    for (const listener of [...this.listeners]) listener(file);
  }

  /** The run of an older text that says the same goes on for this one. */
  private adopt(entry: Entry, { running, steps }: Entry): void {
    Object.assign(entry, { running, steps, status: 'checking' });
  }

  /** Takes what is known of the entry's test; false where nothing is. */
  private recall(entry: Entry): boolean {
    const finished = entry.identity && this.cache.get(entry.identity.key);
    const result = finished && moveSources(finished.result, finished.sources, entry.identity?.sources ?? []);
    if (!finished || !result) return false;
    Object.assign(entry, { running: null, status: 'current', result, ms: finished.ms, steps: result.steps });
    return true;
  }

  private start(file: string, entry: Entry): void {
    const { test, options, identity } = entry;
    if (!test || !identity) return;
    /** The entry that waits for this run: an edit may have put another in its place. */
    const waiting = (): Entry | null => {
      const current = this.files.get(file);
      return current?.running === running && current.identity?.key === identity.key ? current : null;
    };
    const running = this.inquiries.ask({ kind: 'litmus', test, options }, (steps) => {
      const current = waiting();
      if (!current) return;
      current.steps = steps;
      this.changed(file);
    });
    Object.assign(entry, { running, status: 'checking', result: null, ms: null, failure: null });
    void running.answer.then((answer) => {
      this.remember(identity, answer);
      const current = waiting();
      if (!current) return;
      current.running = null;
      if (answer.failure !== null) {
        Object.assign(current, { status: 'failed', failure: answer.failure });
      } else if (!this.recall(current)) {
        // A place that cannot be moved to an edited text: it is run again.
        this.start(file, current);
      }
      this.changed(file);
    });
  }

  private remember({ key, sources }: Identity, { finding, limit, ms }: Answer): void {
    const found = finding?.kind === 'litmus' ? finding.result : null;
    const result = found ?? (limit === null ? null : limitedResult(limit));
    if (!result) return;
    this.cache.set(key, { result, sources, ms });
    for (const oldest of this.cache.keys()) {
      if (this.cache.size <= cacheSize) break;
      this.cache.delete(oldest);
    }
  }
}
