import { type Extension, extensions, extensionTitle, profiles } from './extensions';
import { nearest } from './suggest';
import { instructions } from './tables/index';
import type { Isa, TextProblem, Xlen } from './types';

export type IsaResult =
  | { readonly ok: true; readonly isa: Isa }
  | { readonly ok: false; readonly problems: readonly TextProblem[] };

/** A name in an ISA string, and where it stands. */
interface Word {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Pairs that no hart can have together; `rv32` and `rv64` stand for the XLEN. */
const CONTRADICTIONS: readonly (readonly [string, string])[] = [
  ['zcmp', 'zcd'],
  ['zcmt', 'zcd'],
  ['zclsd', 'zcf'],
  ['zfinx', 'f'],
  ['zcf', 'rv64'],
  ['zilsd', 'rv64'],
  ['sv32', 'rv64'],
  ['sv39', 'rv32'],
];

/** Far more than all extensions with their versions take. */
const LONGEST = 8192;

const RVG = ['i', 'm', 'a', 'f', 'd', 'zicsr', 'zifencei'];

/** Everything that these extensions bring with them. */
function closure(names: Iterable<string>, xlen: Xlen): Set<string> {
  const all = new Set<string>();
  const add = (name: string): void => {
    if (all.has(name)) return;
    all.add(name);
    const extension = extensions.get(name);
    for (const other of [...(extension?.contains ?? []), ...(extension?.needs ?? [])]) add(other);
  };
  for (const name of names) add(name);
  if (all.has('c') && all.has('d')) add('zcd');
  if (xlen === 32 && all.has('f') && (all.has('c') || all.has('zce'))) add('zcf');
  return all;
}

/** The single letters of a run such as `imafdc` or `i2p1m2p0`, with their places; versions are dropped. */
function letters(run: string, start: number): Word[] {
  return [...run.matchAll(/([a-z])(?:\d+(?:p\d+)?)?|[^a-z]/g)].map((match) => ({
    name: match[1] ?? match[0],
    start: start + match.index,
    end: start + match.index + 1,
  }));
}

/** The words of what follows `rv64` or a profile's name. */
function split(text: string, start: number): Word[] {
  const found: Word[] = [];
  let at = start;
  for (const part of text.split('_')) {
    // Single letters may run into a multi-letter name: `imacz...`, `gcsv39`.
    const run = /^(?:[a-rt-wy](?:\d+(?:p\d+)?)?)*/.exec(part)?.[0] ?? '';
    const rest = part.slice(run.length);
    const single = letters(run, at);
    // `_foo` is one name, though `f` is one too.
    if (at > start && single.length > 1 && rest === '' && single.some(({ name }) => !extensions.has(name))) {
      found.push({ name: part, start: at, end: at + part.length });
      at += part.length + 1;
      continue;
    }
    found.push(...single);
    if (rest !== '') {
      const unversioned = rest.replace(/\d+(p\d+)?$/, '');
      const name = extensions.has(rest) || !extensions.has(unversioned) ? rest : unversioned;
      found.push({ name, start: at + run.length, end: at + part.length });
    }
    at += part.length + 1;
  }
  return found;
}

function unknown(word: Word): TextProblem {
  const near = word.name.length > 1 ? nearest(word.name, extensions.keys()) : undefined;
  const problem = { code: 'isa-extension', start: word.start, end: word.end };
  const why =
    word.name === 'e'
      ? 'the E base (16 registers) is not supported'
      : word.name.startsWith('x')
        ? `vendor extension \`${word.name}\` is not known`
        : `unknown extension \`${word.name}\``;
  return near
    ? { ...problem, message: `${why}: did you mean \`${near}\`?`, suggestion: near }
    : { ...problem, message: why };
}

function contradictions(all: ReadonlySet<string>, xlen: Xlen, written: readonly Word[], whole: Word): TextProblem[] {
  const has = (name: string) => all.has(name) || name === `rv${xlen}`;
  return CONTRADICTIONS.filter(([a, b]) => has(a) && has(b)).map(([a, b]) => {
    const place = written.find((word) => word.name === a) ?? written.find((word) => word.name === b) ?? whole;
    const other = b.startsWith('rv') ? b.toUpperCase() : extensionTitle(b);
    return {
      code: 'isa-contradiction',
      message: `${extensionTitle(a)} does not go with ${other}`,
      start: place.start,
      end: place.end,
    };
  });
}

/**
 * Parses an ISA string (`rv64gc_zifencei_ziccif`, versions such as `i2p1` accepted) or a profile with further extensions
 * (`rva22s64_ziccid`). Case does not matter. The extensions of the result are closed under what they contain and need.
 * Fails with the place of every unknown or contradictory extension.
 */
export function parseIsa(text: string): IsaResult {
  const fail = (message: string, suggestion?: string): IsaResult => ({
    ok: false,
    problems: [{ code: 'isa', message, start: 0, end: text.length, ...(suggestion ? { suggestion } : {}) }],
  });
  if (text.length > LONGEST) return fail(`an ISA string of ${text.length} characters: ${LONGEST} are the most`);
  const lower = text.toLowerCase();
  const whole: Word = { name: lower, start: 0, end: text.length };
  const first = lower.split('_')[0] ?? '';
  const profile = profiles.get(first);
  const head = /^rv(32|64)/.exec(lower);
  if (!profile && !head) {
    const near = nearest(first, profiles.keys());
    if (near) return fail(`unknown profile \`${first}\`: did you mean \`${near}\`?`, near + lower.slice(first.length));
    return fail(`\`${text}\` is no ISA string: write \`rv64gc\`, \`rv32imac_zicsr\` or a profile such as \`rva22s64\``);
  }
  const xlen: Xlen = !profile && head?.[1] === '32' ? 32 : 64;
  const at = profile ? first.length + 1 : 4;
  const written = at > lower.length ? [] : split(lower.slice(at), at);
  if (!profile && !['i', 'g', 'e'].includes(written[0]?.name ?? ''))
    return fail(`\`${text}\` names no base: \`i\` or \`g\` comes after \`rv${xlen}\``, undefined);
  const problems = written
    .filter((word) => word.name === 'e' || (word.name !== 'g' && !extensions.has(word.name)))
    .map(unknown);
  const names = [...(profile ?? []), ...written.flatMap((word) => (word.name === 'g' ? RVG : [word.name]))];
  const all = closure(names, xlen);
  problems.push(...contradictions(all, xlen, written, whole));
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    isa: {
      xlen,
      extensions: all,
      text,
      profile: profile && !written.some(({ name }) => name === 'ziccif') ? first : null,
    },
  };
}

const contains = (extension: Extension, name: string): boolean =>
  extension.contains.includes(name) || extension.needs.includes(name);

/**
 * The same hart with one extension more (with all that it needs) or less (without what it consists of and what needs it):
 * without C there is no Zca and no Zcd, without D no Zcd either, but F stays. Unknown names change nothing.
 */
export function withExtension(isa: Isa, name: string, on: boolean): Isa {
  if (!extensions.has(name) || isa.extensions.has(name) === on) return isa;
  if (on) return { ...isa, extensions: closure([...isa.extensions, name], isa.xlen), text: `${isa.text}_${name}` };
  const gone = new Set<string>();
  const remove = (target: string): void => {
    if (gone.has(target)) return;
    gone.add(target);
    for (const part of extensions.get(target)?.contains ?? []) remove(part);
    for (const other of extensions.values()) if (contains(other, target)) remove(other.name);
  };
  remove(name);
  return {
    ...isa,
    extensions: new Set([...isa.extensions].filter((extension) => !gone.has(extension))),
    text: `${isa.text} without ${name}`,
  };
}

let decoded: ReadonlySet<string> | null = null;

/** Whether some instruction that is decoded here belongs to an extension. */
function isDecoded(name: string): boolean {
  decoded ??= new Set(instructions.flatMap((spec) => spec.extensions.flat()));
  return decoded.has(name);
}

/**
 * Whether the instructions of an extension, and of all that it contains, are decoded here; true of extensions that bring
 * none. False of unknown names.
 */
export function supports(name: string): boolean {
  const extension = extensions.get(name);
  return extension !== undefined && (!extension.instructions || isDecoded(name)) && extension.contains.every(supports);
}

/** The extensions of an ISA whose instructions are not decoded here: words of theirs seem reserved. */
export const undecoded = (isa: Isa): readonly string[] => [...isa.extensions].filter((name) => !supports(name));
