import type { Xlen } from '../../../server/src/isa/types';
import type { FloatFormat } from '../../../server/src/machine/float/format';
import type { Tuple } from './operands';

/** One instruction that is tried on many operands. */
export interface Kernel {
  /** It reads f1, f2, f3 and x11, and writes f4 or x14. */
  readonly instruction: string;
  /** Of its operands. */
  readonly format: FloatFormat;
  /** What `frm` holds; a static rounding mode must win over it. */
  readonly frm: number;
}

const modes = ['rne', 'rtz', 'rdn', 'rup', 'rmm'];

/** Every instruction that QEMU 7.2 runs too, in every rounding mode, static and dynamic. */
export function kernels(xlen: Xlen): Kernel[] {
  return (['s', 'd', 'h'] as const).flatMap((format) => [
    ...['madd', 'msub', 'nmsub', 'nmadd'].flatMap((op) => rounded(`f${op}.${format} f4, f1, f2, f3`, format)),
    ...['add', 'sub', 'mul', 'div'].flatMap((op) => rounded(`f${op}.${format} f4, f1, f2`, format)),
    ...rounded(`fsqrt.${format} f4, f1`, format),
    ...['min', 'max', 'sgnj', 'sgnjn', 'sgnjx'].map((op) => plain(`f${op}.${format} f4, f1, f2`, format)),
    ...['eq', 'lt', 'le'].map((op) => plain(`f${op}.${format} x14, f1, f2`, format)),
    plain(`fclass.${format} x14, f1`, format),
    ...(xlen === 64 ? ['w', 'wu', 'l', 'lu'] : ['w', 'wu']).flatMap((integer) => [
      ...rounded(`fcvt.${integer}.${format} x14, f1`, format),
      // GNU as takes no rounding mode where the result is exact.
      ...(format === 'd' && integer.startsWith('w')
        ? [plain(`fcvt.d.${integer} f4, x11`, format)]
        : rounded(`fcvt.${format}.${integer} f4, x11`, format)),
    ]),
    ...['s', 'd', 'h']
      .filter((to) => to !== format)
      .flatMap((to) => {
        const text = `fcvt.${to}.${format} f4, f1`;
        return 'hsd'.indexOf(to) > 'hsd'.indexOf(format) ? [plain(text, format)] : rounded(text, format);
      }),
    ...(format === 'd' && xlen === 32
      ? []
      : [
          plain(`fmv.x.${format === 's' ? 'w' : format} x14, f1`, format),
          plain(`fmv.${format === 's' ? 'w' : format}.x f4, x11`, format),
        ]),
  ]);
}

const plain = (instruction: string, format: FloatFormat): Kernel => ({ instruction, format, frm: 0 });

function rounded(instruction: string, format: FloatFormat): Kernel[] {
  return modes.flatMap((mode, frm) => [
    { instruction, format, frm },
    { instruction: `${instruction}, ${mode}`, format, frm: (frm + 1) % 5 },
  ]);
}

/**
 * A Linux user-mode program that writes, for every kernel and every tuple of its format, the 64-bit register f4, the
 * integer register x14 and `fflags`, as three doublewords (words of an integer register, on RV32, zero-extended).
 */
export function program(
  all: readonly Kernel[],
  operands: Readonly<Record<FloatFormat, readonly Tuple[]>>,
  xlen: Xlen,
): string {
  const [store, load] = xlen === 64 ? ['sd', 'ld'] : ['sw', 'lw'];
  const used = [...new Set(all.map((kernel) => kernel.format))];
  const code = all.map(
    ({ instruction, format, frm }) => `
la x20, operands_${format}
la x21, results
li x22, ${operands[format].length}
fsrmi ${frm}
1:
fld f1, 0(x20)
fld f2, 8(x20)
fld f3, 16(x20)
${load} x11, 24(x20)
fmv.w.x f4, x0
li x14, 0
fsflagsi 0
${instruction}
frflags x15
fsd f4, 0(x21)
${store} x14, 8(x21)
${store} x15, 16(x21)
addi x20, x20, 32
addi x21, x21, 24
addi x22, x22, -1
bnez x22, 1b
li a7, 64
li a0, 1
la a1, results
li a2, ${24 * operands[format].length}
ecall`,
  );
  const data = used.map(
    (format) =>
      `operands_${format}:\n${operands[format].map(({ f, x }) => `.dword ${[...f, x].join(', ')}`).join('\n')}`,
  );
  const longest = Math.max(...used.map((format) => operands[format].length));
  return `
.section .image, "awx"
.option norelax
.globl _start
_start:
${code.join('\n')}
li a7, 93
li a0, 0
ecall
.balign 8
${data.join('\n')}
results:
.zero ${24 * longest}
`;
}
