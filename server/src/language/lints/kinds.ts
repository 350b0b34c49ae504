import type { Source } from '../../checker/scenario';
import type { DiagnosticKind } from '../diagnostics';

const machine = 'machine { isa rv64gc_zifencei_ziccif }\n';

/** A word-sized patch with everything that it needs, but for what an example leaves out. */
const patch = (address: string, versions: string, body: string, before = machine): string =>
  `${before}${versions === toggle ? far : ''}site entry at ${address} clobbers t0 {\n${versions}}\nprotocol p patches entry from old to new {\n${body}}\n`;

const far = 'symbol far = 0x80001100\n';
const toggle = '  version old { NOP: nop }\n  version new { JUMP: j far }\n';

/** What the lints tell, by code: never a verdict. */
export const lintKinds = {
  straddle: {
    title: 'A write to an instruction that harts fetch in two',
    severity: 'warning',
    explanation:
      'A hart fetches the instruction by two reads of memory, one for each of the two parts that this write changes, so that it may run half of the old and half of the new. With Ziccif a fetch reads up to the next multiple of 4 bytes: an instruction of 4 bytes at 2 mod 4 takes two. Without Ziccif every 2 bytes are read by themselves. (ISA manual, Ziccif: what is patched must not span a 4-byte boundary, unless it is replaced by a shorter unconditional transfer of control that does not.)',
    example: patch('0x80001002', toggle, '  write JUMP ; fence w,w ; sync fence.i\n'),
    repair:
      'Align the instruction, write a 2-byte `c.ebreak` or `c.j` over its first half, or write while all harts are stopped.',
  },
  'split-store': {
    title: 'A write that takes several stores',
    severity: 'warning',
    explanation:
      'Only an aligned store of at most XLEN bits reaches memory at once. This one is cut into several, as the message says, and a hart that runs the code may fetch between two of them. (ISA manual, RVWMO, Memory Model Primitives; Ziccif asks for naturally aligned stores that are single-copy atomic.)',
    example: patch('0x80001000', toggle, '  write JUMP by half ; fence w,w ; sync fence.i\n'),
    repair: 'Write one aligned word, which is what `write` does by itself, or write while all harts are stopped.',
  },
  combine: {
    title: 'Two instructions become one',
    severity: 'warning',
    explanation:
      'A hart that has run the first of two short instructions goes on with the second one, at an address that is now the middle of a longer instruction. No fence helps, because it need not fetch anything old for that. (ISA manual, Ziccif: small instructions must never be combined into a larger one.)',
    example: patch(
      '0x80001000',
      '  version old { A: c.nop ; B: c.nop }\n  version new { C: nop }\n',
      '  write C ; fence w,w ; sync fence.i\n',
    ),
    repair:
      'Leave the boundary where it is; or write while all harts are stopped and no thread can have been preempted there.',
  },
  divide: {
    title: 'One instruction becomes two',
    severity: 'information',
    explanation:
      'The second of the two is a fetch of its own, which may come from before the write although the first came from after it: the hart then runs the second half of the old instruction. The ISA manual allows to divide an instruction (Ziccif, the note), which counts on fetches in program order: that is Ziccid, and holds on one hart, not for a thread that moves to another.',
    example: patch(
      '0x80001000',
      '  version old { A: nop }\n  version new { B: c.nop ; C: c.nop }\n',
      '  write B, C by word ; fence w,w ; sync fence.i\n',
    ),
    repair: 'Write an instruction of the same length, or a short jump over the second half.',
  },
  'unordered-sync': {
    title: 'A message that may overtake the code',
    severity: 'warning',
    explanation:
      'Nothing orders the store before the message that asks the other harts for a `fence.i`. A hart may take the interrupt and execute `fence.i` before the new code is in memory, and fetch the old one from then on. (ISA manual, Zifencei: the writing hart must execute a data fence before it asks others for a `fence.i`. A message by a device or through the SBI is device output: it takes `o` in the successor set, and `fence w,w` orders memory alone.)',
    example: patch('0x80001000', toggle, '  write JUMP ; fence w,w ; sync fence.i\n', 'machine { ipi device }\n'),
    repair: 'Write `fence w,o` before the sync where messages are device stores or SBI calls, `fence w,w` otherwise.',
  },
  unsynced: {
    title: 'A write that other harts may never see',
    severity: 'information',
    explanation:
      'After the last write of the code no other hart is made to execute `fence.i`, so that it may fetch what stood there before for as long as it likes. That is harmless where old and new will do, but the patch is then not in force when the protocol ends (`not effective`), and nothing that the old code uses may be freed. A `fence.i` of the patcher is for its own hart alone. (ISA manual, Zifencei.)',
    example: patch('0x80001000', toggle, '  write JUMP ; fence w,w ; fence.i\n'),
    repair: 'Write `fence w,w ; sync fence.i` behind it, or `expect safe, not effective` where that is meant.',
  },
  unanchored: {
    title: 'A `fence.i` that orders nothing',
    severity: 'warning',
    explanation:
      'By the text of the ISA manual until September 2026 (`fetch letter`) a `fence.i` orders earlier loads and stores before later fetches, and no earlier fetches. Before this one there is no load or store that could have seen news, so that it orders nothing. (ISA manual, Zifencei; docs/semantics.md, section 3.)',
    example: patch(
      '0x80001000',
      toggle,
      '  fence.i\n  write JUMP ; fence w,w ; sync fence.i\n',
      'machine { isa rv64gc_zifencei_ziccif ; fetch letter }\n',
    ),
    repair:
      'Read what announces the new code (a flag, a message) before the `fence.i`, leave it out, or take `fetch isa`.',
  },
  'broad-handler': {
    title: 'A handler that other code meets too',
    severity: 'information',
    explanation:
      'The handler goes by the instruction alone, without an address, and compilers emit such instructions elsewhere. The checker tries it at the sites of the file; in a whole system it happens wherever the instruction stands, and there nobody has looked whether it does harm. A fix-up for `jalr t0, *(t0)`, for one, also matches `call t0, __riscv_save_1`, which is `auipc t0; jalr t0`.',
    example: patch(
      '0x80001000',
      '  version old { AUIPC: auipc t0, 0 ; NOP:  nop }\n  version new { AUIPC: auipc t0, 0 ; JALR: jalr t0, 256(t0) }\n',
      '  write JALR ; fence w,w ; sync fence.i\n',
      `${machine}${far}on trap return if jalr t0, *(t0) { sepc -= 4 }\n`,
    ),
    repair: 'Name the address, here `on trap return to entry+4 if ...`: in a kernel, a look-up in the table of sites.',
  },
} as const satisfies Record<string, DiagnosticKind>;

export type LintCode = keyof typeof lintKinds;

/** One thing to be told, before it becomes a diagnostic. */
export interface Lint {
  readonly code: LintCode;
  readonly source: Source;
  readonly message: string;
  /** What to write in its place, or null. */
  readonly replacement: string | null;
}
