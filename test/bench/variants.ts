import { protocol, replaced } from './mail';
import type { Defines } from './spin';

/** A way to change the mail's protocol that the Promela model knows too. */
export interface Variant {
  readonly name: string;
  /** For replay-auipc.pml. */
  readonly defines: Defines;
  /** For cmodx: the protocol alone, changed. */
  readonly text: string;
  readonly verdict: 'safe' | 'unsafe';
}

const withoutSync = (step: number, write: string, verdict: Variant['verdict']): Variant => ({
  name: `without sync ${step}`,
  defines: [`NO_SYNC${step}`],
  text: replaced(protocol, `${write}; fence w,w ; sync fence.i`, `${write}; fence w,w`),
  verdict,
});

/** By these the two are held against each other. */
export const variants: readonly Variant[] = [
  { name: 'as it stands', defines: [], text: protocol, verdict: 'safe' },
  {
    name: 'without the trap-return fix-up',
    defines: ['NO_FIXUP'],
    text: replaced(protocol, 'on trap return', '// on trap return'),
    verdict: 'unsafe',
  },
  {
    name: 'without `fence w,w`',
    defines: ['NO_FENCE'],
    text: replaced(protocol, 'fence w,w ; ', ''),
    verdict: 'unsafe',
  },
  withoutSync(1, 'write JUMP   ', 'unsafe'),
  withoutSync(2, "write JALR'  ", 'unsafe'),
  withoutSync(3, "write AUIPC' ", 'safe'),
];
