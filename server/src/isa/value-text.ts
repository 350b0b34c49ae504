import { csrName } from './csr';
import { fenceSetName, floatConstants, type OperandKindSpec, roundingModes } from './operands';
import { fRegisterName, xRegisterName } from './registers';
import { listText, stackAdjustment } from './saved-registers';
import type { Xlen } from './types';
import { vtypeText } from './vtype';

/** How values are written. */
export interface ValueStyle {
  /** `x5` rather than `t0`. */
  readonly numeric: boolean;
  readonly xlen: Xlen;
}

export const hexText = (value: number | bigint): string => `0x${value.toString(16)}`;

/**
 * One value as it is written in assembly, a target as an offset from the instruction: `.+8`.
 * @param list of registers to save, on which a stack adjustment depends
 */
export function valueText(kind: OperandKindSpec, value: number, { numeric, xlen }: ValueStyle, list = 4): string {
  switch (kind.class) {
    case 'x':
    case 'any':
      return xRegisterName(value, numeric);
    case 'f':
      return fRegisterName(value, numeric);
    case 'shamt':
    case 'opcode':
      return hexText(value);
    case 'upper':
      return hexText((value >>> 12) & 0xfffff);
    case 'target':
      return value < 0 ? `.${value}` : `.+${value}`;
    case 'csr':
      return csrName(value) ?? hexText(value);
    case 'rm':
      return roundingModes[value] ?? String(value);
    case 'rlist':
      return value < 4 ? String(value) : listText(value, numeric);
    case 'spimm':
      return String(stackAdjustment(kind, value, list, xlen));
    case 'v':
      return `v${value}`;
    case 'mask':
      return value === 0 ? 'v0.t' : '';
    case 'vtype':
      return vtypeText(value);
    case 'fli':
      return floatConstants[value] ?? String(value);
    case 'fence':
      return fenceSetName(value);
    case 'signed':
    case 'unsigned':
    case 'flag':
      return String(value);
  }
}
