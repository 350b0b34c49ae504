import { expect } from 'vitest';
import type { Scenario } from '../../server/src/checker/scenario';
import { analyze } from '../../server/src/language/index';
import { type Answer, explore, type Machine } from './index';

/** Small protocols whose verdicts follow from the rules by hand. */

export const oneHart: Machine = { harts: 1, threads: 1, onPatcher: false };
export const patcherAlone: Machine = { harts: 0, threads: 1, onPatcher: true };

export interface Setting {
  readonly isa?: string;
  readonly machine?: string;
  readonly site?: string;
  readonly executors?: string;
  readonly before?: string;
  readonly on?: Machine;
}

/** Patches `nop; nop` (or `site`'s versions) by `operations`, which may be those of several patchers. */
export function scenarioOf(operations: string, setting: Setting = {}): Scenario {
  const text = `
    machine { isa ${setting.isa ?? 'rv64gc_zifencei_ziccif'}; ${setting.machine ?? ''} }
    symbol f = 0x80010100
    site s at 0x80000000 clobbers t0 {
      ${setting.site ?? "version v0 { A: nop; B: nop }; version v1 { A': auipc t0, %pcrel_hi(f); B': jalr t0, %pcrel_lo(A')(t0) }"}
    }
    ${setting.before ?? ''}
    protocol p patches s from v0 to v1 { ${operations}; executors ${setting.executors ?? '1'} }`;
  const { checks, diagnostics } = analyze('t.cmodx', text, () => null);
  const scenario = checks[0]?.scenario;
  if (!scenario) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return scenario;
}

/** The verdict of one small machine. */
export function patch(operations: string, setting: Setting = {}): Answer {
  return explore(scenarioOf(operations, setting), setting.on ?? oneHart, 200_000);
}

export const kinds = (answer: Answer): string[] => {
  expect(answer.complete).toBe(true);
  return [...answer.kinds].sort();
};
