/** Register names (ISA manual, "RISC-V Assembly Programmer's Handbook"). */

const X_ABI = (
  'zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 ' + 's2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'
).split(' ');
const F_ABI = (
  'ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 ' +
  'fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11'
).split(' ');

function numbersByName(prefix: string, abi: readonly string[]): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  abi.forEach((name, number) => {
    map.set(name, number);
    map.set(`${prefix}${number}`, number);
  });
  return map;
}

const X_NUMBERS = new Map([...numbersByName('x', X_ABI), ['fp', 8]]);
const F_NUMBERS = numbersByName('f', F_ABI);

/** The number of an integer register by either of its names (`t0`, `x5`, `fp`), or undefined. */
export const xRegister = (name: string): number | undefined => X_NUMBERS.get(name);
/** The number of a floating-point register by either of its names (`fa0`, `f10`), or undefined. */
export const fRegister = (name: string): number | undefined => F_NUMBERS.get(name);
/** `t0`, or `x5` with `numeric`. `number` is taken modulo 32. */
export const xRegisterName = (number: number, numeric = false): string =>
  numeric ? `x${number & 31}` : (X_ABI[number & 31] ?? '');
/** `fa0`, or `f10` with `numeric`. `number` is taken modulo 32. */
export const fRegisterName = (number: number, numeric = false): string =>
  numeric ? `f${number & 31}` : (F_ABI[number & 31] ?? '');
/** The number of a vector register (`v8`), or undefined. Its names are not reserved: a label may be `v1`. */
export function vRegister(name: string): number | undefined {
  const number = /^v(\d|[12]\d|3[01])$/.exec(name)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Whether a name is reserved for a register of the x or f file. */
export const isRegisterName = (name: string): boolean => X_NUMBERS.has(name) || F_NUMBERS.has(name);

/** Every register name with its file and number. */
export function registerNames(): readonly {
  readonly name: string;
  readonly file: 'x' | 'f';
  readonly number: number;
}[] {
  return [
    ...[...X_NUMBERS].map(([name, number]) => ({ name, file: 'x' as const, number })),
    ...[...F_NUMBERS].map(([name, number]) => ({ name, file: 'f' as const, number })),
  ];
}
