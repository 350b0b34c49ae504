import type { Finding, Question, SpawnWorker } from './job';
import { WorkerPool } from './pool';
import type { Limits } from './report';

/** What became of a question. Exactly one of the three is not null. */
export interface Answer {
  readonly finding: Finding | null;
  /** The thread had to be ended at this limit, in words. */
  readonly limit: string | null;
  /** The checker or its thread broke; why, in words. */
  readonly failure: string | null;
  /** How long the search took, in milliseconds. */
  readonly ms: number;
}

/** A question that waits for its answer. */
export interface Inquiry {
  /** Never comes once `cancel` was called. */
  readonly answer: Promise<Answer>;
  /** Stops the search at once. */
  readonly cancel: () => void;
}

interface Waiting {
  readonly key: string;
  readonly question: Question;
  readonly progress: (steps: number) => void;
  readonly resolve: (answer: Answer) => void;
}

/** Single questions to the checker's threads, answered in the order in which they were asked. */
export class Inquiries {
  private readonly waiting = new Map<string, Waiting>();
  private readonly pool: WorkerPool<Waiting>;
  private asked = 0;

  /** @param size threads that may work at once; they are started when they are needed */
  constructor(
    spawn: SpawnWorker,
    private limits: Limits,
    private readonly size: number,
  ) {
    const answered = (waiting: Waiting, answer: Partial<Answer>): void => {
      this.waiting.delete(waiting.key);
      waiting.resolve({ finding: null, limit: null, failure: null, ms: 0, ...answer });
    };
    this.pool = new WorkerPool<Waiting>(spawn, {
      progress: (waiting, steps) => waiting.progress(steps),
      done: (waiting, finding, ms) => answered(waiting, { finding, ms }),
      limited: (waiting, limit) => answered(waiting, { limit }),
      failed: (waiting, failure) => answered(waiting, { failure }),
      idle: () => this.align(),
    });
  }

  /** @param progress is told now and then how many steps the search has made */
  ask(question: Question, progress: (steps: number) => void = () => {}): Inquiry {
    const key = `${++this.asked}`;
    const answer = new Promise<Answer>((resolve) => {
      this.waiting.set(key, { key, question, progress, resolve });
    });
    this.align();
    return {
      answer,
      cancel: () => {
        if (this.waiting.delete(key)) this.align();
      },
    };
  }

  /** New limits hold for what is asked from now on. */
  setLimits(limits: Limits): void {
    this.limits = limits;
    this.pool.renew();
  }

  dispose(): void {
    this.waiting.clear();
    this.pool.dispose();
  }

  private align(): void {
    this.pool.align([...this.waiting.values()], this.limits, this.size);
  }
}
