import { headOf } from './head';
import { type Patches, templateTable } from './template-table';
import written from './template-texts.json';

/** A scheme of patching, as a text that is ready to be changed. */
export interface Template {
  readonly name: string;
  /** In a list to choose from. */
  readonly title: string;
  /** Whence the scheme is; null: it is none. */
  readonly from: string | null;
  readonly teaches: string;
  readonly patches: Patches;
  /** Bytes that it needs before an entry. */
  readonly before: number;
  readonly text: string;
  /** For an instruction of 2 bytes, where that takes another scheme. */
  readonly short: string | null;
}

/** By the path of the example. */
const texts: Readonly<Record<string, string>> = written;

/** No scheme: what the program has, and nothing else. */
const none: Template = {
  name: 'none',
  title: 'The site alone, for a protocol of your own.',
  from: null,
  teaches: 'nothing yet: add a version and a protocol.',
  patches: 'anything',
  before: 0,
  text: `# The site alone, for a protocol of your own.
# Teaches: nothing yet: add a version and a protocol.

site entry at 0xffffffff80a00000 {
  version compiled { nop }
}
`,
  short: null,
};

/** The one list of templates: `cmodx import --as`, `cmodx new` and the editor offer what is here. */
export const templates: readonly Template[] = [
  ...templateTable.map(({ name, example, short, patches, before = 0 }): Template => {
    const text = texts[example] ?? '';
    const { what, from, teaches } = headOf(text);
    return { name, title: what, from, teaches, patches, before, text, short: short ? (texts[short] ?? null) : null };
  }),
  none,
];

/** The template of a name, or null. */
export function templateOf(name: string): Template | null {
  return templates.find((template) => template.name === name) ?? null;
}
