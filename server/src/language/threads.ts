import type { Region, ThreadCode } from '../checker/scenario';
import { xRegister } from '../isa/registers';
import { assembleAt, placeBlock, placedRanges, rangeOf } from './asm-block';
import { type PlacedBlock, regionOf } from './blocks';
import { type Context, readAddress } from './context';
import { type AssemblyText, type Located, sourceOf } from './declarations';
import { hex } from './names';
import { nodeOf, nodesOf, wordsOf } from './syntax';

/** A thread, and its code. */
export interface ReadThread extends ThreadCode {
  readonly code: Region;
}

/** Reads `thread NAME at ADDRESS clobbers t0 { ... }` of a protocol. What has errors is left out, with a message. */
export function readThreads(context: Context, threads: readonly Located[]): ReadThread[] {
  const taken = placedRanges(context);
  return threads.flatMap((at): ReadThread[] => {
    const text = context.blocks.get(at.node);
    const block = text === undefined ? null : place(context, at, text, taken);
    if (text === undefined || block === null) return [];
    const { definition: source } = text.entry;
    if (block.instructions.length === 0) {
      context.sink.add('empty-site', source, `thread \`${text.entry.name}\` holds no instruction`);
      return [];
    }
    taken.push(rangeOf(block));
    const { address } = block;
    context.observer.describe(text.entry, address, `thread at ${hex(address)}`);
    return [{ name: text.entry.name, address, clobbers: clobbers(context, at), source, code: regionOf(block) }];
  });
}

/** Where its address says, or where nobody is. */
function place(
  context: Context,
  { unit, node }: Located,
  text: AssemblyText,
  taken: ReturnType<typeof placedRanges>,
): PlacedBlock | null {
  const { program, sink } = context;
  const clause = nodeOf(node, 'address');
  if (clause === null) return placeBlock(context, text, taken);
  const address = readAddress(context, unit, clause);
  if (address === null) return null;
  const ialign = program.isa.extensions.has('zca') || program.isa.extensions.has('c') ? 2n : 4n;
  if (address % ialign !== 0n) {
    sink.add(
      'alignment',
      sourceOf(unit, clause),
      `instructions start at a multiple of ${ialign}, not at ${hex(address)}`,
    );
    return null;
  }
  const block = assembleAt(context, text, address);
  if (block === null) return null;
  const own = rangeOf(block);
  if (own.to > 1n << BigInt(program.isa.xlen) || taken.some(({ from, to }) => from < own.to && own.from < to)) {
    sink.add('overlap', sourceOf(unit, clause), `\`${text.entry.name}\` (${hex(address)}) overlaps something else`);
    return null;
  }
  return block;
}

function clobbers({ sink }: Context, { unit, node }: Located): number[] {
  const words = nodesOf(node, 'clobbers').flatMap((clause) => wordsOf(clause).slice(1));
  return words.flatMap((word) => {
    if (word.text === ',') return [];
    const register = xRegister(word.text);
    if (register !== undefined && register !== 0) return [register];
    sink.add('unknown-name', sourceOf(unit, word), `\`${word.text}\` is no integer register that can be changed`);
    return [];
  });
}
