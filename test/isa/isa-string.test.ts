import { describe, expect, test } from 'vitest';
import { parseIsa, supports, undecoded, withExtension } from '../../server/src/isa/index';
import { isa } from './harness';

const names = (text: string): string => [...isa(text).extensions].sort().join(' ');
const refusal = (text: string): string[] => {
  const result = parseIsa(text);
  return result.ok ? [] : result.problems.map(({ message, start, end }) => `${text.slice(start, end)}: ${message}`);
};

describe('ISA strings', () => {
  test('implications are closed', () => {
    expect(names('rv64ic')).toBe('c i zca');
    expect(names('rv64id')).toBe('d f i zicsr');
    expect(names('rv64idc')).toBe('c d f i zca zcd zicsr');
    expect(names('rv32ifc')).toBe('c f i zca zcf zicsr');
    expect(names('rv64ifc')).toBe('c f i zca zicsr');
    expect(names('rv64g')).toBe('a d f i m zaamo zalrsc zicsr zifencei zmmul');
  });

  test('the width, the text and the promises of the fetch path', () => {
    const parsed = isa('rv64gc_zifencei_ziccif');
    expect(parsed.xlen).toBe(64);
    expect(parsed.text).toBe('rv64gc_zifencei_ziccif');
    expect(parsed.profile).toBeNull();
    expect(parsed.extensions.has('ziccif')).toBe(true);
    expect(parsed.extensions.has('ziccid')).toBe(false);
    expect(isa('rv32imac').xlen).toBe(32);
  });

  test('versions, capitals and names that run together', () => {
    expect(names('RV64I2p1_M2p0_Zicsr2p0')).toBe(names('rv64im_zicsr'));
    expect(names('rv64i2p1m2p0')).toBe(names('rv64im'));
    expect(names('rv64gcsv39')).toBe(names('rv64gc_sv39'));
    expect(isa('rv64gcv_zba1p0_zvl256b_ss1p13').extensions.has('zvl256b')).toBe(true);
  });

  test.each(['rva20u64', 'rva20s64', 'rva22u64', 'rva22s64', 'rva23u64', 'rva23s64'])(
    '%s promises Ziccif, not Ziccid',
    (profile) => {
      const parsed = isa(profile);
      expect(parsed.profile).toBe(profile);
      expect(parsed.xlen).toBe(64);
      expect(parsed.extensions.has('ziccif')).toBe(true);
      expect(parsed.extensions.has('ziccid')).toBe(false);
      expect(parsed.extensions.has('zifencei')).toBe(profile.includes('s64'));
      expect(parsed.extensions.has('zcd')).toBe(true);
    },
  );

  test('a profile with more', () => {
    const parsed = isa('rva22s64_ziccid_zacas');
    expect(parsed.profile).toBe('rva22s64');
    expect(parsed.extensions.has('ziccid')).toBe(true);
    expect(isa('rva22s64_ziccif').profile).toBeNull();
    expect(isa('rva23u64').extensions.has('zve64d')).toBe(true);
  });

  test('what is unknown or contradictory is refused by name, with its place', () => {
    expect(refusal('rv64gc_zicsrr')).toEqual(['zicsrr: unknown extension `zicsrr`: did you mean `zicsr`?']);
    expect(refusal('rv64gc_zzzzzzz')).toEqual(['zzzzzzz: unknown extension `zzzzzzz`']);
    expect(refusal('rv64gc_xventana')).toEqual(['xventana: vendor extension `xventana` is not known']);
    expect(refusal('rv64gc_zcmp')).toEqual(['zcmp: Zcmp does not go with Zcd']);
    expect(refusal('rv64imfc_zcf')).toEqual(['zcf: Zcf does not go with RV64']);
    expect(refusal('rva22s46')).toEqual(['rva22s46: unknown profile `rva22s46`: did you mean `rva22s64`?']);
    expect(refusal('rv64e')).toEqual(['e: the E base (16 registers) is not supported']);
    expect(refusal('rv64')[0]).toContain('names no base');
    expect(refusal('rv128i')[0]).toContain('is no ISA string');
    expect(refusal('')[0]).toContain('is no ISA string');
    expect(refusal('rv64gc__!?')).not.toEqual([]);
  });

  test('what contradicts is told by the names of both, whether they are written or follow', () => {
    expect(refusal('rv64i_zdinx_d')).toEqual(['rv64i_zdinx_d: Zfinx does not go with F']);
    expect(refusal('rv64iv_zfinx')).toEqual(['zfinx: Zfinx does not go with F']);
    expect(refusal('rv32ifc_zclsd')).toEqual(['zclsd: Zclsd does not go with Zcf']);
    expect(refusal('rv64gc_zce')).toHaveLength(2);
    expect(refusal('rv64i_sv32')).toEqual(['sv32: Sv32 does not go with RV64']);
    expect(refusal('rv32i_sv39')).toEqual(['sv39: Sv39 does not go with RV32']);
    expect(refusal('rva22u64_zcmp')).toEqual(['zcmp: Zcmp does not go with Zcd']);
    expect(names('rv64imafc_zcmp')).toContain('zcmp');
  });

  test.each(['_zba', 'i', '_', 'z', '9'])('an endless string of `%s` is refused for its length', (part) => {
    const text = `rv64i${part.repeat(1_000_000)}`;
    const result = parseIsa(text);
    expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual([
      `an ISA string of ${text.length} characters: 8192 are the most`,
    ]);
  });

  test('one extension more or less', () => {
    const rv64gc = isa('rv64gc');
    expect(withExtension(rv64gc, 'ziccid', true).extensions.has('ziccid')).toBe(true);
    expect(withExtension(rv64gc, 'ziccid', true).text).toBe('rv64gc_ziccid');
    const noC = withExtension(rv64gc, 'c', false);
    expect(['c', 'zca', 'zcd'].filter((name) => noC.extensions.has(name))).toEqual([]);
    const noD = withExtension(rv64gc, 'd', false);
    expect(['d', 'zcd'].filter((name) => noD.extensions.has(name))).toEqual([]);
    expect(noD.extensions.has('f')).toBe(true);
    expect(noD.extensions.has('c')).toBe(true);
    expect(withExtension(isa('rva22s64'), 'ziccif', false).extensions.has('ziccif')).toBe(false);
    expect(withExtension(rv64gc, 'nonsense', true)).toBe(rv64gc);
  });

  test('which instruction sets are decoded', () => {
    expect(
      ['i', 'm', 'a', 'f', 'd', 'c', 'zicsr', 'zifencei', 'ziccif', 'b'].filter((name) => !supports(name)),
    ).toEqual([]);
    expect(['zfinx', 'q', 'nonsense'].filter(supports)).toEqual([]);
    expect(
      ['rva20s64', 'rva22u64', 'rva22s64', 'rva23u64', 'rva23s64'].flatMap((profile) => undecoded(isa(profile))),
    ).toEqual([]);
    expect(undecoded(isa('rv32gcq_zilsd'))).toEqual(['q', 'zilsd']);
  });

  test('an unknown name behind `_` is one name, told once', () => {
    const result = parseIsa('rv64i_zic64b_foo');
    expect(result.ok ? [] : result.problems.map(({ message, start, end }) => [message, start, end])).toEqual([
      ['unknown extension `foo`', 13, 16],
    ]);
    expect(parseIsa('rv64i_ma_c').ok).toBe(true);
  });
});
