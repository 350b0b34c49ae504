/** What may legitimately stand at a site's addresses: its versions, and whatever a patcher writes as an instruction. */
import type { Program } from './program';
import type { Site } from './scenario';

interface Image {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** Index of the version, or -1 for a word that only a write names. */
  readonly version: number;
}

export class Images {
  readonly #images: readonly Image[];

  constructor(site: Site, program: Program) {
    const images: Image[] = site.versions.flatMap((version, index) =>
      runs(version.instructions).map((run) => ({ ...run, version: index })),
    );
    for (const operation of program.operations)
      if (operation.kind === 'store' && operation.target === 'code') {
        images.push({ address: operation.address, bytes: operation.bytes, version: -1 });
        for (const { address, bytes } of operation.instructions) images.push({ address, bytes, version: -1 });
      }
    this.#images = images;
  }

  /** Did nobody mean these bytes to stand here? */
  torn(address: bigint, bytes: Uint8Array): boolean {
    return !this.#images.some((image) => contains(image, address, bytes));
  }

  /** Bit i: version i has exactly these bytes here. */
  versions(address: bigint, bytes: Uint8Array): number {
    let set = 0;
    for (const image of this.#images)
      if (image.version >= 0 && contains(image, address, bytes)) set |= 1 << image.version;
    return set;
  }
}

/** Adjacent instructions joined: bytes are compared, not where instructions begin. */
function runs(pieces: readonly { address: bigint; bytes: Uint8Array }[]): { address: bigint; bytes: Uint8Array }[] {
  const joined: { address: bigint; bytes: number[] }[] = [];
  for (const { address, bytes } of [...pieces].sort((a, b) => (a.address < b.address ? -1 : 1))) {
    const last = joined.at(-1);
    if (last && last.address + BigInt(last.bytes.length) === address) last.bytes.push(...bytes);
    else joined.push({ address, bytes: [...bytes] });
  }
  return joined.map(({ address, bytes }) => ({ address, bytes: Uint8Array.from(bytes) }));
}

function contains(image: Image, address: bigint, bytes: Uint8Array): boolean {
  const start = Number(address - image.address);
  if (start < 0 || start + bytes.length > image.bytes.length) return false;
  return bytes.every((byte, i) => image.bytes[start + i] === byte);
}
