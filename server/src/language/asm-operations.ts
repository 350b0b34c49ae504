import type { Operation } from '../checker/scenario';
import { assembleAt, placeBlock, placedRanges, quiet, rangeOf, roomFor } from './asm-block';
import { type Deed, follow } from './asm-patcher';
import { instructionsIn, type PlacedBlock } from './blocks';
import type { Context } from './context';
import { type Located, sourceOf } from './declarations';
import type { Group } from './edits';
import { checkPlace, isData } from './stores';

/** `asm { ... }`: the operations that its instructions are, each told at its own. Empty with a message where they cannot be followed. */
export function readAsm(context: Context, { unit, node }: Located, step: string | null): Operation[] {
  const { program, sink, blocks } = context;
  const text = blocks.get(node);
  if (text === undefined) return [];
  const block = placeBlock(context, text, placedRanges(context));
  if (block === null) return [];
  const followed = follow(block, program.isa, program.regionDefinitions);
  if (!followed.ok) {
    sink.add('not-followed', followed.source, followed.message);
    return [];
  }
  if (!sameElsewhere(context, block)) {
    sink.add(
      'not-followed',
      sourceOf(unit, { start: node.start, end: node.start + 'asm'.length }),
      'what this stores depends on where its own instructions stand, and nothing says where',
    );
    return [];
  }
  return followed.deeds.flatMap((deed) => operations(context, deed, step));
}

/** What a deed of the patcher is to the checker. */
function operations(context: Context, deed: Deed, step: string | null): Operation[] {
  const { source, text } = deed.at;
  const common = { step, source, text };
  switch (deed.kind) {
    case 'fence':
      return [{ ...common, kind: 'fence', ...deed.fence }];
    case 'fence.i':
      return [{ ...common, kind: 'fence.i' }];
    case 'load':
      context.onLoad({ address: deed.address, size: deed.size, source });
      return [];
    case 'store': {
      const { address, bytes } = deed;
      const granule = ({ 1: 'byte', 2: 'half', 4: 'word', 8: 'double' } as const)[bytes.length] ?? 'natural';
      const store = { ...common, kind: 'store', address, bytes, granule } as const;
      if (isData(context, address, bytes.length)) return [{ ...store, target: 'data', instructions: [] }];
      const instructions = instructionsIn(bytes, address, text, source, context.program.isa);
      const placed = checkPlace(context, source, { address, bytes, instructions });
      return placed === null ? [] : [{ ...store, target: 'code', instructions }];
    }
  }
}

/** Does the block do the same at another place? */
function sameElsewhere(context: Context, block: PlacedBlock): boolean {
  const { program } = context;
  const taken = [...placedRanges(context), rangeOf(block)];
  const other = assembleAt(quiet(context), block.text, roomFor(context, block.bytes.length, taken) + 0x1230n);
  const results = [block, other].map((one) => one && follow(one, program.isa, program.regionDefinitions));
  const [first, second] = results.map((followed) =>
    followed?.ok
      ? followed.deeds
          .map((deed) =>
            'address' in deed ? `${deed.kind} ${deed.address} ${'bytes' in deed ? deed.bytes.join() : ''}` : deed.kind,
          )
          .join(';')
      : null,
  );
  return first !== null && first === second;
}

/** What a patcher's instructions load must be what stood there at first: nobody stores to it. */
export function checkLoads(
  { sink, program }: Context,
  loads: readonly Parameters<Context['onLoad']>[0][],
  groups: readonly Group[],
): void {
  const writes = groups.flatMap(({ operations }) => operations.flatMap(written));
  for (const { address, size, source } of loads) {
    const writer = writes.find(({ from, to }) => from < address + BigInt(size) && address < to);
    if (writer === undefined) continue;
    const name = program.regionDefinitions.find(
      (region) => address >= region.address && address < region.address + BigInt(region.bytes.length),
    )?.name;
    sink.add(
      'not-followed',
      source,
      `what this loads is not known: \`${name ?? 'it'}\` is changed by \`${writer.text}\``,
      null,
      [{ message: 'here', source: writer.source }],
    );
  }
}

/** The bytes that an operation changes. */
function written(operation: Operation): { from: bigint; to: bigint; text: string; source: Operation['source'] }[] {
  const { text, source } = operation;
  switch (operation.kind) {
    case 'store':
      return [{ from: operation.address, to: operation.address + BigInt(operation.bytes.length), text, source }];
    case 'free':
      return [{ from: operation.address, to: operation.address + BigInt(operation.size), text, source }];
    case 'stop_machine':
      return operation.body.flatMap(written);
    default:
      return [];
  }
}
