/** A piece of an ELF file: a section that is loaded. */
export interface Part {
  readonly name: string;
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly executable?: boolean;
}

/** A symbol in one of the parts. */
export interface Label {
  readonly name: string;
  readonly address: bigint;
  readonly part: number;
}

/** Writes an RV64 executable: each part as a section and a segment, and global symbols without a type. */
export function elf64(entry: bigint, parts: readonly Part[], labels: readonly Label[]): Uint8Array {
  const names = ['', ...parts.map(({ name }) => name), '.symtab', '.strtab'];
  const strings = text([...new Set([...names, ...labels.map(({ name }) => name)])]);
  const symbols = new Uint8Array(24 * (labels.length + 1));
  const symbolView = new DataView(symbols.buffer);
  labels.forEach(({ name, address, part }, i) => {
    const at = 24 * (i + 1);
    symbolView.setUint32(at, strings.at(name), true);
    symbolView.setUint8(at + 4, 0x10);
    symbolView.setUint16(at + 6, part + 1, true);
    symbolView.setBigUint64(at + 8, address, true);
  });
  const blocks = [...parts.map(({ bytes }) => bytes), symbols, strings.bytes];
  let offset = 64 + 56 * parts.length;
  const offsets = blocks.map((block) => {
    const at = offset;
    offset += block.length;
    return at;
  });
  const file = new Uint8Array(offset + 64 * (blocks.length + 1));
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const half = (at: number, ...values: number[]): void => {
    values.forEach((value, i) => void view.setUint16(at + 2 * i, value, true));
  };
  half(16, 2, 243);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, entry, true);
  view.setBigUint64(32, 64n, true);
  view.setBigUint64(40, BigInt(offset), true);
  half(52, 64, 56, parts.length, 64, blocks.length + 1, blocks.length);
  parts.forEach(({ address, bytes }, i) => {
    const at = 64 + 56 * i;
    view.setUint32(at, 1, true);
    view.setUint32(at + 4, 7, true);
    [offsets[i] ?? 0, address, address, bytes.length, bytes.length].forEach((value, field) => {
      view.setBigUint64(at + 8 + 8 * field, BigInt(value), true);
    });
  });
  blocks.forEach((block, i) => {
    file.set(block, offsets[i]);
    const at = offset + 64 * (i + 1);
    const part = parts[i];
    view.setUint32(at, strings.at(names[i + 1] ?? ''), true);
    view.setUint32(at + 4, part !== undefined ? 1 : i === parts.length ? 2 : 3, true);
    view.setBigUint64(at + 8, part === undefined ? 0n : part.executable === true ? 6n : 3n, true);
    view.setBigUint64(at + 16, part?.address ?? 0n, true);
    view.setBigUint64(at + 24, BigInt(offsets[i] ?? 0), true);
    view.setBigUint64(at + 32, BigInt(block.length), true);
    if (i === parts.length) view.setUint32(at + 40, blocks.length, true);
  });
  return file;
}

function text(names: readonly string[]): { readonly bytes: Uint8Array; readonly at: (name: string) => number } {
  const all = names.map((name) => `${name}\0`);
  const bytes = new TextEncoder().encode(all.join(''));
  return { bytes, at: (name) => all.slice(0, names.indexOf(name)).join('').length };
}
