import { fRegister, xRegister } from '../isa';
import { format, keywords } from '../language';
import { programIsa } from './isa-text';
import { listing } from './listing';
import { hex, type Program } from './program';
import { type Selected, select } from './select';
import { newSite, standIns, type Template, type TemplateSite } from './templates';

/** The text of `cmodx new`: a template as it stands. */
export function newText(template: Template): string {
  return written(template, newSite(template), [
    template.title,
    ...(template.from === null ? [] : [`From: ${template.from}`]),
  ]);
}

/**
 * The text of `cmodx import`: a place of a program, and a template's protocol for it.
 * @param file its name, for the comments
 * @param wanted `NAME`, `NAME+0x10` or an address; null for the first of the file
 * @throws ImportError
 */
export function importText(program: Program, file: string, template: Template, wanted: string | null): string {
  const selected = select(program, template, wanted);
  const { isa, text, added } = programIsa(program.arch ?? `rv${program.xlen}g${program.compressed ? 'c' : ''}`);
  const lines = listing(program, isa, selected.place, selected.bytes);
  const { at, note } = placement(program, selected);
  const name = nameFor(template, selected);
  const symbols = targets(program, template, selected, name);
  const site: TemplateSite = {
    name,
    at,
    isa: text,
    compressed: isa.extensions.has('zca'),
    compiled: lines.map((line) => `${line.text} # ${line.comment}`),
    length: selected.bytes.length,
    symbols: new Map([...symbols].map(([symbol, { value }]) => [symbol, value])),
  };
  const comments = [
    `${selected.title} of ${printable(file)}: ${template.title}`,
    `From: ${program.what}, ${selected.where}${template.from === null ? '' : `; the scheme: ${template.from}`}`,
    ...note,
    ...surroundings(selected),
    ...(program.arch === null ? ['The file names no ISA that is understood: that of the machine below is taken.'] : []),
    ...(added.length > 0
      ? [`Assumed of the machine, for the file cannot say it: ${added.join(', ')} (Ziccif is in every RVA profile).`]
      : []),
    ...[...symbols].flatMap(([, { comment }]) => (comment === null ? [] : [comment])),
  ];
  return written(template, site, comments);
}

function written(template: Template, site: TemplateSite, comments: readonly string[]): string {
  const head = [...comments, `Teaches: ${template.teaches}`].map((comment) => `# ${comment}\n`).join('');
  return format(`${head}\n${template.text(site)}`);
}

/** A file's name may hold anything, a comment ends with its line. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');

/** Where the site is, and what is to be said of it. */
function placement(program: Program, { place, title }: Selected): { at: string; note: string[] } {
  const { remainder, modulus } = program.alignmentAt(place);
  const places = (bytes: number): string => `${remainder % bytes} mod ${bytes}`;
  if (program.linked) return { at: hex(place.address), note: [`Place: ${hex(place.address)}, ${places(8)}.`] };
  const section = program.codes.find((code) => code.place.space === place.space)?.name ?? 'its section';
  const where = `Place: offset ${hex(place.address)} of ${section}, which gets its address from the linker`;
  if (modulus >= 4) return { at: places(modulus), note: [`${where}: ${places(modulus)}.`] };
  return {
    at: `2 mod 4`,
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

interface Target {
  readonly value: string;
  readonly comment: string | null;
}

/** The addresses of a template's symbols: the program's, the jump label's target, or stand-ins. */
function targets(
  program: Program,
  template: Template,
  { place, bytes, branch }: Selected,
  site: string,
): Map<string, Target> {
  const near = program.linked ? place.address : undefined;
  return new Map(
    [...standIns(template, program.xlen, near)].map(([name, standIn]): [string, Target] => {
      if (branch !== null && branch.target.space === place.space) {
        const distance = branch.target.address - place.address;
        const away = `${site} ${distance < 0n ? '-' : '+'} ${hex(distance < 0n ? -distance : distance)}`;
        return [name, { value: program.linked ? hex(branch.target.address) : away, comment: null }];
      }
      const [symbol] = program.linked ? program.symbols.of(name) : [];
      const inside = symbol !== undefined && within(symbol.place.address - place.address, bytes.length);
      if (symbol !== undefined && !inside) return [name, { value: hex(symbol.place.address), comment: null }];
      return [name, { value: standIn, comment: `${name} stands in for what the file does not have.` }];
    }),
  );
}

/** A name for the site: the function's where it means nothing else, `entry` otherwise. */
function nameFor(template: Template, { function: name }: Selected): string {
  const plain = name?.replace(/\W/g, '_') ?? '';
  const words = new Set(template.text(newSite(template)).match(/[\w.]+/g));
  for (const { word } of keywords) words.add(word);
  const taken = words.has(plain) || xRegister(plain) !== undefined || fRegister(plain) !== undefined;
  return /^[A-Za-z_]\w{0,99}$/.test(plain) && !taken ? plain : 'entry';
}
