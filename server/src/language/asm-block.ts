/** Assembly that stands in a protocol: it is code of the patcher or of a thread, at a place that nobody else has. */
import { assembleBlock } from '../isa/asm/assemble';
import { xRegister } from '../isa/registers';
import { emptyTarget, instructionInfos, type PlacedBlock, placedBlock } from './blocks';
import type { Context } from './context';
import type { AssemblyText } from './declarations';
import { assemblyCode, DiagnosticSink } from './diagnostics';
import { namesOf } from './expressions';
import { hex, silent } from './names';
import { alternatives, find, type Here, wordsInReach } from './scope';

/** Assembles a block at an address; null with messages where it has errors. */
export function assembleAt(context: Context, text: AssemblyText, address: bigint): PlacedBlock | null {
  const { program, sites, sink, observer } = context;
  const { unit, statements, entry } = text;
  const labels = new Map([...text.labels].map(([name, label]) => [name, emptyTarget(label, address)]));
  const here: Here = { block: { entry, address, labels }, sites };
  const lookup = (name: string) => find(program, name, here);
  const block = assembleBlock(statements, address, {
    isa: program.isa,
    symbol: (name) => lookup(name)[0]?.address ?? undefined,
    get symbolNames() {
      return [...wordsInReach(program, here)];
    },
    pcrelHi: (name) => lookup(name)[0]?.label?.pcrelHi ?? undefined,
  });
  for (const { code, message, start, end, suggestion } of block.problems)
    sink.add(assemblyCode({ code, message, start, end }), { file: unit.file, start, end }, message, suggestion ?? null);
  for (const statement of statements)
    for (const { name, start, end } of namesOf(statement)) {
      if (xRegister(name) !== undefined) continue;
      const found = lookup(name);
      if (found.length > 1)
        sink.add('ambiguous-name', { file: unit.file, start, end }, `\`${name}\` may be ${alternatives(found)}`);
      for (const { entry: used, offset, length } of found[0]?.parts ?? [])
        observer.refer(used, { file: unit.file, start: start + offset, end: start + offset + length });
    }
  for (const [name, label] of text.labels) {
    const at = block.labels.get(name) ?? null;
    observer.describe(label, at, at === null ? 'label' : `label at ${hex(at)}`);
  }
  for (const info of instructionInfos(block, text)) context.onInstruction(info);
  return block.problems.length > 0 ? null : placedBlock(text, address, block, program.isa);
}

/** Bytes that are taken, the end excluded. */
export interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

/** What the file has placed. */
export function placedRanges({ program }: Context): Range[] {
  return [
    // Of many sites of one shape nobody executes any.
    ...[...program.sites.values()]
      .filter(({ members }) => members.count === 1)
      .map(({ address, size }) => ({ from: address, to: address + BigInt(size) })),
    ...program.regionDefinitions.map(({ address, bytes }) => ({ from: address, to: address + BigInt(bytes.length) })),
    ...program.symbolDefinitions.map(({ address }) => ({ from: address, to: address + 1n })),
  ];
}

/** Places that are left open are multiples of this apart. */
const stride = 0x10000n;

/** The nearest address to the protocol's sites with so many bytes that nobody has. */
export function roomFor({ program, sites }: Context, size: number, taken: readonly Range[]): bigint {
  const near = (sites[0]?.address ?? 0n) / stride;
  const room = (BigInt(size) / stride + 1n) * stride;
  const space = 1n << BigInt(program.isa.xlen);
  const isFree = (at: bigint): boolean =>
    at >= 0n && at + room <= space && taken.every(({ from, to }) => to <= at || at + room <= from);
  for (let distance = 1n; ; distance++)
    for (const at of [(near + distance) * stride, (near - distance) * stride]) if (isFree(at)) return at;
}

/** The range of a block. */
export const rangeOf = ({ address, bytes }: PlacedBlock): Range => ({
  from: address,
  to: address + BigInt(bytes.length),
});

/** The same context, in which nobody is told anything. */
export const quiet = (context: Context): Context => ({
  ...context,
  sink: new DiagnosticSink(),
  observer: silent,
  onInstruction: () => undefined,
});

/** Assembles a block where nobody is; null with messages where it has errors. */
export function placeBlock(context: Context, text: AssemblyText, taken: readonly Range[]): PlacedBlock | null {
  const size = assembleAt(quiet(context), text, roomFor(context, 0, taken))?.bytes.length ?? 0;
  return assembleAt(context, text, roomFor(context, size, taken));
}
