import { beforeAll, describe, expect, test } from 'vitest';
import { findWitness } from '../../server/src/checker/litmus';
import type { TraceSource } from '../../server/src/debug/adapter';
import { recordingOf } from '../../server/src/features/litmus/recording';
import { litmusOptions } from '../../server/src/service';
import { at, mp, read } from '../features/litmus/support';
import { Session } from './session';

const file = 'test.litmus';
const state = '1:x5=1; 1:x7=0;';
const text = mp();

/** The line (from 1) of some words of the test. */
const lineOf = (words: string): number => text.slice(0, at(text, words)).split('\n').length;

function witnessed(): TraceSource {
  const { test: litmus } = read(text);
  if (!litmus) throw new Error('no test');
  const witness = findWitness(litmus, litmusOptions(litmus, { memory: null, fetch: null }), state);
  if (!witness) throw new Error('no witness');
  return { recording: recordingOf(litmus, witness), texts: { [file]: text } };
}

describe('a witness of a final state in the debugger', () => {
  let trace: TraceSource;
  let steps = 0;
  beforeAll(() => {
    trace = witnessed();
    steps = trace.recording.trace.length;
  });

  async function started(lines: readonly number[] = []): Promise<Session> {
    const session = new Session();
    await session.request('initialize', { adapterID: 'cmodx' });
    await session.request('launch', { trace });
    await session.request('setBreakpoints', { source: { path: file }, breakpoints: lines.map((line) => ({ line })) });
    await session.request('configurationDone');
    return session;
  }

  test('has a thread for each of the test, which begins at its first instruction', async () => {
    const session = await started();
    expect(await session.request('threads')).toEqual({
      threads: [
        { id: 1, name: 'P0' },
        { id: 2, name: 'P1' },
      ],
    });
    const { stackFrames } = (await session.request('stackTrace', { threadId: 1 })) as {
      stackFrames: { name: string; line: number }[];
    };
    expect(stackFrames[0]?.line).toBe(lineOf('sw x5,0(x6)'));
    expect(session.stop).toBe(`entry ${trace.recording.trace[0]?.hart === 'P0' ? 1 : 2}: Step 0 of ${steps}`);
  });

  test('ends in the final state, which is no exception', async () => {
    const session = await started();
    await session.request('continue', { threadId: 1 });
    expect(session.stop).toMatch(new RegExp(`^step \\d: Final state: ${state}$`));
    await expect(session.request('exceptionInfo', { threadId: 1 })).rejects.toThrow('no violation here');
    expect(await session.request('evaluate', { expression: 'x7', frameId: 2 })).toMatchObject({ result: '0' });
  });

  test('each step back shows what the step forward had shown before it', async () => {
    const session = await started();
    const seen: unknown[] = [];
    for (let step = 0; step < steps; step++) {
      seen.push(await session.view());
      await session.request('next', { threadId: 1 });
    }
    for (const view of seen.reverse()) {
      await session.request('stepBack', { threadId: 1 });
      expect(await session.view()).toEqual(view);
    }
    expect(session.stop).toContain('Step 0');
  });

  test('stops at breakpoints in the cells of the test', async () => {
    const session = await started([lineOf('lw x7,0(x8)')]);
    await session.request('continue', { threadId: 1 });
    expect(session.stop).toMatch(/^breakpoint /);
  });
});
