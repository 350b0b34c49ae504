import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, type Reach, type Scenario } from '../../server/src/checker';
import { baseAt, isEncodable, Members, reachedBy } from '../../server/src/checker/reach';
import { assembleBlock, parseStatement } from '../../server/src/isa';
import { analyze } from '../../server/src/language';
import { Hart, Ram, step } from '../../server/src/machine';
import { Dice } from '../machine/dice';
import { isaOf } from '../machine/harness';
import { scenarioOf, verdictOf } from './support';

const caller = 0xffffffff80a10100n;
const other = caller + 0x400n;
const aimed = 'auipc t0, %pcrel_hi(caller)';
const file = (reach: string, version = `A: ${aimed} ; JALR: jalr t0, %pcrel_lo(A)(t0)`, sites = ''): string => `
symbol caller = ${caller}
symbol other = caller + 0x400
${sites}
sites many from 0xffffffff80000000 to 0xffffffff81000000 every 4 clobbers t0 { version on { ${version} } }
site entry at 0xffffffff80a00000 clobbers t0 { version on { ${version} } }
protocol p patches entry from on { ${reach} }
`;
const brief = (text: string): string =>
  verdictOf(text)
    .violations.filter(({ code }) => code === 'unencodable')
    .map(({ code, headline }) => `${code}: ${headline}`)
    .join('; ') || 'safe';
const messages = (text: string): string =>
  verdictOf(text)
    .violations.map(({ message }) => message)
    .join('\n');

describe('reach, from one site', () => {
  it('holds where the immediate fits, at the first and the last that does', () => {
    // The AUIPC makes 0xffffffff80a10000 of a site on a page's first byte.
    expect(brief(file('reach caller + 0x6ff - 1, caller - 0x900 from entry by JALR'))).toBe('safe');
    expect(brief(file('reach caller + 0x700 from entry by JALR'))).toMatch(
      /^unencodable: JALR cannot reach .* from entry$/,
    );
    expect(brief(file('reach caller - 0x902 from entry by JALR'))).toMatch(/^unencodable/);
  });

  it('says what the immediate would be, and what it calls once it is cut', () => {
    expect(messages(file('reach caller + 0x800 from entry by JALR'))).toBe(
      'JALR cannot reach 0xffffffff80a10900 (other+0x400) from entry: t0 is 0xffffffff80a10000 there, so that the immediate would be 2,304; jalr holds -2,048 to 2,047, and cut to 12 bits it jumps to 0xffffffff80a0f900 (caller-0x800).',
    );
  });

  it('no odd address is reached, since jalr clears bit 0', () => {
    expect(messages(file('reach caller + 1 from entry by JALR'))).toContain('reaches no odd address');
  });

  it('without a label takes the last jump of the version', () => {
    expect(brief(file('reach caller from entry'))).toBe('safe');
    expect(brief(file('reach entry + 0x400 from entry', 'J: j .+8'))).toBe('safe');
  });

  it('knows the fields of j, c.j and branches', () => {
    const far = (version: string, target: string): string => brief(file(`reach ${target} from entry`, version));
    expect(far('J: j .+8', 'entry + 0xffffe')).toBe('safe');
    expect(far('J: j .+8', 'entry + 0x100000')).toMatch(/^unencodable/);
    expect(far('J: j .+8', 'entry - 0x100000')).toBe('safe');
    expect(far('J: c.j .+8', 'entry + 0x7fe')).toBe('safe');
    expect(far('J: c.j .+8', 'entry + 0x800')).toMatch(/^unencodable/);
    expect(far('J: beq a0, a1, .+8', 'entry + 0xffe')).toBe('safe');
    expect(far('J: beq a0, a1, .+8', 'entry + 0x1000')).toMatch(/^unencodable/);
    expect(far('J: c.beqz a0, .+8', 'entry + 0xfe')).toBe('safe');
    expect(far('J: c.beqz a0, .+8', 'entry + 0x100')).toMatch(/^unencodable/);
  });

  it('follows lui, li and addi to the jump', () => {
    expect(brief(file('reach 0x12345678 from entry', 'lui t0, 0x12345 ; J: jalr t0, 0(t0)'))).toBe('safe');
    expect(brief(file('reach 0x12346000 from entry', 'lui t0, 0x12345 ; J: jalr t0, 0(t0)'))).toMatch(/^unencodable/);
    expect(
      brief(file('reach caller + 2046 from many', `A: ${aimed} ; addi t0, t0, %pcrel_lo(A) ; J: jalr t0, 0(t0)`)),
    ).toBe('safe');
  });

  it('moves with a `when`', () => {
    const text = file('reach caller + 0x700 from entry by JALR\n expect safe when entry at 0x200 mod 4096');
    expect(verdictOf(text).verdict).toBe('unsafe');
    expect(verdictOf(text, 'entry at 0x200 mod 4096').verdict).toBe('safe');
  });

  it('needs no trace', () => {
    const [violation] = verdictOf(file('reach caller + 0x700 from entry by JALR')).violations;
    expect(violation?.trace).toEqual([]);
    expect(violation?.before).toEqual({ harts: [], memory: [] });
  });
});

describe('reach, from many sites', () => {
  it('what the AUIPC is aimed at is reached from everywhere', () => {
    expect(brief(file('reach caller from many by JALR'))).toBe('safe');
  });

  it('counts by the low 12 bits, which the AUIPC keeps, and never by distance', () => {
    const found = messages(file('reach other from many by JALR within 2047 of caller'));
    expect(found).toContain('from 1,048,576 of 4,194,304 sites (25 %) of many: those at 0x904 to 0xd00 mod 4096.');
    expect(found).toContain('The first is 0xffffffff80000904: t0 is 0xffffffff80a0f904 here');
    expect(found).toContain('from every site: from 1,048,576 of 4,194,304 sites (25 %) wrongly');
  });

  it('a distance from the site itself is wrong both ways', () => {
    expect(messages(file('reach other from many by JALR within 2047'))).toContain(
      'allows 1,023 of 4,194,304 sites (0.1 %): from 255 of them wrongly; it refuses 3,144,960 that can encode it.',
    );
  });

  it('`never reach` fails where any site can', () => {
    expect(brief(file('never reach caller + 0x1000 from many by JALR'))).toBe('safe');
    expect(brief(file('never reach other from many by JALR'))).toBe(
      'unencodable: JALR can reach other from 3,145,728 of 4,194,304 sites (75 %) of many',
    );
  });

  it('an AUIPC that does not reach what it is aimed at is told as such', () => {
    const far =
      'sites far from 0xffffffff00000000 to 0xffffffff00002000 every 4 clobbers t0 { version on { A: auipc t0, %pcrel_hi(caller) ; J: jalr t0, 0(t0) } }';
    expect(() => scenarioOf(file('reach caller from far by J', undefined, far))).toThrow(/reach|range|fit/);
  });
});

const isa = isaOf('rv64gc_zifencei');

/** Everywhere that `auipc t0, %pcrel_hi(aim)` and a `jalr` lead from a site: each immediate run by the emulator. */
function everywhere(site: bigint, aim: bigint): Set<bigint> {
  const text = 'auipc t0, %pcrel_hi(aim)';
  const symbol = (): bigint => aim;
  const block = assembleBlock([parseStatement(text, 0, text.length)], site, { isa, symbol, symbolNames: [] });
  const reached = new Set<bigint>();
  for (let immediate = 0; immediate < 4096; immediate++) {
    const ram = new Ram();
    ram.map(site, block.statements[0]?.bytes ?? new Uint8Array(), 8);
    ram.store(site + 4n, 4, BigInt(immediate * 0x100000 + 0x282e7));
    const hart = new Hart(site, isa);
    for (let i = 0; i < 2; i++) expect(step(hart, ram, isa).kind).toBe('retired');
    reached.add(hart.pc);
  }
  return reached;
}

const reachOf = (scenario: Scenario): Reach => scenario.reaches[0] as Reach;

describe('counting', () => {
  it('is what looking at each member by itself finds', () => {
    const reach = reachOf(scenarioOf(file('reach other from many by JALR')));
    for (let round = 0; round < 40; round++) {
      const first = 0xffffffff80000000n + BigInt((round * 7919) % 4096) * 2n;
      const members = {
        first,
        step: BigInt([2, 4, 6, 8, 12, 24, 4096, 5000][round % 8] as number),
        count: 1 + ((round * 337) % 3000),
      };
      const targets = [0n, BigInt(round * 52)].map((offset) => caller + offset * 2n - 0x700n);
      const each = Array.from({ length: members.count }, (_, i) => members.first + members.step * BigInt(i));
      const good = each.filter((member) => {
        const base = baseAt(reach.jump, member, 64);
        return base !== null && targets.every((target) => isEncodable(reach.jump, base, target, 64));
      });
      const found = new Members({ jump: reach.jump, members }, 64).encodability(targets);
      expect(found.encodable).toBe(good.length);
      expect(found.firstGood).toBe(good[0] ?? null);
      expect(found.firstBad).toBe(each.find((member) => !good.includes(member)) ?? null);
    }
  });

  it('an immediate that fits leads to its target', () => {
    const { jump } = reachOf(scenarioOf(file('reach other from many by JALR')));
    for (const base of [caller, caller + 0x7fen, caller - 0x3fen])
      expect(reachedBy(jump, base, other - base, 64)).toBe(other);
  });
});

describe('beside the emulator', () => {
  it('a target is encodable where some immediate, run, leads to it', () => {
    const random = new Dice(26);
    for (let round = 0; round < 8; round++) {
      const site = 0xffffffff80000000n + BigInt(random.below(0x800000)) * 2n;
      const reached = everywhere(site, caller);
      const reach = reachOf(scenarioOf(file('reach other from many by JALR')));
      for (let i = 0; i < 200; i++) {
        const target = caller - 0x1100n + BigInt(random.below(0x2200));
        const base = baseAt(reach.jump, site, 64) as bigint;
        expect(isEncodable(reach.jump, base, target, 64)).toBe(reached.has(target));
      }
    }
  });
});

describe('the examples', () => {
  const told = (name: string, protocol: string): string => {
    const text = readFileSync(join(import.meta.dirname, '../../examples/ftrace', name), 'utf8');
    const found = analyze(name, text, () => null).checks.find((one) => one.protocol === protocol && one.when === null);
    if (!found?.scenario) throw new Error(`no protocol ${protocol}`);
    return check(found.scenario)
      .violations.map(({ message }) => message)
      .join('\n');
  };

  it('the toggle: 64 bytes on, one site in 64 fails; as far on as JALR_RANGE allows, half of them', () => {
    expect(told('toggle-reach.cmodx', 'retarget_near')).toContain('from 65,536 of 4,194,304 sites (1.6 %)');
    expect(told('toggle-reach.cmodx', 'retarget_far')).toContain('from 2,093,056 of 4,194,304 sites (49.9 %)');
  });

  it('the page of trampolines: all 255 from 516 of 1024 places in a page, all 511 from 4', () => {
    const sites = 4_194_304;
    const failing = (places: number): string => ((sites / 1024) * (1024 - places)).toLocaleString('en-US');
    expect(told('trampoline-page.cmodx', 'all_255')).toContain(
      `all of 255 targets from ${failing(516)} of 4,194,304 sites`,
    );
    expect(told('trampoline-page.cmodx', 'all_511')).toContain(
      `all of 511 targets from ${failing(4)} of 4,194,304 sites`,
    );
  });
});
