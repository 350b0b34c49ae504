import { describe, expect, it } from 'vitest';
import { example } from './examples';
import { analyzeText, operationsOf, scenarioOf, word } from './fixtures';

const replay = example('ftrace/replay-auipc.cmodx');

/** A site's versions in short: `old: AUIPC@+0=0xff612297 ...`. */
function versionsOf(text: string, when: string | null = null): string[] {
  const [site] = scenarioOf(text, when).sites;
  if (site === undefined) throw new Error('no site');
  return site.versions.map(
    ({ name, instructions }) =>
      `${name}: ${instructions.map(({ label, address, bytes }) => `${label ?? ''}@+${address - site.address}=${word(bytes)}`).join(' ')}`,
  );
}

describe("the mail's protocol", () => {
  it('its versions, as GNU as encodes them', () => {
    expect(versionsOf(replay)).toEqual([
      'old: AUIPC@+0=0xff612297 JALR@+4=0x000282e7',
      'skip: JUMP@+0=0x0080006f',
      "new: AUIPC'@+0=0xff945297 JALR'@+4=0x680282e7",
    ]);
  });
  it('its operations', () => {
    expect(operationsOf(scenarioOf(replay))).toEqual([
      '0xffffffff80a00000 <- 0x0080006f',
      'fence w,w',
      'sync fence.i',
      '0xffffffff80a00004 <- 0x680282e7',
      'fence w,w',
      'sync fence.i',
      '0xffffffff80a00000 <- 0xff945297',
      'fence w,w',
      'sync fence.i',
    ]);
  });
  it('all else that the checker is told', () => {
    const scenario = scenarioOf(replay);
    expect(scenario.machine).toMatchObject({
      memory: 'rvwmo',
      ipi: 'memory',
      fetch: { fenceiFetch: true, decodeW: true, decode: false },
    });
    expect(scenario.machine.isa.extensions.has('ziccif')).toBe(true);
    expect(scenario.symbols.map(({ name, address, returns }) => [name, address, returns])).toEqual([
      ['old_tramp', 0xffffffff80012000n, null],
      ['new_tramp', 0xffffffff80345680n, null],
    ]);
    expect(scenario.sites).toMatchObject([
      { name: 'entry', address: 0xffffffff80a00000n, size: 8, clobbers: [5], from: ['old'], to: 'new' },
    ]);
    expect(word(scenario.sites[0]?.initial ?? new Uint8Array())).toBe('0x000282e7ff612297');
    expect(scenario.fixups).toMatchObject([
      {
        addresses: [0xffffffff80a00004n],
        patterns: [{ mask: 0x000fffff, match: 0x000282e7, length: 4 }],
        sepcDelta: -4n,
      },
    ]);
    expect(scenario.executors).toMatchObject({ count: 'any', preemptible: true, migrating: true, masked: false });
  });
  it('expectations, in the order of the text, one check for each `when`', () => {
    const { checks } = analyzeText(replay);
    expect(checks.map(({ when, expectations }) => [when, ...expectations.map(({ text }) => text)])).toEqual([
      [null, 'safe, effective'],
      ['without "on trap return"', 'unsafe mixed'],
      ['ipi sbi', 'unsafe mixed'],
      ['ipi device', 'unsafe mixed'],
      ['without redirect.sync', 'unsafe mixed'],
      ['without activate.sync', 'safe, not effective'],
      ['not ziccif', 'unsafe torn'],
      ['entry at 2 mod 4', 'unsafe torn'],
    ]);
    expect(checks[5]?.expectations[0]).toMatchObject({
      verdict: 'safe',
      codes: [],
      claims: [{ name: 'effective', holds: false }],
    });
    expect(checks[6]?.expectations[0]).toMatchObject({ verdict: 'unsafe', codes: ['torn'], claims: [] });
  });
});

describe('`when`', () => {
  const withWhen = (...conditions: string[]): string =>
    replay.replace(
      'expect safe, effective\n',
      `expect safe\n${conditions.map((condition) => `expect safe when ${condition}\n`).join('')}`,
    );
  const variant = (when: string) => scenarioOf(withWhen(when), when);

  it('`SITE at A mod M` moves the site and assembles it anew', () => {
    const scenario = variant('entry at 2 mod 8');
    expect(scenario.sites[0]?.address).toBe(0xffffffff80a00002n);
    expect(versionsOf(withWhen('entry at 2 mod 8'), 'entry at 2 mod 8')[0]).toBe(
      'old: AUIPC@+0=0xff612297 JALR@+4=0xffe282e7',
    );
    expect(scenario.fixups[0]?.addresses).toEqual([0xffffffff80a00006n]);
    expect(operationsOf(scenario)[0]).toBe('0xffffffff80a00002 <- 0x0080006f');
    // The text as it stands keeps its place.
    expect(analyzeText(withWhen('entry at 2 mod 8')).names.find(({ name }) => name === 'JALR')?.address).toBe(
      0xffffffff80a00004n,
    );
  });
  it('`DATA at A mod M` moves data', () => {
    const text = `${pair('0x80001000', 'store.d slot, 1')}`.replace(
      'store.d slot, 1',
      'store.d slot, 1\n expect safe when slot at 4 mod 8\n',
    );
    expect(operationsOf(scenarioOf(text, 'slot at 4 mod 8'))).toEqual(['0x80003004 <- 0x0000000000000001']);
  });
  it('the machine', () => {
    expect(variant('ipi device').machine.ipi).toBe('device');
    expect(variant('memory tso').machine.memory).toBe('tso');
    expect(variant('fetch letter').machine.fetch).toEqual({ fenceiFetch: false, decodeW: false, decode: false });
    expect(variant('fetch isa + decode').machine.fetch).toEqual({ fenceiFetch: true, decodeW: true, decode: true });
    expect(variant('not ziccif').machine.isa.extensions.has('ziccif')).toBe(false);
    expect(variant('ziccid').machine.isa.extensions.has('ziccid')).toBe(true);
    expect(variant('isa rv64imac_zifencei').machine.isa.extensions.has('d')).toBe(false);
  });
  it('Ztso in the ISA string is a memory model', () => {
    expect(variant('ztso').machine.memory).toBe('tso');
    expect(scenarioOf(replay.replace('rv64gc_', 'rv64gc_ztso_')).machine.memory).toBe('tso');
    expect(scenarioOf(replay.replace('rv64gc_', 'rv64gc_ztso_').replace('rvwmo', 'sc')).machine.memory).toBe('sc');
  });
  it('executors', () => {
    expect(variant('not preemptible').executors).toMatchObject({ preemptible: false, migrating: true });
    expect(variant('pinned').executors.migrating).toBe(false);
    expect(variant('not pinned').executors.migrating).toBe(true);
    expect(variant('masked').executors.masked).toBe(true);
    expect(variant('executors 3').executors.count).toBe(3);
    expect(variant('executors 2 not preemptible').executors).toMatchObject({ count: 2, preemptible: false });
  });
  it('handlers', () => {
    expect(variant('without "on trap return"').fixups).toEqual([]);
    expect(variant('match nop too').fixups[0]?.patterns.map(({ match }) => match)).toEqual([0x000282e7, 0x00000013]);
    expect(variant('match jalr t1, *(t1) too').fixups[0]?.patterns[1]).toMatchObject({
      mask: 0x000fffff,
      match: 0x00030367,
    });
  });
  it('steps and operations left out, changed, exchanged', () => {
    const operations = (when: string): string[] => operationsOf(variant(when));
    const all = operationsOf(scenarioOf(replay));
    expect(operations('without retarget')).toEqual([...all.slice(0, 3), ...all.slice(6)]);
    expect(operations('without retarget.sync')).toEqual(all.filter((_, i) => i !== 5));
    expect(operations('without retarget.write')).toEqual(all.filter((_, i) => i !== 3));
    expect(operations('without retarget.fence.1')).toEqual(all.filter((_, i) => i !== 4));
    expect(operations('without sync')).toEqual(all.filter((line) => line !== 'sync fence.i'));
    expect(operations('swap redirect activate')).toEqual([...all.slice(6), ...all.slice(3, 6), ...all.slice(0, 3)]);
    expect(operations('redirect.fence = rw,o').slice(0, 4)).toEqual([all[0], 'fence rw,o', all[2], all[3]]);
    expect(operations('fence = tso').filter((line) => line === 'fence.tso')).toHaveLength(3);
    expect(operations('redirect.sync async')[2]).toBe('sync fence.i async');
    expect(operations('redirect.write by half')[0]).toBe(`${all[0]} by half`);
    expect(operations('write by byte').filter((line) => line.endsWith('by byte'))).toHaveLength(3);
  });
  it('operations exchanged, wherever they stand', () => {
    const operations = (when: string): string[] => operationsOf(variant(when));
    const all = operationsOf(scenarioOf(replay));
    expect(operations('swap redirect.write redirect.fence')).toEqual([all[1], all[0], ...all.slice(2)]);
    expect(operations('swap write.1 write.3')).toEqual([all[6], ...all.slice(1, 6), all[0], ...all.slice(7)]);
    const moved = variant('swap redirect.write activate.sync').patchers[0]?.operations ?? [];
    expect([moved[0], moved[8]].map((operation) => operation?.step)).toEqual(['redirect', 'activate']);
  });
  it('handlers of syncs', () => {
    const sync = (text: string, when: string) =>
      scenarioOf(`${text}\n expect safe when ${when} }`, when).patchers[0]?.operations.map(
        (operation) => operation.text,
      );
    const text = `${replay.slice(0, replay.indexOf('protocol'))}protocol p patches entry from old to new {\n write JUMP\n`;
    const block = `${text} sync { fence r,rw ; fence.i ; fence r,r }`;
    expect(sync(`${text} sync fence.i`, 'without sync.fence.i')?.[1]).toBe('sync { }');
    expect(sync(block, 'without sync.fence')?.[1]).toBe('sync fence.i');
    expect(sync(block, 'without sync.1.fence.2')?.[1]).toBe('sync { fence r,rw ; fence.i }');
    expect(sync(block, 'sync.fence.1 = tso')?.[1]).toBe('sync { fence.tso ; fence.i ; fence r,r }');
    expect(sync(`${text} sync fence.i async`, 'sync not async')?.[1]).toBe('sync fence.i');
  });
  it('a trace tells the fence that it was changed to', () => {
    expect(variant('redirect.fence = w,o').patchers[0]?.operations[1]?.text).toBe('fence w,o');
  });
  it('several at once', () => {
    const scenario = variant('without retarget.sync, redirect.fence = w,o, entry at 4 mod 8, ziccid, executors 2');
    expect(scenario.sites[0]?.address).toBe(0xffffffff80a00004n);
    expect(operationsOf(scenario)).toContain('fence w,o');
    expect(scenario.executors.count).toBe(2);
  });
  it('two expectations of one `when` are one check', () => {
    const { checks } = analyzeText(withWhen('ipi sbi', 'ziccid').replace('when ipi sbi', 'when   ipi   sbi'));
    expect(checks.filter(({ when }) => when === 'ipi sbi').map(({ expectations }) => expectations.length)).toEqual([2]);
  });
  it('goes on after a comma on the next line', () => {
    expect(scenarioOf(withWhen('ziccid,\n    pinned'), 'ziccid, pinned').executors.migrating).toBe(false);
  });
});

const pair = (base: string, protocol: string): string => `
  site entry at ${base} clobbers t0 {
    version off { A: nop ; B: nop }
    version on  { C: auipc t0, 0x10 ; D: jalr t0, 0x100(t0) }
  }
  data slot at 0x80003000 { .dword 0 }
  protocol p patches entry from off to on { ${protocol} }
`;

describe('operations', () => {
  const operations = (protocol: string, base = '0x80001000'): string[] =>
    operationsOf(scenarioOf(pair(base, protocol)));
  it('writes', () => {
    expect(operations('write C')).toEqual(['0x80001000 <- 0x00010297']);
    expect(operations('write entry.D')).toEqual(['0x80001004 <- 0x100282e7']);
    expect(operations('write on.C')).toEqual(['0x80001000 <- 0x00010297']);
    expect(operations('write C, D')).toEqual(['0x80001000 <- 0x00010297', '0x80001004 <- 0x100282e7']);
    expect(operations('write C, D by double')).toEqual(['0x80001000 <- 0x100282e700010297 by double']);
    expect(operations('write D, C by double')).toEqual(['0x80001000 <- 0x100282e700010297 by double']);
    expect(operations('write C, D by half')).toEqual([
      '0x80001000 <- 0x00010297 by half',
      '0x80001004 <- 0x100282e7 by half',
    ]);
    expect(operations('write C by half')).toEqual(['0x80001000 <- 0x00010297 by half']);
    expect(operations('write entry+4, jalr t0, 0x100(t0)')).toEqual(['0x80001004 <- 0x100282e7']);
    expect(operations('write entry, c.j .+8')).toEqual(['0x80001000 <- 0xa021']);
    expect(operations('write entry+2, .half 0x1234')).toEqual(['0x80001002 <- 0x1234']);
    expect(operations('write C+2, .byte 0x12')).toEqual(['0x80001002 <- 0x12']);
  });
  it('of short instructions together, by a size that holds several', () => {
    const text = `
      site entry at 0x80001000 { version wide { nop } version narrow { A: c.nop ; B: c.addi a0, 1 } }
      protocol p patches entry from wide to narrow { write A, B by word }
    `;
    expect(operationsOf(scenarioOf(text))).toEqual(['0x80001000 <- 0x05050001 by word']);
  });
  it('what a pseudo-instruction stands for, one store for each instruction', () => {
    const text = `
      symbol far = 0x90000000
      site entry at 0x80001000 clobbers ra { version off { nop ; nop } version on { C: call far } }
      protocol p patches entry from off to on { write C }
    `;
    const [operation] = scenarioOf(text).patchers[0]?.operations ?? [];
    expect(operation?.kind === 'store' ? operation.instructions.map(({ bytes }) => word(bytes)) : []).toEqual([
      '0x0ffff097',
      '0x000080e7',
    ]);
  });
  it('data stores', () => {
    expect(operations('store.d slot, entry+4')).toEqual(['0x80003000 <- 0x0000000080001004']);
    expect(operations('store.w slot+4, -1')).toEqual(['0x80003004 <- 0xffffffff']);
    expect(operations('store.h slot, 0x1234 by byte')).toEqual(['0x80003000 <- 0x1234 by byte']);
  });
  it('fences', () => {
    expect(operations('fence ; fence rw,rw ; fence w,io ; fence.tso ; fence.i')).toEqual([
      'fence iorw,iorw',
      'fence rw,rw',
      'fence w,io',
      'fence.tso',
      'fence.i',
    ]);
  });
  it('syncs', () => {
    expect(
      operations('sync fence.i ; sync fence.i async ; sync { fence r,r ; fence.i } ; sync { fence } async'),
    ).toEqual(['sync fence.i', 'sync fence.i async', 'sync fence fence.i', 'sync fence async']);
  });
  it('stop_machine and its switches', () => {
    expect(operations('stop_machine { write C ; stop_machine without park { fence.i } }')).toEqual([
      'stop_machine {',
      '0x80001000 <- 0x00010297',
      'stop_machine without park {',
      'fence.i',
      '}',
      '}',
    ]);
    expect(operations('stop_machine without fence.i, irqs-off, release, acquire { }')).toEqual([
      'stop_machine without irqsOff release acquire fenceI {',
      '}',
    ]);
  });
  it('within stop_machine, changed by a `when`', () => {
    const text = pair(
      '0x80001000',
      'step s { stop_machine { write C ; fence w,w } }\n expect safe when s.stop without fence.i, release\n expect safe when without s.stop\n expect safe when without s.fence',
    );
    expect(operationsOf(scenarioOf(text, 's.stop without fence.i, release'))[0]).toBe(
      'stop_machine without release fenceI {',
    );
    expect(operationsOf(scenarioOf(text, 'without s.stop'))).toEqual(['0x80001000 <- 0x00010297', 'fence w,w']);
    expect(operationsOf(scenarioOf(text, 'without s.fence'))).toEqual([
      'stop_machine {',
      '0x80001000 <- 0x00010297',
      '}',
    ]);
  });
  it('remember their step, their place and their words', () => {
    const text = pair('0x80001000', 'step s { write  C  by half }\n fence.i');
    expect(
      scenarioOf(text).patchers[0]?.operations.map(({ step, text: words, source }) => [
        step,
        words,
        text.slice(source.start, source.end),
      ]),
    ).toEqual([
      ['s', 'write C by half', 'write  C  by half'],
      [null, 'fence.i', 'fence.i'],
    ]);
  });
});

describe('sites', () => {
  it('`from V over W` fills what V leaves open', () => {
    const text = `
      site entry at 0x80001000 {
        version skip { A: j .+8 }
        version old { nop ; B: addi a0, a0, 1 }
      }
      protocol p patches entry from skip over old to old { write old.B }
    `;
    const [site] = scenarioOf(text).sites;
    expect(site?.from).toEqual(['skip', 'old']);
    expect(word(site?.initial ?? new Uint8Array())).toBe('0x001505130080006f');
  });
  it('several in one protocol, with labels that both have', () => {
    const text = `
      site a at 0x80001000 { version off { X: nop } version on { Y: j .+4 } }
      site b at 0x80002000 { version off { X: nop } version on { Y: j .+4 } }
      protocol p patches a from off to on, b from on to off { write a.Y ; write b.X }
    `;
    const scenario = scenarioOf(text);
    expect(scenario.sites.map(({ name, from, to }) => [name, from, to])).toEqual([
      ['a', ['off'], 'on'],
      ['b', ['on'], 'off'],
    ]);
    expect(operationsOf(scenario)).toEqual(['0x80001000 <- 0x0040006f', '0x80002000 <- 0x00000013']);
  });
  it('placed anywhere of an alignment, near what is placed by number, apart from one another', () => {
    const text = `
      symbol target = 0x80100000
      site a at 2 mod 4 { version off { A: nop } version on { B: auipc t0, %pcrel_hi(target) } }
      site b at 0 mod 8 { version off { nop } }
      data d at 4 mod 8 { .dword target }
      protocol p patches a from off to on { write B }
    `;
    const { names } = analyzeText(text);
    const address = (name: string): bigint => names.find((entry) => entry.name === name)?.address ?? -1n;
    expect(address('a') % 4n).toBe(2n);
    expect(address('b') % 8n).toBe(0n);
    expect(address('d') % 8n).toBe(4n);
    expect(new Set([address('a'), address('b'), address('d')].map((value) => value >> 12n)).size).toBe(3);
    scenarioOf(text);
  });
  it('hold data directives as the instructions that they spell', () => {
    expect(
      versionsOf(
        'site s at 0x80001000 { version v { A: .word 0x0080006f ; .half 0x0001 } }\nprotocol p patches s from v { write A }',
      ),
    ).toEqual(['v: A@+0=0x0080006f @+4=0x0001']);
  });
  it('compress only where asked to', () => {
    expect(
      versionsOf(
        'site s at 0x80001000 { version v { nop\n.option rvc\n nop } }\nprotocol p patches s from v { fence.i }',
      ),
    ).toEqual(['v: @+0=0x00000013 @+4=0x0001']);
  });
});

describe('code, data and labels', () => {
  const text = `
    machine { isa rv64gc }
    symbol handler = 0x80200000 returns ra clobbers a0, t0
    code tramp at 0x80100000 {
      load:   ld t1, slot
      again:  jr t1
      1:      j 1b
    }
    data slot at 0x80300000 { .dword handler ; end: .word 1, 2 }
  `;
  const site = 'site s at 0x80001000 { version v { A: call tramp } }\nprotocol p patches s from v { fence.i }';
  it('are laid out', () => {
    const { regions, symbols } = scenarioOf(text + site);
    expect(symbols).toMatchObject([{ name: 'handler', returns: 1, clobbers: [10, 5] }]);
    expect(regions.map(({ name, kind, address }) => [name, kind, address])).toEqual([
      ['tramp', 'code', 0x80100000n],
      ['slot', 'data', 0x80300000n],
    ]);
    expect([...(regions[0]?.labels ?? [])]).toEqual([
      ['load', 0x80100000n],
      ['again', 0x80100008n],
    ]);
    expect(regions[0]?.instructions.map(({ bytes }) => word(bytes))).toEqual([
      '0x00200317',
      '0x00033303',
      '0x00030067',
      '0x0000006f',
    ]);
    expect(word(regions[1]?.bytes ?? new Uint8Array())).toBe('0x00000002000000010000000080200000');
  });
  it('`REGION.LABEL` and labels that only one region has are in reach', () => {
    const jumps =
      'site s at 0x80100010 { version v { A: j tramp.again ; j again } }\nprotocol p patches s from v { fence.i }';
    expect(versionsOf(text + jumps)).toEqual(['v: A@+0=0xff9ff06f @+4=0xff5ff06f']);
  });
});

describe('`on trap return`', () => {
  const fixupsOf = (line: string) => scenarioOf(pair('0x80001000', `${line}\n write C`)).fixups;
  it('by address, by pattern, by alternatives of both, by neither', () => {
    expect(fixupsOf('on trap return to D { sepc -= 4 }')).toMatchObject([
      { addresses: [0x80001004n], patterns: [], sepcDelta: -4n },
    ]);
    expect(fixupsOf('on trap return if nop or jalr t0, *(t0) { sepc -= 4 }')).toMatchObject([
      { addresses: null, patterns: [{ match: 0x13 }, { match: 0x000282e7 }] },
    ]);
    expect(fixupsOf('on trap return to entry+4 or entry+2 if c.nop { sepc += 2 }')).toMatchObject([
      { addresses: [0x80001004n, 0x80001002n], patterns: [{ length: 2, match: 1 }], sepcDelta: 2n },
    ]);
    expect(fixupsOf('on trap return { sepc -= 4 }')).toMatchObject([{ addresses: null, patterns: [] }]);
  });
  it('those of the file hold for all protocols, one in a protocol for that alone', () => {
    const text = `on trap return to entry+4 { sepc -= 4 }\n${pair('0x80001000', 'on trap return to entry+2 { sepc -= 2 }\n write C')}\nprotocol q patches entry from off { write C }`;
    const { checks } = analyzeText(text);
    expect(checks.map(({ scenario }) => scenario?.fixups.map(({ sepcDelta }) => sepcDelta))).toEqual([
      [-4n, -2n],
      [-4n],
    ]);
  });
});

describe('`forbid` and `allow`', () => {
  it('`forbid A or B then C` is about bits at addresses', () => {
    const [forbid] = scenarioOf(pair('0x80001000', 'write C\n forbid A or C then D')).forbids;
    expect(forbid?.first.map(({ bytes }) => word(bytes))).toEqual(['0x00000013', '0x00010297']);
    expect(forbid?.then.map(({ address, bytes }) => [address, word(bytes)])).toEqual([[0x80001004n, '0x100282e7']]);
    expect(forbid?.text).toBe('forbid A or C then D');
  });
  it('`allow A then B` makes a version of its own', () => {
    const [site] = scenarioOf(pair('0x80001000', 'write C\n allow C then B')).sites;
    expect(
      site?.versions.map(({ name, instructions }) => [name, instructions.map(({ bytes }) => word(bytes))]),
    ).toEqual([
      ['off', ['0x00000013', '0x00000013']],
      ['on', ['0x00010297', '0x100282e7']],
      ['allow C then B', ['0x00010297', '0x00000013']],
    ]);
  });
});

describe('`import`', () => {
  it('brings the machine, symbols, code, data, sites and handlers; the file itself has the last word on its machine', () => {
    const text =
      'import "a/replay.cmodx"\nmachine { ipi device }\nprotocol p patches entry from old to skip { write JUMP }';
    const files = { 'a/replay.cmodx': replay.replace('memory rvwmo', 'memory tso') };
    const scenario = scenarioOf(text, null, files);
    expect(scenario.machine).toMatchObject({ ipi: 'device', memory: 'tso' });
    expect(scenario.fixups).toHaveLength(1);
    expect(analyzeText(text, files).protocols.map(({ name }) => name)).toEqual(['p']);
    expect(analyzeText(text, files).imports).toEqual(['a/replay.cmodx']);
  });
  it('reads a file once, however often it is imported', () => {
    const files = { a: 'import "c"\nimport "b"\n', b: 'import "c"\nimport "a"\n', c: 'symbol s = 1\n' };
    const { diagnostics, names } = analyzeText('import "a"\nimport "b"\nimport "c"\n', files);
    expect(diagnostics).toEqual([]);
    expect(names.map(({ name }) => name)).toEqual(['s']);
  });
});
