/** The directives of GNU as that mean something for a block of code. */

export type Directive =
  /** Values of so many bytes each. */
  | { readonly k: 'data'; readonly size: 1 | 2 | 4 | 8 }
  /** The bytes of strings, each with a zero behind it or not. */
  | { readonly k: 'string'; readonly zero: boolean }
  /** So many bytes, of a value. */
  | { readonly k: 'space' }
  /** To a multiple of the operand, or of 2 to its power. */
  | { readonly k: 'align'; readonly power: boolean }
  | { readonly k: 'option' }
  /** Sections, symbols and debug information: nothing to do here. */
  | { readonly k: 'ignored' };

const ROWS: readonly (readonly [string, Directive])[] = [
  ['.byte', { k: 'data', size: 1 }],
  ['.half .2byte .short .hword', { k: 'data', size: 2 }],
  ['.word .4byte .long', { k: 'data', size: 4 }],
  ['.dword .8byte .quad', { k: 'data', size: 8 }],
  ['.ascii', { k: 'string', zero: false }],
  ['.asciz .string', { k: 'string', zero: true }],
  ['.zero .space .skip', { k: 'space' }],
  ['.balign', { k: 'align', power: false }],
  ['.align .p2align', { k: 'align', power: true }],
  ['.option', { k: 'option' }],
  ['.text .globl .global .local .weak .hidden .type .size .cfi_startproc .cfi_endproc', { k: 'ignored' }],
];

/** Every directive by its name, the dot included. */
export const directives: ReadonlyMap<string, Directive> = new Map(
  ROWS.flatMap(([names, directive]) => names.split(' ').map((name) => [name, directive] as const)),
);

export const directiveNames: ReadonlySet<string> = new Set(directives.keys());

/** What `.option` may say; `arch` goes on with extensions. `relax` and `norelax` concern the linker, and change nothing here. */
export const OPTIONS = ['rvc', 'norvc', 'push', 'pop', 'relax', 'norelax', 'pic', 'nopic', 'arch'] as const;
export type AssemblerOption = (typeof OPTIONS)[number];
export const isOption = (name: string): name is AssemblerOption => OPTIONS.some((option) => option === name);
