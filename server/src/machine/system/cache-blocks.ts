import type { HartMemory, Trap } from '../hart';
import { envcfg, machine, type PrivilegedState, user } from './state';

/** In bytes (Zic64b). */
const blockSize = 64n;

type Operation = 'inval' | 'clean' | 'flush' | 'zero';

/** What a mnemonic does to a block; null where it does nothing to any. */
export function blockOperation(mnemonic: string): Operation | null {
  switch (mnemonic) {
    case 'cbo.inval':
      return 'inval';
    case 'cbo.clean':
      return 'clean';
    case 'cbo.flush':
      return 'flush';
    case 'cbo.zero':
      return 'zero';
    default:
      return null;
  }
}

/** By which field of `menvcfg` and `senvcfg` lower modes may do it (CMO, "Control and Status Register State"). */
const enabledBy = { inval: envcfg.cbie, clean: envcfg.cbcfe, flush: envcfg.cbcfe, zero: envcfg.cbze } as const;

/**
 * Carries out an operation on the cache block that holds an address. There is no cache, so only zeros have anything to do;
 * the others want what an access wants.
 */
export function operateOnBlock(
  operation: Operation,
  address: bigint,
  state: PrivilegedState,
  memory: HartMemory,
): Trap | null {
  const field = enabledBy[operation];
  const { privilege, menvcfg, senvcfg } = state;
  const off = (register: bigint): boolean => (register & field) === 0n;
  if (privilege !== machine && (off(menvcfg) || (privilege === user && off(senvcfg))))
    return { cause: 'illegal-instruction', reason: `cbo.${operation} in this mode` };
  const start = address - (address % blockSize);
  if (operation !== 'zero') {
    // Where it may be loaded or stored to.
    return memory.load(start, 1) === null ? { cause: 'store-fault', address } : null;
  }
  for (let at = start; at < start + blockSize; at += 8n)
    if (!memory.store(at, 8, 0n)) return { cause: 'store-fault', address };
  return null;
}
