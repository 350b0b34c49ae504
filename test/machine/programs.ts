import type { Xlen } from '../../server/src/isa/types';
import { box, formats as specs } from '../../server/src/machine/float/format';
import { Dice } from './dice';
import { anyBits, value } from './float/operands';

/**
 * Random programs for a Linux user-mode RISC-V machine, in GNU assembly: many independent blocks, each of which
 * loads all registers with values at which instructions misbehave, runs through I, M, A, B, Zbc, Zbkb and C (and F, D and
 * Zfh), and stores all registers. At the end one `write` gives out the registers after each block and the scratch memory.
 */
export interface Program {
  readonly text: string;
  /** One block's own lines, to show where two machines part. */
  readonly blocks: readonly string[];
  /** Bytes of a block's registers. */
  readonly frame: number;
  /** The register that a byte of a frame belongs to. */
  readonly registerAt: (offset: number) => string;
}

export interface ProgramSize {
  readonly blocks: number;
  readonly blockLength: number;
  /** With floating-point instructions. */
  readonly float: boolean;
}

const scratchSize = 4096;
/** x2 and x8 point into the scratch memory (C forms want both), x3 to the block's registers. */
const pointers = [2, 3, 8];
const writable = Array.from({ length: 32 }, (_, n) => n).filter((n) => !pointers.includes(n));
const readable = Array.from({ length: 32 }, (_, n) => n);

export function randomProgram(xlen: Xlen, { blocks: count, blockLength, float }: ProgramSize, seed: number): Program {
  const dice = new Dice(seed);
  const width = xlen / 8;
  /** After x0..x31 f0..f31 and `fcsr`. */
  const frame = 32 * width + (float ? 33 * 8 : 0);
  const [load, store, data] = xlen === 64 ? ['ld', 'sd', '.dword'] : ['lw', 'sw', '.word'];
  const registers = readable.filter((n) => n !== 0 && n !== 3);
  const floats = float ? readable : [];
  const floatAt = (r: number): number => 32 * width + 8 * r;
  // Before the integer registers are loaded, and after they are stored, x5 is free.
  const enter = float ? [`${load} x5, ${floatAt(32)}(x3)`, 'fscsr x5'] : [];
  const leave = float ? ['frcsr x5', `${store} x5, ${floatAt(32)}(x3)`] : [];

  const blocks = Array.from({ length: count }, (_, n) => {
    const body = Array.from({ length: blockLength }, () =>
      float && dice.below(2) === 0 ? floatInstruction(dice, xlen) : instruction(dice, xlen),
    );
    return [`.option ${n % 2 === 0 ? 'rvc' : 'norvc'}`, ...body].join('\n');
  });
  const code = blocks.map((body) =>
    [
      ...floats.map((r) => `fld f${r}, ${floatAt(r)}(x3)`),
      ...enter,
      ...registers.map((r) => `${load} x${r}, ${r * width}(x3)`),
      body,
      ...registers.map((r) => `${store} x${r}, ${r * width}(x3)`),
      ...leave,
      ...floats.map((r) => `fsd f${r}, ${floatAt(r)}(x3)`),
      `addi x3, x3, ${frame}`,
    ].join('\n'),
  );
  const frames = blocks.map(() => {
    const values = readable.map((r) => (r === 2 || r === 8 ? 'scratch + 2048' : `${edgeValue(dice, xlen)}`));
    const floatValues = floats.map(() => `.dword ${floatValue(dice)}`);
    return [`${data} ${values.join(', ')}`, ...floatValues, ...(float ? [`.dword ${dice.below(5) << 5}`] : [])].join(
      '\n',
    );
  });

  // Code and data in one section that can be written to: one image at one address.
  const text = `
.section .image, "awx"
.option norelax
.globl _start
_start:
la x3, results
${code.join('\n')}
li a7, 64
li a0, 1
la a1, results
li a2, ${frame * count + scratchSize}
ecall
li a7, 93
li a0, 0
ecall
.balign 8
results:
${frames.join('\n')}
scratch:
.zero ${scratchSize}
`;
  const registerAt = (offset: number): string => {
    if (offset < 32 * width) return `x${Math.floor(offset / width)}`;
    return offset < floatAt(32) ? `f${Math.floor((offset - floatAt(0)) / 8)}` : 'fcsr';
  };
  return { text, blocks, frame, registerAt };
}

function edgeValue(dice: Dice, xlen: Xlen): bigint {
  const top = 1n << BigInt(xlen - 1);
  const random = (BigInt(dice.below(2 ** 32)) << 32n) | BigInt(dice.below(2 ** 32));
  const edges = [0n, 1n, 2n, 31n, 32n, 63n, 0x7fn, 0x80n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, top, top - 1n];
  const value = dice.pick([dice.pick(edges), -dice.pick(edges), random, random >> BigInt(dice.below(64))]);
  return BigInt.asUintN(xlen, value);
}

/** One instruction, or a short run that belongs together. */
function instruction(dice: Dice, xlen: Xlen): string {
  const kind = dice.below(20);
  if (kind < 9) return compute(dice, xlen);
  if (kind < 12) return compressedCompute(dice, xlen);
  if (kind < 15) return access(dice, xlen);
  if (kind < 17) return atomic(dice, xlen);
  return control(dice, xlen);
}

const rd = (dice: Dice): string => `x${dice.pick(writable)}`;
const rs = (dice: Dice): string => `x${dice.pick(readable)}`;

const threeRegisters = ['add', 'sub', 'sll', 'slt', 'sltu', 'xor', 'srl', 'sra', 'or', 'and'];
const multiplications = ['mul', 'mulh', 'mulhsu', 'mulhu', 'div', 'divu', 'rem', 'remu'];
const threeRegistersW = ['addw', 'subw', 'sllw', 'srlw', 'sraw', 'mulw', 'divw', 'divuw', 'remw', 'remuw'];
const withImm = ['addi', 'slti', 'sltiu', 'xori', 'ori', 'andi'];
const imm = (dice: Dice): number => dice.pick([dice.between(-2048, 2047), dice.between(-32, 31), 0, -1, 2047, -2048]);

function compute(dice: Dice, xlen: Xlen): string {
  const wide = xlen === 64;
  switch (dice.below(8)) {
    case 0:
      return `${dice.pick(threeRegisters)} ${rd(dice)}, ${rs(dice)}, ${rs(dice)}`;
    case 1:
      return `${dice.pick(multiplications)} ${rd(dice)}, ${rs(dice)}, ${rs(dice)}`;
    case 2:
      return `${dice.pick(wide ? threeRegistersW : multiplications)} ${rd(dice)}, ${rs(dice)}, ${rs(dice)}`;
    case 3:
      return `${dice.pick(wide ? [...withImm, 'addiw'] : withImm)} ${rd(dice)}, ${rs(dice)}, ${imm(dice)}`;
    case 4: {
      const op = dice.pick(['slli', 'srli', 'srai']);
      if (wide && dice.below(2) === 0) return `${op}w ${rd(dice)}, ${rs(dice)}, ${dice.below(32)}`;
      return `${op} ${rd(dice)}, ${rs(dice)}, ${dice.below(xlen)}`;
    }
    case 5:
      return bitwise(dice, xlen);
    default:
      return `${dice.pick(['lui', 'auipc'])} ${rd(dice)}, ${dice.pick([0, 1, 0x7ffff, 0x80000, 0xfffff, dice.below(2 ** 20)])}`;
  }
}

const bitThree = [
  ...['sh1add', 'sh2add', 'sh3add', 'andn', 'orn', 'xnor', 'min', 'minu', 'max', 'maxu', 'rol', 'ror'],
  ...['bclr', 'bext', 'binv', 'bset', 'clmul', 'clmulh', 'clmulr', 'pack', 'packh'],
];
const bitThreeWide = ['add.uw', 'sh1add.uw', 'sh2add.uw', 'sh3add.uw', 'rolw', 'rorw', 'packw'];
const bitTwo = ['clz', 'ctz', 'cpop', 'sext.b', 'sext.h', 'zext.h', 'orc.b', 'rev8', 'brev8'];
// QEMU 7.2 gets `ctzw` wrong where the low 32 bits are 0, so it is left out.
const bitTwoWide = ['clzw', 'cpopw'];

function bitwise(dice: Dice, xlen: Xlen): string {
  const wide = xlen === 64;
  switch (dice.below(3)) {
    case 0:
      return `${dice.pick(wide ? [...bitThree, ...bitThreeWide] : bitThree)} ${rd(dice)}, ${rs(dice)}, ${rs(dice)}`;
    case 1:
      return `${dice.pick(wide ? [...bitTwo, ...bitTwoWide] : bitTwo)} ${rd(dice)}, ${rs(dice)}`;
    default: {
      const op = dice.pick(['rori', 'bclri', 'bexti', 'binvi', 'bseti', ...(wide ? ['slli.uw', 'roriw'] : [])]);
      return `${op} ${rd(dice)}, ${rs(dice)}, ${dice.below(op === 'roriw' ? 32 : xlen)}`;
    }
  }
}

const few = [9, 10, 11, 12, 13, 14, 15];
const fewWithPointer = [8, ...few];
const nonzero = writable.filter((n) => n !== 0);

function compressedCompute(dice: Dice, xlen: Xlen): string {
  const c = `x${dice.pick(few)}`;
  const c2 = `x${dice.pick(fewWithPointer)}`;
  const any = `x${dice.pick(nonzero)}`;
  const source = `x${dice.pick(readable.filter((n) => n !== 0))}`;
  const small = dice.between(-32, 31) || 1;
  const shift = dice.between(1, xlen - 1);
  const choices = [
    `c.${dice.pick(['sub', 'xor', 'or', 'and'])} ${c}, ${c2}`,
    `c.${dice.pick(['add', 'mv'])} ${any}, ${source}`,
    `c.addi ${any}, ${small}`,
    `c.li ${any}, ${small}`,
    `c.lui ${any}, ${dice.pick([1, 31, 0xfffe0, 0xfffff])}`,
    `c.andi ${c}, ${small}`,
    `c.addi4spn ${c}, sp, ${4 * dice.between(1, 255)}`,
    `c.slli ${any}, ${shift}`,
    `c.${dice.pick(['srli', 'srai'])} ${c}, ${shift}`,
    `c.nop`,
    ...(xlen === 64 ? [`c.addiw ${any}, ${small}`, `c.${dice.pick(['subw', 'addw'])} ${c}, ${c2}`] : []),
  ];
  return rvc(dice.pick(choices));
}

/** C mnemonics must assemble in a block of uncompressed instructions too. */
const rvc = (line: string): string => `.option push\n.option rvc\n${line}\n.option pop`;

function access(dice: Dice, xlen: Xlen): string {
  const wide = xlen === 64;
  const loads = ['lb', 'lh', 'lw', 'lbu', 'lhu', ...(wide ? ['lwu', 'ld'] : [])];
  const stores = ['sb', 'sh', 'sw', ...(wide ? ['sd'] : [])];
  const base = dice.pick(['x2', 'x8']);
  // Offsets of any alignment; a C form where size, offset and registers allow it.
  const offset = dice.pick([dice.between(-2048, 2040), 8 * dice.below(16), 4 * dice.below(16)]);
  if (dice.below(2) === 0) return `${dice.pick(loads)} ${rd(dice)}, ${offset}(${base})`;
  return `${dice.pick(stores)} ${rs(dice)}, ${offset}(${base})`;
}

const amos = ['swap', 'add', 'xor', 'and', 'or', 'min', 'max', 'minu', 'maxu'];

function atomic(dice: Dice, xlen: Xlen): string {
  const width = xlen === 64 ? dice.pick(['w', 'd']) : 'w';
  const order = dice.pick(['', '.aq', '.rl', '.aqrl']);
  const place = `addi x9, x8, ${8 * dice.between(-200, 200)}`;
  if (dice.below(3) > 0) return `${place}\namo${dice.pick(amos)}.${width}${order} ${rd(dice)}, ${rs(dice)}, (x9)`;
  const lr = `lr.${width}${order} x10, (x9)`;
  const sc = `sc.${width}${order} ${rd(dice)}, ${rs(dice)}, (x9)`;
  // With its reservation it succeeds; without one, or a second time, it fails.
  return dice.pick([`${place}\n${lr}\n${sc}`, `${place}\n${lr}\nsc.${width} x11, x12, (x9)\n${sc}`]);
}

const branches = ['beq', 'bne', 'blt', 'bge', 'bltu', 'bgeu'];

/** Jumps over one instruction; targets that are odd before bit 0 is cleared. */
function control(dice: Dice, xlen: Xlen): string {
  const skipped = compute(dice, xlen);
  switch (dice.below(6)) {
    case 0:
    case 1:
      return `${dice.pick(branches)} ${rs(dice)}, ${rs(dice)}, 1f\n${skipped}\n1:`;
    case 2:
      return rvc(`c.${dice.pick(['beqz', 'bnez'])} x${dice.pick(fewWithPointer)}, 1f\n${skipped}\n1:`);
    case 3:
      return `jal ${rd(dice)}, 1f\n${skipped}\n1:`;
    case 4: {
      const link = rd(dice);
      const nudge = dice.pick(['addi x9, x9, 1', 'nop']);
      return `1: auipc x9, %pcrel_hi(2f)\n${nudge}\njalr ${link}, %pcrel_lo(1b)(x9)\n${skipped}\n2:`;
    }
    default: {
      const jump = dice.pick(['c.jr', 'c.jalr']);
      return rvc(`1: auipc x9, %pcrel_hi(2f)\naddi x9, x9, %pcrel_lo(1b)\n${jump} x9\n${skipped}\n2:`);
    }
  }
}

const formats = ['h', 's', 'd'] as const;

/** Boxed or not, a number of a format that calculates on, or anything. */
function floatValue(dice: Dice): bigint {
  const format = dice.pick(formats);
  return dice.below(8) === 0 ? anyBits(dice, 64) : box(specs[format], value(dice, specs[format]));
}

/** GNU as takes no rounding mode where the result is exact. */
function floatInstruction(dice: Dice, xlen: Xlen): string {
  const format = dice.pick(formats);
  const f = (): string => `f${dice.below(32)}`;
  const mode = dice.pick(['', '', ', rne', ', rtz', ', rdn', ', rup', ', rmm']);
  const integers = xlen === 64 ? ['w', 'wu', 'l', 'lu'] : ['w', 'wu'];
  const integer = dice.pick(integers);
  const letter = format === 's' ? 'w' : format;
  const movable = format !== 'd' || xlen === 64;
  switch (dice.below(12)) {
    case 0:
    case 1:
      return `f${dice.pick(['add', 'sub', 'mul', 'div'])}.${format} ${f()}, ${f()}, ${f()}${mode}`;
    case 2:
      return `f${dice.pick(['madd', 'msub', 'nmsub', 'nmadd'])}.${format} ${f()}, ${f()}, ${f()}, ${f()}${mode}`;
    case 3:
      return `fsqrt.${format} ${f()}, ${f()}${mode}`;
    case 4:
      return `f${dice.pick(['min', 'max', 'sgnj', 'sgnjn', 'sgnjx'])}.${format} ${f()}, ${f()}, ${f()}`;
    case 5:
      return dice.below(4) === 0
        ? `fclass.${format} ${rd(dice)}, ${f()}`
        : `f${dice.pick(['eq', 'lt', 'le'])}.${format} ${rd(dice)}, ${f()}, ${f()}`;
    case 6: {
      const to = dice.pick(formats.filter((other) => other !== format));
      const widens = formats.indexOf(to) > formats.indexOf(format);
      return `fcvt.${to}.${format} ${f()}, ${f()}${widens ? '' : mode}`;
    }
    case 7:
      return `fcvt.${integer}.${format} ${rd(dice)}, ${f()}${mode}`;
    case 8:
      return `fcvt.${format}.${integer} ${f()}, ${rs(dice)}${format === 'd' && integer.startsWith('w') ? '' : mode}`;
    case 9: {
      const outwards = dice.below(2) === 0;
      if (!movable) return `fabs.${format} ${f()}, ${f()}`;
      return outwards ? `fmv.x.${letter} ${rd(dice)}, ${f()}` : `fmv.${letter}.x ${f()}, ${rs(dice)}`;
    }
    case 10:
      return floatAccess(dice, xlen, letter);
    default:
      return dice.pick([
        `fsrmi ${rd(dice)}, ${dice.below(5)}`,
        `fsflags ${rd(dice)}, ${rs(dice)}`,
        `fsflagsi ${dice.below(32)}`,
        `frcsr ${rd(dice)}`,
        `csrrc ${rd(dice)}, fcsr, ${rs(dice)}\nfsrmi ${dice.below(5)}`,
      ]);
  }
}

function floatAccess(dice: Dice, xlen: Xlen, letter: string): string {
  const way = dice.pick(['l', 's']);
  const few = `f${dice.between(8, 15)}`;
  const any = `f${dice.below(32)}`;
  const offset = dice.pick([dice.between(-2048, 2040), 8 * dice.below(16)]);
  const short = xlen === 32 ? dice.pick(['w', 'd']) : 'd';
  const scale = short === 'd' ? 8 : 4;
  return dice.pick([
    `f${way}${letter} ${any}, ${offset}(${dice.pick(['x2', 'x8'])})`,
    rvc(`c.f${way}${short} ${few}, ${scale * dice.below(32)}(x8)`),
    rvc(`c.f${way}${short}sp ${any}, ${scale * dice.below(64)}(sp)`),
  ]);
}
