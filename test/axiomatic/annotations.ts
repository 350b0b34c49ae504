/** Which ordering annotations an instruction gives its memory operations (RVWMO, "Memory Model Primitives"; Ztso). */
import type { Effect } from '../../server/src/machine';
import type { Annotation } from './events';

export type Model = 'rvwmo' | 'tso' | 'sc';
type Access = Extract<Effect, { kind: 'load' | 'store' | 'lr' | 'sc' | 'amo' }>;

export interface Annotations {
  readonly acquire: Annotation;
  readonly release: Annotation;
}

/**
 * `aq` and `rl` of LR, SC and AMO are acquire-RCsc and release-RCsc. So are those of Zalasr; herd7's `lw.aq` and
 * `sw.rl`, which have the same effect, are RCpc in its `riscv.cat` (`RCsc = (Acq|Rel|AcqRel) & (EX|X)`).
 *
 * Ztso: every load is acquire-RCpc at least, every store release-RCpc, every AMO acquire-RCsc and release-RCsc.
 */
export function annotationsOf(effect: Access, model: Model): Annotations {
  const written = effect.kind === 'load' || effect.kind === 'store' ? 'rcpc' : 'rcsc';
  const acquire = effect.aq ? written : 'none';
  const release = effect.rl ? written : 'none';
  if (model !== 'tso') return { acquire, release };
  if (effect.kind === 'amo') return { acquire: 'rcsc', release: 'rcsc' };
  const loads = effect.kind === 'load' || effect.kind === 'lr';
  return {
    acquire: acquire === 'none' && loads ? 'rcpc' : acquire,
    release: release === 'none' && !loads ? 'rcpc' : release,
  };
}
