import { describe, expect, it } from 'vitest';
import { type Op, SystemHart } from '../../../server/src/machine/system/hart';
import { PhysicalMemory } from '../../../server/src/machine/system/physical';
import { machine, type Privilege, supervisor, user } from '../../../server/src/machine/system/state';
import { assemble, isaOf } from '../harness';

const isa = isaOf('rv64gc_zicbom_zicboz');
const [codeAddress, dataAddress] = [0x1000, 0x2000];
const [menvcfg, senvcfg, pmpcfg0, pmpaddr0] = [0x30a, 0x10a, 0x3a0, 0x3b0];
const illegal = 2n;
const storeFault = 7n;

interface Setting {
  readonly mode?: Privilege;
  readonly menvcfg?: bigint;
  readonly senvcfg?: bigint;
  readonly address?: bigint;
}

/** Runs one instruction on the block of a0. */
function run(assembly: string, { mode = machine, address = 0x2048n, ...registers }: Setting = {}) {
  const memory = new PhysicalMemory<Op>([{ start: codeAddress, size: 8192 }]);
  memory.write(codeAddress, assemble(assembly, isa));
  memory.write(dataAddress, new Uint8Array(256).fill(0xff));
  const hart = new SystemHart(BigInt(codeAddress), memory, { isa, hartId: 0n, misaligned: true });
  // All of memory may be accessed, from every mode.
  hart.csrs.write(pmpaddr0, 0x3f_ffff_ffff_ffffn);
  hart.csrs.write(pmpcfg0, 0x1fn);
  hart.csrs.write(menvcfg, registers.menvcfg ?? 0n);
  hart.csrs.write(senvcfg, registers.senvcfg ?? 0n);
  hart.state.privilege = mode;
  hart.write(10, address);
  hart.step();
  const bytes = [...(memory.bytes(dataAddress, 256) ?? [])];
  return {
    trap: hart.last === null ? hart.state.m.cause : null,
    zeros: bytes.filter((byte) => byte === 0).length,
    bytes,
  };
}

const [cbie, cbcfe, cbze] = [1n << 4n, 1n << 6n, 1n << 7n];

describe('cache blocks', () => {
  it('are 64 bytes, which cbo.zero makes zeros wherever in them the address is', () => {
    const { trap, zeros, bytes } = run('cbo.zero (a0)');
    expect(trap).toBe(null);
    expect(zeros).toBe(64);
    expect(bytes.indexOf(0)).toBe(0x40);
    expect(bytes[0x80]).toBe(0xff);
  });

  it.each(['cbo.clean', 'cbo.flush', 'cbo.inval'])('are left as they are by %s', (mnemonic) => {
    expect(run(`${mnemonic} (a0)`)).toMatchObject({ trap: null, zeros: 0 });
  });

  it.each(['cbo.zero', 'cbo.clean', 'cbo.flush', 'cbo.inval'])('fault outside memory, %s as a store', (mnemonic) => {
    expect(run(`${mnemonic} (a0)`, { address: 0x9000_0000n })).toMatchObject({ trap: storeFault });
  });

  it.each([
    ['cbo.zero', cbze],
    ['cbo.clean', cbcfe],
    ['cbo.flush', cbcfe],
    ['cbo.inval', cbie],
  ] as const)('are for lower modes where menvcfg, and senvcfg for user mode, let %s through', (mnemonic, field) => {
    const code = `${mnemonic} (a0)`;
    const all = cbie | cbcfe | cbze;
    expect(run(code, { mode: supervisor, menvcfg: all & ~field, senvcfg: all }).trap).toBe(illegal);
    expect(run(code, { mode: supervisor, menvcfg: field }).trap).toBe(null);
    expect(run(code, { mode: user, menvcfg: field, senvcfg: all & ~field }).trap).toBe(illegal);
    expect(run(code, { mode: user, menvcfg: all & ~field, senvcfg: all }).trap).toBe(illegal);
    expect(run(code, { mode: user, menvcfg: field, senvcfg: field }).trap).toBe(null);
  });

  it('keep CBIE where a reserved value is written', () => {
    const memory = new PhysicalMemory<Op>([{ start: codeAddress, size: 4096 }]);
    const hart = new SystemHart(0n, memory, { isa, hartId: 0n, misaligned: true });
    for (const [written, read] of [
      [0x30n, 0x30n],
      [0x20n, 0x30n],
      [0x10n, 0x10n],
      [0xe0n, 0xd0n],
    ] as const) {
      hart.csrs.write(menvcfg, written);
      expect(hart.csrs.read(menvcfg)).toBe(read);
    }
  });
});
