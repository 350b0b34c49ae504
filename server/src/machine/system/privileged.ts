import { machine, type PrivilegedState, status, supervisor, user } from './state';
import { leaveTrap } from './traps';

/** What a privileged instruction does: where to go on, or why it is illegal here; null goes on behind it. */
export type Outcome = { readonly next: bigint } | { readonly illegal: string } | { readonly wait: true } | null;

const inMode = (what: string): Outcome => ({ illegal: `${what} in this mode` });

function supervisorFence(state: PrivilegedState): Outcome {
  const { privilege, mstatus } = state;
  if (privilege === user || (privilege === supervisor && (mstatus & status.tvm) !== 0n)) return inMode('sfence.vma');
  state.remapped = true;
  return null;
}

/**
 * The instructions that only a hart with privileged modes executes, by mnemonic. Those that order page tables
 * have nothing left to do: `changed` makes the hart forget what it looked up.
 */
export const privilegedInstructions: ReadonlyMap<string, (state: PrivilegedState) => Outcome> = new Map([
  ['mret', (state) => (state.privilege === machine ? { next: leaveTrap('m', state) } : inMode('mret'))],
  [
    'sret',
    (state) => {
      const trapped = state.privilege === supervisor && (state.mstatus & status.tsr) !== 0n;
      return state.privilege === user || trapped ? inMode('sret') : { next: leaveTrap('s', state) };
    },
  ],
  [
    'wfi',
    (state) => {
      const trapped = state.privilege !== machine && (state.mstatus & status.tw) !== 0n;
      return state.privilege === user || trapped ? inMode('wfi') : { wait: true };
    },
  ],
  ['sfence.vma', supervisorFence],
  ['sinval.vma', supervisorFence],
  ['sfence.w.inval', (state) => (state.privilege === user ? inMode('sfence.w.inval') : null)],
  ['sfence.inval.ir', (state) => (state.privilege === user ? inMode('sfence.inval.ir') : null)],
]);
