import type { Operation } from '../checker/scenario';
import type { Isa } from '../isa/types';
import type { Analysis, WriteInfo } from '../language/analysis';
import { addressNames, disassemble, instructionText, type NameOf, placeText } from './image';
import { code, preformatted } from './markdown';
import { bitsText, bytesText } from './numbers';

/** Bytes from an address on, as a fetch may see them. */
interface Image {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** How a store and the fetches of what it changes may be taken apart. */
interface Tearing {
  /** Why one executed instruction may be part old, part new, or why not, in words. */
  readonly why: string;
  /** What such a fetch may yield, each once; empty where nothing tears. */
  readonly images: readonly Image[];
  /** What may be executed at old instructions that begin within a new one. */
  readonly strays: readonly Image[];
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Every way to take each of some parts from one image or the other, without the two themselves. */
function mixtures(before: Uint8Array, after: Uint8Array, parts: readonly (readonly number[])[]): Uint8Array[] {
  const images: Uint8Array[] = [];
  for (let choice = 1; choice < 2 ** parts.length - 1; choice++) {
    const image = Uint8Array.from(before);
    parts.forEach((indices, part) => {
      if ((choice >> part) & 1) for (const i of indices) image[i] = after[i]!;
    });
    images.push(image);
  }
  return images;
}

/**
 * Can one instruction be seen part old, part new? Its bytes hang together where one message stores them and one event
 * fetches them: a unit is 4 aligned bytes with Ziccif, 2 bytes without it.
 */
export function tearing(write: WriteInfo, before: Uint8Array, isa: Isa): Tearing {
  const { address, bytes, split, pieces } = write;
  const ziccif = isa.extensions.has('ziccif');
  const unit = ziccif ? 4n : 2n;
  const messageOf = (at: bigint): number =>
    pieces.findIndex((piece) => piece.address <= at && at < piece.address + BigInt(piece.length));
  const after = disassemble(bytes, address, isa);
  let fetchedApart = false;
  const images = after.flatMap((instruction): Image[] => {
    const start = Number(instruction.address - address);
    const parts = new Map<string, number[]>();
    for (let i = start; i < start + instruction.bytes.length; i++) {
      if (before[i] === bytes[i]) continue;
      const at = address + BigInt(i);
      const key = `${messageOf(at)} ${at / unit}`;
      parts.set(key, [...(parts.get(key) ?? []), i]);
    }
    const last = instruction.address + BigInt(instruction.bytes.length) - 1n;
    fetchedApart ||= instruction.address / unit !== last / unit;
    return mixtures(before, bytes, [...parts.values()]).map((image) => ({
      address: instruction.address,
      bytes: image.slice(start, start + instruction.bytes.length),
    }));
  });
  const strays = disassemble(before, address, isa)
    .filter((old) => !after.some((one) => one.address === old.address))
    .map((old) => ({ address: old.address, bytes: bytes.slice(Number(old.address - address)) }));
  const apart = ziccif
    ? 'it lies across a 4-byte boundary: two fetches'
    : 'without Ziccif each 16-bit parcel is fetched by itself';
  const reasons = [...(split === null ? [] : [split]), ...(fetchedApart ? [apart] : [])];
  if (images.length > 0) return { why: reasons.join(', and '), images, strays };
  if (reasons.length > 0)
    return { why: `each instruction changes in one piece, though ${reasons.join(', and ')}`, images, strays };
  const oneByOne = after.length > 1 ? '; the instructions are fetched one by one, each old or new' : '';
  return { why: `one aligned store, and one fetch${ziccif ? ' (Ziccif)' : ''}${oneByOne}`, images, strays };
}

function bitPositions(before: Uint8Array, after: Uint8Array): { readonly marks: string; readonly count: number } {
  const [a, b] = [bitsText(before), bitsText(after)];
  const marks = [...b].map((bit, i) => (bit === a[i] ? ' ' : '^')).join('');
  return { marks: marks.trimEnd(), count: marks.replaceAll(' ', '').length };
}

/** What a store finds in its place when the operations before it have run in order; null where that is not known. */
export function contentsBefore(analysis: Analysis, write: WriteInfo): Uint8Array | null {
  for (const { when, scenario } of analysis.checks) {
    if (when !== null || !scenario) continue;
    const stores = scenario.patchers.flatMap(({ operations }) => operations.flatMap(storesOf));
    const index = stores.findIndex(
      ({ source }) => source.start === write.source.start && source.file === write.source.file,
    );
    const site = scenario.sites.find(({ name }) => name === write.site);
    if (index < 0 || !site) continue;
    const image = Uint8Array.from(site.initial);
    for (const { address, bytes } of stores.slice(0, index)) {
      bytes.forEach((byte, i) => {
        // Stores to other sites and to data fall outside, where an array ignores them.
        image[Number(address - site.address) + i] = byte;
      });
    }
    const start = Number(write.address - site.address);
    return image.slice(start, start + write.bytes.length);
  }
  return null;
}

function storesOf(operation: Operation): Extract<Operation, { kind: 'store' }>[] {
  if (operation.kind === 'stop_machine') return operation.body.flatMap(storesOf);
  return operation.kind === 'store' ? [operation] : [];
}

/** At most this many torn words are shown. */
const mostImages = 6;

class WriteHover {
  private readonly isa: Isa;
  private readonly nameOf: NameOf;

  constructor(
    private readonly analysis: Analysis,
    private readonly write: WriteInfo,
  ) {
    this.isa = analysis.machine.isa;
    this.nameOf = addressNames(analysis);
  }

  markdown(): string {
    const { write } = this;
    const head = `Stores ${code(`0x${bytesText(write.bytes)}`)} at ${code(placeText(write.address, this.nameOf))}, ${write.bytes.length} bytes`;
    return [head, ...this.predecessors().map(({ over, bytes }) => this.change(over, bytes))].join('\n\n');
  }

  /** What stands there before, and in whose words: what the steps before leave, or else each version. */
  private predecessors(): { readonly over: string; readonly bytes: Uint8Array }[] {
    const bytes = contentsBefore(this.analysis, this.write);
    const versions = this.write.before.map((one) => ({ over: `version ${code(one.version)}`, bytes: one.bytes }));
    if (!bytes) return versions;
    const same = versions.filter((one) => equal(one.bytes, bytes)).map(({ over }) => over);
    return [{ over: same.length > 0 ? same.join(' and ') : 'what the steps before leave', bytes }];
  }

  private text(bytes: Uint8Array, address = this.write.address): string {
    return disassemble(bytes, address, this.isa)
      .map((one) => instructionText(one, this.isa, this.nameOf))
      .join('; ');
  }

  private line(label: string, bytes: Uint8Array): string {
    return `${label.padEnd(4)} ${bitsText(bytes)}  0x${bytesText(bytes)}  ${this.text(bytes)}`;
  }

  private list(head: string, images: readonly Image[]): string[] {
    if (images.length === 0) return [];
    const shown = images.slice(0, mostImages).map(({ address, bytes }) => {
      const place = address === this.write.address ? '' : ` at ${code(placeText(address, this.nameOf))}`;
      return `- ${code(`0x${bytesText(bytes)}`)} = ${code(this.text(bytes, address))}${place}`;
    });
    const more = images.length > mostImages ? [`- and ${images.length - mostImages} more`] : [];
    return [[head, ...shown, ...more].join('\n')];
  }

  private change(over: string, before: Uint8Array): string {
    const { bytes } = this.write;
    if (equal(before, bytes)) return `Over ${over}: the same bytes, nothing changes.`;
    const { marks, count } = bitPositions(before, bytes);
    const { why, images, strays } = tearing(this.write, before, this.isa);
    return [
      `Over ${over}, ${count} ${count === 1 ? 'bit differs' : 'bits differ'}:`,
      preformatted([this.line('old', before), this.line('new', bytes), `     ${marks}`]),
      `${images.length > 0 ? '**Can tear**' : 'Cannot tear'}: ${why}.`,
      ...this.list('A fetch in between may yield:', images),
      ...this.list('An old instruction begins within the new one; a pass that goes on there may execute:', strays),
    ].join('\n\n');
  }
}

/** What a code store changes, and whether the change can be seen in parts, as Markdown. */
export function hoverWrite(analysis: Analysis, write: WriteInfo): string {
  return new WriteHover(analysis, write).markdown();
}
