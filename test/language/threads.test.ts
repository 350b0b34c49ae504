import { describe, expect, it } from 'vitest';
import { format } from '../../server/src/language';
import { vary } from '../../server/src/language/analyze';
import { analyzeText, checkDiagnostics, checkOf, scenarioOf, word } from './fixtures';

const site = `site entry at 0x80001000 clobbers t0 {
  version off { A: nop ; c.jr ra }
  version on { B: addi a0, a0, 1 ; c.jr ra }
}
`;
const text = (lines: string): string => `${site}protocol p patches entry from off to on {\n  write B\n${lines}\n}\n`;

describe('a thread', () => {
  const jump = 'thread jump { tail entry }';

  it('is code near the sites where nothing else is', () => {
    const { threads, regions } = scenarioOf(text(`${jump}\nthread other clobbers t1, t2 { nop ; tail entry }`));
    expect(threads.map(({ name, clobbers }) => [name, clobbers])).toEqual([
      ['jump', []],
      ['other', [6, 7]],
    ]);
    const [first, second] = threads.map(({ address }) => address);
    expect(first).not.toBe(second);
    for (const address of [first, second]) {
      expect(Math.abs(Number((address ?? 0n) - 0x80001000n))).toBeLessThan(2 ** 20);
      expect(regions.filter((region) => region.address === address).map(({ kind }) => kind)).toEqual(['code']);
    }
  });
  it('stands where it says', () => {
    expect(scenarioOf(text('thread here at entry + 0x100 { tail entry }')).threads[0]?.address).toBe(0x80001100n);
  });
  it('is not seen by another protocol', () => {
    const both = `${text(jump)}protocol q patches entry from off { write B }\n`;
    const { checks } = analyzeText(both);
    expect(checks.map(({ scenario }) => scenario?.threads.length)).toEqual([1, 0]);
    expect(checks.map(({ scenario }) => scenario?.regions.length)).toEqual([1, 0]);
  });
  it('moves with what it names', () => {
    const moved = checkOf(
      text(`thread t { la a0, B ; jr a0 }\n  expect safe when entry at 2 mod 4`),
      'entry at 2 mod 4',
    );
    const as = checkOf(text(`thread t { la a0, B ; jr a0 }\n  expect safe when entry at 2 mod 4`));
    expect(moved.scenario?.regions[0]?.bytes).not.toEqual(as.scenario?.regions[0]?.bytes);
  });
  it('has names: its own, and those of its labels', () => {
    const { names } = analyzeText(
      text('thread t {\n again: call entry\n bnez a0, again\n}\n  expect safe when without t'),
    );
    const of = (name: string) => names.find((info) => info.name === name);
    expect(of('t')).toMatchObject({ kind: 'thread', container: { name: 'p' }, references: [{}] });
    expect(of('again')).toMatchObject({ kind: 'label', container: { name: 't' }, references: [{}] });
  });
});

describe('the fences of a thread under a `when`', () => {
  const fences = 'thread t { fence r, rw ; fence.i ; fence w, w ; tail entry }';
  /** The first words of the thread. */
  const words = (condition: string): string[] => {
    const { scenario } = checkOf(text(`${fences}\n  expect safe when ${condition}`), condition);
    const bytes = scenario?.regions[0]?.bytes ?? new Uint8Array();
    return [0, 4, 8].map((at) => word(bytes.slice(at, at + 4)));
  };
  // GNU as: fence r,rw is 0x0230000f, fence.i 0x0000100f, fence w,w 0x0110000f, fence.tso 0x8330000f, nop 0x00000013.
  it.each([
    ['without t.fence.i', ['0x0230000f', '0x00000013', '0x0110000f']],
    ['without t.fence', ['0x00000013', '0x0000100f', '0x00000013']],
    ['without t.fence.2', ['0x0230000f', '0x0000100f', '0x00000013']],
    ['t.fence.1 = w,w', ['0x0110000f', '0x0000100f', '0x0110000f']],
    ['t.fence.2 = tso', ['0x0230000f', '0x0000100f', '0x8330000f']],
    ['t.fence.2 = iorw,io', ['0x0230000f', '0x0000100f', '0x0fc0000f']],
  ])('%s', (condition, expected) => {
    expect(words(condition)).toEqual(expected);
  });
  it('that it has not are told', () => {
    checkDiagnostics(
      text(`  thread t { fence.i }
  expect safe when without t.fence
//                 ^^^^^^^^^^^^^^^ condition: thread \`t\` has no \`fence\`
  expect safe when without t.fence.i.2
//                 ^^^^^^^^^^^^^^^^^^^ condition: thread \`t\` has only 1 of \`fence.i\`
  expect safe when t.fence.i = w,w
//                 ^^^^^^^^^^^^^^^ condition: only a \`fence\` has sets
`),
    );
  });
  it('are among what may be varied', () => {
    const { variations } = vary('t.cmodx', text(fences), () => null, 'p') ?? { variations: [] };
    const whens = variations.map(({ when }) => when);
    expect(whens).toContain('without t.fence.i');
    expect(whens).toContain('without t.fence.1');
    expect(whens).toContain('t.fence.1 = r,w');
    expect(whens).not.toContain('without t');
  });
});

describe('what is wrong with a thread is told', () => {
  it('where it stands', () => {
    checkDiagnostics(
      text(
        `  thread a at entry { nop }
//         ^^^^^ overlap: \`a\` (0x80001000) overlaps something else
  thread b at 0x80003001 { nop }
//            ^^^^^^^^^^ alignment
  thread c at 0x80004000 { nop }
  thread d at 0x80004000 { nop }
//            ^^^^^^^^^^ overlap
`.replace('//         ^^^^^ overlap', '//            ^^^^^ overlap'),
      ),
    );
  });
  it('its name, its registers and its code', () => {
    checkDiagnostics(
      text(`  thread a { nop }
  thread a { nop }
//       ^ duplicate-name: \`a\` is a thread already
  thread entry { nop }
//       ^^^^^ duplicate-name: \`entry\` is a site already
  thread b clobbers zero { nop }
//                  ^^^^ unknown-name
  thread c { }
//       ^ empty-site
  thread d { j nowhere }
//             ^^^^^^^ unknown-name
`),
    );
  });
  it('that it is left out and nobody is left', () => {
    checkDiagnostics(
      text(`  thread a { tail entry }
  expect safe when without a
//                 ^^^^^^^^^ condition: \`a\` is the only thread
`),
    );
  });
  it('that it stands outside of a protocol', () => {
    expect(analyzeText(`${site}thread t { nop }\n`).diagnostics.map(({ code }) => code)).toContain('syntax');
  });
});

it('a thread is laid out as other assembly, and stays as it is', () => {
  const laidOut = format(text('thread t clobbers t1 {\n1: ld t1, entry\nbeqz t1, 1b\n}'));
  expect(laidOut).toContain('  thread t clobbers t1 {\n    1:  ld   t1, entry\n        beqz t1, 1b\n  }\n');
  expect(format(laidOut)).toBe(laidOut);
});
