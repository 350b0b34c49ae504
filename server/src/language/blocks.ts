import type { PlacedInstruction, Region, Source } from '../checker/scenario';
import type { AssembledBlock, AssembledStatement } from '../isa/asm/types';
import { decode, instructionLength } from '../isa/decode';
import type { Decoded, Isa } from '../isa/types';
import type { InstructionInfo } from './analysis';
import { type AssemblyText, isNamed, sourceOf, type Unit } from './declarations';
import type { NameEntry } from './names';
import type { BlockScope, LabelTarget } from './scope';

/** A version or region in its place. */
export interface PlacedBlock extends BlockScope {
  readonly text: AssemblyText;
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly instructions: readonly PlacedInstruction[];
}

/** A label before its block is assembled. */
export function emptyTarget(entry: NameEntry, address: bigint): LabelTarget {
  return { entry, address, instructions: [], bytes: new Uint8Array(), pcrelHi: null };
}

/** A region as the checker is told of it. */
export function regionOf(block: PlacedBlock): Region {
  const { entry, text, address, bytes, instructions } = block;
  const kind = entry.kind === 'data' ? 'data' : 'code';
  const labels = new Map([...block.labels].map(([name, target]) => [name, target.address]));
  return { name: entry.name, kind, address, bytes, instructions, labels, source: sourceOf(text.unit, text.node) };
}

/** An assembled block with its labels. */
export function placedBlock(text: AssemblyText, address: bigint, block: AssembledBlock, isa: Isa): PlacedBlock {
  const bytes = new Uint8Array(block.size);
  const instructions: PlacedInstruction[] = [];
  const labels = new Map<string, LabelTarget>();
  let pending: string[] = [];
  for (const assembled of block.statements) {
    bytes.set(assembled.bytes, Number(assembled.address - address));
    pending.push(...assembled.statement.labels.map(({ name }) => name));
    if (assembled.bytes.length === 0) continue;
    const placed =
      text.entry.kind === 'data' ? [] : placedInstructions(assembled, text.unit, pending.find(isNamed) ?? null, isa);
    instructions.push(...placed);
    for (const name of pending) define(name, assembled.address, placed, assembled.bytes);
    pending = [];
  }
  for (const name of pending) define(name, address + BigInt(block.size), [], new Uint8Array());
  return { entry: text.entry, labels, text, address, bytes, instructions };

  function define(name: string, at: bigint, placed: readonly PlacedInstruction[], content: Uint8Array): void {
    const entry = text.labels.get(name);
    if (entry !== undefined && !labels.has(name)) {
      labels.set(name, {
        entry,
        address: at,
        instructions: placed,
        bytes: content,
        pcrelHi: block.pcrelHi.get(name) ?? null,
      });
    }
  }
}

/** The instructions of one statement; those that `.word` and its like spell out are cut by their own length bits. */
export function placedInstructions(
  assembled: AssembledStatement,
  unit: Unit,
  label: string | null,
  isa: Isa,
): PlacedInstruction[] {
  const body = assembled.statement.body;
  const source: Source = sourceOf(unit, body ?? assembled.statement);
  const placed: PlacedInstruction[] = [];
  for (const piece of assembled.pieces) {
    const parts = piece.decoded === null ? cut(piece.bytes, isa) : [{ offset: 0, length: piece.bytes.length }];
    for (const { offset, length } of parts) {
      const bytes = piece.bytes.slice(offset, offset + length);
      placed.push({
        label: placed.length === 0 ? label : null,
        address: piece.address + BigInt(offset),
        bytes,
        text: piece.text.replace(/\s+/g, ' '),
        source,
      });
    }
  }
  return placed;
}

/** The instructions that stored bytes spell out, with the text and the place of the store. */
export function instructionsIn(
  bytes: Uint8Array,
  address: bigint,
  text: string,
  source: Source,
  isa: Isa,
): PlacedInstruction[] {
  return cut(bytes, isa).map(({ offset, length }) => ({
    label: null,
    address: address + BigInt(offset),
    bytes: bytes.slice(offset, offset + length),
    text,
    source,
  }));
}

function cut(bytes: Uint8Array, isa: Isa): { readonly offset: number; readonly length: number }[] {
  const parts: { offset: number; length: number }[] = [];
  for (let offset = 0; offset + 2 <= bytes.length; ) {
    const length = Math.min(decoded(bytes, offset, isa).length, 4);
    if (offset + length > bytes.length) break;
    parts.push({ offset, length });
    offset += length;
  }
  return parts;
}

/** What the bytes at an offset decode to; bytes beyond the end count as 0. */
function decoded(bytes: Uint8Array, offset: number, isa: Isa): Decoded {
  const parcel = (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
  const word =
    instructionLength(parcel) === 2
      ? parcel
      : (parcel | ((bytes[offset + 2] ?? 0) << 16) | ((bytes[offset + 3] ?? 0) << 24)) >>> 0;
  return decode(word, isa);
}

/** What the editor shows of a block's instructions. */
export function instructionInfos(block: AssembledBlock, text: AssemblyText): InstructionInfo[] {
  const infos: InstructionInfo[] = [];
  let label: string | null = null;
  for (const { statement, pieces } of block.statements) {
    label = statement.labels.find(({ name }) => isNamed(name))?.name ?? label;
    if (statement.body === null) continue;
    for (const piece of pieces) {
      if (piece.decoded === null) continue;
      const source = sourceOf(text.unit, statement.body);
      infos.push({
        source,
        address: piece.address,
        bytes: piece.bytes,
        decoded: piece.decoded,
        label,
        container: text.entry,
      });
      label = null;
    }
  }
  return infos;
}
