import type { InstructionSpec } from '../types';
import { BOTH, group } from './group';

/** Environment calls, CSR access, cache blocks and the privileged instructions that kernels use (volumes I and II). */
export const system: readonly InstructionSpec[] = [
  ...group({ extensions: 'i', xlens: BOTH, length: 4, section: 'RV32I: Environment Call and Breakpoints' }, [
    ['ecall', 0x00000073, '', 'environment-call exception'],
    ['ebreak', 0x00100073, '', 'breakpoint exception'],
  ]),
  ...group(
    { extensions: 'i', xlens: BOTH, length: 4, section: 'Privileged: Machine- and Supervisor-Mode Instructions' },
    [
      ['mret', 0x30200073, '', 'return from a trap taken in M-mode: pc = mepc'],
      ['sret', 0x10200073, '', 'return from a trap taken in S-mode: pc = sepc'],
      ['wfi', 0x10500073, '', 'wait for an interrupt'],
      [
        'sfence.vma',
        0x12000073,
        'rs1, rs2',
        'earlier stores to page tables come before later translations (rs1: address, rs2: ASID)',
      ],
    ],
  ),
  ...group({ extensions: 'zawrs', xlens: BOTH, length: 4, section: 'Zawrs: Wait-on-Reservation-Set' }, [
    ['wrs.nto', 0x00d00073, '', 'wait until the reservation set is stored to or an interrupt is pending'],
    ['wrs.sto', 0x01d00073, '', 'the same, but for a short time only'],
  ]),
  ...group({ extensions: 'smrnmi', xlens: BOTH, length: 4, section: 'Privileged: Smrnmi' }, [
    ['mnret', 0x70200073, '', 'return from a resumable non-maskable interrupt: pc = mnepc'],
  ]),
  ...group({ extensions: 'smctr ssctr', xlens: BOTH, length: 4, section: 'Privileged: Smctr and Ssctr' }, [
    ['sctrclr', 0x10400073, '', 'clear the control transfer records'],
  ]),
  ...group({ extensions: 'svinval', xlens: BOTH, length: 4, section: 'Privileged: Svinval' }, [
    ['sinval.vma', 0x16000073, 'rs1, rs2', 'part of a batch of sfence.vma (rs1: address, rs2: ASID)'],
    ['sfence.w.inval', 0x18000073, '', 'earlier stores come before later sinval.vma'],
    ['sfence.inval.ir', 0x18100073, '', 'earlier sinval.vma come before later translations'],
  ]),
  ...group({ extensions: 'zicsr', xlens: BOTH, length: 4, section: 'Zicsr' }, [
    ['csrrw', 0x00001073, 'rd, csr, rs1', 'rd = csr; csr = rs1'],
    ['csrrs', 0x00002073, 'rd, csr, rs1', 'rd = csr; csr = csr | rs1'],
    ['csrrc', 0x00003073, 'rd, csr, rs1', 'rd = csr; csr = csr & ~rs1'],
    ['csrrwi', 0x00005073, 'rd, csr, uimm5', 'rd = csr; csr = imm'],
    ['csrrsi', 0x00006073, 'rd, csr, uimm5', 'rd = csr; csr = csr | imm'],
    ['csrrci', 0x00007073, 'rd, csr, uimm5', 'rd = csr; csr = csr & ~imm'],
  ]),
  ...group({ extensions: 'zicbom', xlens: BOTH, length: 4, section: 'CMO: Cache-Block Management Instructions' }, [
    ['cbo.inval', 0x0000200f, '(rs1)', 'discard copies of the cache block at rs1'],
    ['cbo.clean', 0x0010200f, '(rs1)', 'write the cache block at rs1 back'],
    ['cbo.flush', 0x0020200f, '(rs1)', 'write the cache block at rs1 back and discard copies'],
  ]),
  ...group({ extensions: 'zicboz', xlens: BOTH, length: 4, section: 'CMO: Cache-Block Zero Instructions' }, [
    ['cbo.zero', 0x0040200f, '(rs1)', 'store zeros to the cache block at rs1'],
  ]),
  ...group({ extensions: 'zicbop', xlens: BOTH, length: 4, section: 'CMO: Cache-Block Prefetch Instructions' }, [
    ['prefetch.i', 0x00006013, 'prefetch12(rs1)', 'the cache block at rs1 + imm will be fetched as instructions'],
    ['prefetch.r', 0x00106013, 'prefetch12(rs1)', 'the cache block at rs1 + imm will be loaded'],
    ['prefetch.w', 0x00306013, 'prefetch12(rs1)', 'the cache block at rs1 + imm will be stored to'],
  ]),
];
