import { type Isa, parseIsa } from '../isa';

/** The ISA of a machine that runs a program, as text and parsed. */
export interface ProgramIsa {
  readonly text: string;
  readonly isa: Isa;
  /** What was added to what the program names. */
  readonly added: readonly string[];
}

/** What a patched machine must have, and code need not say: the instruction itself, and that aligned fetches are whole. */
const assumed = ['zifencei', 'ziccif'];

/**
 * The ISA string of a program's attributes without versions and without what follows from the rest, and with what the
 * patching of code assumes.
 * @param arch `rv64i2p1_m2p0_...`, one that parses
 */
export function programIsa(arch: string): ProgramIsa {
  const [base = '', ...words] = arch
    .toLowerCase()
    .split('_')
    .map((word) => (/^[a-z]+$/.test(word) ? word : word.replace(/(\d+)p\d+$/, '')));
  const letters = words.filter((word) => word.length === 1);
  let text = [base + letters.join(''), ...words.filter((word) => word.length > 1)].join('_');
  const named = isaOf(text) ?? isaOf(arch);
  if (named === null) throw new Error(`no ISA string: ${arch}`);
  if (isaOf(text) === null) text = arch;
  const added = assumed.filter((name) => !named.extensions.has(name));
  text = [text, ...added].join('_');
  const whole = isaOf(text) ?? named;
  // `g` stands for more than its letters; what it brings may then be left out.
  text = ifSame(text.replace('imafd', 'g'), text, whole);
  text = text.split('_').reduce((short, word) => without(short, word, whole), text);
  return { text, isa: whole, added };
}

function isaOf(text: string): Isa | null {
  const result = parseIsa(text);
  return result.ok ? result.isa : null;
}

/** `text` without a word, where that says the same. */
function without(text: string, word: string, isa: Isa): string {
  return ifSame(
    text
      .split('_')
      .filter((other) => other !== word)
      .join('_'),
    text,
    isa,
  );
}

function ifSame(shorter: string, text: string, isa: Isa): string {
  const other = isaOf(shorter);
  const same =
    other?.xlen === isa.xlen &&
    other.extensions.size === isa.extensions.size &&
    [...other.extensions].every((name) => isa.extensions.has(name));
  return same ? shorter : text;
}
