/**
 * Macros of GNU as as text: how formal operands are declared, how a use is cut into actual ones, how these are put into a body
 * ("Using as", `.macro`, `.irp`, `.irpc`). A problem is a string that says what is wrong.
 */

export interface Formal {
  readonly name: string;
  readonly default: string;
  readonly required: boolean;
  /** Takes all that is left. */
  readonly rest: boolean;
}

/**
 * As the preprocessor of GNU as hands operands on: white space is left only between two words, so that `1 -2` is one operand
 * and `a0 a1` are two.
 */
function squeezed(text: string): string {
  const pieces: string[] = [];
  // Whether a space has been met that may part two words.
  let parted = false;
  let last = '';
  for (const [piece] of text.matchAll(/"(?:\\[\s\S]|[^"\\])*"?|\/\*[\s\S]*?\*\/|\s+|[^\s"/]+|\//g)) {
    if (/^(?:\s|\/\*)/.test(piece)) parted = true;
    else {
      if (parted && /[\w.$"]/.test(last) && /^[\w.$"\\]/.test(piece)) pieces.push(' ');
      pieces.push(piece);
      last = piece.at(-1) ?? '';
      parted = false;
    }
  }
  return pieces.join('');
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

/** One operand from an offset on: a string without its quotes, or all up to a comma or a space outside of brackets. */
function cutOne(text: string, from: number): { readonly value: string; readonly end: number } {
  const quoted = /"((?:\\[\s\S]|""|[^"\\])*)"/y;
  quoted.lastIndex = from;
  const string = quoted.exec(text);
  if (string) return { value: (string[1] ?? '').replaceAll('""', '"'), end: quoted.lastIndex };
  const open: string[] = [];
  let at = from;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === ',' || (char === ' ' && open.length === 0)) break;
    if (char === '"' || char === "'") {
      const close = text.indexOf(char, at + 1);
      at = close < 0 ? text.length : close + 1;
      continue;
    }
    const close = closing[char];
    if (close !== undefined) open.push(close);
    else if (char === open.at(-1)) open.pop();
    at++;
  }
  return { value: text.slice(from, at), end: at };
}

const skipSpace = (text: string, at: number): number => (text[at] === ' ' ? at + 1 : at);

/** Over a space, a comma and another space. */
const skipComma = (text: string, at: number): number => {
  const next = skipSpace(text, at);
  return text[next] === ',' ? skipSpace(text, next + 1) : next;
};

/** The values of an `.irp`: as those of a macro's use. */
export function values(text: string): string[] {
  const squeezedText = squeezed(text);
  const all: string[] = [];
  for (let at = 0; at < squeezedText.length; ) {
    const { value, end } = cutOne(squeezedText, at);
    all.push(value);
    at = skipComma(squeezedText, end);
  }
  return all;
}

const NAME = /[A-Za-z_.$][\w.$]*/y;

function nameAt(text: string, at: number): string {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0] ?? '';
}

/** The name and formal operands behind `.macro`: `save reg, slot=0, why:req, more:vararg`. */
export function declaration(rest: string): { readonly name: string; readonly formals: readonly Formal[] } | string {
  const text = squeezed(rest);
  const name = nameAt(text, 0);
  if (name === '') return '`.macro` takes a name: `.macro name operand, ...`';
  const formals: Formal[] = [];
  for (let at = skipComma(text, name.length); at < text.length; ) {
    const formal = nameAt(text, at);
    if (formal === '') return `\`${text.slice(at)}\` is no name of an operand`;
    if (formals.some((other) => other.name === formal)) return `the operand \`${formal}\` is there twice`;
    at += formal.length;
    const [, qualifier = ''] = /^ ?: ?(\w*)/.exec(text.slice(at)) ?? [];
    if (text.slice(skipSpace(text, at)).startsWith(':')) {
      if (qualifier !== 'req' && qualifier !== 'vararg')
        return `an operand can be \`:req\` or \`:vararg\`, not \`:${qualifier}\``;
      at = text.indexOf(qualifier, at) + qualifier.length;
    }
    let value = '';
    if (text[skipSpace(text, at)] === '=') {
      const cut = cutOne(text, skipSpace(text, skipSpace(text, at) + 1));
      value = cut.value;
      at = cut.end;
    }
    formals.push({ name: formal, default: value, required: qualifier === 'req', rest: qualifier === 'vararg' });
    if (qualifier === 'vararg' && at < text.length) return `\`${formal}:vararg\` must be the last operand`;
    at = skipComma(text, at);
  }
  return { name, formals };
}

/** What stands for each formal operand in a use with these operands. */
export function actuals(formals: readonly Formal[], rest: string): ReadonlyMap<string, string> | string {
  const text = squeezed(rest);
  const given = new Map<string, string>();
  let next = 0;
  let named = false;
  for (let at = 0; at < text.length; ) {
    const [word = ''] = /^[A-Za-z_.$][\w.$]* ?=(?!=)/.exec(text.slice(at, at + 200)) ?? [];
    let formal = formals[next];
    if (word !== '') {
      named = true;
      const name = word.replace(/ ?=$/, '');
      formal = formals.find((one) => one.name === name);
      if (!formal) return `it has no operand \`${name}\``;
      at = skipSpace(text, at + word.length);
    } else if (named) return 'after an operand by name there is none by place';
    else if (!formal) return `it takes ${formals.length} operand${formals.length === 1 ? '' : 's'}`;
    else next++;
    if (formal.rest) {
      given.set(formal.name, text.slice(at));
      break;
    }
    const { value, end } = cutOne(text, at);
    given.set(formal.name, value);
    at = skipComma(text, end);
  }
  const lacking = formals.find(({ name, required }) => required && (given.get(name) ?? '') === '');
  if (lacking) return `the operand \`${lacking.name}\` is missing`;
  return new Map(formals.map(({ name, default: value }) => [name, given.get(name) || value]));
}

/** `text` with `\name` for each operand, `\@` for the number of the use, and nothing for `\()`. */
export function substituted(text: string, operands: ReadonlyMap<string, string>, use: number): string {
  return text.replace(/\\(\(\)|@|[A-Za-z_.$][\w.$]*)/g, (whole, word: string) => {
    if (word === '()') return '';
    if (word === '@') return String(use);
    return operands.get(word) ?? whole;
  });
}

/** The two texts of `.ifc`, between which stands a comma. */
export function twoTexts(rest: string): readonly [string, string] | null {
  const match = /^('[^']*'|"[^"]*"|[^,]*),([\s\S]*)$/.exec(squeezed(rest));
  return match && [(match[1] ?? '').trim(), (match[2] ?? '').trim()];
}
