import type { Isa } from '../isa/types';
import type { Analysis, WriteInfo } from '../language/analysis';
import { addressNames, disassemble, instructionText, type NameOf, placeText } from './image';
import { code, preformatted } from './markdown';
import { bitsText, bytesText } from './numbers';

/** How a store and the fetches of what it changes may be taken apart. */
export interface Tearing {
  /** Whether a pass may execute parts of the old and of the new bytes. */
  readonly tears: boolean;
  /** Why, or why not, in words. */
  readonly why: string;
  /** What such a fetch may yield, beyond the old and the new bytes; each once. */
  readonly images: readonly Uint8Array[];
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Every way to take each piece of `size` bytes from one image or the other, without the two themselves. */
function mixtures(before: Uint8Array, after: Uint8Array, size: number): Uint8Array[] {
  const pieces = Math.ceil(after.length / size);
  const images: Uint8Array[] = [];
  for (let choice = 0; choice < 2 ** pieces; choice++) {
    const image = after.map((byte, i) => ((choice >> Math.floor(i / size)) & 1 ? byte : before[i]!));
    if (![before, after, ...images].some((known) => equal(known, image))) images.push(image);
  }
  return images;
}

/**
 * Can the store be seen in parts? It can where it is split, and where the fetch of one instruction is: a unit is 4
 * aligned bytes with Ziccif, 2 bytes without it.
 */
export function tearing(write: WriteInfo, before: Uint8Array, isa: Isa): Tearing {
  const { address, bytes, split } = write;
  const ziccif = isa.extensions.has('ziccif');
  const unit = ziccif ? 4n : 2n;
  // The fetch of each new instruction that lies across a unit's border takes two events.
  const across = disassemble(bytes, address, isa).some(
    (one) => one.address / unit !== (one.address + BigInt(one.bytes.length) - 1n) / unit,
  );
  if (split === null && !across) {
    const relies = ziccif
      ? 'one aligned store, fetched in one piece (Ziccif)'
      : 'one aligned store of one 16-bit parcel';
    const several = bytes.length > 4 ? '; its instructions are fetched one by one, each old or new' : '';
    return { tears: false, why: relies + several, images: [] };
  }
  const images = mixtures(before, bytes, split?.includes('byte') ? 1 : 2);
  const misplaced =
    address % 4n === 2n ? 'at 2 mod 4 it lies across two fetch units' : 'it lies across two fetch units';
  const reasons = [
    ...(split === null ? [] : [split]),
    ...(across ? [ziccif ? misplaced : 'without Ziccif each 16-bit parcel is fetched by itself'] : []),
  ];
  if (images.length === 0)
    return { tears: false, why: `only one part changes, though ${reasons.join(', and ')}`, images };
  return { tears: true, why: reasons.join(', and '), images };
}

function bitPositions(before: Uint8Array, after: Uint8Array): { readonly marks: string; readonly count: number } {
  const [a, b] = [bitsText(before), bitsText(after)];
  const marks = [...b].map((bit, i) => (bit === a[i] ? ' ' : '^')).join('');
  return { marks: marks.trimEnd(), count: marks.replaceAll(' ', '').length };
}

/** At most this many torn words are shown. */
const mostImages = 6;

class WriteHover {
  private readonly isa: Isa;
  private readonly nameOf: NameOf;

  constructor(
    analysis: Analysis,
    private readonly write: WriteInfo,
  ) {
    this.isa = analysis.machine.isa;
    this.nameOf = addressNames(analysis);
  }

  markdown(): string {
    const { write } = this;
    const head = `Stores ${code(`0x${bytesText(write.bytes)}`)} at ${code(placeText(write.address, this.nameOf))}, ${write.bytes.length} bytes`;
    if (write.before.length === 0) {
      return `${head}\n\n${preformatted([this.line('new', write.bytes)])}\n\nNo version lists these bytes.`;
    }
    return [head, ...write.before.map(({ version, bytes }) => this.change(version, bytes))].join('\n\n');
  }

  private text(bytes: Uint8Array): string {
    return disassemble(bytes, this.write.address, this.isa)
      .map((one) => instructionText(one, this.isa, this.nameOf))
      .join('; ');
  }

  private line(label: string, bytes: Uint8Array): string {
    return `${label.padEnd(4)} ${bitsText(bytes)}  0x${bytesText(bytes)}  ${this.text(bytes)}`;
  }

  private change(version: string, before: Uint8Array): string {
    const { bytes } = this.write;
    if (equal(before, bytes)) return `Over ${code(version)}: the same bytes, nothing changes.`;
    const { marks, count } = bitPositions(before, bytes);
    const { tears, why, images } = tearing(this.write, before, this.isa);
    const torn = images
      .slice(0, mostImages)
      .map((image) => `- ${code(`0x${bytesText(image)}`)} = ${code(this.text(image))}`);
    const more = images.length > mostImages ? [`- and ${images.length - mostImages} more`] : [];
    return [
      `Over ${code(version)}, ${count} ${count === 1 ? 'bit differs' : 'bits differ'}:`,
      preformatted([this.line('old', before), this.line('new', bytes), `     ${marks}`]),
      `${tears ? '**Can tear**' : 'Cannot tear'}: ${why}.`,
      ...(torn.length > 0 ? [`A fetch in between may yield:\n${[...torn, ...more].join('\n')}`] : []),
    ].join('\n\n');
  }
}

/** What a code store changes, and whether the change can be seen in parts, as Markdown. */
export function hoverWrite(analysis: Analysis, write: WriteInfo): string {
  return new WriteHover(analysis, write).markdown();
}
