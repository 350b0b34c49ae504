import { describe, expect, test } from 'vitest';
import type { VariationResult, VariedProtocol, VaryJson } from '../../server/src/cli/vary-results';
import { example } from '../language/examples';
import { cmodx, naive, safePatch } from './terminal';

const replay = example('ftrace/replay-auipc.cmodx');
/** NOP;NOP becomes AUIPC;JALR: a small search, with all kinds of rows. */
const stopped = example('ftrace/stop-machine.cmodx');

async function varied(text: string, options = ''): Promise<VariedProtocol> {
  const { code, out } = await cmodx(`vary --json ${options} a.cmodx`, { 'a.cmodx': text });
  expect(code).toBe(0);
  const { version, protocols } = JSON.parse(out) as VaryJson;
  expect(version).toBe(1);
  return protocols[0]!;
}

const table = ({ variations }: VariedProtocol): Record<string, string> =>
  Object.fromEntries(
    variations.map(({ effect, expect: found, result }): [string, string] => [result.when ?? '', `${effect}: ${found}`]),
  );

describe("the mail's protocol", () => {
  const breaks = (kind: string): string => `load-bearing: unsafe ${kind}`;
  const [mixed, torn] = [breaks('mixed'), breaks('torn')];
  const late = 'load-bearing: safe, not effective';
  const same = 'redundant: safe, effective';

  test('the whole table', async () => {
    const found = await varied(replay);
    expect(found.base).toMatchObject({ verdict: 'safe', met: true });
    expect(found.base.claims).toContainEqual({ name: 'effective', holds: true });
    expect(table(found)).toEqual({
      // Without the jump over the pair, a pass falls from the old AUIPC to the new JALR.
      'without redirect': mixed,
      'without redirect.write': mixed,
      // Without the new JALR the new AUIPC comes to the old one.
      'without retarget': mixed,
      'without retarget.write': mixed,
      // Without its last step the protocol ends with the jump in force: consistent, and not the new version.
      'without activate': late,
      'without activate.write': late,
      // Without the fence the message overtakes the code: a hart answers, and fetches the old word afterwards.
      'without redirect.fence': mixed,
      'without retarget.fence': mixed,
      // After the third step nothing more is written: who fetches the old jump late skips the call, once more.
      'without activate.fence': late,
      // Without the wait the next step begins while someone may still be between the two instructions.
      'without redirect.sync': mixed,
      'without retarget.sync': mixed,
      'without activate.sync': late,
      'redirect.sync async': mixed,
      'retarget.sync async': mixed,
      'activate.sync async': late,
      // An interrupt that executes no fence.i leaves what was fetched before.
      'without redirect.sync.fence.i': mixed,
      'without retarget.sync.fence.i': mixed,
      'without activate.sync.fence.i': late,
      // A thread that was interrupted between the two goes on with the old AUIPC's t0.
      'without "on trap return"': mixed,
      // The first and third write hit what passes execute; the second is hidden behind the jump.
      'redirect.write by half': torn,
      'retarget.write by half': same,
      'activate.write by half': torn,
      // The message is a store to memory here: `o` does not order it.
      'redirect.fence = w,o': mixed,
      'retarget.fence = w,o': mixed,
      'activate.fence = w,o': late,
      'redirect.fence = iorw,iorw': same,
      'retarget.fence = iorw,iorw': same,
      'activate.fence = iorw,iorw': same,
      // The pair is rewritten while it runs, or half-written when it comes into force.
      'swap redirect retarget': mixed,
      'swap retarget activate': mixed,
      // A fence before the write, or behind the sync, is none between them.
      'swap redirect.write redirect.fence': mixed,
      'swap redirect.fence redirect.sync': mixed,
      'swap retarget.write retarget.fence': mixed,
      'swap retarget.fence retarget.sync': mixed,
      'swap activate.write activate.fence': late,
      'swap activate.fence activate.sync': late,
      // Words that may be fetched by halves.
      'not ziccif': torn,
      'entry at 2 mod 4': torn,
      ziccid: same,
      'memory tso': same,
      'memory sc': same,
      // A fetch may read what is written after its hart has answered.
      'fetch letter': mixed,
      'fetch isa': same,
      'fetch isa+decode': same,
      // `fence w,w` does not order the store to a device; the firmware returns without the fix-up.
      'ipi device': 'load-bearing: unsafe mixed',
      'ipi sbi': 'load-bearing: unsafe mixed',
      'not preemptible': same,
      pinned: same,
      masked: same,
      'executors 1': same,
      'executors 2': same,
    });
  }, 120_000);
});

describe('a row', () => {
  test('that is unsafe has its violation with a trace, as `check --json` has it', async () => {
    const { variations } = await varied(stopped, '--protocol enable');
    const { out } = await cmodx('check --json a.cmodx', { 'a.cmodx': stopped });
    const { results } = JSON.parse(out) as { results: VariationResult['result'][] };
    const written = results.filter(({ protocol, when }) => protocol === 'enable' && when?.startsWith('patch.stop'));
    expect(written).toHaveLength(5);
    for (const { when, expected, violations } of written) {
      const row = variations.find(({ result }) => result.when === when)?.result;
      expect(row).toMatchObject({ expected, met: true, violations });
      expect(row?.violations.every(({ trace }) => trace.length > 0)).toBe(true);
    }
  });

  test('pasted into the text as an `expect` line is met', async () => {
    const { variations } = await varied(stopped, '--protocol enable');
    const lines = variations.map(({ expect: found, result }) => `  expect ${found} when ${result.when}\n`);
    const [enable = ''] = stopped.split('\n\n// A thread');
    const bare = enable
      .split('\n')
      .filter((line) => !/^ *expect/.test(line))
      .join('\n');
    const { code, out } = await cmodx('check a.cmodx', { 'a.cmodx': bare.replace(/\}$/, `${lines.join('')}}\n`) });
    expect(out).toMatch(/\n27 checks: 27 as expected\n$/);
    expect(code).toBe(0);
  });

  test('for people stands under a heading, with the place of a violation; a sum ends the table', async () => {
    const { code, out } = await cmodx('vary --protocol enable a.cmodx', { 'a.cmodx': stopped });
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^enable: safe: any harts, any passes, .*; effective; retires off$/);
    expect(lines.filter((line) => /^ {2}\S/.test(line)).map((line) => line.trim())).toEqual([
      'Left out',
      'Weaker, or ordering something else',
      'In another order',
      'Under another assumption',
      '26 variations: 10 load-bearing, 16 change nothing',
    ]);
    const cells = (when: string): string[] =>
      lines
        .find((line) => line.includes(`  ${when} `))
        ?.trim()
        .split(/\s{2,}/) ?? [];
    expect(cells('patch.stop without park')).toEqual([
      'too weak',
      'patch.stop without park',
      'unsafe mixed',
      expect.stringMatching(/^a\.cmodx:\d+:\d+ \S/),
    ]);
    expect(cells('without patch.write.2')).toEqual(['load-bearing', 'without patch.write.2', 'safe, not effective']);
    expect(cells('patch.write.1 by half')[0]).toBe('strong enough');
    expect(cells('swap patch.write.1 patch.write.2')[0]).toBe('order is free');
    expect(cells('pinned')[0]).toBe('holds');
    expect(cells('fetch isa')[0]).toBe('breaks it');
  });
});

describe('an unsafe protocol', () => {
  const device = replay
    .replace('ipi    memory', 'ipi    device')
    .replace('executors any preemptible', 'executors any masked');

  test('the one change that saves it is named', async () => {
    // Only one of its fences orders too little: the one that is left at `w,w` for a message that goes out by a device.
    const text = device.replace(/(retarget|activate)(.*)fence w,w/g, '$1$2fence w,o');
    const found = await varied(text);
    expect(found.base.verdict).toBe('unsafe');
    const saving = found.variations.filter(({ effect }) => effect === 'saves').map(({ result }) => result.when);
    // TSO orders stores to memory only, and with `ipi memory` the other two fences would be the wrong ones.
    expect(saving).toEqual(['redirect.fence = w,o', 'redirect.fence = iorw,iorw', 'memory sc']);
    const { out } = await cmodx('vary a.cmodx', { 'a.cmodx': text });
    expect(out).toContain(`each of these alone makes it safe: ${saving.join('; ')}\n`);
    expect(out).toMatch(/ {4}saves it {2,}redirect\.fence = w,o /);
  });

  test('where no single change saves it, that is said', async () => {
    const { code, out } = await cmodx('vary a.cmodx', {
      'a.cmodx': naive.replace('machine {', 'machine {\n ipi sbi\n'),
    });
    expect(code).toBe(0);
    expect(out).toMatch(/\n {2}(no single change makes it safe|each of these alone makes it safe: .*)\n$/);
  });
});

describe('stop_machine', () => {
  test('left out, its body runs beside the others; each of its parts is tried', async () => {
    const rows = table(await varied(stopped, '--protocol enable'));
    const mixed = 'load-bearing: unsafe mixed';
    const same = 'redundant: safe, effective';
    expect(rows).toMatchObject({
      'without patch.stop': mixed,
      // The JALR alone jumps by a t0 that nobody has set; the AUIPC alone is a NOP more.
      'without patch.write.1': mixed,
      'without patch.write.2': 'load-bearing: safe, not effective',
      'patch.stop without park': mixed,
      'patch.stop without irqs-off': mixed,
      'patch.stop without release': mixed,
      // The fence.i behind it orders the read of the counter before what is fetched then.
      'patch.stop without acquire': same,
      'patch.stop without fence.i': mixed,
      // Nobody looks while the block runs: neither size nor order of the stores matters, nor what fetches are atomic.
      'patch.write.1 by half': same,
      'swap patch.write.1 patch.write.2': same,
      'not ziccif': same,
      'entry at 2 mod 4': same,
      // A preempted thread does not stop between two passes.
      preemptible: mixed,
    });
    expect(Object.keys(rows)).toHaveLength(26);
  });
});

describe('limits', () => {
  test('what was not decided is inconclusive, neither safe nor redundant, with exit code 3', async () => {
    const { code, out } = await cmodx('vary --json --max-states 100 a.cmodx', { 'a.cmodx': replay });
    expect(code).toBe(3);
    const { protocols } = JSON.parse(out) as VaryJson;
    const rows = protocols[0]?.variations ?? [];
    const open = rows.filter(({ result }) => result.verdict === 'inconclusive');
    expect(open.length).toBeGreaterThan(10);
    for (const { effect, expect: found, result } of open)
      expect([effect, found, result.limit]).toEqual(['open', null, 'limit of 100 states']);
    // The protocol itself is not decided: no row says what a change does to it.
    expect(new Set(rows.map(({ effect }) => effect))).toEqual(new Set(['open']));
    const people = await cmodx('vary --max-states 100 a.cmodx', { 'a.cmodx': replay });
    expect(people.out).toMatch(/ {4}inconclusive {2,}without retarget\.fence .*inconclusive: limit of 100 states/);
    expect(people.out).toContain('51 variations: 51 inconclusive');
  });
});

describe('the command line', () => {
  test('several protocols are varied one after the other, or the one of a name', async () => {
    const both = `${safePatch}protocol again patches entry from on to off { write NOP }\n`;
    const names = async (options: string): Promise<string[]> => {
      const { out } = await cmodx(`vary --json ${options} a.cmodx`, { 'a.cmodx': both });
      return (JSON.parse(out) as VaryJson).protocols.map(({ base }) => base.protocol);
    };
    expect(await names('')).toEqual(['toggle', 'again']);
    expect(await names('--protocol again')).toEqual(['again']);
  });

  test('a protocol with errors is refused with its messages; the others are varied', async () => {
    const files = { 'a.cmodx': `${safePatch}protocol broken patches entry from on to off { write NPO }\n` };
    const { code, out, err } = await cmodx('vary a.cmodx', files);
    expect(code).toBe(2);
    expect(err).toMatch(/^a\.cmodx:10:54: error: .*`NPO`/);
    expect(out).toContain('broken: invalid: the text has errors\n');
    expect(out).toMatch(/toggle: safe/);
    const { protocols, diagnostics } = JSON.parse((await cmodx('vary --json a.cmodx', files)).out) as VaryJson;
    expect(protocols.map(({ base, variations }) => [base.verdict, variations.length > 0])).toEqual([
      ['safe', true],
      ['invalid', false],
    ]);
    expect(diagnostics).toHaveLength(1);
  });

  test('--trace tells how', async () => {
    const { out } = await cmodx('vary --trace a.cmodx', { 'a.cmodx': naive });
    expect(out).toMatch(/^ {8} ?1\. /m);
  });

  test.each([
    ['', 'needs a file'],
    ['a.cmodx a.cmodx', 'takes one file'],
    ['none.cmodx', 'none.cmodx does not exist'],
    ['empty.cmodx', 'empty.cmodx has no protocol'],
    ['--protocol togle a.cmodx', 'a.cmodx has no protocol `togle`; did you mean `toggle`?'],
  ])('`cmodx vary %s` is refused with exit code 2', async (line, message) => {
    const { code, out, err } = await cmodx(`vary ${line}`, { 'a.cmodx': safePatch, 'empty.cmodx': '' });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});
