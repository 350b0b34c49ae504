/** Assembly that stands in a protocol: it is code of the patcher or of a thread, at a place that nobody else has. */
import { assembleBlock } from '../isa/asm/assemble';
import { xRegister } from '../isa/registers';
import { emptyTarget, instructionInfos, type PlacedBlock, placedBlock } from './blocks';
import type { Context } from './context';
import type { AssemblyText } from './declarations';
import { assemblyCode } from './diagnostics';
import { namesOf } from './expressions';
import { hex } from './names';
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

/** Between two of them: room enough for what follows. */
const stride = 0x10000n;

/** An address near the sites at which nothing of the file stands within so many bytes. */
export function roomFor({ program, sites }: Context, size: number, nth = 0): bigint {
  const taken = [
    ...[...program.sites.values()].map(({ members, size: length }) => {
      const last = members.first + BigInt(members.count - 1) * members.step;
      return { from: members.first, to: last + BigInt(length) };
    }),
    ...program.regionDefinitions.map(({ address, bytes }) => ({ from: address, to: address + BigInt(bytes.length) })),
    ...program.symbolDefinitions.map(({ address }) => ({ from: address, to: address + 4n })),
  ];
  const first = sites[0]?.address ?? 0n;
  const space = 1n << BigInt(program.isa.xlen);
  const room = (BigInt(size) / stride + 1n) * stride;
  const free = (at: bigint): boolean =>
    at >= 0n && at + room <= space && taken.every(({ from, to }) => to <= at || at + room <= from);
  let left = nth;
  for (let distance = stride; ; distance += room)
    for (const at of [first + distance, first - distance]) {
      const aligned = at - (((at % stride) + stride) % stride);
      if (free(aligned) && left-- === 0) return aligned;
    }
}
