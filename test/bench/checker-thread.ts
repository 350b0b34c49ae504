import type { Scenario } from '../../server/src/checker/scenario';
import type { Verdict } from '../../server/src/checker/verdict';
import { type CheckWorker, defaultLimits, type JobMessage } from '../../server/src/service';
import { nodeWorkers } from '../../server/src/worker/node';

/** A checker thread of the shipped bundle, as the editor and the command line use it: what `check()` alone takes. */
export class CheckerThread {
  private readonly worker: CheckWorker;
  private answer: (message: JobMessage) => void = () => {};
  private failed: (error: Error) => void = () => {};
  private jobs = 0;

  /** @param script path of checker-worker.js */
  constructor(script: string) {
    this.worker = nodeWorkers(
      script,
      () => defaultLimits,
    )({
      message: (message) => this.answer(message),
      exit: ({ message }) => this.failed(new Error(message)),
    });
  }

  /**
   * One check; the first of a thread is cold, because each thread compiles for itself.
   * @param explain with shortest traces, the lowest rung and what the verdict relies on
   * @returns the time as the thread measures it, in milliseconds
   */
  check(scenario: Scenario, explain: boolean): Promise<{ readonly verdict: Verdict; readonly ms: number }> {
    const id = ++this.jobs;
    return new Promise((resolve, reject) => {
      this.failed = reject;
      this.answer = (message) => {
        if (message.kind === 'done' && message.finding.kind === 'check') {
          resolve({ verdict: message.finding.verdict, ms: message.ms });
        } else if (message.kind !== 'progress') reject(new Error(`the checker answered ${message.kind}`));
      };
      this.worker.run({ id, question: { kind: 'check', scenario, explain }, limits: defaultLimits });
    });
  }

  dispose(): void {
    this.worker.dispose();
  }
}

/** One check cold and then so many warm ones, on a thread of its own, in milliseconds. */
export async function coldAndWarm(
  script: string,
  scenario: Scenario,
  explain: boolean,
  runs: number,
): Promise<{ readonly verdict: Verdict; readonly cold: number; readonly warm: readonly number[] }> {
  const thread = new CheckerThread(script);
  try {
    const { verdict, ms: cold } = await thread.check(scenario, explain);
    const warm: number[] = [];
    for (let run = 0; run < runs; run++) warm.push((await thread.check(scenario, explain)).ms);
    return { verdict, cold, warm };
  } finally {
    thread.dispose();
  }
}
