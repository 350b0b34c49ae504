import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { format, parse, tokensOf } from '../../server/src/language';
import { examples } from './examples';

/** What a text says: its tokens without white space, and its comments, whose places may change. */
function meaning(text: string): { readonly tokens: string[]; readonly comments: string[] } {
  const tokens: string[] = [];
  const comments: string[] = [];
  let lineEnded = true;
  for (const token of tokensOf(parse(text, '').root)) {
    if (token.kind === 'comment') comments.push(token.text.trimEnd());
    // A line end says as much as a `;` and no more than one of them; before a brace or after a comma it says nothing.
    else if (token.kind === 'newline' || token.text === ';') lineEnded = true;
    else if (token.kind !== 'whitespace') {
      if (lineEnded && tokens.length > 0 && !/^[{},]$/.test(token.text) && !/^[{},]$/.test(tokens.at(-1) ?? ''))
        tokens.push(';');
      tokens.push(token.text);
      lineEnded = false;
    }
  }
  return { tokens, comments: comments.sort() };
}

/** An example with other white space, and comments put in. */
const respaced = fc
  .record({
    example: fc.constantFrom(...examples),
    seeds: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 200 }),
  })
  .map(({ example, seeds }) => {
    let n = 0;
    const seed = (): number => seeds[n++ % seeds.length] ?? 0;
    return [...tokensOf(parse(example.text, '').root)]
      .map(({ kind, text }) => {
        if (kind === 'newline') return ['\n', '\n\n\n', '  // put in\n', ' ; \n', '\n\t\n# put in\n'][seed()] ?? '\n';
        if (kind === 'whitespace') return ['  ', '\t', ' /* put in */ '][seed()] ?? text;
        return text;
      })
      .join('');
  });

describe('the formatter', () => {
  it('changes neither meaning nor comments, and nothing the second time', () => {
    fc.assert(
      fc.property(respaced, (text) => {
        const formatted = format(text);
        if (parse(text, '').problems.length > 0) expect(formatted).toBe(text);
        else expect(meaning(formatted)).toEqual(meaning(text));
        expect(format(formatted)).toBe(formatted);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
  it('leaves a text with syntax errors alone', () => {
    const text = 'site   s at 0 { version v {\n nop\n';
    expect(format(text)).toBe(text);
  });
  it('keeps the line ends that the text has', () => {
    expect(format('symbol a=1\r\nmachine{\r\nipi sbi\r\n}')).toBe('symbol a = 1\r\nmachine {\r\n  ipi sbi\r\n}\r\n');
  });
  it('of nothing is nothing', () => {
    expect(format('')).toBe('');
    expect(format(' \n\n')).toBe('');
    expect(format('\n\n# c\n\n\n# d\n\n')).toBe('# c\n\n# d\n');
  });

  const cases: readonly (readonly [string, string, string])[] = [
    [
      'sets labels, mnemonics and operands below one another over a whole site',
      "site s at 0{ # code\nversion a{\nA: auipc t0,1\nLONG': jalr t0 , 4( t0 )\nnop\n}\nversion b{\nB:\nj .+8 // end\n}\n}",
      "site s at 0 {  # code\n  version a {\n    A:      auipc t0, 1\n    LONG':  jalr  t0, 4( t0 )\n            nop\n  }\n  version b {\n    B:\n            j     .+8  // end\n  }\n}\n",
    ],
    [
      'sets the operations of one-line steps below one another',
      'protocol p patches s from a to b {\nstep one {write A;fence w , w;sync fence.i}\nstep second{write LONGER ;  fence w,o}\n}',
      'protocol p patches s from a to b {\n  step one    { write A      ; fence w,w ; sync fence.i }\n  step second { write LONGER ; fence w,o }\n}\n',
    ],
    [
      'sets `when` below one another, in neighbouring lines',
      'protocol p patches s from a {\nexpect safe\nexpect   unsafe mixed when not ziccif,ipi sbi\nexpect safe when x.fence=w,o\n\nexpect safe when pinned\n}',
      'protocol p patches s from a {\n  expect safe\n  expect unsafe mixed when not ziccif, ipi sbi\n  expect safe         when x.fence = w,o\n\n  expect safe when pinned\n}\n',
    ],
    [
      'keeps blocks on one line or on several, as they were',
      'protocol p patches s from a {\nstop_machine   without fence.i ,park {\nwrite A;write B\n\n\nfence.i }\nsync {fence;fence.i} async\n}',
      'protocol p patches s from a {\n  stop_machine without fence.i, park {\n    write A ; write B\n\n    fence.i\n  }\n  sync { fence ; fence.i } async\n}\n',
    ],
    [
      'leaves a list of registers as it is, and blocks around it apart',
      'site s at 0 { version a {cm.push {ra,s0-s3},-32;c.nop} }',
      'site s at 0 { version a { cm.push {ra, s0-s3}, -32 ; c.nop } }\n',
    ],
    [
      'sets `on ebreak`, patchers and what they do as they are written',
      'on ebreak   at s {run A}\nprotocol p patches s from a {\npatcher one{lock m;wait rcu_tasks;free x;run s as a;migrate with fence.i;unlock m}\n}',
      'on ebreak at s { run A }\nprotocol p patches s from a {\n  patcher one { lock m ; wait rcu_tasks ; free x ; run s as a ; migrate with fence.i ; unlock m }\n}\n',
    ],
    [
      'sets settings, symbols and comments below one another',
      'machine{\nisa rv64gc // a\nmemory tso // b\n}\nsymbol a=1\nsymbol long=2 returns ra',
      'machine {\n  isa    rv64gc  // a\n  memory tso     // b\n}\nsymbol a    = 1\nsymbol long = 2 returns ra\n',
    ],
  ];
  for (const [what, text, formatted] of cases) {
    it(what, () => {
      expect(format(text)).toBe(formatted);
    });
  }
});
