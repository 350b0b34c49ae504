import { describe, expect, it } from 'vitest';
import { format } from '../../server/src/language';
import { analyzeText, scenarioOf } from './fixtures';

const shape = '{\n  version on { A: auipc t0, %pcrel_hi(caller) ; JALR: jalr t0, %pcrel_lo(A)(t0) }\n}\n';
const text = (
  lines: string,
  sites = `sites many from 0x80000000 to 0x80001000 every 8 ${shape}`,
  patched = 'entry',
): string =>
  `symbol caller = 0x80010100\n${sites}site entry at 0x80020000 ${shape}protocol p patches ${patched} from on {\n${lines}\n}\n`;
const errors = (source: string): string[] => analyzeText(source).diagnostics.map(({ message }) => message);

describe('`sites`', () => {
  const members = (sites: string) =>
    scenarioOf(text('reach caller from many', `${sites} ${shape}`)).reaches[0]?.members;

  it('stand from the first address up to, not including, the second', () => {
    expect(members('sites many from 0x80000000 to 0x80001000 every 8')).toEqual({
      first: 0x80000000n,
      step: 8n,
      count: 512,
    });
    expect(members('sites many from caller - 0x100 to caller every 24')).toEqual({
      first: 0x80010000n,
      step: 24n,
      count: 11,
    });
  });

  it('of one alignment only, where that is said', () => {
    expect(members('sites many from 0x80000000 to 0x80001000 every 2 at 2 mod 4')).toEqual({
      first: 0x80000002n,
      step: 4n,
      count: 1024,
    });
  });

  it('that nowhere stand, stand too near, or end before they begin are refused', () => {
    const refused = (sites: string): string => errors(text('reach caller from many', `${sites} ${shape}`))[0] ?? '';
    expect(refused('sites many from 0x80000000 to 0x80001000 every 8 at 4 mod 8')).toBe(
      'none of these sites is at that placement',
    );
    expect(refused('sites many from 0x80000000 to 0x80001000 every 3')).toMatch(
      /^instructions stand at multiples of 2/,
    );
    expect(refused('sites many from 0x80001000 to 0x80000000 every 4')).toBe('the end is not above the first address');
    expect(refused('sites many from 0 to 0xffffffffffff0000 every 2')).toBe(
      'there are more than 2^40 addresses in this range',
    );
    expect(refused('sites many from 0x80000000 to nowhere every 4')).toBe('nothing is called `nowhere`');
    expect(refused('sites many from 0x80000000')).toBe('the end is missing: `to ADDRESS`');
  });

  it('are not patched by a protocol', () => {
    expect(errors(text('fence', undefined, 'many'))).toEqual([
      '`many` is 512 sites: a protocol patches a `site`, and says by `reach` what holds of them all',
    ]);
  });
});

describe('a reach that cannot be told', () => {
  it.each([
    ['reach caller from nowhere', 'there is no site `nowhere`'],
    ['reach caller from many by JARL', 'nothing is called `JARL`; did you mean `JALR`?'],
    ['reach caller from many by A', '`A` is no jump'],
    ['reach caller by JALR', 'a site is missing: `from SITE`'],
    ['reach caller to caller every 8 from many', 'the end is not above the first address'],
    ['reach 0 to 0x1000000 every 2 from many', 'at most 65,536 targets at once'],
    ['never caller from many', 'written `never reach TARGET from SITE by LABEL`'],
  ])('%s', (line, message) => {
    expect(errors(text(line))[0]).toContain(message);
  });

  it('for its version says too little, by name', () => {
    const version = (code: string): string =>
      errors(
        text(
          'reach caller from many by J',
          `sites many from 0x80000000 to 0x80001000 every 8 { version on { ${code} } }\n`,
        ),
      )[0] ?? '';
    expect(version('J: jalr t0, 0(t0)')).toBe('`on` does not set `t0` before `J` by `auipc`, `lui` or `addi`');
    expect(version('la t0, caller ; J: jalr t0, 0(t0)')).toMatch(/not written as an `auipc` that every site can have/);
    expect(version('auipc t0, 1 ; j .+4 ; J: jalr t0, 0(t0)')).toMatch(/^`j .\+4` stands before `J`$/);
    expect(version('auipc t0, 1 ; J: c.jr t0')).toBe('`J` is `c.jr`, which has no immediate');
  });
});

it('is laid out as it was, once it is laid out', () => {
  const once = format(text('  reach  caller ,caller+8 to caller+64 every 8 from many  by JALR within 2047 of caller'));
  expect(once).toContain('  reach caller, caller+8 to caller+64 every 8 from many by JALR within 2047 of caller\n');
  expect(format(once)).toBe(once);
});
