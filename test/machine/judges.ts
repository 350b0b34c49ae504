import type { InstructionSpec } from '../../server/src/isa/index';

/**
 * Who says what an instruction does: QEMU 7.2, which runs it beside us; the manual alone, whose pseudocode is written down
 * once more for a test or tried by programs of our own; nobody, because it is decoded and not executed.
 */
export type Executor = 'qemu' | 'manual' | 'none';

/** Extensions that QEMU 7.2 has not. */
const LATER: ReadonlySet<string> = new Set(
  'zicond zabha zacas zalasr zfa zfbfmin zcb zcmp zcmt zimop zcmop zawrs zicbom zicboz'.split(' '),
);

/** What user mode cannot show, and what QEMU 7.2 does wrong: `ctzw` where the low 32 bits are 0. */
const UNFIT: ReadonlySet<string> = new Set(
  'ecall ebreak c.ebreak c.unimp mret sret wfi sfence.vma sinval.vma sfence.w.inval sfence.inval.ir ctzw'.split(' '),
);

/** Vectors, the hypervisor, control-flow integrity, and what else is refused by name when it is run. */
const REFUSED = /^(v.*|h(lv|lvx|sv)\..*|h(fence|inval)\..*|lpad|c\.ss.*|ss(push|popchk|rdp|amoswap).*|mnret|sctrclr)$/;

/** Who judges the execution of an instruction. */
export function executorOf({ mnemonic, extensions }: InstructionSpec): Executor {
  if (REFUSED.test(mnemonic)) return 'none';
  const later = extensions.every((all) => all.some((name) => LATER.has(name)));
  return later || UNFIT.has(mnemonic) ? 'manual' : 'qemu';
}
