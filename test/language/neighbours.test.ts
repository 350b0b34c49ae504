import { describe, expect, it } from 'vitest';
import { analyze, format } from '../../server/src/language';
import { type Variations, vary } from '../../server/src/language/analyze';
import { mail } from '../mail';
import { examples, readExample } from './examples';
import { operationsOf } from './fixtures';

function varied(text: string, protocol = 'p'): Variations {
  const found = vary('test.cmodx', text, () => null, protocol);
  if (found === null) throw new Error(`no protocol ${protocol}`);
  expect(found.analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return found;
}

/** The neighbours of a text, by kind. */
function whens(text: string, protocol = 'p'): Record<string, string[]> {
  const byKind: Record<string, string[]> = {};
  for (const { kind, when } of varied(text, protocol).variations) byKind[kind] = [...(byKind[kind] ?? []), when];
  return byKind;
}

const head = `
machine { isa rv64gc_zifencei_ziccif }
site entry at 0x80001000 { version old { A: nop ; B: nop } version new { C: auipc t0, 0x10 ; D: jalr t0, 0x100(t0) } }
data slot at 0x80002000 { .dword 0 }
`;
const protocol = (body: string): string => `${head}protocol p patches entry from old to new {\n${body}\n}\n`;

describe('the neighbours of a protocol', () => {
  it("of the mail's: each step, operation, handler, order and assumption", () => {
    expect(whens(mail(undefined, 'machine { isa rv64gc_zifencei_ziccif }'), 'replay')).toEqual({
      drop: [
        ...['redirect', 'retarget', 'activate'].flatMap((step) => [`without ${step}`]),
        ...['redirect', 'retarget', 'activate'].flatMap((step) =>
          ['write', 'fence', 'sync', 'sync.fence.i'].map((part) => `without ${step}.${part}`),
        ),
        'without "on trap return"',
      ],
      weaken: ['redirect', 'retarget', 'activate'].flatMap((step) => [
        `${step}.write by half`,
        `${step}.fence = w,o`,
        `${step}.sync async`,
      ]),
      strengthen: ['redirect', 'retarget', 'activate'].map((step) => `${step}.fence = iorw,iorw`),
      swap: [
        'swap redirect retarget',
        'swap retarget activate',
        ...['redirect', 'retarget', 'activate'].flatMap((step) => [
          `swap ${step}.write ${step}.fence`,
          `swap ${step}.fence ${step}.sync`,
        ]),
      ],
      assume: [
        ...['not ziccif', 'ziccid', 'memory tso', 'memory sc', 'fetch letter', 'fetch isa', 'fetch isa+decode'],
        ...['ipi device', 'ipi sbi', 'not preemptible', 'pinned', 'masked', 'executors 1', 'executors 2'],
        'entry at 2 mod 4',
      ],
    });
  });

  it('a step of one operation is left out once, and operations of no step have their number in the protocol', () => {
    const { drop, swap } = whens(protocol('step one { write C } write D ; fence w,w\n step two { fence.i } fence r,r'));
    expect(drop).toEqual([
      ...['one.write', 'write.2', 'fence.1', 'two.fence.i', 'fence.2'].map((selector) => `without ${selector}`),
    ]);
    expect(swap).toEqual(['swap write.2 fence.1']);
  });

  it('several operations of a kind are told apart by number, those within stop_machine too', () => {
    const text = protocol('step s { write C ; stop_machine without park { write D ; fence.i } ; fence.i }');
    expect(whens(text)).toMatchObject({
      drop: ['s', 's.write.1', 's.stop', 's.write.2', 's.fence.i.1', 's.fence.i.2'].map((what) => `without ${what}`),
      swap: ['swap s.write.1 s.stop', 'swap s.stop s.fence.i.2', 'swap s.write.2 s.fence.i.1'],
      weaken: [
        's.write.1 by half',
        ...['irqs-off', 'release', 'acquire', 'fence.i'].map((name) => `s.stop without ${name}`),
        's.write.2 by half',
      ],
    });
    expect(whens(text).strengthen).toBeUndefined();
  });

  it.each([
    ['w,w', ['w,o'], ['iorw,iorw']],
    ['w,o', ['w,w'], ['iorw,iorw']],
    ['rw,w', ['w,w', 'r,w', 'w,o'], ['iorw,iorw']],
    ['rw,rw', ['w,rw', 'r,rw', 'rw,w', 'rw,r', 'tso', 'w,w', 'w,o'], ['iorw,iorw']],
    ['r,r', [], ['iorw,iorw']],
    [
      'iorw,iorw',
      ['orw,iorw', 'irw,iorw', 'iow,iorw', 'ior,iorw', 'iorw,orw', 'iorw,irw', 'iorw,iow', 'iorw,ior', 'tso', 'w,w'],
      [],
    ],
  ])('of a fence %s: one letter less, what it is often taken for, and all there is', (sets, weaker, stronger) => {
    const { weaken, strengthen } = whens(protocol(`step s { fence ${sets} }`));
    expect(weaken ?? []).toEqual(weaker.map((set) => `s.fence = ${set}`));
    expect(strengthen ?? []).toEqual(stronger.map((set) => `s.fence = ${set}`));
  });

  it('of fence.tso: the full fence of its sets is stronger', () => {
    const { weaken, strengthen } = whens(protocol('step s { fence.tso }'));
    expect(weaken).toEqual(['s.fence = w,w', 's.fence = w,o']);
    expect(strengthen).toEqual(['s.fence = rw,rw', 's.fence = iorw,iorw']);
  });

  it('of a handler: each of its fences', () => {
    const { drop, weaken } = whens(
      protocol('step s { sync { fence r,rw ; fence.i ; fence r,r } async ; sync { fence.i } }'),
    );
    expect(drop).toEqual([
      'without s',
      'without s.sync.1',
      'without s.sync.1.fence.1',
      'without s.sync.1.fence.i',
      'without s.sync.1.fence.2',
      'without s.sync.2',
      'without s.sync.2.fence.i',
    ]);
    expect(weaken).toEqual(['s.sync.1.fence.1 = r,w', 's.sync.1.fence.1 = r,r', 's.sync.2 async']);
  });

  it('an async sync may wait; a store that is torn may be one; data may lie across two doublewords', () => {
    const text = protocol(
      'step s { store.d slot, 1 ; write C by half ; store.w slot, 1 by byte ; sync fence.i async }',
    );
    const { weaken, strengthen, assume } = whens(text);
    expect(weaken).toEqual(['s.store.1 by word', 's.write by byte']);
    expect(strengthen).toEqual(['s.write by word', 's.store.2 by word', 's.sync not async']);
    expect(assume).toContain('slot at 4 mod 8');
  });

  it('assumptions are flipped from what they are', () => {
    const machine = 'machine { isa rv64g_zifencei_ziccid\n memory tso\n fetch letter\n ipi sbi }\n';
    const text = protocol('step s { write C }\n executors 1 not preemptible, pinned, masked').replace(
      /^\nmachine.*\n/,
      machine,
    );
    expect(whens(text).assume).toEqual([
      ...['ziccif', 'not ziccid', 'memory rvwmo', 'memory sc', 'fetch isa', 'fetch isa+decode-w', 'fetch isa+decode'],
      ...['ipi memory', 'ipi device', 'preemptible', 'migrating', 'interruptible', 'executors any', 'executors 2'],
      // No other alignment: without C an instruction lies at a multiple of 4.
      'slot at 4 mod 8',
    ]);
    expect(whens(protocol('step s { write C }').replace('0x80001000', '0x80001002')).assume).toContain(
      'entry at 0 mod 4',
    );
    const flushed = whens(protocol('step s { write C }\n executors any migrating with fence.i')).assume;
    expect(flushed).toEqual(expect.arrayContaining(['pinned', 'migrating']));
  });

  it('one of several handlers', () => {
    const text = `${head}on trap return to entry+4 { sepc -= 4 }\nprotocol p patches entry from old to new {
      on trap return if nop { sepc += 4 }\n write C\n}\n`;
    expect(whens(text).drop).toEqual(['without write.1', 'without "on trap return".1', 'without "on trap return".2']);
    const deltas = varied(text).variations.flatMap(({ when, check }) =>
      when.startsWith('without "') ? [check.scenario?.fixups.map(({ sepcDelta }) => sepcDelta)] : [],
    );
    expect(deltas).toEqual([[4n], [-4n]]);
  });

  it('breakpoint handlers', () => {
    const text = `${head}protocol p patches entry from old to new {
      on ebreak if ebreak { sepc += 4 }\n on ebreak at entry { sepc += 8 }\n write C\n}\n`;
    expect(whens(text).drop).toEqual(['without write.1', 'without "on ebreak".1', 'without "on ebreak".2']);
    const left = varied(text).variations.find(({ when }) => when === 'without "on ebreak".1')?.check.scenario;
    expect(left?.breakpoints.map(({ effect }) => effect)).toEqual([{ kind: 'sepc', delta: 8n }]);
  });

  it('a lock is left out with what gives it back', () => {
    const text = protocol(
      'patcher one { lock m ; write D ; unlock m ; lock m ; unlock m } patcher two { lock n ; lock m ; unlock m ; unlock n }',
    );
    expect(whens(text).drop?.filter((when) => when.includes('lock'))).toEqual([
      'without lock.1, without unlock.1',
      'without lock.2, without unlock.2',
      'without lock.3, without unlock.4',
      'without lock.4, without unlock.3',
    ]);
  });

  it('of several patchers: nothing changes places between two of them', () => {
    const text = protocol(
      'patcher one { step a { write C } step b { fence w,w } }\n patcher two { step c { fence.i } step d { fence r,r } }',
    );
    expect(whens(text).swap).toEqual(['swap a b', 'swap c d']);
    expect(whens(text).drop).toEqual(['a.write', 'b.fence', 'c.fence.i', 'd.fence'].map((what) => `without ${what}`));
  });

  it('a protocol that does nothing has none: code executes as it stands', () => {
    expect(whens(protocol(''))).toEqual({});
    expect(Object.keys(whens(`${head}on trap return { sepc -= 4 }\nprotocol p patches entry from old {}`))).toEqual([
      'drop',
      'assume',
    ]);
  });

  describe('of what it asks to reach, where the sites lie', () => {
    const shape = 'clobbers t0 { version on { A: auipc t0, %pcrel_hi(caller) ; J: jalr t0, %pcrel_lo(A)(t0) } }';
    const sites = `machine { isa rv64gc }
symbol caller = 0x80010100
symbol far = caller + 0x7fe
site one at 0x80001000 ${shape}
sites many from 0x80002000 to 0x80004000 every 4 ${shape}
sites pairs from 0x80005000 to 0x80006000 every 2 ${shape}
`;
    const asks = (body: string): string => `${sites}protocol p patches one from on {\n${body}\n}\n`;

    it('one site also where it could reach it, or could not', () => {
      expect(whens(asks('reach far from one by J'))).toEqual({ assume: ['one at 2 mod 4', 'one at 0x100 mod 4096'] });
      expect(whens(asks('reach caller + 0x40 from one by J'))).toEqual({
        assume: ['one at 2 mod 4', 'one at 0x902 mod 4096'],
      });
      expect(whens(asks('never reach far from one by J'))).toEqual({
        assume: ['one at 2 mod 4', 'one at 0x100 mod 4096'],
      });
      expect(whens(asks('reach caller from one by J'))).toEqual({ assume: ['one at 2 mod 4'] });
    });

    it('many sites together, and one place once', () => {
      const text = asks('reach far from many by J\n never reach far + 0x1000 from many by J');
      expect(whens(text)).toEqual({ assume: ['many at 2 mod 4'] });
      const [variation] = varied(text).variations;
      expect(variation?.check.scenario?.reaches.map(({ members }) => members.first)).toEqual([
        0x80002002n,
        0x80002002n,
      ]);
    });

    it('but not sites that stand too close to lie so', () => {
      expect(whens(asks('reach far from pairs by J'))).toEqual({});
      const written = asks('reach far from pairs by J\n expect safe when pairs at 2 mod 4');
      expect(analyze('test.cmodx', written, () => null).diagnostics.map(({ message }) => message)).toEqual([
        'under this condition: not all of `pairs` can be at 2 mod 4: one stands every 2 bytes',
      ]);
    });

    it('beside all else of a protocol that works', () => {
      const { assume } = whens(
        `${sites.replace('{ A:', '{ N: nop ; J: nop } version on { A:')}protocol p patches one from off to on { write J\n reach far from many by J }`.replace(
          'version on { N: nop ; J: nop }',
          'version off { N: nop ; M: nop }',
        ),
      );
      expect(assume?.slice(-2)).toEqual(['one at 2 mod 4', 'many at 2 mod 4']);
      expect(assume).toContain('ziccif');
    });
  });

  it('a protocol with errors is not varied, one of another name is not found', () => {
    const broken = vary('test.cmodx', protocol('write X'), () => null, 'p');
    expect(broken?.base.scenario).toBeNull();
    expect(broken?.variations).toEqual([]);
    expect(vary('test.cmodx', protocol('write C'), () => null, 'q')).toBeNull();
  });

  it('what stands in the text as a `when` already keeps its expectations', () => {
    const { variations } = varied(
      protocol('step s { write C ; fence w,w }\n expect unsafe mixed when without s.fence'),
    );
    const written = variations.filter(({ check }) => check.expectations.length > 0);
    expect(written.map(({ when, check }) => [when, check.expectations[0]?.text])).toEqual([
      ['without s.fence', 'unsafe mixed'],
    ]);
  });

  it('each says where what it changes is written', () => {
    const text = mail();
    const quoted = new Map(
      varied(text, 'replay').variations.map(({ when, source }) => [when, text.slice(source.start, source.end)]),
    );
    expect(quoted.get('without redirect')).toBe('redirect');
    expect(quoted.get('without retarget.write')).toBe("write JALR'");
    expect(quoted.get('without activate.sync.fence.i')).toBe('sync fence.i');
    expect(quoted.get('without "on trap return"')).toMatch(/^on trap return to .*}$/);
    expect(quoted.get('pinned')).toBe('executors any preemptible');
    expect(quoted.get('ipi sbi')).toBe('replay');
  });
});

describe('each neighbour of each example', () => {
  const all = examples.flatMap(({ path, text }) =>
    analyze(path, text, readExample).protocols.map(({ name }) => ({ path, text, name })),
  );

  it.each(all)(
    '$path $name: pasted into the text, it is read as the same scenario, and stays as it is formatted',
    ({ path, text, name }) => {
      const found = vary(path, text, readExample, name);
      const works = found?.base.scenario?.patchers.some(({ operations }) => operations.length > 0);
      expect(found?.variations.length).toBeGreaterThan(works ? 10 : 0);
      const lines = found?.variations.map(({ when }) => `  expect safe when ${when}`) ?? [];
      const at = (found?.base.source.end ?? 0) + text.slice(found?.base.source.end).indexOf('{') + 1;
      const pasted = `${text.slice(0, at)}\n${lines.join('\n')}\n${text.slice(at)}`;
      const again = vary(path, pasted, readExample, name);
      expect(again?.analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      const formatted = format(pasted);
      for (const { when, check } of found?.variations ?? []) {
        const read = again?.analysis.checks.find((other) => other.protocol === name && other.when === when);
        expect(read?.scenario && operationsOf(read.scenario)).toEqual(check.scenario && operationsOf(check.scenario));
        expect(read?.scenario?.machine).toEqual(check.scenario?.machine);
        expect(formatted).toContain(`when ${when}\n`);
      }
    },
  );
});
