import type { Op } from '../../../server/src/machine/system/hart';
import { SystemHart } from '../../../server/src/machine/system/hart';
import { PhysicalMemory } from '../../../server/src/machine/system/physical';
import { assemble, codeAddress, isaOf } from '../harness';

interface Setting {
  readonly isa?: string;
  readonly misaligned?: boolean;
  /** At `data`, little-endian doublewords. */
  readonly memory?: readonly bigint[];
}

/** In the RAM of 128 KB that begins at `codeAddress`. */
export const data = codeAddress + 0x1_0000n;

/** A hart with assembled code at its start, in M-mode, and the code's end, to which `mtvec` points too. */
export function start(assembly: string, { isa = 'rv64gc', misaligned = true, memory = [] }: Setting = {}) {
  const parsed = isaOf(isa);
  const code = assemble(`${assembly}; .balign 4; 99: j 99b`, parsed);
  const ram = new PhysicalMemory<Op>([{ start: Number(codeAddress), size: 0x2_0000 }]);
  ram.write(Number(codeAddress), code);
  ram.write(Number(data), new Uint8Array(new BigUint64Array(memory).buffer));
  const hart = new SystemHart(codeAddress, ram, { isa: parsed, hartId: 0n, misaligned });
  const end = codeAddress + BigInt(code.length - 4);
  hart.system.write(0x305, end);
  return { hart, end };
}

/** Runs it to that end. */
export function run(assembly: string, setting: Setting = {}): SystemHart {
  const { hart, end } = start(assembly, setting);
  for (let i = 0; hart.pc !== end; i++) {
    if (i > 2000) throw new Error(`no end: at 0x${hart.pc.toString(16)}`);
    hart.step();
    if (hart.refused !== null) throw new Error(hart.refused);
  }
  return hart;
}
