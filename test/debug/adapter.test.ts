import { describe, expect, test } from 'vitest';
import { program, trace } from './fixture';
import { Session } from './session';

const source = { path: '/patches/naive.cmodx' };

describe('launching', () => {
  test('says that it can step back, and stops before the first step, at the hart that acts', async () => {
    const session = new Session();
    expect(await session.request('initialize', {})).toMatchObject({ supportsStepBack: true });
    await session.request('launch', { trace });
    await session.request('configurationDone');
    expect(session.stop).toBe('entry 1: Step 0 of 4');
  });

  test('can run to the violation at once', async () => {
    const session = await Session.started({ stopOnEntry: false });
    expect(session.stop).toBe('exception 2: Violation: mixed');
  });

  test('asks for the trace of a program and its protocol', async () => {
    const session = new Session((args) => {
      expect(args).toMatchObject({ program: 'naive.cmodx', protocol: 'naive', when: 'pinned' });
      return Promise.resolve(trace);
    });
    await session.request('launch', { program: 'naive.cmodx', protocol: 'naive', when: 'pinned' });
    expect(await session.request('threads')).toEqual({
      threads: [
        { id: 1, name: 'patcher' },
        { id: 2, name: 'hart 1' },
      ],
    });
  });

  test('fails in words where there is no trace', async () => {
    await expect(new Session().request('launch', { program: 'x.cmodx' })).rejects.toThrow('there is no such trace');
  });
});

describe('moving', () => {
  test('each step back shows exactly what was shown before the step', async () => {
    const session = await Session.started();
    const forwards = [await session.view()];
    for (let i = 0; i < 4; i++) {
      await session.request(i % 2 ? 'stepIn' : 'next', { threadId: 1 });
      forwards.push(await session.view());
    }
    expect(new Set(forwards.map((view) => JSON.stringify(view))).size).toBe(5);
    expect(session.stop).toBe('exception 2: Violation: mixed');
    const backwards = [await session.view()];
    for (let i = 0; i < 4; i++) {
      await session.request('stepBack', { threadId: 1 });
      backwards.push(await session.view());
    }
    expect(backwards.reverse()).toEqual(forwards);
    expect(session.stop).toBe('entry 1: Step 0 of 4');
  });

  test('continue ends at the violation and stays there; reverse continue at the start', async () => {
    const session = await Session.started();
    await session.request('continue', { threadId: 1 });
    expect(session.stop).toBe('exception 2: Violation: mixed');
    await session.request('continue', { threadId: 1 });
    expect(session.stop).toBe('exception 2: Violation: mixed');
    await session.request('reverseContinue', { threadId: 1 });
    expect(session.stop).toBe('entry 1: Step 0 of 4');
  });

  test('step out runs until another hart is to act', async () => {
    const session = await Session.started();
    await session.request('stepOut', { threadId: 1 });
    expect(session.stop).toBe('step 2: Step 1 of 4');
    await session.request('stepOut', { threadId: 2 });
    expect(session.stop).toBe('exception 2: Violation: mixed');
  });

  test('restart goes back to the first step', async () => {
    const session = await Session.started({ stopOnEntry: false });
    await session.request('restart');
    expect(session.stop).toBe('entry 1: Step 0 of 4');
  });
});

describe('breakpoints', () => {
  test('are verified on lines that the trace has and only there', async () => {
    const session = await Session.started();
    const answer = await session.request('setBreakpoints', { source, breakpoints: [{ line: 3 }, { line: 8 }] });
    expect(answer).toEqual({
      breakpoints: [
        { verified: true, line: 3 },
        { verified: false, line: 8, message: 'No step of this trace is written on this line.' },
      ],
    });
    expect(await session.request('breakpointLocations', { source, line: 1, endLine: 9 })).toEqual({
      breakpoints: [{ line: 2 }, { line: 3 }, { line: 7 }],
    });
  });

  test('stop before their line is executed, forwards and back', async () => {
    const session = await Session.started({}, [3]);
    await session.request('continue', { threadId: 1 });
    expect(session.stop).toBe('breakpoint 2: Step 1 of 4');
    await session.request('continue', { threadId: 1 });
    expect(session.stop).toBe('exception 2: Violation: mixed');
    await session.request('reverseContinue', { threadId: 1 });
    expect(session.stop).toBe('breakpoint 2: Step 1 of 4');
  });

  test('are found by the URI too', async () => {
    const session = await Session.started();
    expect(
      await session.request('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 7 }] }),
    ).toMatchObject({ breakpoints: [{ verified: true }] });
  });
});

describe('looking', () => {
  test('a hart stands at what it does next, in the source', async () => {
    const session = await Session.started();
    await session.request('next', { threadId: 1 });
    expect(await session.request('stackTrace', { threadId: 2 })).toMatchObject({
      stackFrames: [{ name: "next: executes AUIPC': auipc t0, 0x2 (new)", line: 3, column: 17, source }],
    });
    expect(await session.request('stackTrace', { threadId: 1 })).toMatchObject({
      stackFrames: [{ name: "has written AUIPC'", line: 6 }],
    });
  });

  test('the violation stands where it happened and says why', async () => {
    const session = await Session.started({ stopOnEntry: false });
    expect(await session.request('stackTrace', { threadId: 2 })).toMatchObject({
      stackFrames: [{ name: 'executes JALR: jalr t0, 0(t0) (old)', line: 2 }],
    });
    expect(await session.request('exceptionInfo', { threadId: 2 })).toMatchObject({
      exceptionId: 'mixed',
      description: expect.stringContaining('which no version does') as string,
    });
    await session.request('stepBack', { threadId: 2 });
    await expect(session.request('exceptionInfo', { threadId: 2 })).rejects.toThrow('no violation here');
  });

  test('registers and addresses evaluate to their values', async () => {
    const session = await Session.started({ stopOnEntry: false });
    expect(await session.request('evaluate', { expression: 't0', frameId: 2 })).toMatchObject({ result: '0x1008' });
    expect(await session.request('evaluate', { expression: '0x0000001000' })).toMatchObject({
      result: '0x00002297  auipc t0, 0x2',
    });
    await expect(session.request('evaluate', { expression: 'sp', frameId: 2 })).rejects.toThrow('no register');
  });

  test('variables of an earlier state are refused', async () => {
    const session = await Session.started();
    await session.request('scopes', { frameId: 1 });
    await session.request('next', { threadId: 1 });
    await expect(session.request('variables', { variablesReference: 1 })).rejects.toThrow('earlier state');
  });
});

describe('bad requests', () => {
  test.each([
    ['fly', {}, 'not something a trace can do'],
    ['toString', {}, 'not something a trace can do'],
    ['stackTrace', { threadId: 9 }, 'no hart 9'],
    ['setBreakpoints', {}, 'breakpoints need a file'],
  ])('%s %o is answered as failed', async (command, args, message) => {
    const session = await Session.started();
    await expect(session.request(command, args)).rejects.toThrow(message);
    await session.request('next', { threadId: 1 });
    expect(session.stop).toBe('step 2: Step 1 of 4');
  });

  test('moving before a launch is refused', async () => {
    await expect(new Session().request('next', { threadId: 1 })).rejects.toThrow('no trace is being debugged');
  });
});
