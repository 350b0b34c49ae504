import type { Xlen } from '../isa';
import { hex } from './program';

/**
 * What a template is written for: a site in a program, or, for `cmodx new`, one that only has an address. All of it is text
 * of the language.
 */
export interface TemplateSite {
  /** The site's name. */
  readonly name: string;
  /** What stands after `at`: an address, or `2 mod 4`. */
  readonly at: string;
  readonly isa: string;
  /** Whether instructions may stand at 2 mod 4. */
  readonly compressed: boolean;
  /** The version `compiled`, what the program has there, one instruction a line; empty for `cmodx new`. */
  readonly compiled: readonly string[];
  /** How long that is, in bytes. */
  readonly length: number;
  /** Symbols by the names that a template gives them, each with its address as text. */
  readonly symbols: ReadonlyMap<string, string>;
}

/** A scheme of patching, as a text that is ready to be changed. */
export interface Template {
  readonly name: string;
  /** In a list to choose from. */
  readonly title: string;
  /** Whence the scheme is; null: it is none. */
  readonly from: string | null;
  readonly teaches: string;
  /** What it patches: functions that were compiled to be patched, jump labels, one instruction, or whatever there is. */
  readonly patches: 'entry' | 'branch' | 'instruction' | 'any';
  /** The bytes that it writes at the beginning of the site; null: those of one instruction. */
  readonly size: number | null;
  /** Symbols that it jumps to, and how far behind the site's address they stand where no program says otherwise. */
  readonly targets: Readonly<Record<string, bigint>>;
  readonly text: (site: TemplateSite) => string;
}

/** The one table of templates: `cmodx import --as`, `cmodx new` and the editor offer what is here. */
export const templates: readonly Template[] = [
  {
    name: 'ftrace-6.16',
    title: 'ftrace since Linux 6.16: the AUIPC stays, the second word is NOP or JALR',
    from: 'torvalds/linux b2137c3b6d7a "riscv: ftrace: prepare ftrace for atomic code patching".',
    teaches:
      'one aligned 4-byte store, both values good after the same AUIPC, needs neither stop_machine nor a fix-up.',
    patches: 'entry',
    size: 8,
    targets: { ftrace_caller: 0x10100n },
    text: (site) => `${machine(site, 'ipi device')}
${symbols(site)}
site ${site.name} at ${site.at} clobbers t0 {${compiled(site)}
  version off {
    AUIPC: auipc t0, %pcrel_hi(ftrace_caller)
    NOP: nop
  }
  version on {
    AUIPC: auipc t0, %pcrel_hi(ftrace_caller)
    JALR: jalr t0, %pcrel_lo(AUIPC)(t0)
  }
}

protocol enable patches ${patched(site, 'off', 8)} to on {
  step activate { write JALR ; fence w,o ; sync fence.i }

  expect safe, effective
  expect safe, not effective when without activate.sync
  expect safe, not effective when activate.fence = w,w
  expect unsafe torn when not ziccif${misaligned(site, 'torn')}
}

protocol disable patches ${patched(site, 'on', 8)} to off {
  step deactivate { write NOP ; fence w,o ; sync fence.i }

  expect safe, effective
}
`,
  },
  {
    name: 'ftrace-stop-machine',
    title: 'ftrace in Linux 6.3 to 6.15: both words at once, while stop_machine holds every other hart',
    from: 'torvalds/linux 6724a76cff85, and 8547649981e6 "riscv: ftrace: Fixup panic by disabling preemption".',
    teaches: 'stop_machine does not wait for preempted threads.',
    patches: 'entry',
    size: 8,
    targets: { ftrace_caller: 0x10100n },
    text: (site) => `${machine(site)}
${symbols(site)}
site ${site.name} at ${site.at} clobbers t0 {${compiled(site)}
  version off {
    NOP: nop
    NOP': nop
  }
  version on {
    AUIPC: auipc t0, %pcrel_hi(ftrace_caller)
    JALR: jalr t0, %pcrel_lo(AUIPC)(t0)
  }
}

protocol enable patches ${patched(site, 'off', 8)} to on {
  step patch { stop_machine { write AUIPC ; write JALR } }

  executors any not preemptible

  expect safe, effective
  expect unsafe mixed when preemptible
  expect unsafe mixed when without patch.stop
}

protocol disable patches ${patched(site, 'on', 8)} to off {
  step patch { stop_machine { write NOP ; write NOP' } }

  executors any not preemptible

  expect safe, effective
}
`,
  },
  {
    name: 'auipc-replay',
    title: 'a call retargeted in three steps: jump over it, its second half, its first; trap returns replay the AUIPC',
    from: 'the mail "riscv: ftrace: prepare ftrace for atomic code patching" (Tao Chiu, Andy Chiu, 2024-09-11).',
    teaches: 'what the trap-return fix-up and each of the three barriers are for.',
    patches: 'entry',
    size: 8,
    targets: { old_tramp: 0x12000n, new_tramp: 0x345680n },
    text: (site) => `${machine(site)}
${symbols(site)}
site ${site.name} at ${site.at} clobbers t0 {${compiled(site)}
  version old {
    AUIPC: auipc t0, %pcrel_hi(old_tramp)
    JALR: jalr t0, %pcrel_lo(AUIPC)(t0)
  }
  version skip {
    JUMP: j .+8
  }
  version new {
    AUIPC': auipc t0, %pcrel_hi(new_tramp)
    JALR': jalr t0, %pcrel_lo(AUIPC')(t0)
  }
}

on trap return to ${site.name}+4 if jalr t0, *(t0) { sepc -= 4 }

protocol retarget patches ${patched(site, 'old', 8)} to new {
  step redirect { write JUMP ; fence w,w ; sync fence.i }
  step retarget { write JALR' ; fence w,w ; sync fence.i }
  step activate { write AUIPC' ; fence w,w ; sync fence.i }

  expect safe, effective
  expect unsafe mixed when without "on trap return"
  expect unsafe mixed when without redirect.sync
  expect safe, not effective when without activate.sync
  expect unsafe mixed when ipi sbi
  expect unsafe torn when not ziccif${misaligned(site, 'torn')}
}
`,
  },
  {
    name: 'jump-label',
    title: 'a jump label: one NOP becomes one jump to the unlikely code, and back',
    from: 'torvalds/linux arch/riscv/kernel/jump_label.c.',
    teaches: 'a 4-byte instruction at 2 mod 4 cannot be written by one store.',
    patches: 'branch',
    size: 4,
    targets: { unlikely: 0x200n },
    text: (site) => `${machine(site, 'ipi device')}
${symbols(site)}
site ${site.name} at ${site.at} {${compiled(site)}
  version off { NOP: nop }
  version on { JUMP: j unlikely }
}

protocol enable patches ${patched(site, 'off', 4)} to on {
  step patch { write JUMP ; fence w,o ; sync fence.i }

  expect safe, effective
  expect safe, not effective when without patch.sync
  expect unsafe torn when not ziccif${misaligned(site, 'torn')}
}

protocol disable patches ${patched(site, 'on', 4)} to off {
  step patch { write NOP ; fence w,o ; sync fence.i }

  expect safe, effective
}
`,
  },
  {
    name: 'kprobe',
    title: 'a kprobe: an instruction becomes a breakpoint of its length, and comes back',
    from: 'torvalds/linux arch/riscv/kernel/probes/kprobes.c.',
    teaches: 'a breakpoint of the same length is one store where the instruction is aligned to its length.',
    patches: 'instruction',
    size: null,
    targets: {},
    text: (site) => `${machine(site, 'ipi device')}
site ${site.name} at ${site.at} {${compiled({ ...site, compiled: site.compiled.length > 0 ? site.compiled : ['addi sp, sp, -16'] })}
  version probed { BREAK: ${site.length === 2 ? 'c.ebreak' : 'ebreak'} }
}

protocol arm patches ${site.name} from compiled to probed {
  step patch { write BREAK ; fence w,o ; sync fence.i }

  expect safe, effective
  expect safe, not effective when without patch.sync${site.length === 2 ? '' : misaligned(site, 'torn')}
}

protocol disarm patches ${site.name} from probed to compiled {
  step patch { write FIRST ; fence w,o ; sync fence.i }

  expect safe, effective
}
`,
  },
  {
    name: 'none',
    title: 'the site alone, for a protocol of your own',
    from: null,
    teaches: 'nothing yet: add a version and a protocol.',
    patches: 'any',
    size: null,
    targets: {},
    text: (site) => `${machine(site)}
site ${site.name} at ${site.at} {${compiled({ ...site, compiled: site.compiled.length > 0 ? site.compiled : ['nop'] })}
}
`,
  },
];

/** The template of a name, or null. */
export function templateOf(name: string): Template | null {
  return templates.find((template) => template.name === name) ?? null;
}

function machine({ isa }: TemplateSite, ...more: string[]): string {
  return `machine {\n${[`isa ${isa}`, ...more].map((line) => `  ${line}\n`).join('')}}\n`;
}

const symbols = (site: TemplateSite): string =>
  [...site.symbols].map(([name, address]) => `symbol ${name} = ${address}\n`).join('');

/** The version that the program has, which a pass may run as well as the others; the first line has the label FIRST. */
function compiled({ compiled: lines }: TemplateSite): string {
  if (lines.length === 0) return '';
  return `\n  version compiled {\n${lines.map((line, i) => `    ${i === 0 ? 'FIRST: ' : ''}${line}\n`).join('')}  }`;
}

/** `site from version`, with what fills a site that is longer than the template's versions. */
const patched = (site: TemplateSite, version: string, length: number): string =>
  `${site.name} from ${version}${site.length > length ? ' over compiled' : ''}`;

/** What the compressed extension makes possible. */
const misaligned = ({ compressed, name }: TemplateSite, kind: string): string =>
  compressed ? `\n  expect unsafe ${kind} when ${name} at 2 mod 4` : '';

/** Where a site is put that stands in no program: kernels are linked here. */
const anywhere = { 32: 0x80a00000n, 64: 0xffffffff80a00000n } as const;

/** The stand-ins of a template's targets, near an address. */
export function standIns({ targets }: Template, xlen: Xlen, near: bigint = anywhere[xlen]): Map<string, string> {
  return new Map(
    Object.entries(targets).map(([name, beyond]) => [name, hex(BigInt.asUintN(xlen, near + beyond))] as const),
  );
}

/** The site for which `cmodx new` writes a template. */
export function newSite(template: Template): TemplateSite {
  return {
    name: 'entry',
    at: hex(anywhere[64]),
    isa: 'rv64gc_ziccif',
    compressed: true,
    compiled: [],
    length: 0,
    symbols: standIns(template, 64),
  };
}
