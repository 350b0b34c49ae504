import { describe, expect, it } from 'vitest';
import { defaultLitmusOptions, runLitmus } from '../../../server/src/checker/litmus';
import { propositionText, shown, small, testOf } from './fixtures';

const state = '0:x6=x; y=1; int a[2]={1,2}; uint64_t 0:x8; uint8_t b;';
const code = 'lw x5,0(x6); li x7,1; li x8,2; li x10,1; L: nop';
const test = (condition: string): ReturnType<typeof testOf> => testOf(small(state, code, condition));

/** The proposition, in parentheses. */
function proposition(text: string): string {
  const { condition } = test(`exists ${text}`);
  return condition ? propositionText(condition.proposition) : 'none';
}

describe('a condition', () => {
  it('has one of three quantifiers', () => {
    const quantifier = (text: string): string | undefined => test(text).condition?.quantifier;
    expect(quantifier('exists (x=1)')).toBe('exists');
    expect(quantifier('~exists (x=1)')).toBe('not-exists');
    expect(quantifier('~ exists (x=1)')).toBe('not-exists');
    expect(quantifier('not exists (x=1)')).toBe('not-exists');
    expect(quantifier('forall x=1;')).toBe('forall');
    expect(quantifier('final (x=1)')).toBe('exists');
    expect(quantifier('locations [x;] (x=1)')).toBe('exists');
    expect(quantifier('locations [x;]')).toBeUndefined();
  });
  it('compares registers and locations with numbers', () => {
    expect(proposition('0:x5=1')).toBe('0:x5=1');
    expect(proposition('P0:t0==0x10')).toBe('0:x5=16');
    expect(proposition('x=-1')).toBe('[x]=18446744073709551615');
    expect(proposition('[x]=1')).toBe('[x]=1');
    expect(proposition('a[1]=2')).toBe('a[1]=2');
    expect(proposition('(x!=1 /\\ x<>2)')).toBe('(~[x]=1 /\\ ~[x]=2)');
  });
  it('compares them with addresses and instructions', () => {
    expect(proposition('0:x5=x')).toBe(`0:x5=${0x100030}`);
    expect(proposition('0:x5=&a[1]')).toBe(`0:x5=${0x100014}`);
    expect(proposition('0:x5=P0:L')).toBe(`0:x5=${0x200010}`);
    expect(proposition('0:x5=L')).toBe(`0:x5=${0x200010}`);
    expect(proposition('0:x5=instr:"nop"')).toBe('0:x5=19');
  });
  it('compares them with one another', () => {
    expect(proposition('0:x5=0:x7')).toBe('0:x5=0:x7');
    expect(proposition('0:x5=*x')).toBe('0:x5=[x]');
    expect(proposition('[x]=[y]')).toBe('[x]=[y]');
    expect(proposition('[x]!=0:x5')).toBe('~[x]=0:x5');
  });
  it('compares arrays whole', () => {
    expect(proposition('a={1,2}')).toBe('(a[0]=1 /\\ a[1]=2)');
    expect(proposition('a!={1,2}')).toBe('~(a[0]=1 /\\ a[1]=2)');
  });
  it('binds as in herd7: `\\/` loosest, then `/\\`, `=>` to the right, `~`', () => {
    const [a, b, c] = ['0:x5=1', '0:x7=2', 'x=3'];
    expect(proposition(`${a} \\/ ${b} /\\ ${c}`)).toBe('(0:x5=1 \\/ (0:x7=2 /\\ [x]=3))');
    expect(proposition(`${a} /\\ ${b} => ${c}`)).toBe('(0:x5=1 /\\ (0:x7=2 => [x]=3))');
    expect(proposition(`${a} => ${b} => ${c}`)).toBe('(0:x5=1 => (0:x7=2 => [x]=3))');
    expect(proposition(`~${a} => ${b}`)).toBe('(~0:x5=1 => 0:x7=2)');
    expect(proposition(`not (${a} /\\ ${b})`)).toBe('~(0:x5=1 /\\ 0:x7=2)');
    expect(proposition(`(${a} \\/ ${b}) /\\ ${c}`)).toBe('((0:x5=1 \\/ 0:x7=2) /\\ [x]=3)');
    expect(proposition('true /\\ ~false')).toBe('(true /\\ ~false)');
  });
  it('may be a long chain, of which the proposition is no deep tree', () => {
    const depth = (text: string): number => {
      let deepest = 0;
      let open = 0;
      for (const letter of text) {
        if (letter === '(') deepest = Math.max(deepest, ++open);
        if (letter === ')') open--;
      }
      return deepest;
    };
    expect(depth(proposition(Array(4096).fill('x=1').join(' \\/ ')))).toBe(12);
  });
  it('ends where herd7 stops to read', () => {
    expect(test('exists (x=1) << some { text').condition).not.toBeNull();
    expect(test('exists (x=1)\nwith tso: ~exists; sc: ~exists').condition?.quantifier).toBe('exists');
    expect(test('exists (x=1) (* the end *)').condition).not.toBeNull();
  });
});

describe('a final state shows', () => {
  const observed = (condition: string): string[] => shown(test(condition).observed);
  it('what the condition and `locations` name: registers by number, then locations by name, then elements', () => {
    expect(observed('locations [0:a0; y;]\nexists (a[1]=1 /\\ x=1 /\\ 0:x8=1 /\\ a[0]=1 /\\ 0:x5=1)')).toEqual([
      '0:x5 int32',
      '0:x8 uint64',
      '0:x10 int32',
      '[x] int32',
      '[y] int32',
      'a[0] int32',
      'a[1] int32',
    ]);
  });
  it('arrays whole, and elements of them by themselves', () => {
    const { observed: all } = test('locations [a; y;]\nexists (a[1]=2 /\\ x=1)');
    expect(all.map((one) => [one.name, one.kind === 'memory' && one.within])).toEqual([
      ['a[0]', { array: 'a', first: true, last: false }],
      ['a[1]', { array: 'a', first: false, last: true }],
      ['[x]', null],
      ['[y]', null],
      ['a[1]', null],
    ]);
    const whole = testOf(
      small('0:x6=a; int a[2]={1,2}; int b[1]={3}; x=4', 'sw x0,4(x6)', 'locations [x; a; a[1]; b;]'),
    );
    expect(runLitmus(whole, defaultLitmusOptions).states.map(({ text }) => text)).toEqual([
      'a={1,0}; b={3}; [x]=4; a[1]=0;',
    ]);
  });
  it('both sides of a comparison', () => {
    expect(observed('exists (0:x5=0:x7 /\\ x=0:x10)')).toEqual([
      '0:x5 int32',
      '0:x7 int32',
      '0:x10 int32',
      '[x] int32',
    ]);
  });
  it('nothing that only the filter names', () => {
    const { filter, observed: names } = test('filter (0:x7=1)\nexists (0:x5=1)');
    expect(filter && propositionText(filter)).toBe('0:x7=1');
    expect(shown(names)).toEqual(['0:x5 int32']);
  });
  it('values by the type that `locations` gives', () => {
    expect(observed('locations [0:x5 uint8_t; y uint16_t]')).toEqual(['0:x5 uint8', '[y] uint16']);
    expect(observed('locations [0:x5 int*;]')).toEqual(['0:x5 uint64']);
  });
  it('names that nobody sets, which are 0 as in herd7', () => {
    expect(observed('exists (x=1 /\\ elsewhere=0)')).toEqual(['[elsewhere] int32', '[x] int32']);
  });
});
