import { describe, expect, it } from 'vitest';
import type { Op } from '../../../server/src/machine/system/hart';
import { SystemHart } from '../../../server/src/machine/system/hart';
import { PhysicalMemory } from '../../../server/src/machine/system/physical';
import { Tracer } from '../../../server/src/machine/system/trace';
import { assemble, isaOf } from '../harness';

const start = 0x8000_0000;
const handler = start + 0x100;

/** A hart that has run code in M-mode to its end, or to its first trap; and the commit log. */
function run(code: string): { readonly hart: SystemHart; readonly log: readonly string[] } {
  const isa = isaOf('rv64gc_zicsr');
  const bytes = assemble(`li t0, ${handler}; csrw mtvec, t0; ${code}`, isa);
  const memory = new PhysicalMemory<Op>([{ start, size: 4096 }]);
  memory.write(start, bytes);
  const hart = new SystemHart(BigInt(start), memory, { isa, hartId: 0n, misaligned: true });
  const tracer = new Tracer(hart);
  const log: string[] = [];
  while (hart.pc !== BigInt(start + bytes.length) && hart.pc !== BigInt(handler) && log.length < 100) {
    hart.step();
    log.push(tracer.line() ?? 'trap');
  }
  return { hart, log };
}

const on = 'li t0, 0x2000; csrs mstatus, t0';
const illegalInstruction = 2n;
const fieldOf = (hart: SystemHart): bigint => (hart.csrs.read(0x300) >> 13n) & 3n;

describe('mstatus.FS', () => {
  it.each(['fadd.s f0, f0, f0', 'flw f0, 0(sp)', 'c.fsdsp f0, 0(sp)', 'frcsr a0'])(
    'that is off makes %s illegal',
    (instruction) => {
      const { hart } = run(instruction);
      expect([hart.pc, hart.csrs.read(0x342)]).toEqual([BigInt(handler), illegalInstruction]);
    },
  );

  it.each([
    ['fmv.x.d a0, f0', 1n],
    ['feq.d a0, f0, f0', 1n],
    ['fmv.d.x f0, zero', 3n],
    ['fcvt.w.d a0, f0', 1n],
    ['fsflagsi 0', 3n],
  ])('after %s is %i', (instruction, wanted) => {
    expect(fieldOf(run(`${on}; ${instruction}`).hart)).toBe(wanted);
  });

  it('becomes dirty where only a flag is raised', () => {
    expect(fieldOf(run(`${on}; li a0, -1; fclass.s a1, f1; fcvt.s.l f1, a0; ${clean}; fcvt.wu.s a1, f1`).hart)).toBe(
      3n,
    );
    expect(fieldOf(run(`${on}; li a0, 1; fcvt.s.l f1, a0; ${clean}; fcvt.wu.s a1, f1`).hart)).toBe(2n);
  });
});

const clean = 'li t0, 0x6000; csrc mstatus, t0; li t0, 0x4000; csrs mstatus, t0';

describe('the commit log', () => {
  it('tells the register, the flags that an instruction has raised, and that the state is dirty', () => {
    const { log } = run(`${on}; li a0, 3; fcvt.s.w f1, a0; fdiv.s f2, f1, f1; fsqrt.s f3, f1; fsqrt.s f4, f1`);
    expect(log.slice(-4).map((line) => line.slice(line.indexOf(')') + 2).replace(/0x0+(?=.)/g, '0x'))).toEqual([
      'f1  0xffffffff40400000 c768_mstatus 0x8000000a00006000',
      'f2  0xffffffff3f800000',
      'c1_fflags 0x1 f3  0xffffffff3fddb3d7',
      'c1_fflags 0x1 f4  0xffffffff3fddb3d7',
    ]);
  });
});
