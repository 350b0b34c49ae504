import type { Source } from '../../checker/scenario';
import { xRegister } from '../../isa';
import type { Operand } from '../../isa/asm/types';
import { namesIn } from '../../language/expressions';
import type { LitmusAnalysis, LitmusCell, LitmusReference } from '../../language/litmus';
import { type Span, touches } from '../text';

/** A name of a litmus file where it stands: `name` is what all of its places share (`x`, `0:x5`, `P0:L0`). */
export type NamePlace = Pick<LitmusReference, 'kind' | 'name' | 'definition'> & { readonly source: Source };

/** The names in one operand, registers among them. */
function namesOf(operand: Operand): { readonly name: string; readonly start: number; readonly end: number }[] {
  if (operand.k === 'expression') return [...namesIn(operand.value)];
  if (operand.k === 'list') return operand.values.flatMap((value) => [...namesIn(value)]);
  if (operand.k === 'empty') return [];
  return [...(operand.offset ? namesIn(operand.offset) : []), ...namesIn(operand.base)];
}

/** The registers and labels that a cell's operands name. */
function inCell(cell: LitmusCell, file: string, labels: ReadonlySet<string>): NamePlace[] {
  const { body } = cell.statement;
  return (body?.operands ?? []).flatMap(namesOf).flatMap(({ name, start, end }): NamePlace[] => {
    const register = xRegister(name);
    const source = { file, start, end };
    if (register !== undefined) {
      return [{ kind: 'register', name: `${cell.thread}:x${register}`, definition: false, source }];
    }
    const label = `P${cell.thread}:${name}`;
    return labels.has(label) ? [{ kind: 'label', name: label, definition: false, source }] : [];
  });
}

const known = new WeakMap<LitmusAnalysis, readonly NamePlace[]>();

/** All names of a file in the order of the text, each place once. */
export function namePlaces(analysis: LitmusAnalysis): readonly NamePlace[] {
  let places = known.get(analysis);
  if (!places) {
    const labels = new Set(analysis.references.flatMap(({ kind, name }) => (kind === 'label' ? [name] : [])));
    const byStart = new Map<number, NamePlace>();
    for (const place of analysis.cells.flatMap((cell) => inCell(cell, analysis.file, labels))) {
      byStart.set(place.source.start, place);
    }
    for (const place of analysis.references) byStart.set(place.source.start, { ...place, name: canonical(place) });
    places = [...byStart.values()].sort((a, b) => a.source.start - b.source.start);
    known.set(analysis, places);
  }
  return places;
}

/** `0:a0` and `0:x10` are one register. */
function canonical({ kind, name }: LitmusReference): string {
  const [, thread, register] = /^(\d+):(\w+)$/.exec(name) ?? [];
  const number = register === undefined ? undefined : xRegister(register);
  return kind === 'register' && number !== undefined ? `${thread}:x${number}` : name;
}

/** The name at an offset; null where there is none. */
export function placeAt(analysis: LitmusAnalysis, offset: number): NamePlace | null {
  return namePlaces(analysis).find(({ source }) => touches(source, offset)) ?? null;
}

/** The cell at an offset; null where there is none. */
export function cellAt(analysis: LitmusAnalysis, offset: number): LitmusCell | null {
  return analysis.cells.find(({ source }) => touches(source, offset)) ?? null;
}

/** All places of the name at an offset, in the order of the text. */
export function placesOf(analysis: LitmusAnalysis, offset: number): readonly NamePlace[] {
  const at = placeAt(analysis, offset);
  if (!at) return [];
  return namePlaces(analysis).filter(({ kind, name }) => kind === at.kind && name === at.name);
}

/** Where the name at an offset is defined: at its definition, else where it is first named; null where there is none. */
export function litmusDefinition(analysis: LitmusAnalysis, offset: number): Source | null {
  const all = placesOf(analysis, offset);
  return (all.find(({ definition }) => definition) ?? all[0])?.source ?? null;
}

/** The text of a place. */
export function textAt({ text }: LitmusAnalysis, { start, end }: Span): string {
  return text.slice(start, end);
}
