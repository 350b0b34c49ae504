/** `0x80a00000`; at least `digits` hex digits. */
export function hex(value: bigint | number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** Little-endian bytes as one unsigned number. */
export function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Little-endian bytes as one hex number without `0x`, all digits: `000282e7`. */
export function bytesText(bytes: Uint8Array): string {
  return toNumber(bytes)
    .toString(16)
    .padStart(2 * bytes.length, '0');
}

/** The bits in groups of four, the most significant first: `0000 0000 0001 0011`. */
export function bitsText(bytes: Uint8Array): string {
  const bits = toNumber(bytes)
    .toString(2)
    .padStart(8 * bytes.length, '0');
  return bits.replace(/(....)(?=.)/g, '$1 ');
}
