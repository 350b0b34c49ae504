/** Under `letter` a `fence.i` orders later fetches after earlier explicit accesses alone: without one it does nothing. */
import type { Operation, PlacedInstruction, Scenario } from '../../checker/scenario';
import { decode } from '../../isa';
import { effectOf } from '../../machine';
import type { Lint } from './kinds';

/** `fence.i` with no access before it that it could order anything after. */
export function unanchoredFences(scenario: Scenario): Lint[] {
  if (scenario.machine.fetch.fenceiFetch) return [];
  return [
    ...scenario.patchers.flatMap(({ operations }) => ofPatcher(operations)),
    ...scenario.sites.flatMap(({ versions }) => versions.flatMap(({ instructions }) => ofCode(scenario, instructions))),
    ...scenario.regions.flatMap(({ kind, instructions }) => (kind === 'code' ? ofCode(scenario, instructions) : [])),
  ];
}

const unanchored = ({ source, text }: { readonly source: Lint['source']; readonly text: string }): Lint => ({
  code: 'unanchored',
  source,
  message: `no load or store comes before this \`${text}\`, and under \`fetch letter\` it orders nothing else: a fetch after it may be as old as one before it`,
  replacement: null,
});

function ofPatcher(operations: readonly Operation[]): Lint[] {
  for (const operation of operations) {
    if (operation.kind === 'fence.i') return [unanchored(operation)];
    if (operation.kind !== 'fence') return [];
  }
  return [];
}

/** In the order in which it is written: a jump in between is not followed. */
function ofCode({ machine: { isa } }: Scenario, instructions: readonly PlacedInstruction[]): Lint[] {
  for (const instruction of instructions) {
    const { bytes } = instruction;
    const word = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
    const { kind } = effectOf(decode(word, isa), isa);
    if (kind === 'fence.i') return [unanchored(instruction)];
    if (!(kind === 'alu' || kind === 'jump' || kind === 'branch' || kind === 'fence')) return [];
  }
  return [];
}
