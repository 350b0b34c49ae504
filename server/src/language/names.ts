import type { Source } from '../checker/scenario';
import type { NameInfo, NameKind } from './analysis';

/** A `NameInfo` while it is being made. */
export interface NameEntry extends NameInfo {
  readonly container: NameEntry | null;
  readonly references: Source[];
  address: bigint | null;
  detail: string;
}

/** A new name without uses; `made` where a macro makes it. */
export function nameEntry(
  kind: NameKind,
  name: string,
  definition: Source,
  extent: Source,
  container: NameEntry | null,
  made = false,
): NameEntry {
  return { kind, name, definition, extent, container, made, references: [], address: null, detail: kind };
}

/** Told of what a reading of the text finds out about names. */
export interface Observer {
  /** A use. */
  readonly refer: (entry: NameEntry, source: Source) => void;
  /** Where it stands, and what it is, in words. */
  readonly describe: (entry: NameEntry, address: bigint | null, detail: string) => void;
}

/** For the text as it stands. */
export const recorder: Observer = {
  refer(entry, source) {
    // A text that is read twice (a label in a step and in its `when`) counts each place once.
    const known = entry.references.some(({ start, file }) => start === source.start && file === source.file);
    if (!known) entry.references.push(source);
  },
  describe(entry, address, detail) {
    entry.address = address;
    entry.detail = detail;
  },
};

/** For the same text read again under a `when`. */
export const silent: Observer = { refer() {}, describe() {} };

/** `0xffffffff80a00000` */
export function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
}

/** `1 byte`, `8 bytes` */
export function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
