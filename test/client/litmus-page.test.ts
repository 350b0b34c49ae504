import { describe, expect, test } from 'vitest';
import { litmusPage } from '../../client/src/litmus-page';
import { litmusStatusText } from '../../client/src/status-text';
import type { LitmusAnswer, WitnessAnswer } from '../../server/src/lsp/protocol';
import { links } from './links';

const answer: LitmusAnswer = {
  uri: 'file:///mp.litmus',
  version: 3,
  name: 'MP',
  status: 'current',
  headline: 'Sometimes: 1 of 2 final states',
  model: 'rvwmo',
  condition: 'exists (1:x7=0)',
  holds: true,
  states: [
    { text: '0:x5=instr:"a; b=c"; 1:x7=0;', satisfies: true },
    { text: '0:x5=1; 1:x7=1;', satisfies: false },
  ],
  limit: null,
  wanted: '0:x5=instr:"a; b=c"; 1:x7=0;',
};
const source = { file: answer.uri, start: 5, end: 9 };
const snapshot = { harts: [], memory: [{ address: '0', bytes: '', text: 'initially [x] = 0' }] };
const witness: WitnessAnswer = {
  version: 3,
  state: '0:x5=1; 1:x7=1;',
  recording: {
    code: null,
    message: '0:x5=1; 1:x7=1;',
    before: snapshot,
    trace: [{ hart: 'P1', text: 'lw x7,0(x8): reads <[x]>', source, after: snapshot }],
  },
  reason: null,
  texts: {},
};
const page = (changes: Partial<Parameters<typeof litmusPage>[0]> = {}): string =>
  litmusPage({ file: 'mp.litmus', answer, witness: null, chosen: null, ...changes });

describe('the page of a litmus test', () => {
  test('has a column for each register and location, and a row for each state', () => {
    const html = page();
    expect([...html.matchAll(/<th>([^<]*)<\/th>/g)].map(([, name]) => name)).toEqual(['0:x5', '1:x7', 'condition', '']);
    expect(html).toContain('<td>instr:&#34;a; b=c&#34;</td><td>0</td><td>satisfied</td>');
    expect(html).toContain('<td>1</td><td>1</td><td></td>');
  });

  test('each state leads to its witness', () => {
    const { uri, states } = answer;
    expect(links(page(), 'cmodx.litmus.showWitness')).toEqual(states.map(({ text }) => ({ uri, state: text })));
  });

  test('the witness of the chosen state has a column for each thread, links to places, and the debugger', () => {
    const chosen = '0:x5=1; 1:x7=1;';
    expect(page({ chosen })).toContain('Looking for a witness...');
    const html = page({ chosen, witness });
    expect(html).toContain('>lw x7,0(x8): reads &#60;[x]&#62;</a>');
    expect(links(html, 'cmodx.reveal')).toEqual([{ uri: source.file, start: 5, end: 9 }]);
    expect(links(html, 'cmodx.litmus.debugWitness')).toEqual([{ uri: answer.uri, state: chosen }]);
    expect(html).toContain('initially [x] = 0');
  });

  test('says why there is no witness', () => {
    const html = page({ chosen: 'x', witness: { ...witness, recording: null, reason: 'time limit of 30 s' } });
    expect(html).toContain('No witness: time limit of 30 s');
  });

  test('says that states may be missing', () => {
    expect(page({ answer: { ...answer, limit: 'time limit of 30 s' } })).toContain('some final states may be missing');
  });

  test('runs no scripts', () => {
    expect(page({ chosen: 'x', witness })).not.toMatch(/<script/);
    expect(page()).toContain("default-src 'none'");
  });
});

describe('the status bar', () => {
  test.each([
    ['a question, whatever its answer', {}, 'table'],
    ['a question that is answered with no', { holds: false }, 'table'],
    ['a claim that holds', { condition: '~exists (1:x7=0)', holds: true }, 'pass'],
    ['a claim that does not', { condition: 'forall (1:x7=0)', holds: false }, 'error'],
    ['a limit', { holds: null, limit: 'time limit of 30 s' }, 'warning'],
    ['a text that was edited', { status: 'stale', holds: null }, 'warning'],
    ['no condition', { condition: null, holds: null }, 'table'],
  ] as const)('%s', (_what, changes, icon) => {
    const { text } = litmusStatusText({ ...answer, ...changes });
    expect(text).toBe(`$(${icon}) CMODX: ${answer.headline}`);
  });
});
