import type { InstructionSpec } from '../types';
import { BOTH, group, type Row, RV64 } from './group';

const H = { extensions: 'h', xlens: BOTH, length: 4, section: 'Hypervisor: Virtual-Machine Load and Store' } as const;
const FENCES = 'Hypervisor: Memory-Management Fence Instructions';

const load = (mnemonic: string, match: number, value: string): Row => [
  mnemonic,
  match,
  'rd, (rs1)',
  `rd = ${value}(mem[rs1]), as the guest would load it`,
];
const store = (mnemonic: string, match: number, bits: number): Row => [
  mnemonic,
  match,
  'rs2, (rs1)',
  `mem${bits}[rs1] = rs2, as the guest would store it`,
];

/** The H extension (ISA manual, volume II, chapter "H"), and Svinval's instructions for it. */
export const hypervisor: readonly InstructionSpec[] = [
  ...group(H, [
    load('hlv.b', 0x60004073, 'sext8'),
    load('hlv.bu', 0x60104073, 'zext8'),
    load('hlv.h', 0x64004073, 'sext16'),
    load('hlv.hu', 0x64104073, 'zext16'),
    ['hlvx.hu', 0x64304073, 'rd, (rs1)', 'rd = zext16(mem[rs1]), as the guest would fetch it'],
    load('hlv.w', 0x68004073, 'sext32'),
    ['hlvx.wu', 0x68304073, 'rd, (rs1)', 'rd = zext32(mem[rs1]), as the guest would fetch it'],
    store('hsv.b', 0x62004073, 8),
    store('hsv.h', 0x66004073, 16),
    store('hsv.w', 0x6a004073, 32),
  ]),
  ...group({ ...H, xlens: RV64 }, [
    load('hlv.wu', 0x68104073, 'zext32'),
    load('hlv.d', 0x6c004073, 'sext64'),
    store('hsv.d', 0x6e004073, 64),
  ]),
  ...group({ ...H, section: FENCES }, [
    ['hfence.vvma', 0x22000073, 'rs1, rs2', "sfence.vma for the guest's own page tables (rs1: address, rs2: ASID)"],
    ['hfence.gvma', 0x62000073, 'rs1, rs2', 'sfence.vma for the second stage (rs1: address >> 2, rs2: VMID)'],
  ]),
  ...group({ ...H, extensions: 'h+svinval', section: FENCES }, [
    ['hinval.vvma', 0x26000073, 'rs1, rs2', 'part of a batch of hfence.vvma (rs1: address, rs2: ASID)'],
    ['hinval.gvma', 0x66000073, 'rs1, rs2', 'part of a batch of hfence.gvma (rs1: address >> 2, rs2: VMID)'],
  ]),
];
