import type { Source } from '../checker/scenario';
import type { TextProblem } from '../isa/types';
import { lintKinds } from './lints';
import { closest } from './suggest';
import type { Diagnostic, Severity } from './types';

/** What is known of one kind of message; the pages of docs/diagnostics are made from this table. */
export interface DiagnosticKind {
  readonly title: string;
  readonly severity: Severity;
  readonly explanation: string;
  /** A text that shows the fault. */
  readonly example: string;
  /** Of litmus files alone: the example is one. */
  readonly language?: 'litmus';
  readonly repair: string;
}

const site = 'site entry at 0x80001000 clobbers t0 {\n  version old { A: nop }\n  version new { B: j .+8 }\n}\n';

/** Every message that a text itself can cause, by code. Violations found by the checker are not among them. */
export const diagnosticKinds = {
  ...lintKinds,
  syntax: {
    title: 'The text does not follow the grammar',
    severity: 'error',
    explanation: 'A word or sign stands where the language has no place for it, or one is missing.',
    example: 'symbol target 0x80002000\n',
    repair: 'Write what the message asks for: here `symbol target = 0x80002000`.',
  },
  unsupported: {
    title: 'A construct that is not supported yet',
    severity: 'error',
    explanation:
      'The construct belongs to the language, but this version cannot check it. Nothing is guessed: the checks that it touches are `invalid`.',
    example: `${site}protocol p patches entry from old to new {\n  write B\n  exists (x5=1)\n}\n`,
    repair: 'Leave the construct out, or state the scenario without it.',
  },
  'unknown-name': {
    title: 'A name that nothing has',
    severity: 'error',
    explanation:
      'A site, version, label, symbol or step of this name is not declared in this file or in what it imports.',
    example: `${site}protocol p patches entry from old to nwe {\n  write B\n}\n`,
    repair: 'Correct the name, or declare it.',
  },
  'ambiguous-name': {
    title: 'A name that several things have',
    severity: 'error',
    explanation: 'Two labels in reach have this name, so that it does not say which is meant.',
    example:
      'site entry at 0x80001000 {\n  version old { A: nop }\n  version new { A: j .+8 }\n}\nprotocol p patches entry from old to new { write A }\n',
    repair: 'Put the site or the version before it: `new.A`, `entry.new.A`.',
  },
  'duplicate-name': {
    title: 'A name that is taken',
    severity: 'error',
    explanation:
      'Names of symbols, code, data and sites are one space; versions of a site, labels of a block, and steps of a protocol are one each.',
    example: 'symbol target = 0x80002000\nsymbol target = 0x80003000\n',
    repair: 'Rename one of the two.',
  },
  'reserved-name': {
    title: 'A name that the assembler reads as something else',
    severity: 'error',
    explanation: 'A register of this name exists, so that an operand of this name would mean the register.',
    example: 'symbol t0 = 0x80002000\n',
    repair: 'Take another name.',
  },
  machine: {
    title: 'An unknown choice for the machine',
    severity: 'error',
    explanation: 'The ISA string, memory model, fetch rules or way of IPIs is none that is known, or is given twice.',
    example: 'machine { memory rvwm }\n',
    repair: 'Take one of the values that the message lists.',
  },
  address: {
    title: 'An address that has no value',
    severity: 'error',
    explanation: 'The expression is incomplete, too large for the address space, or defined through itself.',
    example: 'symbol a = b + 4\nsymbol b = a + 4\n',
    repair: 'Write a number, or an expression over names that have addresses.',
  },
  assembly: {
    title: 'A statement that does not assemble',
    severity: 'error',
    explanation: 'The mnemonic or an operand is unknown, or a value does not fit its field.',
    example: 'site entry at 0x80001000 {\n  version old { addi a0, a0, 4096 }\n}\n',
    repair: 'Take the mnemonic, operand or value that the message asks for.',
  },
  reach: {
    title: 'A target that is out of reach',
    severity: 'error',
    explanation:
      'The distance to the target does not fit the instruction: branches reach 4 KiB, `j` and `jal` 1 MiB, an `auipc` pair 2 GiB, each way.',
    example: 'symbol far = 0x90000000\nsite entry at 0x80001000 {\n  version old { j far }\n}\n',
    repair: 'Move the target, or reach it by a pair: `auipc t0, %pcrel_hi(far)`, then `jalr` with `%pcrel_lo`.',
  },
  extension: {
    title: 'An instruction that the ISA string leaves out',
    severity: 'error',
    explanation: 'The instruction belongs to an extension that the machine does not have: it would be illegal there.',
    example: 'machine { isa rv64i }\nsite entry at 0x80001000 {\n  version old { mul a0, a0, a0 }\n}\n',
    repair: "Name the extension in the machine's `isa`.",
  },
  alignment: {
    title: 'Code where no instruction can stand',
    severity: 'error',
    explanation: 'Instructions stand at even addresses; without the C extension, at multiples of four.',
    example: 'site entry at 0x80001001 {\n  version old { nop }\n}\n',
    repair: 'Place the site or code at an aligned address.',
  },
  overlap: {
    title: 'Two things at one place',
    severity: 'error',
    explanation: "The bytes of a site, code or data region overlap another's, or a symbol lies within a site.",
    example: 'site a at 0x80001000 {\n  version old { nop }\n}\nsite b at 0x80001002 {\n  version old { nop }\n}\n',
    repair: 'Move one of them.',
  },
  'empty-site': {
    title: 'A site or version that holds nothing',
    severity: 'error',
    explanation: 'A site has at least one version, and a version at least one instruction.',
    example: 'site entry at 0x80001000 {\n  version old { }\n}\n',
    repair: 'Write down the instructions that the site may hold.',
  },
  unfilled: {
    title: 'The first version does not fill the site',
    severity: 'error',
    explanation: 'A site is as long as its longest version; at the start each of its bytes must be known.',
    example:
      'site entry at 0x80001000 {\n  version skip { A: j .+8 }\n  version old { nop ; nop }\n}\nprotocol p patches entry from skip to old { fence.i }\n',
    repair: 'Say what fills the rest: `from skip over old`.',
  },
  'outside-site': {
    title: 'A store outside what may be stored to',
    severity: 'error',
    explanation:
      'A patcher writes code only within the sites that its protocol patches, and data only within `data` regions.',
    example: `${site}protocol p patches entry from old to new {\n  write entry+4, nop\n}\n`,
    repair: 'Write within the site, or name the site in `patches`.',
  },
  'no-change': {
    title: 'A write that changes nothing',
    severity: 'information',
    explanation: 'When the operations before it have run in order, these bytes stand there already.',
    example: `${site}protocol p patches entry from old to new {\n  write A\n  write B\n}\n`,
    repair: 'Leave the write out, unless it is there on purpose.',
  },
  granule: {
    title: 'A store size that does not fit',
    severity: 'error',
    explanation: 'The bytes of a write cannot be cut into stores of this size.',
    example: `${site}protocol p patches entry from old to new {\n  write B by double\n}\n`,
    repair: 'Take a smaller size, or write two neighbouring instructions together: `write A, B by double`.',
  },
  operation: {
    title: 'An operation that says nothing possible',
    severity: 'error',
    explanation: 'Operands of the operation are missing, too many, or of another kind.',
    example: `${site}protocol p patches entry from old to new {\n  write B\n  fence w,x\n}\n`,
    repair: 'Give the operands that the message asks for.',
  },
  'not-followed': {
    title: 'Assembly of a patcher that cannot be followed',
    severity: 'error',
    explanation:
      'The instructions of `asm` are followed with the values that they make. Here one rests on what is not known (a register that nothing has set, memory that somebody writes), leaves the block, or does what the checker does not decide.',
    example: `${site}protocol p patches entry from old to new {\n  asm {\n    sw a1, 0(a0)\n  }\n}\n`,
    repair:
      'Set what the message names within the block (`la a0, entry`), or write the operation in the words of the language.',
  },
  handler: {
    title: 'A handler that cannot be understood',
    severity: 'error',
    explanation:
      'A trap-return fix-up adds to `sepc` or takes from it, where an address and an instruction pattern match.',
    example: 'on trap return if jalr t0, *(t0) { sepc = 4 }\n',
    repair: 'Write `on trap return to ADDRESS if PATTERN { sepc -= 4 }`.',
  },
  executors: {
    title: 'Executors that cannot be understood',
    severity: 'error',
    explanation: 'A line of `executors` holds a number or `any`, and of each pair of opposites at most one.',
    example: `${site}protocol p patches entry from old to new {\n  write B\n  executors some\n}\n`,
    repair: 'Write, for example, `executors 2 not preemptible pinned`.',
  },
  expectation: {
    title: 'An expectation that cannot be understood',
    severity: 'error',
    explanation: '`expect` is followed by `safe` or `unsafe` with kinds of violation, then by claims.',
    example: `${site}protocol p patches entry from old to new {\n  write B\n  expect unsafe tron\n}\n`,
    repair: 'Take the kinds and claims that the message lists.',
  },
  condition: {
    title: 'A condition that cannot be understood',
    severity: 'error',
    explanation: 'What follows `when` changes one assumption or one operation; this names none that the protocol has.',
    example: `${site}protocol p patches entry from old to new {\n  write B\n  expect safe when without flush\n}\n`,
    repair: 'Take a step, part or assumption that exists.',
  },
  import: {
    title: 'An import that does not work',
    severity: 'error',
    explanation: 'There is no such file, or it has errors.',
    example: 'import "nowhere.cmodx"\n',
    repair: 'Correct the path, which is relative to this file, or the file.',
  },
  type: {
    title: 'A type that does not fit',
    severity: 'error',
    explanation:
      'The type of a location or register in a litmus test is unknown, or what is written of an array does not fit how it was declared.',
    example: 'RISCV T\n{ uint46_t x; 0:x6=x; }\n P0          ;\n lw x5,0(x6) ;\nexists (0:x5=1)\n',
    repair: 'Take one of C99, such as `uint64_t`; an array is declared with its type and all its values.',
    language: 'litmus',
  },
  value: {
    title: 'A value that is not possible',
    severity: 'error',
    explanation:
      'A value of a litmus test does not fit the type of what it is for, so that it could neither be stored nor ever be found. Without a declaration the type is `int`.',
    example: 'RISCV T\n{ 0:x6=x; }\n P0          ;\n ld x5,0(x6) ;\nexists (0:x5=0x100000000)\n',
    repair: 'Declare a larger type in the initial state: here `int64_t 0:x5;`.',
    language: 'litmus',
  },
  'never-written': {
    title: 'A name that is 0 for ever',
    severity: 'warning',
    explanation:
      'The condition of a litmus test asks for a register that nothing sets, or for a location that no thread can reach. As in herd7 it is 0; most likely the name is a slip.',
    example: 'RISCV T\n{ 0:x6=x; }\n P0          ;\n lw x5,0(x6) ;\nexists (0:x7=1)\n',
    repair: 'Correct the name.',
    language: 'litmus',
  },
  'open-comment': {
    title: 'A comment without an end',
    severity: 'warning',
    explanation:
      'Before the initial state of a litmus test herd7 skips lines, not comments: one that has no `*)` there ends where a line begins with `{`.',
    example: 'RISCV T\n(* of two loads\n{ 0:x6=x; }\n P0          ;\n lw x5,0(x6) ;\nexists (0:x5=1)\n',
    repair: 'Write `*)` at its end.',
    language: 'litmus',
  },
} as const satisfies Record<string, DiagnosticKind>;

export type DiagnosticCode = keyof typeof diagnosticKinds;

type Related = Diagnostic['related'];

/** Under which code a problem is told that the assembler has found. */
export function assemblyCode(problem: TextProblem): DiagnosticCode {
  switch (problem.code) {
    case 'reach':
      return 'reach';
    case 'excluded':
      return 'extension';
    case 'unknown-symbol':
      return 'unknown-name';
    default:
      return 'assembly';
  }
}

/** Collects messages; each takes its severity from the table. */
export class DiagnosticSink {
  readonly list: Diagnostic[] = [];
  private suggestionsLeft = 100;

  /** `replacement`: what to put in the place instead, offered as a fix. */
  add(
    code: DiagnosticCode,
    source: Source,
    message: string,
    replacement: string | null = null,
    related: Related = [],
  ): void {
    const fixes =
      replacement === null
        ? []
        : [{ title: `Change to \`${replacement}\``, edits: [{ source, newText: replacement }] }];
    this.list.push({ code, severity: diagnosticKinds[code].severity, message, source, related, fixes });
  }

  hasErrorIn({ file, start, end }: Source): boolean {
    return this.list.some(
      ({ severity, source }) =>
        severity === 'error' && source.file === file && source.start >= start && source.end <= end,
    );
  }

  /** `closest`, while there are not too many messages for anyone to read: a text full of errors is told of them fast. */
  closest(word: string, candidates: Iterable<string>): string | null {
    return this.suggestionsLeft-- > 0 ? closest(word, candidates) : null;
  }
}
