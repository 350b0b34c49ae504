import { describe, expect, it } from 'vitest';
import { templates } from '../../server/src/import';
import { adapt, originalOf, type Setting } from '../../server/src/import/adapt';
import { analyze, format } from '../../server/src/language';

const entries = templates.filter(({ patches }) => patches === 'entry');

const place = (more: Partial<Setting>): Setting => ({
  name: 'vfs_read',
  at: '0x80001000',
  address: 0x80001000n,
  xlen: 64,
  isa: 'rv64gc_ziccif',
  compressed: true,
  compiled: ['c.nop', 'c.nop', 'c.nop', 'c.nop'],
  length: 8,
  symbol: () => null,
  ...more,
});
const at = (address: bigint): Setting => place({ at: `0x${address.toString(16)}`, address });
/** Of a place that is badly aligned the lints may warn. */
const errors = (text: string) =>
  analyze('a.cmodx', text, () => null).diagnostics.filter(({ severity }) => severity === 'error');
const addresses = (text: string): Map<string, bigint | null> =>
  new Map(
    analyze('a.cmodx', text, () => null)
      .names.filter(({ kind }) => ['symbol', 'code', 'data', 'site'].includes(kind))
      .map(({ name, address }) => [name, address]),
  );

describe.each(entries)('$name at another place', ({ text }) => {
  const { name, size } = originalOf(text);
  const long = { compiled: ['nop', 'nop', 'nop', 'nop', 'nop'], length: 20 };

  it.each([0x80001000n, 0x8000100an, 0xffffffff9abc1234n, 0x10000n])('%x: has no errors', (address) => {
    expect(errors(adapt(text, at(address)).text)).toEqual([]);
  });

  it('has no errors where the address is open, or what stands there is longer', () => {
    for (const more of [{ at: '0 mod 8', address: null }, { at: '2 mod 4', address: null }, long]) {
      expect(errors(adapt(text, place(more)).text)).toEqual([]);
    }
    if (size < 20) expect(adapt(text, place(long)).text).toMatch(/patches vfs_read from \w+ over compiled/);
  });

  it('keeps its distances; data keep their alignment', () => {
    const [old, now] = [addresses(text), addresses(adapt(text, at(0x90000abcn)).text)];
    const moved = 0x90000abcn - (old.get(name) ?? 0n);
    expect(now.get('vfs_read')).toBe(0x90000abcn);
    for (const [other, address] of old) {
      if (other === name || address === null) continue;
      const by = BigInt.asUintN(64, (now.get(other) ?? 0n) - address);
      if (by !== BigInt.asUintN(64, moved)) expect(by % 4096n).toBe(0n);
    }
  });

  it('says nothing of the old name any more', () => {
    const { text: written } = adapt(text, at(0x80001000n));
    expect(written).not.toMatch(new RegExp(`^[^/#\\n]*\\b${name}\\b(?!')`, 'm'));
    expect(format(format(written))).toBe(format(written));
  });
});

describe('what is adapted', () => {
  const text = `# A toggle.

machine { ipi device }

symbol far  = 0x90000000
symbol near = far + 8
symbol own  = 0x90001000

sites odd from 0x80000000 to 0x80001000 every 2 at 2 mod 4 {
  version v { A: j .+8 }
}

site entry at 0x80000000 clobbers t0 {
  version off { NOP: nop }
  version on { JUMP: j .+4 }
}

protocol p patches entry from off to on {
  write JUMP
  reach near from odd by A
  expect safe
  expect unsafe torn when entry at 2 mod 4
}
`;

  it('is the machine, the site, and what has an address of its own; symbols of the program are the program’s', () => {
    const { text: written, standIns } = adapt(text, place({ symbol: (name) => (name === 'own' ? '0x1234' : null) }));
    expect(format(written)).toBe(`machine {
  isa rv64gc_ziccif
  ipi device
}

symbol far  = 0x90001000
symbol near = far + 8
symbol own  = 0x1234

sites odd from 0x80001000 to 0x80002000 every 2 at 2 mod 4 {
  version v { A: j .+8 }
}

site vfs_read at 0x80001000 clobbers t0 {
  version compiled {
    c.nop
    c.nop
    c.nop
    c.nop
  }
  version off { NOP: nop }
  version on { JUMP: j .+4 }
}

protocol p patches vfs_read from off over compiled to on {
  write JUMP
  reach near from odd by A
  expect safe
  expect unsafe torn when vfs_read at 2 mod 4
}
`);
    expect(standIns).toEqual(['far']);
  });

  it('leaves out what takes instructions of 2 bytes, where there are none', () => {
    const { text: written } = adapt(text, place({ isa: 'rv64g_ziccif', compressed: false, length: 4 }));
    expect(written).not.toMatch(/mod|odd/);
    expect(written).toContain('expect safe\n');
    expect(written).toContain('patches vfs_read from off to on');
  });

  it('is the version `compiled` itself, where there is one, with its label', () => {
    const own = text
      .replace('version off { NOP: nop }', 'version compiled { NOP: nop }')
      .replace('from off', 'from compiled');
    const { text: written } = adapt(own, place({ compiled: ['addi a0, a0, 1 # 0x80001000: 00150513'], length: 4 }));
    expect(format(written)).toContain(`  version compiled {
    NOP:  addi a0, a0, 1  # 0x80001000: 00150513
  }
`);
    expect(written).toContain('patches vfs_read from compiled to on');
  });
});
