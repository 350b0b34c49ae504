import type { ViolationKind } from '../../../server/src/checker/verdict';
import type { CheckerCode } from '../../../server/src/features/diagnostic-kinds';
import type { LintCode } from '../../../server/src/language/lints';

/** One way out: what to do, and what to write in the page's example in place of what. */
export interface Repair {
  readonly how: string;
  readonly from: string;
  readonly to: string;
}

/** What a page teaches beyond the diagnostic itself. */
export interface Lesson {
  /** The rule of the architecture behind it, with its place in the manuals; null: the explanation has it. Markdown. */
  readonly rule: string | null;
  readonly repairs: readonly Repair[];
}

const manual = 'ISA manual';

const stopped = 'executors any not preemptible';

/** By the code of a diagnostic that the checker finds. Each repaired example is safe: the pages say so, a test holds it. */
export const lessons: Readonly<Partial<Record<ViolationKind | CheckerCode | LintCode, Lesson>>> = {
  forbidden: {
    rule: `A hart takes an interrupt between any two instructions (${manual}, volume II, traps and \`xRET\`), and goes on at \`sepc\` with whatever the next fetch finds there. \`sync fence.i\` reaches a hart by such an interrupt: after it the hart cannot fetch what is older (${manual}, Zifencei), but it is still where it was. So a sync does not keep two instructions of different times apart; only a hart that cannot stand between them does.`,
    repairs: [
      {
        how: 'Let the trap return to the first of the two, so that whoever stood between them begins again.',
        from: 'protocol p patches',
        to: 'on trap return to entry+4 if jalr t0, *(t0) { sepc -= 4 }\nprotocol p patches',
      },
      {
        how: 'Take no interrupt within the code, and switch no thread there.',
        from: "forbid AUIPC then JALR'",
        to: "executors any not preemptible masked\n  forbid AUIPC then JALR'",
      },
    ],
  },
  torn: {
    rule: `With Ziccif, which the profiles RVA20 and later have, an instruction fetch of up to 4 aligned bytes is atomic (${manual}, Ziccif; ${manual}, profiles). An instruction of 4 bytes at 2 mod 4 is two fetches, each of which may be old or new, in any order, until the hart executes \`fence.i\` (${manual}, Zifencei). Without Ziccif that holds of every 2 bytes. A store is one access to memory only if it is naturally aligned and at most XLEN bits wide (${manual}, RVWMO, Memory Model Primitives).`,
    repairs: [
      {
        how: 'Put the instruction where one fetch has all of it.',
        from: 'site entry at 0x80001002',
        to: 'site entry at 0x80001004',
      },
      {
        how: 'Stop all other harts meanwhile. A thread that was preempted is before the one instruction or behind it.',
        from: '  write JUMP\n  fence w,w\n  sync fence.i',
        to: '  stop_machine { write JUMP }',
      },
    ],
  },
  illegal: {
    rule: `What executes is the bits that a fetch finds at the pc, whatever they were meant as. A word of zeros and one of ones are illegal on purpose (${manual}, base instruction-length encoding). Two ways lead there most often: an instruction boundary that has moved under a hart, as here (${manual}, Ziccif: small instructions must never be combined into a larger one), and memory that was empty before code was written to it and is fetched without a \`fence.i\` in between (${manual}, Zifencei: stores become visible to fetch only by it).`,
    repairs: [
      {
        how: 'Stop all other harts meanwhile, with threads that give a hart up outside of the code only.',
        from: '  write WIDE\n  fence w,w\n  sync fence.i',
        to: `  stop_machine { write WIDE }\n  ${stopped}`,
      },
      {
        how: 'Keep the boundary: replace instructions by others of the same length.',
        from: 'version large { WIDE: nop }',
        to: 'version large { WIDE: c.j .+2 ; REST: c.nop }',
      },
    ],
  },
  misaligned: {
    rule: `Without the C extension instructions are aligned to 4 bytes (IALIGN is 32), and a jump or a branch that is taken to another address raises an instruction-address-misaligned exception, at the jump (${manual}, Control Transfer Instructions). With C it is 16, and a jump cannot be misaligned: \`jalr\` clears bit 0.`,
    repairs: [
      {
        how: 'Jump to where an instruction begins.',
        from: 'version on { JUMP: jalr zero, 2(zero) ;',
        to: 'version on { JUMP: j .+8 ;',
      },
    ],
  },
  'wild-jump': {
    rule: `A \`jalr\` goes where its register says, and nobody looks whether the two halves of the address were made for each other. \`auipc\` and \`jalr\` are two instructions, fetched apart; a pointer is one access to memory only if it is naturally aligned and stored and loaded whole (${manual}, RVWMO, Memory Model Primitives). Data needs no \`fence.i\`: a load may still be early, but it reads the old pointer or the new one.`,
    repairs: [
      {
        how: 'Store the pointer by one aligned store of its size.',
        from: 'store.d ops, tracer_b by word',
        to: 'store.d ops, tracer_b',
      },
    ],
  },
  hang: {
    rule: `A fetch may be as old as the last \`fence.i\` of its hart, for as long as it likes (${manual}, Zifencei; with Ziccid stores reach it in the end, at no time that anyone may count on). A loop that only a newer instruction would end may then run for ever. The checker calls a hang what nothing ends that is still to happen: a message that will arrive, a store that fetch must come to see.`,
    repairs: [
      {
        how: 'Lead around the loop before it is closed, and make every hart see that.',
        from: '  write BACK\n  write OVER',
        to: '  write OVER ; fence w,w ; sync fence.i\n  write BACK',
      },
    ],
  },
  mixed: {
    rule: `Between any two instructions a hart may be interrupted, a thread preempted, and any number of stores may take place; and a fetch may be older than one before it (${manual}, Zifencei, Ziccif; only Ziccid has fetches in program order). So each single store must leave code that is right for a thread at every instruction of it: neither the order of two stores, nor a fence between them, nor one store of 8 bytes over both helps a hart that stands in the middle.`,
    repairs: [
      {
        how: 'Keep the first instruction for ever, so that one aligned store changes what the pair does. `off` then clobbers the register too.',
        from: '    FIRST:  nop',
        to: '    FIRST:  auipc t0, %pcrel_hi(tracer)',
      },
      {
        how: 'Stop all other harts meanwhile, with threads that give a hart up outside of the code only.',
        from: '  write AUIPC ; write JALR\n  fence w,w\n  sync fence.i',
        to: `  stop_machine { write AUIPC ; write JALR }\n  ${stopped}`,
      },
    ],
  },
  deadlock: {
    rule: `A supervisor software interrupt is taken only where interrupts are on (${manual}, volume II, \`sstatus.SIE\`), and \`stop_machine\` keeps every other hart with interrupts off until its body has run. Through the SBI the same request is served by firmware in M-mode, which \`SIE\` does not mask (SBI specification, RFENCE extension); there it does not hang.`,
    repairs: [
      {
        how: 'Leave the sync out: each hart executes `fence.i` by itself when it is let go.',
        from: '    write JUMP ; fence w,w\n    sync fence.i',
        to: '    write JUMP',
      },
      {
        how: 'Let firmware carry it, where that waits for the harts.',
        from: 'site entry at',
        to: 'machine { ipi sbi }\nsite entry at',
      },
    ],
  },
  freed: {
    rule: `That a hart has answered says that it fetches nothing older (${manual}, Zifencei), not that its thread is out of the old code: the interrupt may have come while it was inside, and it returns there (${manual}, volume II, \`xRET\`). Whether all threads are out only the kernel knows; \`wait rcu_tasks\` ends when each has been outside by itself. It is no \`fence.i\`: that a hart fetches the old branch no more is still the sync's work.`,
    repairs: [
      {
        how: 'Wait for all threads between the sync and the freeing.',
        from: '  free one',
        to: '  wait rcu_tasks\n  free one',
      },
    ],
  },
  unencodable: {
    rule: `\`auipc\` adds its immediate, shifted by 12, to the pc, and so keeps the low 12 bits of where it stands; \`jalr\` adds 12 signed bits to that, from -2048 to 2047 (${manual}, RV32I, Integer Computational and Control Transfer Instructions). What counts is \`auipc result + immediate = target\` at that site. A distance between two symbols says nothing about it.`,
    repairs: [
      {
        how: 'Let all sites stand at the same place within a page of 4,096 bytes, from which the target can be reached.',
        from: 'every 4 clobbers',
        to: 'every 4096 clobbers',
      },
    ],
  },
  'expectation-not-met': {
    rule: 'An `expect` line is a test: it fails in the editor and on the command line (exit code 1) when the verdict, a kind of violation or a claim is another one. What was found is told beside it.',
    repairs: [{ how: 'Write down what holds.', from: 'expect unsafe', to: 'expect safe' }],
  },
  inconclusive: {
    rule: 'Nothing is guessed. Where a search ends at a limit, or a pass does what the checker cannot decide, all that it has not seen might be unsafe.',
    repairs: [
      {
        how: "Let the pass use memory that the file declares, or the thread's own stack.",
        from: 'lw a0, 0(a1)',
        to: 'lw a0, 0(sp)',
      },
    ],
  },
  straddle: {
    rule: null,
    repairs: [
      {
        how: 'Put the instruction where one fetch has all of it.',
        from: 'site entry at 0x80001002',
        to: 'site entry at 0x80001004',
      },
      {
        how: 'Stop all other harts meanwhile.',
        from: 'write JUMP ; fence w,w ; sync fence.i',
        to: 'stop_machine { write JUMP }',
      },
    ],
  },
  'split-store': {
    rule: null,
    repairs: [{ how: 'Write the word by one store.', from: 'write JUMP by half', to: 'write JUMP' }],
  },
  combine: {
    rule: null,
    repairs: [
      {
        how: 'Stop all other harts meanwhile, with threads that give a hart up outside of the code only.',
        from: 'write C ; fence w,w ; sync fence.i',
        to: `stop_machine { write C }\n  ${stopped}`,
      },
    ],
  },
  divide: {
    rule: null,
    repairs: [{ how: 'Jump over the second half.', from: 'B: c.nop ; C: c.nop', to: 'B: c.j .+4 ; C: c.nop' }],
  },
  'unordered-sync': {
    rule: null,
    repairs: [{ how: 'Order memory before device output.', from: 'fence w,w', to: 'fence w,o' }],
  },
  unsynced: {
    rule: null,
    repairs: [{ how: 'Ask every hart.', from: '; fence.i', to: '; sync fence.i' }],
  },
  unanchored: {
    rule: null,
    repairs: [{ how: 'Leave it out.', from: '  fence.i\n  write', to: '  write' }],
  },
  'broad-handler': {
    rule: null,
    repairs: [{ how: 'Name the address.', from: 'on trap return if', to: 'on trap return to entry+4 if' }],
  },
};
