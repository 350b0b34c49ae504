import { entryAt } from './entry';
import { bytesAt, type CodeSymbol, hex, type Place, type Program } from './program';
import type { Template } from './templates';

/** Places of a program to choose from, as `importText` takes them, in the order of the file. */
export interface Places {
  readonly names: readonly string[];
  /** Whether there are more than are listed. */
  readonly more: boolean;
}

/** The places that a template can be written for: no more than `most`. */
export function placesFor(program: Program, template: Template, most: number): Places {
  const all =
    template.patches === 'branch' || template.patches === 'entry' ? listed(program, template) : functionsOf(program);
  const names: string[] = [];
  for (const place of all) {
    if (names.length === most) return { names, more: true };
    names.push(nameOf(program, place));
  }
  return { names, more: false };
}

function* listed(program: Program, template: Template): Generator<Place> {
  if (template.patches === 'branch') for (const { place } of program.branches.all) yield place;
  else for (const first of program.entries.all) yield entryAt(program, first).place;
}

function* functionsOf(program: Program): Generator<Place> {
  const code = ({ place }: CodeSymbol): boolean => bytesAt(program, place).length > 0;
  for (const symbol of program.symbols.all) if (code(symbol)) yield symbol.place;
}

/** A name that stands for this place alone, or its address. */
function nameOf({ symbols }: Program, place: Place): string {
  const symbol = symbols.before(place);
  const name = symbols.near(place);
  const alone = symbol !== null && symbols.of(symbol.name).length === 1;
  return name !== null && alone ? name : hex(place.address);
}
