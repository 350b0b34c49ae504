import { fRegister, xRegister } from '../isa';
import { analyze, format, keywords } from '../language';
import { adapt, originalOf } from './adapt';
import { headText } from './head';
import { programIsa } from './isa-text';
import { listing } from './listing';
import { hex, ImportError, type Program } from './program';
import { type Selected, select } from './select';
import type { Template } from './templates';

/** The text of `cmodx new`: a template as it stands. */
export function newText(template: Template): string {
  return template.text;
}

/**
 * The text of `cmodx import`: a place of a program, and a template's protocol for it.
 * @param file its name, for the comments
 * @param wanted `NAME`, `NAME+0x10` or an address; null for the first of the file
 * @throws ImportError
 */
export function importText(program: Program, file: string, template: Template, wanted: string | null): string {
  const selected = select(program, template, wanted);
  const {
    isa,
    text: isaText,
    added,
  } = programIsa(program.arch ?? `rv${program.xlen}g${program.compressed ? 'c' : ''}`);
  const lines = listing(program, isa, selected.place, selected.bytes);
  const { at, note } = placement(program, selected, template);
  const text = selected.bytes.length === 2 ? (template.short ?? template.text) : template.text;
  const name = nameFor(text, selected);
  const adapted = adapt(text, {
    name,
    at,
    address: program.linked ? selected.place.address : null,
    xlen: program.xlen,
    isa: isaText,
    compressed: isa.extensions.has('zca'),
    compiled: lines.map((line) => `${line.text} # ${line.comment}`),
    length: selected.bytes.length,
    symbol: (symbol) => addressOf(program, selected, symbol, name),
  });
  const whole = format(
    `${headText([
      `${selected.title} of ${printable(file)}: ${template.title}`,
      `From: ${program.what}, ${selected.where}${template.from === null ? '' : `; the scheme: ${template.from}`}`,
      ...note,
      ...surroundings(selected),
      ...(program.arch === null
        ? ['The file names no ISA that is understood: that of the machine below is taken.']
        : []),
      ...(added.length > 0
        ? [`Assumed of the machine, for the file cannot say it: ${added.join(', ')} (Ziccif is in every RVA profile).`]
        : []),
      ...(adapted.standIns.length > 0
        ? [`Stand-ins for what the file does not have: ${adapted.standIns.join(', ')}.`]
        : []),
      `Teaches: ${template.teaches}`,
    ])}${adapted.text}`,
  );
  refuseErrors(whole, template);
  return whole;
}

/** @throws ImportError where a template cannot be written for what the program runs on */
function refuseErrors(text: string, { name }: Template): void {
  const [error] = analyze('', text, () => null).diagnostics.filter(({ severity }) => severity === 'error');
  if (error === undefined) return;
  const line = text.slice(text.lastIndexOf('\n', error.source.start) + 1, error.source.end);
  throw new ImportError(`does not go with ${name}: ${error.message} (${line.trim()})`);
}

/** A file's name may hold anything, a comment ends with its line. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');

/** Where the site is, and what is to be said of it. */
function placement(program: Program, { place, title }: Selected, { before }: Template): { at: string; note: string[] } {
  const { remainder, modulus } = program.alignmentAt(place);
  const places = (bytes: number): string => `${remainder % bytes} mod ${bytes}`;
  if (program.linked) return { at: hex(place.address), note: [`Place: ${hex(place.address)}, ${places(8)}.`] };
  const section = program.codes.find((code) => code.place.space === place.space)?.name ?? 'its section';
  const where = `Place: offset ${hex(place.address)} of ${section}, which gets its address from the linker`;
  // What a template keeps before an entry is a pointer.
  const whole = before === 0 ? 4 : before;
  if (modulus >= whole || (modulus >= 4 && remainder % 4 !== 0))
    return { at: places(modulus), note: [`${where}: ${places(modulus)}.`] };
  return {
    at: modulus < 4 ? '2 mod 4' : '4 mod 8',
    note: [`${where}: ${title} is aligned to ${modulus} bytes only, and the worst place is taken.`],
  };
}

function surroundings({ entry, branch, bytes }: Selected): string[] {
  if (branch?.key !== undefined && branch.key !== null) return [`Its key: ${printable(branch.key)}.`];
  if (entry === null) return [];
  const before = entry.before === 0 ? '' : `; ${entry.before} bytes before it are never executed`;
  return [`To be patched: ${bytes.length} bytes from the entry on${before}.`];
}

const within = (offset: bigint, length: number): boolean => offset >= 0n && offset < BigInt(length);

/** The address of a template's symbol: where a jump label leads, or what the program has of this name; null for neither. */
function addressOf(program: Program, { place, bytes, branch }: Selected, symbol: string, site: string): string | null {
  if (branch !== null && branch.target.space === place.space) {
    if (program.linked) return hex(branch.target.address);
    const distance = branch.target.address - place.address;
    return `${site} ${distance < 0n ? '-' : '+'} ${hex(distance < 0n ? -distance : distance)}`;
  }
  const [found] = program.linked ? program.symbols.of(symbol) : [];
  const inside = found !== undefined && within(found.place.address - place.address, bytes.length);
  return found === undefined || inside ? null : hex(found.place.address);
}

/** A name for the site: the function's where the text does not use it yet, `entry` otherwise. */
function nameFor(text: string, { function: name }: Selected): string {
  const plain = name?.replace(/\W/g, '_') ?? '';
  const { words } = originalOf(text);
  const keyword = keywords.some(({ word }) => word === plain);
  const taken = words.has(plain) || keyword || xRegister(plain) !== undefined || fRegister(plain) !== undefined;
  return /^[A-Za-z_]\w{0,99}$/.test(plain) && !taken ? plain : 'entry';
}
