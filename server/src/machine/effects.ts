import { expand } from '../isa/index';
import type { Decoded, Isa } from '../isa/types';
import type { Effect } from './effect';
import { atomic } from './effects/atomic';
import { base } from './effects/base';
import { bits } from './effects/bits';
import { codeSize } from './effects/code-size';
import { crypto } from './effects/crypto';
import { csr } from './effects/csr';
import { float } from './effects/float';
import { muldiv } from './effects/muldiv';
import { type EffectTable, nothing, Operands } from './effects/operands';

const tables: EffectTable = { ...base, ...muldiv, ...atomic, ...bits, ...crypto, ...codeSize, ...csr, ...float };

/** The mnemonics of the instructions that are executed (a compressed one counts by its base instruction). */
export const executed: ReadonlySet<string> = new Set(Object.keys(tables));

/**
 * What an instruction does. A compressed one does what its base instruction does, with its own length.
 * Hints do nothing; what is not legal here is `illegal`, and what is legal but not executed is `unsupported`.
 */
export function effectOf(decoded: Decoded, isa: Isa): Effect {
  const mnemonic = decoded.spec?.mnemonic ?? null;
  if (decoded.legality === 'hint') return nothing;
  if (decoded.legality !== 'legal' && !ignoresReservedFields(decoded)) {
    return { kind: 'illegal', reason: decoded.reason ?? decoded.legality };
  }
  if (mnemonic === null) return { kind: 'illegal', reason: 'no such instruction' };
  const whole = mnemonic.startsWith('c.') ? expand(decoded, isa) : decoded;
  const build = whole?.spec ? tables[whole.spec.mnemonic] : undefined;
  if (whole === null || build === undefined) return { kind: 'unsupported', mnemonic };
  return build(new Operands(whole.fields, decoded.length, isa.xlen));
}

/** The mnemonic of what only an emulator runs (floating point) or nobody does: models of memory refuse it by name. */
export const unmodelled = (effect: Effect): string | null => ('mnemonic' in effect ? effect.mnemonic : null);

/** "Base implementations shall ignore" the reserved fields of the fences (RV32I, "Memory Ordering Instructions"). */
function ignoresReservedFields(decoded: Decoded): boolean {
  const mnemonic = decoded.spec?.mnemonic;
  return decoded.legality === 'reserved' && (mnemonic === 'fence' || mnemonic === 'fence.i');
}
