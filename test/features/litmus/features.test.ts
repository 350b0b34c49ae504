import { describe, expect, test } from 'vitest';
import { litmusCompletion } from '../../../server/src/features/litmus/completion';
import { litmusResultDiagnostics, litmusTextDiagnostics } from '../../../server/src/features/litmus/diagnostics';
import { litmusHover } from '../../../server/src/features/litmus/hover';
import { litmusLenses, wantedState } from '../../../server/src/features/litmus/lens';
import { litmusFolding, litmusOutline } from '../../../server/src/features/litmus/outline';
import { litmusDefinition, placesOf } from '../../../server/src/features/litmus/places';
import { litmusTokens } from '../../../server/src/features/litmus/tokens';
import { analyzeLitmus } from '../../../server/src/language/litmus';
import { at, mp, ran, read } from './support';

const patched = `RISCV Patched
{
0:x5=instr:"addi x10,x10,2"; 0:x6=P1:m;
}
 P0          | P1                  ;
 sw x5,0(x6) | m: addi x10,x10,1   ;
             | lw.aq x7,4(x6)      ;
             | beq x10,x0,m        ;
exists (1:x10=2)
`;

describe('the line above a litmus test', () => {
  const titles = (text: string) => {
    const analysis = read(text);
    return litmusLenses(analysis, ran(analysis)).map(({ title, action }) => `${action}: ${title}`);
  };

  test('tells what was observed, offers a witness, and names the model', () => {
    expect(titles(mp())).toEqual([
      'states: Sometimes: 1 of 4 final states',
      'witness: Show witness',
      'debug: Debug witness',
      'states: Final states',
      'model: rvwmo',
    ]);
  });

  test('offers no witness of what does not happen', () => {
    expect(titles(mp({ stores: 'fence w,w', loads: 'fence r,r' }))).toEqual([
      'states: Never: 0 of 3 final states',
      'states: Final states',
      'model: rvwmo',
    ]);
  });

  test('names the fetch rules where fetch takes part', () => {
    const analysis = read(patched);
    const report = ran(analysis, { memory: 'tso', fetch: null });
    expect(litmusLenses(analysis, report).at(-1)?.title).toBe('tso, fetch isa+decode-w');
  });

  test('stands above the name, whatever is known', () => {
    const analysis = read(mp());
    for (const report of [null, ran(analysis)]) {
      const spans = litmusLenses(analysis, report).map(({ span }) => mp().slice(span.start, span.end));
      expect(new Set(spans)).toEqual(new Set(['MP']));
    }
    expect(litmusLenses(analysis, null).map(({ title }) => title)).toEqual(['running...']);
  });

  test('of a text with errors tells the first of them', () => {
    const analysis = analyzeLitmus('a.litmus', mp().replace('sw x5', 'sww x5'));
    const lenses = litmusLenses(analysis, ran(analysis));
    expect(lenses.map(({ title }) => title)).toEqual([expect.stringMatching(/^invalid: .*sww/)]);
  });

  test.each([
    ['exists', true],
    ['~exists', true],
    ['forall', false],
  ])('a witness for `%s` is a state that satisfies it: %s', (condition, satisfies) => {
    const { test: litmus, result } = ran(read(mp({ condition })));
    const states = result?.states ?? [];
    const wanted = litmus && wantedState(litmus, states);
    expect(states.find(({ text }) => text === wanted)?.satisfies).toBe(satisfies);
  });
});

describe('messages', () => {
  const told = (text: string) => {
    const analysis = read(text);
    return litmusResultDiagnostics(analysis, ran(analysis)).map(
      ({ span, severity, code, message }) => `${severity} ${code}: ${message} @ ${text.slice(span.start, span.end)}`,
    );
  };

  test.each([
    ['~exists', 'warning', '1 of 4 final states satisfy it'],
    ['forall', 'warning', '3 of 4 final states do not satisfy it'],
  ])('`%s` that does not hold is a %s at the condition', (condition, severity, count) => {
    const text = `${condition} (1:x5=1 /\\ 1:x7=0)`;
    expect(told(mp({ condition }))).toEqual([
      `${severity} condition-not-met: \`${text}\` does not hold: ${count} @ ${text}`,
    ]);
  });

  test('there is none where the claim holds, and none for a question', () => {
    expect(told(mp({ condition: '~exists', stores: 'fence w,w', loads: 'fence r,r' }))).toEqual([]);
    expect(told(mp())).toEqual([]);
    expect(told(mp({ stores: 'fence w,w', loads: 'fence r,r' }))).toEqual([]);
  });

  test('what the model does not decide is told where it happens', () => {
    expect(told(mp().replace('1:x8=x;', ''))).toEqual([
      expect.stringMatching(/^warning litmus-fault: .* @ lw x7,0\(x8\)$/),
    ]);
  });

  test('a limit is told, and that states may be missing', () => {
    const analysis = read(mp());
    const report = ran(analysis);
    const limited = {
      ...report,
      result: report.result && { ...report.result, limit: 'time limit of 1 s', holds: null },
    };
    expect(litmusResultDiagnostics(analysis, limited)).toMatchObject([
      { code: 'inconclusive', message: 'MP: some final states may be missing: time limit of 1 s' },
    ]);
  });

  test('errors of the text have their place and their page', () => {
    const text = mp().replace('sw x5', 'sww x5');
    const [first] = litmusTextDiagnostics(analyzeLitmus('a.litmus', text));
    expect(text.slice(first?.span.start, first?.span.end)).toBe('sww');
    expect(first?.page).toMatch(/docs\/diagnostics\/.+\.md$/);
  });
});

describe('hover', () => {
  const hovered = (text: string, words: string, within = words) => {
    const analysis = read(text);
    return litmusHover(analysis, at(text, words, within) + 1, ran(analysis));
  };

  test('of an instruction is its encoding, as in protocols', () => {
    const found = hovered(mp(), 'sw x5,0(x7)', 'sw');
    expect(found?.markdown).toMatch(/`0x0053a023` at `P0\+4 \(0x[0-9a-f]+\)`, 4 bytes, extension I/);
    expect(mp().slice(found?.span.start, found?.span.end)).toBe('sw x5,0(x7)');
  });

  test('of a register in it is what the register begins with, too', () => {
    expect(hovered(mp(), 'lw x7,0(x8)', 'x8')?.markdown).toMatch(
      /^register \*\*`x8`\*\* of P1: initially `x`, shown as `int`\n\n---\n\n/,
    );
  });

  test('of a location is its type and initial value', () => {
    expect(hovered(mp(), 'uint64_t y', 'y')?.markdown).toBe('location **`y`**: `uint64_t`, initially `0`');
  });

  test("of herd7's own forms says that nothing encodes them", () => {
    expect(hovered(patched, 'lw.aq', 'lw.aq')?.markdown).toContain('no encoding has it');
  });

  test('of a label is the instruction behind it', () => {
    expect(hovered(patched, 'P1:m', 'm')?.markdown).toBe('label **`m`** of P1: `addi x10,x10,1`');
  });

  test('of an instruction as a value is that instruction', () => {
    const found = hovered(patched, 'instr:"addi x10,x10,2"');
    expect(found?.markdown).toMatch(/^The instruction as a value/);
    expect(found?.markdown).toContain('`0x00250513`');
  });

  test('of the condition tells what it asks and what was found', () => {
    const markdown = hovered(mp(), 'exists')?.markdown;
    expect(markdown).toContain('`exists (1:x5=1 /\\ 1:x7=0)` asks whether some final state satisfies it.');
    expect(markdown).toContain('**Sometimes: 1 of 4 final states** under rvwmo');
    expect(markdown).toContain('The condition holds.');
  });
});

describe('names', () => {
  const words = (text: string, places: readonly { readonly source: { start: number; end: number } }[]) =>
    places.map(({ source }) => text.slice(source.start, source.end));

  test('a register is found in its initial value, its instructions and the condition', () => {
    const analysis = read(mp());
    expect(words(mp(), placesOf(analysis, at(mp(), '1:x7=0') + 1))).toEqual(['x7', '1:x7']);
    expect(words(mp(), placesOf(analysis, at(mp(), '0:x6=x') + 1))).toEqual(['0:x6', 'x6']);
  });

  test('a label leads to its definition, from a branch and from the initial state', () => {
    const analysis = read(patched);
    const place = at(patched, 'm: addi');
    expect(litmusDefinition(analysis, at(patched, 'x0,m', 'm'))?.start).toBe(place);
    expect(litmusDefinition(analysis, at(patched, 'P1:m', 'm'))?.start).toBe(place);
  });
});

describe('structure', () => {
  test('the outline has locations, threads and the condition', () => {
    const [item] = litmusOutline(read(mp()));
    expect(item).toMatchObject({ name: 'MP', kind: 'test' });
    expect(item?.children.map(({ name, detail, kind }) => `${kind} ${name} ${detail}`.trim())).toEqual([
      'location x int',
      'location y uint64_t',
      'thread P0 2 instructions',
      'thread P1 2 instructions',
      'condition exists',
    ]);
  });

  test('an item lies within its parent, and its name within itself', () => {
    const [item] = litmusOutline(read(mp()));
    for (const { span, selection } of item?.children ?? []) {
      expect(span.start).toBeGreaterThanOrEqual(item?.span.start ?? Number.NaN);
      expect(span.end).toBeLessThanOrEqual(item?.span.end ?? Number.NaN);
      expect(selection.start).toBeGreaterThanOrEqual(span.start);
      expect(selection.end).toBeLessThanOrEqual(span.end);
    }
  });

  test('header, initial state and program fold', () => {
    expect(litmusFolding(read(mp())).map(({ startLine, endLine }) => [startLine, endLine])).toEqual([
      [0, 1],
      [2, 6],
      [7, 9],
    ]);
  });

  test('tokens are in order, and none lies within another', () => {
    for (const text of [mp(), patched]) {
      const tokens = litmusTokens(read(text));
      expect(tokens.length).toBeGreaterThan(10);
      tokens.reduce((end, token) => {
        expect(token.start).toBeGreaterThanOrEqual(end);
        return token.end;
      }, 0);
    }
    const types = litmusTokens(read(patched)).map(({ start, end, type }) => `${patched.slice(start, end)} ${type}`);
    expect(types).toEqual(expect.arrayContaining(['sw function', 'x5 parameter', 'm label', '1:x10 parameter']));
  });
});

describe('completion', () => {
  const labels = (text: string, words: string) => {
    const offset = at(text, words) + words.length;
    return litmusCompletion(analyzeLitmus('a.litmus', text), offset).map(({ label }) => label);
  };

  test('at the beginning of a cell offers mnemonics, behind one registers and labels', () => {
    expect(labels(mp(), ' lw')).toEqual(expect.arrayContaining(['lw', 'amoadd.w']));
    expect(labels(mp(), ' lw')).not.toContain('x5');
    expect(labels(patched, 'm: addi')).toContain('addi');
    expect(labels(patched, 'beq x10,x')).toEqual(expect.arrayContaining(['x0', 'x10', 'm']));
  });

  test('in the initial state offers locations, in the condition registers too', () => {
    expect(labels(mp(), '0:x6=')).toEqual(['x', 'y']);
    expect(labels(mp(), 'exists (')).toEqual(expect.arrayContaining(['x', '1:x5', '1:x7']));
  });
});

describe('half-typed text', () => {
  test('no prefix of a test makes any feature throw', () => {
    for (const text of [mp(), patched]) {
      for (let length = 0; length <= text.length; length += 3) {
        const analysis = analyzeLitmus('a.litmus', text.slice(0, length));
        const report = ran(analysis);
        litmusLenses(analysis, report);
        litmusTextDiagnostics(analysis);
        litmusResultDiagnostics(analysis, report);
        litmusOutline(analysis);
        litmusFolding(analysis);
        litmusTokens(analysis);
        litmusHover(analysis, length - 1, report);
        litmusCompletion(analysis, length);
        placesOf(analysis, length - 1);
      }
    }
  });
});
