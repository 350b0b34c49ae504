import type { CheckWorker, Finding, Job, JobMessage, Question, SpawnWorker, WorkerExit } from './job';
import { type Limits, memoryLimitText } from './report';

/** One search that somebody waits for. Tasks with one `key` are the same search. */
export interface Task {
  readonly key: string;
  readonly question: Question;
}

/** What becomes of tasks. A task that `align` has dropped ends silently. */
export interface PoolEvents<T extends Task> {
  progress(task: T, states: number): void;
  done(task: T, finding: Finding, ms: number): void;
  /** The thread had to be ended at a limit, in words, after so many states. */
  limited(task: T, limit: string, states: number): void;
  /** The checker or its thread broke; why, in words. */
  failed(task: T, reason: string): void;
  /** A thread is free: `align` may start what waits. */
  idle(): void;
}

interface Running<T> {
  readonly task: T;
  readonly job: Job;
  stopping: boolean;
  states: number;
}

interface Slot<T> {
  readonly worker: CheckWorker;
  running: Running<T> | null;
}

/** A few threads that work on the most urgent of the tasks that are wanted, and stop what no one wants any more. */
export class WorkerPool<T extends Task> {
  private readonly slots: Slot<T>[] = [];
  private nextJob = 1;
  private disposed = false;

  constructor(
    private readonly spawn: SpawnWorker,
    private readonly events: PoolEvents<T>,
  ) {}

  /**
   * Brings the threads into line with what is wanted.
   * @param tasks all that is wanted, the most urgent first
   * @param size threads that may work at once
   */
  align(tasks: readonly T[], limits: Limits, size: number): void {
    if (this.disposed) return;
    const wanted = new Set(tasks.map(({ key }) => key));
    for (const slot of [...this.slots]) {
      const { running } = slot;
      if (!running || running.stopping || wanted.has(running.task.key)) continue;
      if (slot.worker.cancel() === 'gone') this.drop(slot);
      else running.stopping = true;
    }
    const underWay = new Set(
      this.slots.flatMap(({ running }) => (running && !running.stopping ? [running.task.key] : [])),
    );
    for (const task of tasks) {
      if (underWay.has(task.key)) continue;
      const slot = this.slots.find(({ running }) => running === null) ?? this.grow(size);
      if (!slot) return;
      underWay.add(task.key);
      const job: Job = { id: this.nextJob++, question: task.question, limits };
      slot.running = { task, job, stopping: false, states: 0 };
      slot.worker.run(job);
    }
  }

  /** Ends the threads that do nothing: threads are started for the limits of their time. */
  renew(): void {
    for (const slot of this.slots.filter(({ running }) => running === null)) {
      this.drop(slot);
      slot.worker.dispose();
    }
  }

  dispose(): void {
    this.disposed = true;
    for (const slot of this.slots.splice(0)) slot.worker.dispose();
  }

  private grow(size: number): Slot<T> | null {
    if (this.slots.length >= size) return null;
    const slot: Slot<T> = {
      worker: this.spawn({
        message: (message) => this.receive(slot, message),
        exit: (exit) => this.lost(slot, exit),
      }),
      running: null,
    };
    this.slots.push(slot);
    return slot;
  }

  private drop(slot: Slot<T>): boolean {
    const index = this.slots.indexOf(slot);
    if (index >= 0) this.slots.splice(index, 1);
    return index >= 0;
  }

  private receive(slot: Slot<T>, message: JobMessage): void {
    const { running } = slot;
    if (this.disposed || !running || running.job.id !== message.id || !this.slots.includes(slot)) return;
    const { task, stopping } = running;
    if (message.kind === 'progress') {
      running.states = message.states;
      if (!stopping) this.events.progress(task, message.states);
      return;
    }
    slot.running = null;
    if (message.kind === 'done') this.events.done(task, message.finding, message.ms);
    else if (message.kind === 'error' && !stopping) this.events.failed(task, `the checker failed: ${message.message}`);
    this.events.idle();
  }

  private lost(slot: Slot<T>, exit: WorkerExit): void {
    if (this.disposed || !this.drop(slot)) return;
    const { running } = slot;
    if (running && !running.stopping) {
      const { task, job, states } = running;
      if (exit.kind === 'memory') this.events.limited(task, memoryLimitText(job.limits), states);
      else this.events.failed(task, `the checker's worker ended: ${exit.message}`);
    }
    this.events.idle();
  }
}
