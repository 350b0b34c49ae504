import { describe, expect, test } from 'vitest';
import { check, defaultOptions } from '../../server/src/checker';
import { Playback } from '../../server/src/debug/playback';
import { analyze } from '../../server/src/language';
import { examples } from '../language/examples';
import { Session } from './session';

/** The mail's protocol without its trap-return fix-up: a trace that the checker itself has made. */
function checked() {
  const text = examples.find(({ path }) => path === 'ftrace/replay-auipc.cmodx')?.text ?? '';
  const file = 'file:///patches/replay-auipc.cmodx';
  const found = analyze(file, text, () => null).checks.find(({ when }) => when === 'without "on trap return"');
  if (!found?.scenario) throw new Error('the example has no such check');
  const [violation] = check(found.scenario, defaultOptions).violations;
  if (!violation) throw new Error('the check found nothing');
  return { recording: violation, texts: { [file]: text } };
}

const trace = checked();

describe('a trace of the checker', () => {
  test('every step is by a hart that its state has, and at a place where it is written', async () => {
    const playback = new Playback(trace.recording);
    for (const { hart, after } of trace.recording.trace) {
      expect(after.harts.map(({ name }) => name)).toContain(hart);
    }
    expect(playback.harts[0]).toBe('patcher');
  });

  test('steps to the violation and back show the same states', async () => {
    const session = new Session();
    await session.request('initialize', {});
    await session.request('launch', { trace });
    await session.request('configurationDone');
    const forwards = [await session.view()];
    while (!session.stop.startsWith('exception')) {
      await session.request('next', { threadId: 1 });
      forwards.push(await session.view());
    }
    expect(forwards).toHaveLength(trace.recording.trace.length + 1);
    const backwards = [await session.view()];
    while (!session.stop.startsWith('entry')) {
      await session.request('stepBack', { threadId: 1 });
      backwards.push(await session.view());
    }
    expect(backwards.reverse()).toEqual(forwards);
  });

  test("stops where the patcher is about to write JALR', and the executor may then fetch old or new", async () => {
    const session = new Session();
    await session.request('initialize', {});
    await session.request('launch', { trace });
    const [text = ''] = Object.values(trace.texts);
    const line = text.slice(0, text.indexOf("write JALR'")).split('\n').length;
    const source = { path: '/patches/replay-auipc.cmodx' };
    const { breakpoints } = await session.request('setBreakpoints', { source, breakpoints: [{ line }] });
    expect(breakpoints).toEqual([{ verified: true, line }]);
    await session.request('configurationDone');
    await session.request('continue', { threadId: 1 });
    expect(session.stop).toMatch(/^breakpoint 1: /);
    const fetch = async () => JSON.stringify(await session.request('evaluate', { expression: '0xffffffff80a00004' }));
    expect(await fetch()).toContain('jalr t0, t0');
    await session.request('next', { threadId: 1 });
    expect(await fetch()).toContain('jalr t0, 1664(t0)');
  });
});
