/**
 * The directives of GNU as ("Using as", chapters 7 and 9.40): what each means for a block of code, and how it is written.
 * From this one table come the assembler, completion and hover.
 */

export type Directive =
  /** Values of so many bytes each. */
  | { readonly k: 'data'; readonly size: 1 | 2 | 4 | 8 | 16 }
  /** Floating-point values of so many bytes each. */
  | { readonly k: 'float'; readonly size: 4 | 8 }
  /** Values in 7-bit groups, least significant first. */
  | { readonly k: 'leb'; readonly signed: boolean }
  /** The bytes of strings, each with a zero behind it or not. */
  | { readonly k: 'string'; readonly zero: boolean }
  /** So many bytes, of a value. */
  | { readonly k: 'space' }
  /** So many times a value of some size. */
  | { readonly k: 'fill' }
  /** Up to a place. */
  | { readonly k: 'org' }
  /** To a multiple of the operand, or of 2 to its power, by instructions or by a value of so many bytes. */
  | { readonly k: 'align'; readonly power: boolean; readonly size: 1 | 2 | 4 }
  /** Instructions by their bits alone. */
  | { readonly k: 'insn' }
  | { readonly k: 'option' }
  /** Gives a symbol a value; `once`: only where it has none. */
  | { readonly k: 'set'; readonly once: boolean }
  /** Begins or ends what is kept as text: see `expand.ts`. */
  | { readonly k: 'macro' | 'endm' | 'rept' | 'irp' | 'irpc' | 'endr' }
  | { readonly k: 'exitm' | 'purgem' }
  /** Begins what is assembled on a condition only. */
  | { readonly k: 'if'; readonly test: Test }
  | { readonly k: 'elseif' | 'else' | 'endif' }
  /** A message of the text's own. */
  | { readonly k: 'error' | 'warning' }
  /** Goes to a section: a named one, the one below, or the one before. */
  | { readonly k: 'section'; readonly change: 'to' | 'text' | 'push' | 'pop' | 'previous' }
  /** Symbols, call-frame and debug information: no bytes of code, nothing to do here. */
  | { readonly k: 'ignored' }
  /** Known, and no part of a block of code; the syntax says why. */
  | { readonly k: 'refused'; readonly because: string };

/** What decides an `.if`: an expression against 0, whether a symbol is defined, whether texts or strings are there or equal. */
export type Test = 'ne' | 'eq' | 'lt' | 'le' | 'gt' | 'ge' | 'def' | 'ndef' | 'b' | 'nb' | 'c' | 'nc' | 'eqs' | 'nes';

interface DirectiveInfo {
  readonly name: string;
  /** The operands, as shown to people. */
  readonly syntax: string;
  readonly summary: string;
  readonly meaning: Directive;
}

type Row = readonly [string, string, string, Directive];

const LINKER = 'only a linker lays out other sections';
const ONE_FILE = 'a block is all there is: nothing is read from files';

const ROWS: readonly Row[] = [
  ['.byte .dc.b', 'value, ...', 'values of 1 byte', { k: 'data', size: 1 }],
  ['.half .2byte .short .hword .value .dc .dc.w', 'value, ...', 'values of 2 bytes', { k: 'data', size: 2 }],
  ['.word .4byte .long .int .dc.l', 'value, ...', 'values of 4 bytes', { k: 'data', size: 4 }],
  ['.dword .8byte .quad', 'value, ...', 'values of 8 bytes', { k: 'data', size: 8 }],
  ['.octa', 'number, ...', 'numbers of 16 bytes', { k: 'data', size: 16 }],
  ['.float .single .dc.s', 'number, ...', 'floating-point values of 4 bytes', { k: 'float', size: 4 }],
  ['.double .dc.d', 'number, ...', 'floating-point values of 8 bytes', { k: 'float', size: 8 }],
  ['.uleb128', 'value, ...', 'unsigned values in as many bytes as they need', { k: 'leb', signed: false }],
  ['.sleb128', 'value, ...', 'signed values in as many bytes as they need', { k: 'leb', signed: true }],
  ['.ascii', '"text", ...', 'the bytes of strings', { k: 'string', zero: false }],
  ['.asciz .string', '"text", ...', 'the bytes of strings, a zero after each', { k: 'string', zero: true }],
  ['.zero .space .skip', 'count[, value]', 'so many bytes of a value (0)', { k: 'space' }],
  ['.fill', 'count[, size[, value]]', 'count values of size (1) bytes', { k: 'fill' }],
  ['.org', 'place[, value]', 'fills up to a place: an offset from the start, or a label', { k: 'org' }],
  ['.balign', 'bytes[, value[, most]]', 'fills up to a multiple of bytes', { k: 'align', power: false, size: 1 }],
  ['.balignw', 'bytes[, value[, most]]', 'the same, by values of 2 bytes', { k: 'align', power: false, size: 2 }],
  ['.balignl', 'bytes[, value[, most]]', 'the same, by values of 4 bytes', { k: 'align', power: false, size: 4 }],
  ['.align .p2align', 'n[, value[, most]]', 'fills up to a multiple of 2^n', { k: 'align', power: true, size: 1 }],
  ['.p2alignw', 'n[, value[, most]]', 'the same, by values of 2 bytes', { k: 'align', power: true, size: 2 }],
  ['.p2alignl', 'n[, value[, most]]', 'the same, by values of 4 bytes', { k: 'align', power: true, size: 4 }],
  ['.insn', '[length, ]bits', 'an instruction by its bits; or by format and fields: `.insn r ...`', { k: 'insn' }],
  [
    '.option',
    'what',
    '`rvc` compresses as GNU as does, `norvc` never; `arch, +zba` adds an extension',
    { k: 'option' },
  ],
  ['.set .equ', 'name, value', 'gives a symbol a value, as `name = value` does', { k: 'set', once: false }],
  ['.equiv', 'name, value', 'the same, for a symbol that has none yet', { k: 'set', once: true }],
  ['.macro', 'name [operand[=default], ...]', 'the lines up to `.endm` are a macro', { k: 'macro' }],
  ['.endm', '', 'ends a macro', { k: 'endm' }],
  ['.exitm', '', 'leaves the macro or repetition that it is in', { k: 'exitm' }],
  ['.purgem', 'name', 'forgets a macro', { k: 'purgem' }],
  ['.rept', 'count', 'the lines up to `.endr` so many times', { k: 'rept' }],
  ['.irp', 'name, value, ...', 'the lines up to `.endr` for each value, which `\\name` says', { k: 'irp' }],
  ['.irpc', 'name, text', 'the lines up to `.endr` for each character', { k: 'irpc' }],
  ['.endr', '', 'ends a repetition', { k: 'endr' }],
  ['.if .ifne', 'value', 'the lines up to `.else` or `.endif` where the value is not 0', { k: 'if', test: 'ne' }],
  ['.ifeq', 'value', 'the lines up to `.else` or `.endif` where the value is 0', { k: 'if', test: 'eq' }],
  ['.iflt', 'value', 'where the value is below 0', { k: 'if', test: 'lt' }],
  ['.ifle', 'value', 'where the value is not above 0', { k: 'if', test: 'le' }],
  ['.ifgt', 'value', 'where the value is above 0', { k: 'if', test: 'gt' }],
  ['.ifge', 'value', 'where the value is not below 0', { k: 'if', test: 'ge' }],
  ['.ifdef', 'name', 'where a symbol is defined by here', { k: 'if', test: 'def' }],
  ['.ifndef .ifnotdef', 'name', 'where no such symbol is defined by here', { k: 'if', test: 'ndef' }],
  ['.ifb', 'text', 'where there is no text', { k: 'if', test: 'b' }],
  ['.ifnb', 'text', 'where there is some text', { k: 'if', test: 'nb' }],
  ['.ifc', 'text, text', 'where the two are the same', { k: 'if', test: 'c' }],
  ['.ifnc', 'text, text', 'where the two differ', { k: 'if', test: 'nc' }],
  ['.ifeqs', '"text", "text"', 'where the two are the same', { k: 'if', test: 'eqs' }],
  ['.ifnes', '"text", "text"', 'where the two differ', { k: 'if', test: 'nes' }],
  ['.elseif', 'value', 'otherwise, where the value is not 0', { k: 'elseif' }],
  ['.else', '', 'otherwise', { k: 'else' }],
  ['.endif', '', 'ends what is assembled on a condition', { k: 'endif' }],
  ['.error', '"text"', "an error of the text's own", { k: 'error' }],
  ['.err', '', 'an error', { k: 'error' }],
  ['.warning .print', '"text"', 'says something, and changes nothing', { k: 'warning' }],
  ['.text', '', 'goes to the code', { k: 'section', change: 'text' }],
  [
    '.section',
    'name[, "flags"]',
    'goes to a section; bytes are possible in the code only',
    { k: 'section', change: 'to' },
  ],
  ['.pushsection', 'name[, "flags"]', 'the same, up to `.popsection`', { k: 'section', change: 'push' }],
  ['.popsection', '', 'goes back', { k: 'section', change: 'pop' }],
  ['.previous', '', 'goes to the section before', { k: 'section', change: 'previous' }],
  ['.data .bss .rodata', '', 'goes to a section of data', { k: 'section', change: 'to' }],
  [
    '.globl .global .local .weak .hidden .protected .internal .type .size .variant_cc .ident .file .loc .attribute .addrsig ' +
      '.addrsig_sym .cfi_startproc .cfi_endproc .cfi_sections .cfi_personality .cfi_lsda .cfi_def_cfa .cfi_def_cfa_register ' +
      '.cfi_def_cfa_offset .cfi_adjust_cfa_offset .cfi_offset .cfi_rel_offset .cfi_register .cfi_restore .cfi_undefined ' +
      '.cfi_same_value .cfi_remember_state .cfi_restore_state .cfi_return_column .cfi_signal_frame .cfi_window_save ' +
      '.cfi_escape .cfi_val_offset .cfi_label .cfi_b_key_frame',
    '',
    'changes no bytes of code',
    { k: 'ignored' },
  ],
  ['.comm .lcomm', 'name, size', 'memory that a linker places', { k: 'refused', because: LINKER }],
  ['.subsection', 'number', 'another part of the section', { k: 'refused', because: LINKER }],
  ['.incbin .include', '"file"', 'a file', { k: 'refused', because: ONE_FILE }],
  ['.reloc', 'place, name', 'a relocation', { k: 'refused', because: 'only a linker applies relocations' }],
  [
    '.dtprelword .dtpreldword',
    'name',
    'an offset',
    { k: 'refused', because: 'only a linker lays out thread-local storage' },
  ],
  [
    '.dc.h .dc.q',
    'value, ...',
    'values',
    { k: 'refused', because: 'GNU as does not know it; `.half` is 2 bytes, `.quad` is 8' },
  ],
  ['.altmacro .noaltmacro', '', 'other macros', { k: 'refused', because: 'macros are those of the usual syntax' }],
];

/** What may be written where a statement begins, in the order of the table. */
export const directiveInfos: readonly DirectiveInfo[] = ROWS.flatMap(([names, syntax, summary, meaning]) =>
  names.split(' ').map((name) => ({ name, syntax, summary, meaning })),
);

/** Every directive by its name, the dot included. */
export const directives: ReadonlyMap<string, Directive> = new Map(
  directiveInfos.map(({ name, meaning }) => [name, meaning]),
);

export const directiveNames: ReadonlySet<string> = new Set(directives.keys());

/** What `.option` may say; `arch` goes on with extensions. `relax` and `norelax` concern the linker, and change nothing here. */
export const OPTIONS = ['rvc', 'norvc', 'push', 'pop', 'relax', 'norelax', 'pic', 'nopic', 'arch'] as const;
export type AssemblerOption = (typeof OPTIONS)[number];
export const isOption = (name: string): name is AssemblerOption => OPTIONS.some((option) => option === name);
