/** Bodies of bare-metal programs (see `runtime.S`): each notes what it sees. */

const exceptions = `
  on_trap 1f
  .word 0
1: on_trap 1f
  .word 0xfffffffb
1: on_trap 1f
  csrr a0, 0x8ff
1: on_trap 1f
  csrw mhartid, zero
1: on_trap 1f
  ecall
1: on_trap 1f
  lw a0, 0(zero)
1: on_trap 1f
  sw a0, 8(zero)
1: on_trap 1f
  jr zero
1: on_trap 1f
  la t0, scratch + 1
  lr.w a0, (t0)
1: on_trap 1f

  open_memory
  enter 0, 2f
2: mret
1: on_trap 1f
  enter 1, 2f
2: mret
1:
  la t0, scratch
  li t1, 0x12345678
  sw t1, 1(t0)
  lw a0, 0(t0)
  note a0
  lw a0, 2(t0)
  note a0
`;

const privilege = `
  open_memory
  on_trap 1f
  enter 0, 2f
2: ecall
1: on_trap 1f
  enter 1, 2f
2: ecall
1: on_trap 1f
  enter 0, 2f
2: csrr a0, sstatus
1: on_trap 1f
  enter 1, 2f
2: csrr a0, mstatus
1: on_trap 1f
  enter 0, 2f
2: wfi
1: on_trap 1f
  li t0, 1 << 21
  csrs mstatus, t0
  enter 1, 2f
2: wfi
1: on_trap 1f
  li t0, 1 << 22
  csrs mstatus, t0
  enter 1, 2f
2: sret
1: on_trap 1f
  li t0, 1 << 20
  csrs mstatus, t0
  enter 1, 2f
2: csrr a0, satp
1: on_trap 1f
  enter 1, 2f
2: sfence.vma
1: li t0, 7 << 20
  csrc mstatus, t0
  on_trap 1f
  enter 1, 2f
2: sfence.vma
  csrr a0, satp
  note a0
  ecall
1: on_trap 1f
  csrw mcounteren, zero
  enter 1, 2f
2: csrr a0, cycle
1: on_trap 1f
  li t0, 4
  csrw mcounteren, t0
  csrw scounteren, zero
  enter 0, 2f
2: csrr a0, instret
1: on_trap 1f
  # Delegated: the S-mode handler goes on at s9, in the mode it came from.
  li t0, (1 << 8) | (1 << 2) | (1 << 3)
  csrw medeleg, t0
  note_csr medeleg
  la s9, 3f
  enter 0, 2f
2: ecall
3: la s9, 3f
  csrr a0, mstatus
3: la s9, 3f
  .word 0
3: la s9, 3f
  fence
  ecall
3: la s9, 3f
  csrr a0, sscratch
3: nop
  li a0, 77
  note a0
  # A load fault is not delegated.
  lw a0, 0(zero)
1: on_trap 1f
  # From M-mode nothing is delegated.
  .word 0
1: on_trap 1f
  enter 1, 2f
2: csrw sscratch, a0
  csrr a1, sscratch
  note a1
  la s9, 3f
  .word 0
3: li t0, 2
  csrs sstatus, t0
  csrr t0, sstatus
  andi t0, t0, 0x122
  note t0
  ecall
1:
`;

const registers = `
  li t0, -2
  csrw mepc, t0
  note_csr mepc
  csrw sepc, t0
  note_csr sepc
  csrw mscratch, t0
  note_csr mscratch
  csrw sscratch, t0
  note_csr sscratch
  csrw mtval, t0
  note_csr mtval
  csrw stval, t0
  note_csr stval
  csrw mcause, t0
  csrw mideleg, zero
  li t1, 0x222
  csrw mideleg, t1
  csrr t1, mideleg
  andi t1, t1, 0x222
  note t1
  csrw mie, t0
  csrr t1, mie
  li t2, 0xaaa
  and t1, t1, t2
  note t1
  note_csr sie
  csrw sie, zero
  csrr t1, mie
  and t1, t1, t2
  note t1
  csrw mie, zero
  la t1, supervisor_trap + 1
  csrw stvec, t1
  note_csr stvec
  csrw sstatus, zero
  li t1, 0xc0122
  csrs sstatus, t1
  csrr t2, mstatus
  li t1, 0x7e19aa
  and t2, t2, t1
  note t2
  csrrci a0, sscratch, 31
  note a0
  note_csr sscratch
  csrrwi a0, sscratch, 5
  csrrsi a0, sscratch, 10
  note a0
  note_csr sscratch
  li t0, 0x12345678
  csrw pmpaddr3, t0
  csrr a0, pmpaddr3
  note a0
  note_csr pmpcfg0
  li t1, 0x8f1f0b03
  csrw pmpcfg0, t1
  note_csr pmpcfg0
  # The last of these is locked.
  csrw pmpcfg0, zero
  note_csr pmpcfg0
  csrw pmpaddr3, zero
  note_csr pmpaddr3
`;

const interrupts = `
  open_memory
  # A software interrupt, by the CLINT: taken only when enabled.
  li s2, 0x2000000
  li t0, 1
  sw t0, 0(s2)
  csrr a0, mip
  andi a0, a0, 8
  note a0
  li t0, 8
  csrw mie, t0
  on_trap 1f
  csrsi mstatus, 8
  j wrong
1: sw zero, 0(s2)
  # The timer: 0 is long past.
  li t0, 0x80
  csrw mie, t0
  li t1, 0x2004000
  sw zero, 0(t1)
  sw zero, 4(t1)
  on_trap 1f
  csrsi mstatus, 8
  j wrong
1: li t0, -1
  li t1, 0x2004000
  sw t0, 0(t1)
  sw t0, 4(t1)
  # Waits for a timer that is still to come.
  li t2, 0x200bff8
  lw t3, 0(t2)
  addi t3, t3, 500
  sw t3, 0(t1)
  sw zero, 4(t1)
  on_trap 2f
  wfi
  j 1f
2: j wrong
1: li t4, 0x80
3: csrr t0, mip
  and t0, t0, t4
  beqz t0, 3b
  note t0
  li t0, -1
  sw t0, 4(t1)
  csrw mie, zero
  # From U-mode, M-mode's interrupts are taken whatever mstatus.MIE says.
  li t0, 8
  csrw mie, t0
  li t0, 1
  sw t0, 0(s2)
  on_trap 1f
  csrci mstatus, 8
  enter 0, wrong
1: sw zero, 0(s2)
  # Delegated to S-mode: not taken in M-mode.
  li t0, 0x222
  csrw mideleg, t0
  csrw mie, t0
  li t0, 0x222
  csrw mip, t0
  csrsi mstatus, 8
  note_csr sip
  csrci mstatus, 8
  li t0, 0x200
  csrw mip, t0
  la s9, 2f
  enter 0, wrong
2: on_trap 1f
  la s9, 3f
  ecall
1: li t0, 0x20
  csrw mip, t0
  la s9, 3f
  on_trap 1f
  enter 0, wrong
3: ecall
1: csrw mip, zero
  # Vectored: each interrupt has an entry of its own.
  la t0, vectors + 1
  csrw stvec, t0
  li t0, 0x20
  csrw mip, t0
  on_trap 1f
  enter 0, wrong
4: ecall
1: csrw mip, zero
  csrw mie, zero
  ret
.balign 4
vectors:
.option push
.option norvc
  .rept 16
  jal t5, 5f
  .endr
.option pop
5: la t6, vectors
  sub t5, t5, t6
  note t5
  la s9, 4b
  j supervisor_trap
wrong:
  li t0, 0xbad
  note t0
`;

/** With t0 at the tables: the RAM as itself, a table for pages from 0xc0000000 on at tables + 8192, and in t2 what turns it on. */
const pageTables = `#if __riscv_xlen == 64
  li t1, (0x80000000 >> 2) | 0xcf
  sd t1, 16(t0)
  la t2, tables + 4096
  srli t1, t2, 2
  ori t1, t1, 1
  sd t1, 24(t0)
  la t3, tables + 8192
  srli t1, t3, 2
  ori t1, t1, 1
  sd t1, 0(t2)
  li t2, 8 << 60
#else
  li t1, (0x80000000 >> 2) | 0xcf
  la t2, tables + 0x800
  sw t1, 0(t2)
  la t3, tables + 8192
  srli t1, t3, 2
  ori t1, t1, 1
  la t2, tables + 0xc00
  sw t1, 0(t2)
  li t2, 1 << 31
#endif`;

const memory = `
  open_memory
  # Two levels: all of the low addresses and the RAM as themselves, in large pages; then one small page.
  la t0, tables
  li t1, 0xcf
#if __riscv_xlen == 64
  sd t1, 0(t0)
#else
  sw t1, 0(t0)
#endif
${pageTables}
  li s3, 0xc0000000
  srli t1, t0, 12
  or t1, t1, t2
  csrw satp, t1
  sfence.vma
  # s4: the entry of the page at s3; s5: its page, with code that returns.
  la s4, tables + 8192
  la s5, page
  srli s5, s5, 2

.macro entry bits
  ori t0, s5, \\bits
  SX t0, 0(s4)
  sfence.vma
.endm
# Loads, stores and fetches in a mode, each of which may trap; all notes which do.
.macro probe mode
  on_trap 92f
  enter \\mode, 91f
91: lw a0, 4(s3)
  note a0
92: on_trap 94f
  enter \\mode, 93f
93: sw zero, 8(s3)
  note zero
94: on_trap 96f
  enter \\mode, 95f
95: jr s3
96:
.endm
  entry 0xc3
  probe 1
  entry 0xc7
  probe 1
  entry 0xcb
  probe 1
  entry 0xc9
  probe 1
  li t0, 1 << 19
  csrs mstatus, t0
  probe 1
  csrc mstatus, t0
  entry 0xcf
  probe 1
  entry 0xdf
  probe 1
  li t0, 1 << 18
  csrs mstatus, t0
  probe 1
  csrc mstatus, t0
  entry 0xc5
  probe 1
  entry 0xce
  probe 1
  entry 0x01
  probe 1
#if __riscv_xlen == 64
  # Not canonical.
  li s3, 0x4000000000
  probe 1
  # A large page that is not aligned.
  li s3, 0x80000000
  la t0, tables
  li t1, (0x80001000 >> 2) | 0xcf
  sd t1, 32(t0)
  li s3, 0x100000000
  sfence.vma
  probe 1
#endif
  # With MPRV, M-mode's loads are translated.
  li s3, 0xc0000000
  entry 0xdf
  li t0, 3 << 11
  csrc mstatus, t0
  on_trap 1f
  li t0, 1 << 17
  csrs mstatus, t0
  lw a0, 4(s3)
  li t0, 1 << 17
  csrc mstatus, t0
  note a0
1: entry 0xcf
  on_trap 1f
  li t0, 3 << 11
  csrc mstatus, t0
  li t0, 1 << 17
  csrs mstatus, t0
  lw a0, 4(s3)
1: li t0, 1 << 17
  csrc mstatus, t0
  csrw satp, zero
  ret
.balign 4096
page:
  ecall
  .word 0x1234
  .zero 4088
tables: .zero 12288
`;

const protection = `
  # s3: 32 bytes that are protected one way or another.
  la s3, scratch
  srli t0, s3, 2
  ori t1, t0, 3
  csrw pmpaddr0, t1
  csrw pmpaddr2, t0
  addi t1, t0, 2
  csrw pmpaddr3, t1
  li t1, -1
  csrw pmpaddr4, t1
#if __riscv_xlen == 64
  li s6, 0x1f << 32
  csrw pmpcfg0, s6
#else
  li s6, 0
  li t1, 0x1f
  csrw pmpcfg1, t1
#endif
.macro config bits
  li t0, \\bits
  or t0, t0, s6
  csrw pmpcfg0, t0
  sfence.vma
.endm
.macro probe mode, at
  on_trap 92f
  enter \\mode, 91f
91: lw a0, \\at(s3)
  note a0
92: on_trap 94f
  enter \\mode, 93f
93: sw zero, \\at(s3)
  note zero
94:
.endm
  config 0x18
  probe 1, 0
  probe 1, 32
  config 0x19
  probe 1, 0
  probe 0, 28
  config 0x1b
  probe 0, 0
  # From the entry before to its own address: 8 bytes.
  config 0x09000000
  probe 1, 0
  probe 1, 4
  probe 1, 8
  # Four bytes.
  config 0x00110000
  probe 1, 0
  probe 1, 4
  # Half inside.
  on_trap 1f
  enter 1, 2f
2: lw a0, 2(s3)
1:
  # Locked, it binds M-mode too.
  config 0x99
  on_trap 1f
  lw a0, 0(s3)
  note a0
  sw a0, 0(s3)
1: config 0
  csrr t0, pmpcfg0
  andi t0, t0, 255
  note t0
  la t0, scratch
  csrw pmpaddr0, t0
  note_csr pmpaddr0
  la s10, 1f
  la t0, 1f
  srli t0, t0, 2
1:
`;

const changing = `
  # Code that is rewritten: with fence.i the new is run, again and again, over a page border too.
  li s2, 0
  la s3, patched
  li s4, 0x00150513
  li s5, 3
1: li a0, 10
  jalr s3
  note a0
  sw s4, 0(s3)
  fence.i
  li t0, 0x00100000
  add s4, s4, t0
  addi s5, s5, -1
  bnez s5, 1b
  li a0, 10
  jalr s3
  note a0
  la s3, crossing
  li t0, 0x06300513
  sh t0, 0(s3)
  srli t0, t0, 16
  sh t0, 2(s3)
  fence.i
  jalr s3
  note a0
  li t0, 0x0640
  sh t0, 2(s3)
  fence.i
  jalr s3
  note a0
  # Reservations.
  la s3, scratch
  lr.w a0, (s3)
  sc.w a1, s5, (s3)
  note a1
  sc.w a1, s5, (s3)
  note a1
  lr.w a0, (s3)
  addi t0, s3, 256
  addi t0, t0, 256
  sc.w a1, s5, (t0)
  note a1
  j done
.balign 4
patched:
.option push
.option norvc
  addi a0, a0, 0
.option pop
  ret
.balign 4096
.zero 4094
crossing:
  .half 0x0001, 0x0001
  ret
done:
`;

const startup = `
  # What a test's environment does before anything else, whether the hart has it or not.
  on_trap 1f
  csrwi 0x744, 8
1: on_trap 1f
  csrwi satp, 0
  j 2f
1: j wrong
2: on_trap 1f
  csrwi 0x7a5, 8
1: on_trap wrong
  csrw tselect, zero
  note_csr tselect
  li t0, -1
  csrw mcounteren, t0
  csrw scounteren, t0
  csrwi mcountinhibit, 0
  csrw medeleg, zero
  csrw mideleg, zero
  csrw mie, zero
  csrwi mstatus, 0
  csrr a0, mhartid
  note a0
  csrr a0, mimpid
  csrr a0, marchid
  csrr a0, mvendorid
#if __riscv_xlen == 64
  # The odd registers of eight entries are not there.
  csrw pmpcfg2, zero
  on_trap 1f
  csrw pmpcfg1, zero
1: on_trap 1f
  csrw pmpcfg3, zero
1: on_trap 1f
  csrw mstatush, zero
1: on_trap 1f
  csrr a0, cycleh
1: on_trap 1f
  csrr a0, minstreth
1:
#else
  csrw pmpcfg1, zero
  csrw pmpcfg2, zero
  csrw pmpcfg3, zero
  csrw mstatush, zero
  csrr a0, cycleh
  csrr a0, minstreth
#endif
  # Read-only counters may be read in any way that does not write.
  on_trap wrong
  csrrs zero, cycle, zero
  csrrc zero, cycle, zero
  csrrsi zero, cycle, 0
  csrrci zero, cycle, 0
  on_trap 1f
  csrrw a0, cycle, zero
1: on_trap 1f
  csrrsi a0, instret, 1
1: open_memory
  on_trap 1f
  enter 0, 2f
2: csrr a0, cycle
  csrr a0, instret
  ecall
1: on_trap 1f
  # A jump to where no memory is has taken place before it traps.
  li t0, 1 << (__riscv_xlen - 1)
  srli t0, t0, 1
  li a0, 0
  jalr a0, t0, 0
1: note a0
  # Bit 0 of a jump's target does not count.
  la t0, 1f
  jalr a0, t0, 1
  j wrong
1: j 1f
wrong:
  li t0, 0xbad
  note t0
1:
`;

const walks = `
  open_memory
  la s2, tables
#if __riscv_xlen == 64
#define BITS 9
#define ENTRY 3
  li s3, 8
next_mode:
  # Sv39, Sv48 and Sv57 have 3, 4 and 5 levels.
  addi s4, s3, -5
#else
#define BITS 10
#define ENTRY 2
  li s3, 1
  li s4, 2
#endif
  # s5: the level of the leaf.
  li s5, 0
next_leaf:
  # Clears the tables, then makes a chain of them from the root at s2, entry 1 each, down to the leaf; s6: the address.
  mv t0, s2
  li t1, 5 * 4096
  add t1, t1, s2
1: SX zero, 0(t0)
  addi t0, t0, WORD
  bltu t0, t1, 1b
  li s6, 0
  mv s7, s2
  addi t0, s4, -1
2: li t1, BITS
  mul t2, t0, t1
  addi t2, t2, 12
  li t3, 1
  sll t3, t3, t2
  add s6, s6, t3
  beq t0, s5, 3f
  li t3, 4096
  add t3, t3, s7
  srli t4, t3, 2
  ori t4, t4, 1
  SX t4, WORD(s7)
  mv s7, t3
  addi t0, t0, -1
  j 2b
3: # A leaf of 2^t2 bytes that holds the marker, aligned to its size.
  la t0, marker
  li t3, 1
  sll t3, t3, t2
  addi t3, t3, -1
  and t4, t0, t3
  or s6, s6, t4
  not t3, t3
  and t0, t0, t3
  srli t0, t0, 2
  ori t0, t0, 0xc7
  SX t0, WORD(s7)
  addi s7, s7, WORD
  # On.
  srli t0, s2, 12
#if __riscv_xlen == 64
  slli t1, s3, 60
#else
  slli t1, s3, 31
#endif
  or t0, t0, t1
  csrw satp, t0
  sfence.vma

# A load and a store as in S-mode; a trap notes what it is.
.macro probe
  on_trap 91f
  li t0, 3 << 11
  csrc mstatus, t0
  li t0, (1 << 17) | (1 << 11)
  csrs mstatus, t0
  lw a0, 0(s6)
  sw a0, 4(s6)
  li t0, 1 << 17
  csrc mstatus, t0
  note a0
91: li t0, 1 << 17
  csrc mstatus, t0
.endm
  probe
  # Pages of the user are no pages of S-mode's, but with SUM.
  LX t1, 0(s7)
  ori t1, t1, 0x10
  SX t1, 0(s7)
  sfence.vma
  probe
  li t0, 1 << 18
  csrs mstatus, t0
  probe
  li t0, 1 << 18
  csrc mstatus, t0
  # A large page that is not aligned to its size; for a small one, the next page.
  LX t1, 0(s7)
  xori t1, t1, 0x10
  SX t1, 0(s7)
  beqz s5, 4f
  ori t1, t1, 1 << 10
  SX t1, 0(s7)
  sfence.vma
  probe
4: # A pointer with the bits of a leaf; at the last level, a pointer.
  LX t1, 0(s7)
  andi t1, t1, -15
  SX t1, 0(s7)
  sfence.vma
  probe
#if __riscv_xlen == 64
  # Reserved bits.
  LX t1, 0(s7)
  ori t1, t1, 0xc7
  li t2, 1 << 54
  or t1, t1, t2
  SX t1, 0(s7)
  sfence.vma
  probe
  # Not canonical.
  li t0, 1 << 62
  xor s6, s6, t0
  probe
#endif
  addi s5, s5, 1
  bne s5, s4, next_leaf
#if __riscv_xlen == 64
  addi s3, s3, 1
  li t0, 11
  bne s3, t0, next_mode
#endif
  csrw satp, zero
  j 5f
.balign 16
marker: .word 0x600d600d, 0
.balign 4096
tables: .zero 5 * 4096
5:
`;

const borders = `
  open_memory
  # The RAM as itself, and from 0xc0000000 on two small pages, whose entries are at s4.
  la t0, tables
${pageTables}
  la s4, tables + 8192
  srli t1, t0, 12
  or t1, t1, t2
  csrw satp, t1
  li s3, 0xc0000ffe
  la s5, first
  srli s5, s5, 2
  la s6, second
  srli s6, s6, 2

# A load, a store and an instruction over the border of two pages with such entries.
.macro probe one, two
  ori t0, s5, \\one
  SX t0, 0(s4)
  ori t0, s6, \\two
  SX t0, WORD(s4)
  sfence.vma
  on_trap 92f
  enter 1, 91f
91: lw a0, 0(s3)
  note a0
92: on_trap 94f
  enter 1, 93f
93: sw s3, -1(s3)
  note zero
94: on_trap 96f
  enter 1, 95f
95: jr s3
96: la t0, second
  lw a0, -4(t0)
  note a0
  li a0, 0x05130001
  sw a0, -4(t0)
  lw a0, 0(t0)
  note a0
  li a0, 0x00730123
  sw a0, 0(t0)
.endm
  probe 0xcf, 0xcf
  probe 0xcf, 0xce
  probe 0xce, 0xcf
  probe 0xcf, 0xc9
  probe 0xcf, 0xc3
  probe 0xc3, 0xcf
  probe 0xcf, 0x4f
  csrw satp, zero
  j 1f
.balign 4096
first: .zero 4092
  .word 0x05130001
second: .word 0x00730123
  .zero 4092
tables: .zero 12288
1:
`;

export const programs: Readonly<Record<string, string>> = {
  exceptions,
  privilege,
  registers,
  interrupts,
  memory,
  protection,
  changing,
  startup,
  walks,
  borders,
};
