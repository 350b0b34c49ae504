import { describe, expect, it, vi } from 'vitest';
import type { Xlen } from '../../../server/src/isa/types';
import type { Op } from '../../../server/src/machine/system/hart';
import { SystemHart } from '../../../server/src/machine/system/hart';
import { PhysicalMemory } from '../../../server/src/machine/system/physical';
import { Dice } from '../dice';
import { assemble, codeAddress, isaOf } from '../harness';

const ramSize = 0x1_0000;
const ramEnd = codeAddress + BigInt(ramSize);
/** Two pages of data, the second one's start in their middle. */
const data = codeAddress + 0x3000n;

interface Way {
  readonly compileAfter: number | null;
  readonly misaligned?: boolean;
  readonly mostKept?: number;
}

/** A machine with a program in its RAM; 0 behind it. */
function machineOf(code: Uint8Array, isa: string, { misaligned = true, ...way }: Way) {
  const ram = new PhysicalMemory<Op>([{ start: Number(codeAddress), size: ramSize }]);
  ram.write(Number(codeAddress), code);
  return { ram, hart: new SystemHart(codeAddress, ram, { isa: isaOf(isa), hartId: 0n, misaligned, ...way }) };
}
type TestMachine = ReturnType<typeof machineOf>;

function advance({ hart }: TestMachine, steps: number): void {
  for (let left = steps; left > 0; ) left -= hart.advance(left);
}

/** All that a program can see. */
function stateOf({ ram, hart }: TestMachine) {
  const { m, mstatus } = hart.state;
  const { cycles, retired } = hart.counters;
  const memory = Buffer.from(ram.bytes(Number(codeAddress), ramSize) ?? []).toString('latin1');
  return { pc: hart.pc, x: [...hart.registers], trap: { ...m }, mstatus, cycles, retired, memory };
}

/** What random programs are made of. */
const isaFor = (xlen: Xlen): string => `rv${xlen}imc_zicsr_zifencei_zicntr_zba_zbb_zbs_zbc_zicond_zcb_zcmp`;

/** Traps go on behind the instruction, of four bytes, and leave a sum of causes and values in s11. */
const handler = (xlen: Xlen): string => `
  .option push; .option norvc; .balign 4
trap:
  csrr t6, mcause; add s11, s11, t6; slli t6, s11, 7; xor s11, s11, t6
  csrr t6, mtval; add s11, s11, t6; csrr t6, mepc; add s11, s11, t6
  csrr t5, mcause; blt t5, zero, 1f
  addi t6, t6, 4; csrw mepc, t6
  mret
1: li t5, 0x2004000; ${xlen === 64 ? 'ld' : 'lw'} t6, 0(t5); addi t6, t6, 1; ${xlen === 64 ? 'sd' : 'sw'} t6, 0(t5)
  mret
  .option pop
`;

function program(body: string, xlen: Xlen): Uint8Array {
  const text = `la t6, trap; csrw mtvec, t6; ${body}; end: j end; ${handler(xlen)}`;
  const statements = text.split(/[;\n]/).map((line) => line.trim());
  return assemble(statements.filter((line) => line !== '').join('; '), isaOf(isaFor(xlen)));
}

/** Random instructions, four bytes each: what is compiled, with a few that are not among them. */
class Writer {
  readonly dice: Dice;

  constructor(
    readonly xlen: Xlen,
    seed: number,
  ) {
    this.dice = new Dice(seed);
  }

  /** Registers that a body may write: not the counter, the pointers, and what the handler uses. */
  private target(): string {
    return this.dice.pick(['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 's2', 's3', 's4', 'ra', 'zero']);
  }

  private source(): string {
    return this.dice.pick(['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 's2', 's3', 's4', 'sp', 'gp', 'zero', 's1']);
  }

  private immediate(): number {
    return this.dice.pick([0, 1, -1, 2047, -2048, 31, 255, this.dice.below(4096) - 2048]);
  }

  private compute(): string {
    const { dice, xlen } = this;
    const both = [
      'add',
      'sub',
      'sll',
      'srl',
      'sra',
      'and',
      'or',
      'xor',
      'slt',
      'sltu',
      'mul',
      'mulh',
      'mulhu',
      'mulhsu',
    ];
    const more = [
      'div',
      'divu',
      'rem',
      'remu',
      'andn',
      'orn',
      'xnor',
      'min',
      'max',
      'minu',
      'maxu',
      'rol',
      'ror',
      'bset',
    ];
    const bits = [
      'bclr',
      'binv',
      'bext',
      'clmul',
      'clmulh',
      'clmulr',
      'sh1add',
      'sh2add',
      'sh3add',
      'czero.eqz',
      'czero.nez',
    ];
    const words = [
      'addw',
      'subw',
      'sllw',
      'srlw',
      'sraw',
      'mulw',
      'divw',
      'divuw',
      'remw',
      'remuw',
      'rolw',
      'rorw',
      'add.uw',
    ];
    const unary = ['clz', 'ctz', 'cpop', 'sext.b', 'sext.h', 'zext.h', 'orc.b', 'rev8'];
    const [rd, a, b] = [this.target(), this.source(), this.source()];
    switch (dice.below(5)) {
      case 0:
        return `${dice.pick(['addi', 'andi', 'ori', 'xori', 'slti', 'sltiu'])} ${rd}, ${a}, ${this.immediate()}`;
      case 1:
        return `${dice.pick(['slli', 'srli', 'srai', 'rori', 'bexti', 'bseti'])} ${rd}, ${a}, ${dice.below(xlen)}`;
      case 2:
        return `${dice.pick(unary)} ${rd}, ${a}`;
      case 3:
        return dice.pick([
          `lui ${rd}, ${dice.below(1 << 20)}`,
          `auipc ${rd}, ${dice.below(1 << 20)}`,
          'fence',
          'fence.i',
        ]);
      default:
        return `${dice.pick([...both, ...more, ...bits, ...(xlen === 64 ? words : [])])} ${rd}, ${a}, ${b}`;
    }
  }

  /** sp points to the middle of the data, gp to the last bytes of RAM. */
  private access(): string {
    const { dice, xlen } = this;
    const wide = xlen === 64;
    const at = `${dice.pick([-2048, -9, -8, -7, -4, -3, -2, -1, 0, 1, 2, 3, 8, 2040, dice.below(4096) - 2048])}(${dice.pick(['sp', 'sp', 'sp', 'gp'])})`;
    if (dice.below(2) === 0)
      return `${dice.pick(['lb', 'lbu', 'lh', 'lhu', 'lw', ...(wide ? ['lwu', 'ld'] : [])])} ${this.target()}, ${at}`;
    return `${dice.pick(['sb', 'sh', 'sw', ...(wide ? ['sd'] : [])])} ${this.source()}, ${at}`;
  }

  private other(): string {
    const csr = this.dice.pick(['mscratch', 'cycle', 'instret', 'time']);
    return this.dice.pick([`csrr ${this.target()}, ${csr}`, 'ebreak', 'ecall', '.word 0', 'nop']);
  }

  /** Some instructions, with branches forward among them. */
  body(length: number, label: string): string {
    const { dice } = this;
    const lines = Array.from({ length }, (_, i) => {
      const kind = dice.below(20);
      const over = `${label}_${i + 1 + dice.below(length - i)}`;
      const compare = dice.pick(['beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu']);
      const line =
        kind < 10
          ? this.compute()
          : kind < 15
            ? this.access()
            : kind < 18
              ? `${compare} ${this.source()}, ${this.source()}, ${over}`
              : kind < 19
                ? `j ${over}`
                : this.other();
      return `${label}_${i}: ${line}`;
    });
    return `.option push; .option norvc; ${lines.join('; ')}; ${label}_${length}: .option pop`;
  }

  registers(): string {
    const { dice, xlen } = this;
    const edges = [
      '0',
      '1',
      '-1',
      '0x7fffffff',
      '-0x80000000',
      ...(xlen === 64 ? ['0xffffffff', '-0x8000000000000000'] : []),
    ];
    const value = (): string => dice.pick([...edges, `${dice.below(2 ** 31)}`]);
    return ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 's2', 's3', 's4'].map((name) => `li ${name}, ${value()}`).join('; ');
  }
}

/** The mode that a program runs in, and how far behind its physical addresses its virtual ones are. */
interface Mode {
  readonly enter: string;
  readonly shift: bigint;
}

const machineMode: Mode = { enter: '', shift: 0n };

const openMemory = 'li t0, -1; csrw pmpaddr0, t0; li t0, 31; csrw pmpcfg0, t0';
const userMode: Mode = { enter: `${openMemory}; la t0, 1f; csrw mepc, t0; mret; 1:`, shift: 0n };

/** One large page: the fifth of the address space, at its RAM. */
function supervisorMode(xlen: Xlen): Mode {
  const shift = (xlen === 64 ? 5n << 30n : 5n << 22n) - codeAddress;
  const [store, offset, mode] = xlen === 64 ? ['sd', 40, '8 << 60'] : ['sw', 20, '1 << 31'];
  const table = `li t1, ${codeAddress + 0x8000n}; li t0, 0x200000cf; ${store} t0, ${offset}(t1); srli t0, t1, 12`;
  const enter = `${openMemory}; ${table}; li t1, ${mode}; or t0, t0, t1; csrw satp, t0; li t0, 1 << 11; csrs mstatus, t0
    la t0, 1f; li t1, ${shift}; add t0, t0, t1; csrw mepc, t0; mret; 1:`;
  return { enter, shift };
}

/** Loops in loops, a procedure that is called and returns, and random instructions in all of them. */
function randomProgram(
  xlen: Xlen,
  seed: number,
  length: number,
  rounds: number,
  { enter, shift }: Mode = machineMode,
): Uint8Array {
  const writer = new Writer(xlen, seed);
  const body = `
    ${enter}; ${writer.registers()}; li sp, ${data + shift + 0x1000n}; li gp, ${ramEnd + shift}; li s11, 0
    li s1, ${rounds}
  outer: ${writer.body(length, 'a')}
    li s5, 3
  inner: ${writer.body(length, 'b')}
    addi s5, s5, -1; bnez s5, inner
    jal s6, procedure
    la s7, indirect; jalr s6, 0(s7)
    addi s1, s1, -1; bnez s1, outer
    j end
  procedure: ${writer.body(length, 'c')}
    jr s6
  indirect: ${writer.body(3, 'd')}
    jr s6`;
  return program(body, xlen);
}

describe.each([64, 32] as const)('RV%i: compiled code', (xlen) => {
  it.each([true, false])('does what the interpreter does (misaligned accesses allowed: %s)', (misaligned) => {
    for (let seed = 0; seed < 25; seed++) {
      const code = randomProgram(xlen, seed, 12, 8);
      const [ours, theirs] = [1, null].map((compileAfter) =>
        machineOf(code, isaFor(xlen), { compileAfter, misaligned }),
      );
      for (const machine of [ours, theirs]) advance(machine as TestMachine, 3000);
      expect(ours?.hart.ranCompiled).toBeGreaterThan(100);
      expect({ seed, ...stateOf(ours as TestMachine) }).toEqual({ seed, ...stateOf(theirs as TestMachine) });
    }
  });

  it.each([
    ['user', userMode],
    ['supervisor', supervisorMode(xlen)],
  ])('does it in %s mode', (_, mode) => {
    for (let seed = 0; seed < 12; seed++) {
      const code = randomProgram(xlen, 100 + seed, 12, 8, mode);
      const [ours, theirs] = [1, null].map((compileAfter) => machineOf(code, isaFor(xlen), { compileAfter }));
      for (const machine of [ours, theirs]) advance(machine as TestMachine, 3000);
      expect(ours?.hart.ranCompiled).toBeGreaterThan(100);
      expect({ seed, ...stateOf(ours as TestMachine) }).toEqual({ seed, ...stateOf(theirs as TestMachine) });
    }
  });

  it('stops at every step where it is told to', () => {
    const code = randomProgram(xlen, 77, 5, 4);
    const stepwise = machineOf(code, isaFor(xlen), { compileAfter: null });
    for (let steps = 1; steps < 200; steps++) {
      stepwise.hart.step();
      const limited = machineOf(code, isaFor(xlen), { compileAfter: 1 });
      advance(limited, steps);
      expect({ steps, ...stateOf(limited) }).toEqual({ steps, ...stateOf(stepwise) });
      if (steps === 199) expect(limited.hart.ranCompiled).toBeGreaterThan(100);
    }
  });

  it('lets the timer interrupt at every instruction', () => {
    for (let shift = 0; shift < 100; shift += 3) {
      const timer = `li t5, 0x2004000; li t6, 3; sw t6, 0(t5); sw zero, 4(t5); li t6, 128; csrw mie, t6; csrsi mstatus, 8`;
      const loop = `li a1, ${data}; li s1, 60; 1: addi a0, a0, 3; lw a2, 0(a1); add a2, a2, a0; sw a2, 0(a1); beqz a0, 2f; mul a3, a2, a0; 2: addi s1, s1, -1; bnez s1, 1b`;
      const code = program(`${'nop; '.repeat(shift)} ${timer}; ${loop}`, xlen);
      const [ours, theirs] = [1, null].map((compileAfter) => machineOf(code, isaFor(xlen), { compileAfter }));
      advance(ours as TestMachine, 1000);
      expect(ours?.hart.ranCompiled).toBeGreaterThan(500);
      for (let i = 0; i < 1000; i++) (theirs as TestMachine).hart.step();
      expect({ shift, ...stateOf(ours as TestMachine) }).toEqual({ shift, ...stateOf(theirs as TestMachine) });
    }
  });

  it.each([
    ['machine', '', machineMode],
    ['machine', 'fence.i;', machineMode],
    ['supervisor', '', supervisorMode(xlen)],
  ])('in %s mode runs what was stored to it, with or without a fence: "%s"', (_, fence, { enter }) => {
    // Each round counts the constant up in the instruction before, in the one behind, and in another procedure.
    const add = `lw t0, 0(a1); add t0, t0, a2; sw t0, 0(a1); ${fence}`;
    const body = `.option norvc; ${enter}; li s1, 30; li a2, 1 << 20; li a0, 0
      4: addi a0, a0, 1; la a1, 4b; ${add} la a1, 2f; ${add}
      2: addi a0, a0, 5; la a1, 3f; ${add} jal s6, 3f
      addi s1, s1, -1; bnez s1, 4b; j end
      3: addi a0, a0, 9; jr s6`;
    const code = program(body, xlen);
    const machine = machineOf(code, isaFor(xlen), { compileAfter: 1 });
    advance(machine, 2000);
    expect(machine.hart.ranCompiled).toBeGreaterThan(100);
    const theirs = machineOf(code, isaFor(xlen), { compileAfter: null });
    for (let i = 0; i < 2000; i++) theirs.hart.step();
    expect(stateOf(machine)).toEqual(stateOf(theirs));
    // Of thirty rounds: 1 + 2 + ... in each of the three places, the latter two a round earlier.
    expect(machine.hart.read(10)).toBe(30n * (1n + 5n + 9n) + 29n * 15n + 2n * 31n * 15n);
  });

  it('stores to a page only while it may', () => {
    // Each round stores a few times and then asks for the page to be closed or opened again: bit 2 of its entry.
    const { enter, shift } = supervisorMode(xlen);
    const [load, store, offset] = xlen === 64 ? ['ld', 'sd', 40] : ['lw', 'sw', 20];
    const body = `.option norvc; ${enter}; li a1, ${data + shift}; li s1, 40; li s2, 0
      4: li s3, 5; 5: sw s2, 0(a1); lw a2, 0(a1); add s2, s2, a2; addi s2, s2, 1; addi s3, s3, -1; bnez s3, 5b
      ecall; addi s1, s1, -1; bnez s1, 4b; j end
      .balign 4; toggle: csrr t6, mcause; addi t6, t6, -9; bnez t6, trap
      li t5, ${codeAddress + 0x8000n}; ${load} t6, ${offset}(t5); xori t6, t6, 4; ${store} t6, ${offset}(t5); sfence.vma
      csrr t6, mepc; addi t6, t6, 4; csrw mepc, t6; mret`;
    const code = program(`la t6, toggle; csrw mtvec, t6; ${body}`, xlen);
    const [ours, theirs] = [1, null].map((compileAfter) => machineOf(code, isaFor(xlen), { compileAfter }));
    for (const machine of [ours, theirs]) advance(machine as TestMachine, 5000);
    expect(ours?.hart.ranCompiled).toBeGreaterThan(500);
    expect(stateOf(ours as TestMachine)).toEqual(stateOf(theirs as TestMachine));
  });

  it.each(['lw a3, -2(gp)', 'lh a3, -1(gp)', 'sw a3, -3(gp)', 'sh a3, -1(gp)'])(
    'leaves %s over the end of RAM',
    (access) => {
      const { enter, shift } = supervisorMode(xlen);
      // What the page is known for, by then.
      const known = access.startsWith('s') ? 'sb s3, -1(gp)' : 'lb a2, -1(gp)';
      const body = `.option norvc; ${enter}; li gp, ${ramEnd + shift}; li s1, 20; li s11, 0
      4: li s3, 5; 5: ${known}; addi s3, s3, -1; bnez s3, 5b; ${access}; addi s1, s1, -1; bnez s1, 4b; j end`;
      const code = program(body, xlen);
      const [ours, theirs] = [1, null].map((compileAfter) => machineOf(code, isaFor(xlen), { compileAfter }));
      for (const machine of [ours, theirs]) advance(machine as TestMachine, 2000);
      expect(ours?.hart.ranCompiled).toBeGreaterThan(100);
      expect(stateOf(ours as TestMachine)).toEqual(stateOf(theirs as TestMachine));
    },
  );

  it('finds its way in code that lies far apart', () => {
    const body = `.option norvc; li s1, 60; li a0, 0; 1: la t0, near; jalr s6, 0(t0); la t0, distant; jalr s6, 0(t0)
      addi s1, s1, -1; bnez s1, 1b; j end
      near: addi a0, a0, 1; jr s6; .zero 6000
      distant: addi a0, a0, 2; jr s6; .zero 2000`;
    const code = program(body, xlen);
    const [ours, theirs] = [10, null].map((compileAfter) => machineOf(code, isaFor(xlen), { compileAfter }));
    for (const machine of [ours, theirs]) advance(machine as TestMachine, 1000);
    expect(ours?.hart.ranCompiled).toBeGreaterThan(500);
    expect(ours?.hart.read(10)).toBe(180n);
    expect(stateOf(ours as TestMachine)).toEqual(stateOf(theirs as TestMachine));
  });

  it('keeps what calls code that is written anew each time', () => {
    const body = `.option norvc; li s1, 200; la a1, 2f; lw t0, 0(a1); 1: sw t0, 0(a1); li a3, 5
      4: addi a2, a2, 1; addi a3, a3, -1; bnez a3, 4b; jal s6, 2f; addi s1, s1, -1; bnez s1, 1b; j end; .zero 256
      2: addi a0, a0, 1; jr s6`;
    const code = program(body, xlen);
    const [ours, theirs] = [20, null].map((compileAfter) => machineOf(code, isaFor(xlen), { compileAfter }));
    for (const machine of [ours, theirs]) advance(machine as TestMachine, 5000);
    expect(ours?.hart.read(10)).toBe(200n);
    // Of each round's 22 instructions those before and in the loop.
    expect(ours?.hart.ranCompiled).toBeGreaterThan(200 * 12);
    expect(stateOf(ours as TestMachine)).toEqual(stateOf(theirs as TestMachine));
  });

  it('does not compile again and again what each of many pieces of code calls', () => {
    const module = vi.spyOn(WebAssembly, 'Module');
    const piece = 'li a3, 20; 1: jal s7, 3f; addi a3, a3, -1; bnez a3, 1b; jr s6';
    const body = `.option norvc; la s5, 2f; li s1, 40; 1: jalr s6, 0(s5); addi s5, s5, 20; addi s1, s1, -1; bnez s1, 1b
      j end; 2: ${`${piece}; `.repeat(40)} 3: ${'addi a0, a0, 1; '.repeat(200)} jr s7`;
    const code = program(body, xlen);
    const [ours, theirs] = [10, null].map((compileAfter) => machineOf(code, isaFor(xlen), { compileAfter }));
    for (const machine of [ours, theirs]) advance(machine as TestMachine, 170_000);
    const sizes = module.mock.calls.map(([bytes]) => bytes.byteLength);
    module.mockRestore();
    expect(sizes.length).toBeGreaterThan(40);
    expect(sizes.filter((size) => size > 1000).length).toBeLessThanOrEqual(20);
    expect(ours?.hart.ranCompiled).toBeGreaterThan(150_000);
    expect(stateOf(ours as TestMachine)).toEqual(stateOf(theirs as TestMachine));
  });

  it('keeps what stands beside an instruction that is patched', () => {
    // Each round patches one instruction, and runs a loop a page further on five times.
    const body = `.option norvc; li s1, 100; la a1, 2f; li a0, 0; lw t0, 0(a1); 1: sw t0, 0(a1)
      2: addi a0, a0, 1; la t1, 3f; jalr s6, 0(t1); addi s1, s1, -1; bnez s1, 1b; j end; .zero 4096
      3: li a3, 5; 4: addi a2, a2, 1; addi a3, a3, -1; bnez a3, 4b; jr s6`;
    const code = program(body, xlen);
    const [ours, theirs] = [20, null].map((compileAfter) => machineOf(code, isaFor(xlen), { compileAfter }));
    for (const machine of [ours, theirs]) advance(machine as TestMachine, 3000);
    expect(ours?.hart.read(12)).toBe(500n);
    expect(ours?.hart.ranCompiled).toBeGreaterThan(400);
    expect(stateOf(ours as TestMachine)).toEqual(stateOf(theirs as TestMachine));
  });

  it('keeps a bounded number of instructions, and goes on', () => {
    const code = randomProgram(xlen, 5, 30, 8);
    const [ours, theirs] = [1, null].map((compileAfter) =>
      machineOf(code, isaFor(xlen), { compileAfter, mostKept: 40 }),
    );
    for (const machine of [ours, theirs])
      for (let left = 3000; left > 0; ) {
        left -= (machine as TestMachine).hart.advance(left);
        // The limit, and what one block or one unit may add.
        expect(machine?.ram.keptCode).toBeLessThanOrEqual(40 + 200);
      }
    expect(ours?.hart.ranCompiled).toBeGreaterThan(100);
    const free = machineOf(code, isaFor(xlen), { compileAfter: null });
    advance(free, 3000);
    expect(stateOf(ours as TestMachine)).toEqual(stateOf(free));
    expect(stateOf(theirs as TestMachine)).toEqual(stateOf(free));
  });
});
