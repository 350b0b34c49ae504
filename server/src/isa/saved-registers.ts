import { type OperandKindSpec, SAVED } from './operands';
import { xRegisterName } from './registers';
import type { Xlen } from './types';

/** The register lists of Zcmp (ISA manual, volume I, chapter "Zc*"): ra, then s0 to some other. */

/** How many of s0 to s11 are in list 4..15: s10 comes with s11 only. */
const savedIn = (list: number): number => (list === 15 ? 12 : list - 4);

/** The registers of a list by number, in order: ra, then the saved ones. */
export const registersOf = (list: number): readonly number[] => [1, ...SAVED.slice(0, savedIn(list))];

/** The list that holds exactly these registers in this order, or undefined. */
export const listOf = (registers: readonly number[]): number | undefined =>
  LISTS.find((list) => String(registersOf(list)) === String(registers));

const LISTS = Array.from({ length: 12 }, (_, i) => i + 4);

/** The least multiple of 16 bytes in which they fit. */
export const spaceFor = (list: number, xlen: Xlen): number =>
  Math.ceil((registersOf(list).length * xlen) / 8 / 16) * 16;

/** How far sp moves: down for a push, up for a pop, by what the list needs and what the instruction adds. */
export const stackAdjustment = (kind: OperandKindSpec, added: number, list: number, xlen: Xlen): number =>
  (spaceFor(list, xlen) + added) * (kind.kind === 'spdown' ? -1 : 1);

/** `{ra, s0-s3}`; with `numeric`, `{x1, x8-x9, x18-x19}`. */
export function listText(list: number, numeric: boolean): string {
  const name = (register: number): string => xRegisterName(register, numeric);
  const run = (registers: readonly number[]): string[] => {
    const [first, last] = [registers[0], registers.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [first === last ? name(first) : `${name(first)}-${name(last)}`];
  };
  const [ra = 1, ...saved] = registersOf(list);
  const runs = numeric ? [run(saved.slice(0, 2)), run(saved.slice(2))] : [run(saved)];
  return `{${[name(ra), ...runs.flat()].join(', ')}}`;
}
