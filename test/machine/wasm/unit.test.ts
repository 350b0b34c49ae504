import { describe, expect, it } from 'vitest';
import type { BasicBlock } from '../../../server/src/machine/wasm/flow';
import { compileUnit } from '../../../server/src/machine/wasm/unit';

/** Three blocks of one instruction that does nothing, so many bytes apart. */
function unitOf(apart: bigint): Uint8Array {
  const blocks = [0n, 1n, 2n].map((i): BasicBlock => {
    const pc = 0x8000_0000n + i * apart;
    return [{ pc, effect: { kind: 'fence.i' }, next: pc + 4n }];
  });
  const ram = { kind: 'window', start: 0x8000_0000, end: 0x8001_0000, base: 0x4000, marks: 0x3000 } as const;
  const reach = { ram, lineBits: 7, misaligned: true };
  return compileUnit(blocks, { xlen: 64, alignment: 2, reach, pages: 2 });
}

describe('a compiled unit', () => {
  it('is as large as what it holds, however far apart that lies', () => {
    const [close, far] = [unitOf(4n), unitOf(0x1ff0n)];
    expect(WebAssembly.validate(far as Uint8Array<ArrayBuffer>)).toBe(true);
    expect(far.length).toBeLessThan(2 * close.length);
  });
});
