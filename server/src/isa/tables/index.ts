import type { InstructionSpec, Xlen } from '../types';
import { atomic } from './atomic';
import { base } from './base';
import { bits } from './bits';
import { codeSize } from './code-size';
import { compressed } from './compressed';
import { controlFlowIntegrity } from './control-flow-integrity';
import { crypto } from './crypto';
import { float } from './float';
import { hypervisor } from './hypervisor';
import { multiply } from './multiply';
import { system } from './system';
import { vectorCrypto } from './vector-crypto';
import { vectorFloat } from './vector-float';
import { vectorInteger } from './vector-integer';
import { vectorMemory } from './vector-memory';

/** Every instruction that is known, for either XLEN. To support another extension, add its table here. */
export const instructions: readonly InstructionSpec[] = [
  ...base,
  ...multiply,
  ...atomic,
  ...float,
  ...bits,
  ...crypto,
  ...compressed,
  ...codeSize,
  ...controlFlowIntegrity,
  ...system,
  ...hypervisor,
  ...vectorMemory,
  ...vectorInteger,
  ...vectorFloat,
  ...vectorCrypto,
];

const byName = new Map<string, InstructionSpec[]>();
for (const spec of instructions) byName.set(spec.mnemonic, [...(byName.get(spec.mnemonic) ?? []), spec]);

/** The specification of a canonical mnemonic at an XLEN, or undefined: `specOf('slli', 64)`. */
export function specOf(mnemonic: string, xlen: Xlen): InstructionSpec | undefined {
  return byName.get(mnemonic)?.find((spec) => spec.xlens.includes(xlen));
}

/** The specification of a canonical mnemonic at any XLEN. */
export const anySpecOf = (mnemonic: string): InstructionSpec | undefined => byName.get(mnemonic)?.[0];
