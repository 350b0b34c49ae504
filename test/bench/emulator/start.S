# Starts a benchmark program and ends with what its `main` returns: on bare metal over HTIF, or, with USER_MODE, under
# Linux (`qemu-riscv64`).
.section .text.init, "ax"
.globl _start
_start:
#ifdef USER_MODE
.option push
.option norelax
  la gp, __global_pointer$
.option pop
  call main
  li a7, 93
  ecall
#else
  la sp, stack_top
  call main
  slli a0, a0, 1
  ori a0, a0, 1
  la t1, tohost
  sw a0, 0(t1)
  sw zero, 4(t1)
1:
  j 1b

.section .tohost, "aw"
.balign 64
.globl tohost
tohost: .dword 0
.globl fromhost
fromhost: .dword 0

.section .bss
.balign 16
.zero 8192
.globl stack_top
stack_top:
#endif
