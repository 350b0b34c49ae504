/** What a scheme patches in a program; `nothing`: code that no file has, so that it stands by itself. */
export type Patches = 'entry' | 'branch' | 'instruction' | 'anything' | 'nothing';

/** A scenario under examples/ that is a template. */
export interface TemplateRow {
  readonly name: string;
  /** The file under examples/. */
  readonly example: string;
  /** The file for an instruction of 2 bytes, where that takes another scheme. */
  readonly short?: string;
  readonly patches: Patches;
  /** Bytes that it needs before an entry. */
  readonly before?: number;
}

/**
 * Which examples are templates, in the order in which they are offered. What each is, whence and what it teaches, is in the
 * example's own text; `npm run generate` puts these texts into template-texts.json, for there is no file system in a browser.
 */
export const templateTable: readonly TemplateRow[] = [
  { name: 'ftrace-6.16', example: 'ftrace/toggle.cmodx', patches: 'entry' },
  { name: 'ftrace-stop-machine', example: 'ftrace/stop-machine.cmodx', patches: 'entry' },
  { name: 'ftrace-four-words', example: 'ftrace/four-words.cmodx', patches: 'entry' },
  { name: 'auipc-replay', example: 'ftrace/replay-auipc.cmodx', patches: 'entry' },
  { name: 'call-ops', example: 'ftrace/call-ops.cmodx', patches: 'entry', before: 8 },
  { name: 'pointer-trampoline', example: 'ftrace/pointer.cmodx', patches: 'entry' },
  { name: 'toggle-reach', example: 'ftrace/toggle-reach.cmodx', patches: 'entry' },
  { name: 'trampoline-page', example: 'ftrace/trampoline-page.cmodx', patches: 'entry' },
  { name: 'jump-label', example: 'jump-label/jump-label.cmodx', patches: 'branch' },
  { name: 'static-call', example: 'jump-label/static-call.cmodx', patches: 'nothing' },
  {
    name: 'kprobe',
    example: 'kprobes/probe.cmodx',
    short: 'kprobes/probe-compressed.cmodx',
    patches: 'instruction',
  },
  { name: 'breakpoint-first', example: 'kprobes/breakpoint-first.cmodx', patches: 'instruction' },
  { name: 'uprobe', example: 'uprobes/out-of-line.cmodx', patches: 'nothing' },
  { name: 'bpf-trampoline', example: 'bpf/text-poke.cmodx', patches: 'entry' },
  { name: 'alternatives', example: 'alternatives/boot.cmodx', patches: 'nothing' },
  { name: 'module-load', example: 'modules/load.cmodx', patches: 'nothing' },
  { name: 'zcmt-jump-table', example: 'isa-rules/jump-table.cmodx', patches: 'nothing' },
  { name: 'jit-own-thread', example: 'jit/own-thread.cmodx', patches: 'nothing' },
  { name: 'jit-other-threads', example: 'jit/other-threads.cmodx', patches: 'nothing' },
  { name: 'jit-publish-branch', example: 'jit/publish-branch.cmodx', patches: 'nothing' },
  { name: 'jit-verified-entry', example: 'jit/verified-entry.cmodx', patches: 'nothing' },
  { name: 'jit-retire', example: 'jit/retire.cmodx', patches: 'nothing' },
];
