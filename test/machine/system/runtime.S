# The runtime of the bare-metal test programs, for Spike's and QEMU's `spike` board: starts in M-mode, runs `body` and
# prints what it has noted over HTIF's console, a word in hex a line. Reserved registers: s11 points behind the notes,
# s10 to where a program goes on after a trap to M-mode, s9 to where it goes on after one to S-mode.
#if __riscv_xlen == 64
#define SX sd
#define LX ld
#define WORD 8
#else
#define SX sw
#define LX lw
#define WORD 4
#endif

.macro note reg
  SX \reg, 0(s11)
  addi s11, s11, WORD
.endm

.macro note_csr csr
  csrr t6, \csr
  note t6
.endm

# Goes on at a label, in M-mode, after the next trap to M-mode.
.macro on_trap label
  la s10, \label
.endm

# Goes on at a label in another mode: 0 U, 1 S.
.macro enter mode, label
  li t6, 3 << 11
  csrc mstatus, t6
  li t6, \mode << 11
  csrs mstatus, t6
  la t6, \label
  csrw mepc, t6
  mret
.endm

# Lets all modes access all memory.
.macro open_memory
  li t6, -1
  csrw pmpaddr0, t6
  li t6, 0x1f
  csrw pmpcfg0, t6
.endm

.section .text.init, "ax"
.globl _start
_start:
  la sp, stack_top
  la s11, notes
  la t0, machine_trap
  csrw mtvec, t0
  la t0, supervisor_trap
  csrw stvec, t0
  call body
print:
  la s1, notes
1:
  bgeu s1, s11, 3f
  LX s2, 0(s1)
  addi s1, s1, WORD
  li s3, __riscv_xlen - 4
2:
  srl a0, s2, s3
  andi a0, a0, 15
  addi a0, a0, '0'
  li t0, '9'
  ble a0, t0, 4f
  addi a0, a0, 'a' - '0' - 10
4:
  call putchar
  addi s3, s3, -4
  bgez s3, 2b
  li a0, '\n'
  call putchar
  j 1b
3:
  li t0, 1
  la t1, tohost
  sw t0, 0(t1)
  sw zero, 4(t1)
5:
  j 5b

putchar:
  la t1, tohost
  li t2, 0x01010000
  sw a0, 0(t1)
  sw t2, 4(t1)
6:
  lw t2, 4(t1)
  bnez t2, 6b
  ret

.balign 4
machine_trap:
  note_csr mcause
  note_csr mepc
  note_csr mtval
  # mstatus but for what the two boards have otherwise: the width fields and the state of extensions.
  csrr t6, mstatus
  li t5, 0x7e19aa
  and t6, t6, t5
  note t6
  csrw mepc, s10
  li t6, 3 << 11
  csrs mstatus, t6
  # Interrupts stay off.
  li t6, 1 << 7
  csrc mstatus, t6
  mret

.balign 4
supervisor_trap:
  note_csr scause
  note_csr sepc
  note_csr stval
  csrr t6, sstatus
  li t5, 0xc0122
  and t6, t6, t5
  note t6
  csrw sepc, s9
  csrr t6, scause
  bgez t6, 1f
  # What interrupted cannot be cleared from here: it goes on in S-mode, with interrupts off.
  li t6, 1 << 8
  csrs sstatus, t6
  li t6, 1 << 5
  csrc sstatus, t6
1:
  sret

.section .tohost, "aw"
.balign 64
.globl tohost
tohost: .dword 0
.size tohost, 8
.globl fromhost
fromhost: .dword 0
.size fromhost, 8

.section .data
.balign 4096
notes: .zero 8192
scratch: .zero 8192
.zero 1024
.globl stack_top
stack_top:

.section .text
