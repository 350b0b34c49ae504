import type { ViolationKind } from '../checker/verdict';
import type { DiagnosticKind } from '../language/diagnostics';

const site = (versions: string, address = '0x80001000'): string =>
  `site entry at ${address} clobbers t0 {\n${versions}}\n`;

const pair = (version: string, target: string, prime = ''): string =>
  `  version ${version} {\n    AUIPC${prime}: auipc t0, %pcrel_hi(${target})\n    JALR${prime}:  jalr  t0, %pcrel_lo(AUIPC${prime})(t0)\n  }\n`;

const tracer = 'symbol tracer = 0x80012340\n';
const tracers = `symbol one = 0x80012340\nsymbol two = 0x80045680\n`;

/**
 * What each kind of violation means; a page of docs/diagnostics, and the hover of the word after `unsafe`.
 */
export const violationTexts: Readonly<Record<ViolationKind, DiagnosticKind>> = {
  forbidden: {
    title: 'A pass executes what a `forbid` line rules out',
    severity: 'error',
    explanation:
      'In `forbid A then B`, B was the next instruction that the same thread executed in the same pass after A. Trap handlers and their fix-ups in between do not count. A label means these bits at this address.',
    example: `${tracers}${site(`${pair('old', 'one')}  version skip { JUMP: j .+8 }\n${pair('new', 'two', "'")}`)}protocol p patches entry from old to new {\n  step redirect { write JUMP   ; fence w,w ; sync fence.i }\n  step retarget { write JALR'  ; fence w,w ; sync fence.i }\n  step activate { write AUIPC' ; fence w,w ; sync fence.i }\n  forbid AUIPC then JALR'\n}\n`,
    repair: 'Bring the patcher to a state in which A leads elsewhere before B can be fetched, with a sync in between.',
  },
  torn: {
    title: 'Bytes are executed that nobody wrote',
    severity: 'error',
    explanation:
      'A pass executed bytes that no version and no written instruction has at that address: parts of an old and of a new word, stored or fetched apart. That happens across a 4-byte boundary, without Ziccif, or by a store that is split. It counts even where the torn word is harmless.',
    example: `symbol unlikely = 0x80001202\n${site('  version off { NOP: nop }\n  version on { JUMP: j unlikely }\n', '0x80001002').replace(' clobbers t0', '')}protocol p patches entry from off to on {\n  write JUMP\n  fence w,w\n  sync fence.i\n}\n`,
    repair:
      'Write one naturally aligned word with one store, on a machine with Ziccif, or stop all executors meanwhile.',
  },
  illegal: {
    title: 'An illegal instruction is executed',
    severity: 'error',
    explanation:
      'A word that was fetched decodes to no instruction that the ISA string has, so that it raises an illegal-instruction exception.',
    example: `${site('  version small { LOW: c.nop ; HIGH: c.nop }\n  version large { WIDE: nop }\n')}protocol p patches entry from small to large {\n  write WIDE\n  fence w,w\n  sync fence.i\n}\n`,
    repair: 'Look at the word that the trace shows: it is a version of the site, or a mixture of words fetched apart.',
  },
  misaligned: {
    title: 'A jump to where no instruction can start',
    severity: 'error',
    explanation: 'The target of a jump or branch is not a multiple of 4, and the ISA string has no C extension.',
    example: `machine { isa rv64i_zifencei_ziccif }\n${site('  version off { NOP: nop ; NEXT: nop }\n  version on { JUMP: jalr zero, 2(zero) ; REST: nop }\n')}protocol p patches entry from off to on {\n  write JUMP\n  fence w,w\n  sync fence.i\n}\n`,
    repair: "Correct the target, or name the C extension in the machine's `isa`.",
  },
  'wild-jump': {
    title: 'A pass leaves the declared code',
    severity: 'error',
    explanation:
      "A pass went on at an address that is neither the end of the site, nor a declared symbol, nor declared code. Typically a `jalr` through the register that another version's `auipc` has set, or through a pointer that was read in halves.",
    example: `symbol tracer_a = 0x180010100\nsymbol tracer_b = 0x80020200\ncode common at 0x80000100 {\n  LOAD: ld t1, -16(t0)\n  GO:   jr t1\n}\ndata ops at 0x80000ff8 { .dword tracer_a }\n${site(pair('on', 'common')).replace('t0 {', 't0, t1 {')}protocol p patches entry from on {\n  store.d ops, tracer_b by word\n}\n`,
    repair:
      'Keep the halves of one address from being executed with those of another, or declare the target as a symbol.',
  },
  hang: {
    title: 'A pass may execute for ever',
    severity: 'error',
    explanation:
      'A pass can return to a state in which it was before, within the site and the declared code, and so never end.',
    example: `${site('  version old { A: nop ; B: nop }\n  version new { OVER: j .+8 ; BACK: j .-4 }\n')}protocol p patches entry from old to new {\n  write BACK\n  write OVER\n}\n`,
    repair: 'Look at the jump that the trace repeats; here, write `OVER` first, and sync before `BACK` is written.',
  },
  mixed: {
    title: 'A pass does what no version does',
    severity: 'error',
    explanation:
      'Where the pass ended, what it stored or the registers that it left are not those of any one version run alone. A clobbered register is compared only through the exit that it leads to.',
    example: `${tracer}${site(`  version off {\n    FIRST:  nop\n    SECOND: nop\n  }\n${pair('on', 'tracer')}`)}protocol p patches entry from off to on {\n  write AUIPC ; write JALR\n  fence w,w\n  sync fence.i\n}\n`,
    repair:
      'Make every state in between one that no thread can be in the middle of: by a jump over it, a sync, a fix-up.',
  },
  deadlock: {
    title: 'The patcher waits for ever',
    severity: 'error',
    explanation:
      'The patcher waits for what cannot happen any more: for one, the answer of a hart that takes no interrupt, as in a synchronous S-mode IPI inside `stop_machine`.',
    example: `symbol unlikely = 0x80001100\n${site('  version off { NOP: nop }\n  version on { JUMP: j unlikely }\n').replace(' clobbers t0', '')}protocol p patches entry from off to on {\n  stop_machine {\n    write JUMP ; fence w,w\n    sync fence.i\n  }\n}\n`,
    repair: 'Do not wait where the others are stopped: leave the sync out, or send it after the stop.',
  },
  freed: {
    title: 'Code is executed that was given back',
    severity: 'error',
    explanation: 'A pass executed bytes after `free` had stored poison over them.',
    example: `${tracers}${site("  version old { JUMP:  j one }\n  version new { JUMP': j two }\n").replace(' clobbers t0', '')}protocol p patches entry from old to new {\n  write JUMP' ; fence w,w ; sync fence.i\n  free one\n}\n`,
    repair: 'Wait until no thread can be inside, and no hart can still fetch the old code.',
  },
  unencodable: {
    title: 'An instruction that cannot be encoded',
    severity: 'error',
    explanation:
      'A `reach` asks whether one jump can be led to a target by rewriting its immediate alone. From some site it cannot: what the `auipc` before it makes there is further from the target than the field holds. The `auipc` keeps the low 12 bits of where it stands, so that this is no matter of distances between symbols. Nothing is executed, so there is no trace. A `never reach` fails where a site can.',
    example:
      'symbol caller = 0x80010000\nsymbol other = 0x80010400\nsites many from 0x80000000 to 0x80008000 every 4 clobbers t0 {\n  version on { AUIPC: auipc t0, %pcrel_hi(caller) ; JALR: jalr t0, %pcrel_lo(AUIPC)(t0) }\n}\nsite entry at 0x80009000 {\n  version old { nop }\n}\nprotocol p patches entry from old {\n  reach other from many by JALR\n}\n',
    repair:
      'Rewrite the `auipc` too, which takes a protocol of its own; put the target where every site can reach it; or jump to one trampoline that loads where to go.',
  },
};

/** What the checker tells beyond violations. */
export const checkerKinds = {
  'expectation-not-met': {
    title: 'The verdict is not what was expected',
    severity: 'error',
    explanation:
      'An `expect` line says what the verdict must be; without one, `safe` is expected. The trace under a `when` stands beside the line, because the code as it stands does not do that.',
    example: `${site('  version old { nop }\n  version new { NEW: j .+4 }\n')}protocol p patches entry from old to new {\n  write NEW\n  expect unsafe\n}\n`,
    repair: 'Repair the protocol, or write down what was found.',
  },
  inconclusive: {
    title: 'Neither safe nor unsafe',
    severity: 'warning',
    explanation:
      'The search met a limit of time, states or memory, or the scenario needs something that the checker cannot decide yet; the message names it. This is never shown as safe.',
    example: `${site('  version old { nop }\n  version new { NEW: lw a0, 0(a1) }\n')}protocol p patches entry from old to new {\n  write NEW\n}\n`,
    repair: 'Raise the limit in the settings, or say what the message asks for: here, what `a1` points to.',
  },
  'condition-not-met': {
    title: 'What a litmus test claims does not hold',
    severity: 'warning',
    explanation:
      'A `~exists` claims that no final state satisfies its proposition, a `forall` that every one does, and running the test has shown otherwise. An `exists` is a question: whatever its answer, there is no message.',
    example:
      'RISCV MP\n{\n0:x5=1; 0:x6=x; 0:x7=y;\n1:x6=y; 1:x8=x;\n}\n P0          | P1          ;\n sw x5,0(x6) | lw x5,0(x6) ;\n sw x5,0(x7) | lw x7,0(x8) ;\n~exists (1:x5=1 /\\ 1:x7=0)\n',
    language: 'litmus',
    repair: 'Look at the witness of such a state; here, order the stores by `fence w,w` and the loads by `fence r,r`.',
  },
  'litmus-fault': {
    title: 'A litmus test does what the model does not decide',
    severity: 'warning',
    explanation:
      'An execution of the test came to something that the memory model says nothing of, such as an access to an address that is no location, or a word that is no instruction. Its final states would mean nothing, so there is no observation.',
    example: 'RISCV Astray\n{\n0:x5=8;\n}\n P0          ;\n lw x6,0(x5) ;\nexists (0:x6=0)\n',
    language: 'litmus',
    repair: 'Give the register the address of a location (`0:x5=x`) or of a label.',
  },
  'checker-failed': {
    title: 'The checker broke',
    severity: 'error',
    explanation: 'The search ended by an error of the checker itself. There is no verdict.',
    example: '',
    repair: 'Please report it with the file.',
  },
} as const satisfies Record<string, DiagnosticKind>;

export type CheckerCode = keyof typeof checkerKinds;
