import type { Granule, Operation, PlacedInstruction, Source } from '../checker/scenario';
import { assembleBlock } from '../isa/asm/assemble';
import { parseStatement } from '../isa/asm/statement';
import { xRegister } from '../isa/registers';
import { placedInstructions } from './blocks';
import { type Context, findLabel, readAddress } from './context';
import { type Located, longestStatement, normalised, plainText, sourceOf, type Unit } from './declarations';
import { assemblyCode } from './diagnostics';
import { namesOf } from './expressions';
import { counted, hex } from './names';
import type { PlacedSite } from './program';
import { find, wordsInReach } from './scope';
import { nodeOf, nodesOf, type SyntaxNode, textOf, wordsOf } from './syntax';

/** How many bytes a granule has; null: whatever the store has. */
const granuleSize: Readonly<Record<Granule, number | null>> = {
  natural: null,
  byte: 1,
  half: 2,
  word: 4,
  double: 8,
};

function readGranule(node: SyntaxNode): Granule {
  const granule = nodeOf(node, 'granule');
  const word = granule === null ? undefined : wordsOf(granule)[1]?.text;
  return word === 'byte' || word === 'half' || word === 'word' || word === 'double' ? word : 'natural';
}

/** Why bytes cannot be stored by this granule; null where they can. */
export function granuleProblem(bytes: number, granule: Granule): string | null {
  const size = granuleSize[granule];
  return size === null || bytes % size === 0
    ? null
    : `${counted(bytes, 'byte')} cannot be stored by ${granule} of ${size}`;
}

/** What all operations have. */
export interface Common {
  readonly step: string | null;
  readonly source: Source;
  readonly text: string;
}

/** `write LABEL, LABEL [by half]` or `write SITE+OFFSET, INSTRUCTION [by half]`. */
export function readWrite(context: Context, at: Located, step: string | null): Operation[] {
  const { sink } = context;
  const { unit, node } = at;
  const operands = nodesOf(node, 'operand');
  const [first, ...rest] = operands;
  const source = sourceOf(unit, node);
  const text = normalised(unit, node);
  if (first === undefined) {
    sink.add('operation', source, 'what is written is missing: `write LABEL`, or `write SITE+OFFSET, INSTRUCTION`');
    return [];
  }
  const granule = readGranule(node);
  if (granule === 'double' && context.program.isa.xlen === 32) {
    sink.add('granule', sourceOf(unit, nodeOf(node, 'granule') ?? node), 'RV32 has no 8-byte store');
    return [];
  }
  const targets = isPlace(context, unit, first)
    ? placeTarget(context, unit, first, rest)
    : operands.map((operand) => labelTarget(context, unit, operand));
  const found = targets?.filter((target) => target !== null) ?? [];
  if (targets === null || found.length < targets.length) return [];

  // Instructions that are shorter than one store are stored together, as far as they stand side by side.
  const size = granuleSize[granule] ?? 1;
  if (found.every(({ bytes }) => bytes.length % size === 0)) {
    return found.map((target, index): Operation => {
      const part = found.length === 1 ? node : (operands[index] ?? node);
      const own =
        found.length === 1 ? text : `write ${normalised(unit, part)}${granule === 'natural' ? '' : ` by ${granule}`}`;
      return { step, source: sourceOf(unit, part), text: own, kind: 'store', granule, target: 'code', ...target };
    });
  }
  const joined = join(found);
  const problem =
    joined === null ? 'these instructions do not stand side by side' : granuleProblem(joined.bytes.length, granule);
  if (joined !== null && problem === null) {
    return [{ step, source, text, kind: 'store', granule, target: 'code', ...joined }];
  }
  sink.add('granule', sourceOf(unit, nodeOf(node, 'granule') ?? node), problem ?? '');
  return [];
}

interface StoreTarget {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly instructions: readonly PlacedInstruction[];
}

function join(parts: readonly StoreTarget[]): StoreTarget | null {
  const sorted = [...parts].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  const [first] = sorted;
  if (first === undefined) return null;
  const bytes: number[] = [];
  for (const part of sorted) {
    if (part.address !== first.address + BigInt(bytes.length)) return null;
    bytes.push(...part.bytes);
  }
  return {
    address: first.address,
    bytes: Uint8Array.from(bytes),
    instructions: sorted.flatMap(({ instructions }) => instructions),
  };
}

/** Does a `write` begin with a place (a site, perhaps with an offset) rather than with a label? */
function isPlace({ program }: Context, unit: Unit, operand: SyntaxNode): boolean {
  const words = wordsOf(operand);
  return words.length > 1 || program.sites.has(textOf(unit.tree, operand));
}

function labelTarget(context: Context, unit: Unit, operand: SyntaxNode): StoreTarget | null {
  const word = plainText(unit, operand).trim();
  const target = findLabel(context, unit, { text: word, start: operand.start, end: operand.end });
  if (target === null) return null;
  if (target.bytes.length === 0) {
    context.sink.add('operation', sourceOf(unit, operand), `there is no instruction at \`${word}\``);
    return null;
  }
  return checkPlace(context, sourceOf(unit, operand), {
    address: target.address,
    bytes: target.bytes,
    instructions: target.instructions,
  });
}

/** The one store of `write SITE+OFFSET, INSTRUCTION`, where a directive such as `.half 0x0080` may stand too. */
function placeTarget(
  context: Context,
  unit: Unit,
  place: SyntaxNode,
  rest: readonly SyntaxNode[],
): (StoreTarget | null)[] | null {
  const { program, sink } = context;
  const [first] = rest;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) {
    sink.add('operation', sourceOf(unit, place), 'the instruction is missing: `write SITE+OFFSET, INSTRUCTION`');
    return null;
  }
  const address = readAddress(context, unit, place);
  const span = { start: first.start, end: last.end };
  const source = sourceOf(unit, span);
  if (span.end - span.start > longestStatement) {
    sink.add('syntax', { ...source, end: source.start + 1 }, 'this statement is too long');
    return null;
  }
  if (address === null) return null;
  const statement = parseStatement(unit.blanked, span.start, span.end);
  const lookup = (name: string) => find(program, name, { sites: context.sites })[0];
  const block = assembleBlock([statement], address, {
    isa: program.isa,
    symbol: (name) => lookup(name)?.address ?? undefined,
    symbolNames: [...wordsInReach(program, { sites: context.sites })],
    pcrelHi: (name) => lookup(name)?.label?.pcrelHi ?? undefined,
  });
  const { problems } = block;
  for (const problem of problems) {
    const at = { file: unit.file, start: problem.start, end: problem.end };
    sink.add(assemblyCode(problem), at, problem.message, problem.suggestion ?? null);
  }
  const [assembled] = block.statements;
  for (const { name, start, end } of namesOf(statement)) {
    if (xRegister(name) !== undefined) continue;
    for (const { entry, offset, length } of lookup(name)?.parts ?? []) {
      context.observer.refer(
        entry,
        sourceOf(unit, { start: start + offset, end: Math.min(end, start + offset + length) }),
      );
    }
  }
  if (problems.length > 0 || assembled === undefined) return null;
  for (const piece of assembled.pieces) {
    if (piece.decoded === null) continue;
    const site = context.sites.find((candidate) => contains(candidate, address, 1));
    context.onInstruction({
      source,
      address: piece.address,
      bytes: piece.bytes,
      decoded: piece.decoded,
      label: null,
      container: site?.entry ?? null,
    });
  }
  const instructions = placedInstructions(assembled, unit, null, program.isa);
  return [checkPlace(context, source, { address, bytes: assembled.bytes, instructions })];
}

function contains(site: PlacedSite, address: bigint, length: number): boolean {
  return address >= site.address && address + BigInt(length) <= site.address + BigInt(site.size);
}

/** A code store must lie within one of the protocol's sites. */
export function checkPlace({ sites, program, sink }: Context, source: Source, target: StoreTarget): StoreTarget | null {
  if (sites.some((site) => contains(site, target.address, target.bytes.length))) return target;
  const where = `${hex(target.address)} to ${hex(target.address + BigInt(target.bytes.length))}`;
  const other = [...program.sites.values()].find((site) => contains(site, target.address, target.bytes.length));
  const why =
    other === undefined
      ? `${where} is not within ${sites.map(({ entry, address, size }) => `\`${entry.name}\` (${hex(address)}, ${counted(size, 'byte')})`).join(' or ') || 'any site'}`
      : `the protocol does not patch \`${other.entry.name}\`: add \`, ${other.entry.name} from VERSION\` to \`patches\``;
  sink.add('outside-site', source, why);
  return null;
}

/** Do so many bytes at an address lie within one `data`? */
export function isData({ program }: Context, address: bigint, size: number): boolean {
  return program.regionDefinitions.some(
    (region) =>
      region.kind === 'data' &&
      address >= region.address &&
      address + BigInt(size) <= region.address + BigInt(region.bytes.length),
  );
}

const storeSize: Readonly<Record<string, number>> = { 'store.b': 1, 'store.h': 2, 'store.w': 4, 'store.d': 8 };

/** `store.d ADDRESS, VALUE`: data. */
export function readStore(context: Context, { unit, node }: Located, common: Common): Operation[] {
  const { sink, program } = context;
  const size = storeSize[wordsOf(node)[0]?.text ?? ''];
  const [place, content, more] = nodesOf(node, 'operand');
  if (size === undefined || place === undefined || content === undefined || more !== undefined) {
    sink.add('operation', common.source, 'a data store has an address and a value: `store.d slot, target`');
    return [];
  }
  if (size === 8 && program.isa.xlen === 32) {
    sink.add('operation', common.source, 'RV32 has no 8-byte store');
    return [];
  }
  const granule = readGranule(node);
  const problem = granuleProblem(size, granule);
  if (problem !== null) sink.add('granule', common.source, problem);
  const address = readAddress(context, unit, place);
  const value = readAddress(context, unit, content);
  if (address === null || value === null || problem !== null) return [];
  const width = BigInt(size * 8);
  if (value >= 1n << width && value < (1n << BigInt(program.isa.xlen)) - (1n << (width - 1n))) {
    sink.add('operation', sourceOf(unit, content), `the value does not fit ${counted(size, 'byte')}`);
    return [];
  }
  const bytes = Uint8Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
  if (!isData(context, address, size)) {
    sink.add(
      'outside-site',
      sourceOf(unit, place),
      `${hex(address)} is not within \`data\`: code is stored to by \`write\``,
    );
    return [];
  }
  return [{ ...common, kind: 'store', address, bytes, granule, target: 'data', instructions: [] }];
}
