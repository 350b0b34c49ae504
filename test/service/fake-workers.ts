import type { LitmusResult, Witness } from '../../server/src/checker/litmus/test';
import type { Verdict } from '../../server/src/checker/verdict';
import type { CheckWorker, Job, SpawnWorker, WorkerExit } from '../../server/src/service';
import type { Finding, WorkerEvents } from '../../server/src/service/job';

/** A thread in the hands of a test: it does nothing until told. */
export class FakeWorker implements CheckWorker {
  job: Job | null = null;
  stopping = false;
  over = false;

  constructor(
    private readonly events: WorkerEvents,
    private readonly sharedMemory: boolean,
  ) {}

  run(job: Job): void {
    if (this.job) throw new Error('two jobs at once');
    this.job = job;
    this.stopping = false;
  }

  cancel(): 'stopping' | 'gone' {
    this.stopping = true;
    this.over = !this.sharedMemory;
    return this.sharedMemory ? 'stopping' : 'gone';
  }

  dispose(): void {
    this.over = true;
  }

  /** The name of what it searches: `protocol` or `protocol when condition`; null when idle. */
  get searching(): string | null {
    if (!this.job) return null;
    const { question } = this.job;
    if (question.kind !== 'check') return question.test.name;
    const { protocol, when } = question.scenario;
    return when === null ? protocol : `${protocol} when ${when}`;
  }

  progress(states: number): void {
    this.events.message({ kind: 'progress', id: this.take(false), states });
  }

  done(verdict: Verdict, ms = 1): void {
    this.found({ kind: 'check', verdict }, ms);
  }

  ran(result: LitmusResult, ms = 1): void {
    this.found({ kind: 'litmus', result }, ms);
  }

  witnessed(witness: Witness | null): void {
    this.found({ kind: 'witness', witness, limit: null }, 1);
  }

  private found(finding: Finding, ms: number): void {
    this.events.message({ kind: 'done', id: this.take(), finding, ms });
  }

  cancelled(): void {
    this.events.message({ kind: 'cancelled', id: this.take() });
  }

  error(message: string): void {
    this.events.message({ kind: 'error', id: this.take(), message });
  }

  exit(exit: WorkerExit): void {
    this.over = true;
    this.events.exit(exit);
  }

  private take(over = true): number {
    if (!this.job) throw new Error('no job');
    const { id } = this.job;
    if (over) this.job = null;
    return id;
  }
}

/** All threads that a service has started, in order. */
export function fakeWorkers({ sharedMemory = true } = {}): { spawn: SpawnWorker; workers: FakeWorker[] } {
  const workers: FakeWorker[] = [];
  return {
    workers,
    spawn(events) {
      const worker = new FakeWorker(events, sharedMemory);
      workers.push(worker);
      return worker;
    },
  };
}
