import { afterAll, expect, test } from 'vitest';
import { readProgram, summarize } from '../../server/src/import';
import { Workshop } from './toolchain';

const workshop = new Workshop();
afterAll(() => workshop.remove());

/** A kernel has 40,000 of them, in 30 MB: `CMODX_IMPORT_FUNCTIONS=40000`. */
const functions = Number(process.env.CMODX_IMPORT_FUNCTIONS ?? 10_000);
/** Of 16 bits each, between two entries; every second function is longer by one. */
const body = 360;

/** Functions of about 750 bytes, each with two more names in it, and a third that stands elsewhere. */
function kernelSource(): string {
  const one = (i: number): string => `
.Lentry${i}: .fill 4, 2, 1
.globl function${i}
.type function${i}, @function
function${i}: .fill 4, 2, 1
inner${i}: .fill ${body + (i % 2)}, 2, 0x4505
last${i}: ret
.size function${i}, . - function${i}
value${i} = . - ${i}
.section __patchable_function_entries, "aw"
.dword .Lentry${i}
.text
`;
  const all = Array.from({ length: functions }, (_, i) => one(i)).join('');
  return `.option norelax\n.globl ftrace_caller\nftrace_caller: ret\n${all}`;
}

test('a kernel of many functions: every entry is found, nearly half of them at 2 mod 4', () => {
  workshop.write('kernel.s', kernelSource());
  workshop.run('riscv64-unknown-elf-gcc', '-c', '-march=rv64gc', 'kernel.s', '-o', 'kernel.o');
  const program = readProgram(workshop.read(workshop.linkKernel('vmlinux', 'kernel.o')));
  const told: number[] = [];
  const { entries, mod4, torn, shapes, reach } = summarize(program, { target: 'ftrace_caller', base: null }, (done) =>
    told.push(done),
  );
  expect(entries).toBe(functions);
  expect(shapes).toEqual([{ before: 8, length: 8, entries: functions }]);
  expect(mod4).toEqual({ remainders: { 0: functions / 2, 2: functions / 2 }, open: 0 });
  expect(torn).toBe(functions / 2);
  expect(reach?.encodable).toBe(functions);
  expect(told.length).toBeGreaterThanOrEqual(2);
}, 120_000);
