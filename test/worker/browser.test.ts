import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JobMessage } from '../../server/src/service';
import type { WorkerEvents } from '../../server/src/service/job';
import { browserWorkers } from '../../server/src/worker/browser';

/** What stands for a browser's `Worker`. */
class StubWorker {
  static made: StubWorker[] = [];
  onmessage: ((event: { data: JobMessage }) => void) | null = null;
  onerror: ((event: { message?: string }) => void) | null = null;
  over = false;

  constructor(readonly url: string) {
    StubWorker.made.push(this);
  }

  postMessage(): void {}

  terminate(): void {
    this.over = true;
  }
}

let told: unknown[] = [];
const events: WorkerEvents = { message: (message) => told.push(message), exit: (exit) => told.push(exit) };

beforeEach(() => {
  StubWorker.made = [];
  told = [];
  vi.stubGlobal('Worker', StubWorker);
});
afterEach(() => vi.unstubAllGlobals());

test('a thread is started from a script of its own origin, which imports the checker', async () => {
  browserWorkers('https://cdn.example/checker-worker.js')(events);
  const url = StubWorker.made[0]?.url ?? '';
  expect(url).toMatch(/^blob:/);
  expect(await (await fetch(url)).text()).toBe('importScripts("https://cdn.example/checker-worker.js")');
});

test('a cancel ends the thread, and nothing that it still says is heard', () => {
  const worker = browserWorkers('x.js')(events);
  const [stub] = StubWorker.made;
  stub?.onmessage?.({ data: { kind: 'progress', id: 1, states: 5 } });
  expect(worker.cancel()).toBe('gone');
  expect(stub).toMatchObject({ over: true, onmessage: null, onerror: null });
  expect(told).toEqual([{ kind: 'progress', id: 1, states: 5 }]);
});

test('an error of the thread is a crash', () => {
  browserWorkers('x.js')(events);
  StubWorker.made[0]?.onerror?.({ message: 'boom' });
  expect(told).toEqual([{ kind: 'crash', message: 'boom' }]);
});
