import { describe, expect, test } from 'vitest';
import { findWitness } from '../../../server/src/checker/litmus';
import type { Recording } from '../../../server/src/checker/verdict';
import { recordingOf } from '../../../server/src/features/litmus/recording';
import { litmusOptions } from '../../../server/src/service';
import { mp, read } from './support';

function recorded(text: string, state: string): Recording {
  const { test: litmus } = read(text);
  if (!litmus) throw new Error('no test');
  const witness = findWitness(litmus, litmusOptions(litmus, { memory: null, fetch: null }), state);
  if (!witness) throw new Error('no witness');
  return recordingOf(litmus, witness);
}

describe('a witness as a recording', () => {
  const text = mp();
  const recording = recorded(text, '1:x5=1; 1:x7=0;');
  const { before, trace } = recording;

  test('begins with the initial registers and memory', () => {
    expect(
      before.harts.map(({ name, registers }) => [name, registers.map((r) => `${r.name}=${r.value}`).join()]),
    ).toEqual([
      ['P0', 'x5=1,x6=x,x7=y'],
      ['P1', 'x6=y,x8=x'],
    ]);
    expect(before.memory).toEqual([{ address: '0', bytes: '', text: 'initially [x] = 0, [y] = 0' }]);
  });

  test('ends in the state, all threads at their ends, all stores in memory', () => {
    expect(recording).toMatchObject({ code: null, message: '1:x5=1; 1:x7=0;' });
    const last = trace.at(-1)?.after;
    expect(last?.harts.map(({ activity }) => activity)).toEqual(['has ended', 'has ended']);
    expect(last?.memory.map(({ text: line }) => line)).toEqual(
      expect.arrayContaining(['[x] = 1 by P0', '[y:4] = 1 by P0']),
    );
    const registers = last?.harts[1]?.registers.map(({ name, value }) => `${name}=${value}`);
    expect(registers).toEqual(expect.arrayContaining(['x5=1', 'x7=0']));
  });

  test('each step is that of one thread, at its place in the text', () => {
    const steps = trace.map(({ hart, source }) => `${hart}: ${source && text.slice(source.start, source.end)}`);
    expect(steps).toEqual(expect.arrayContaining(['P0: sw x5,0(x6)', 'P1: lw x5,0(x6)', 'P1: lw x7,0(x8)']));
    for (const { hart, after } of trace) expect(after.harts.map(({ name }) => name)).toContain(hart);
  });

  test('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(recording))).toEqual(recording);
  });
});

test('a location of several elements is shown whole', () => {
  const { before } = recorded(mp().replace('int x;', 'int x; int a[2]={1,-2};'), '1:x5=0; 1:x7=0;');
  expect(before.memory[0]?.text).toContain('[a] = {1, -2}');
});
