import type { Operation, Scenario, Site, Version } from '../checker/scenario';
import { pieces } from '../checker/stores';
import type { WriteInfo } from './analysis';
import { counted } from './names';

export type Store = Extract<Operation, { kind: 'store' }>;

/** All code stores of a scenario's patchers in order, those within `stop_machine` too, with the site of each. */
function codeStores(scenario: Scenario): { readonly operation: Store; readonly site: Site }[] {
  const visit = (operation: Operation): Store[] => {
    if (operation.kind === 'stop_machine') return operation.body.flatMap(visit);
    return operation.kind === 'store' && operation.target === 'code' ? [operation] : [];
  };
  return scenario.patchers
    .flatMap(({ operations }) => operations.flatMap(visit))
    .flatMap((operation) => {
      const site = scenario.sites.find(
        ({ address, size }) => operation.address >= address && operation.address < address + BigInt(size),
      );
      return site === undefined ? [] : [{ operation, site }];
    });
}

/** What each code store changes. */
export function writeInfos(scenario: Scenario): WriteInfo[] {
  return codeStores(scenario).map(({ operation, site }) => ({
    source: operation.source,
    site: site.name,
    address: operation.address,
    bytes: operation.bytes,
    before: site.versions.flatMap((version) => {
      const bytes = listed(site, version, operation);
      return bytes === null ? [] : [{ version: version.name, bytes }];
    }),
    split: splitOf(operation, scenario),
    pieces: pieces(operation, scenario.machine.isa.xlen).map(({ address, bytes }) => ({
      address,
      length: bytes.length,
    })),
  }));
}

/** The bytes that a version lists where a store goes; null where it does not list them all. */
function listed(site: Site, version: Version, { address, bytes: { length } }: Store): Uint8Array | null {
  const image: (number | undefined)[] = [];
  for (const instruction of version.instructions) {
    const offset = Number(instruction.address - site.address);
    instruction.bytes.forEach((byte, i) => {
      image[offset + i] = byte;
    });
  }
  const start = Number(address - site.address);
  const bytes = Array.from({ length }, (_, i) => image[start + i]);
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : null;
}

function splitOf(operation: Store, scenario: Scenario): string | null {
  const parts = pieces(operation, scenario.machine.isa.xlen);
  if (parts.length < 2) return null;
  const sizes = [...new Set(parts.map(({ bytes }) => bytes.length))];
  return `${parts.length} stores of ${sizes.map((size) => counted(size, 'byte')).join(' and ')}`;
}

/** Stores that change nothing when the operations before them have run in order. */
export function noChanges(scenario: Scenario): { readonly operation: Store; readonly site: string }[] {
  // What stood there before depends on which patcher came first.
  if (scenario.patchers.length > 1) return [];
  const images = new Map(scenario.sites.map((site) => [site, Uint8Array.from(site.initial)]));
  return codeStores(scenario).flatMap(({ operation, site }) => {
    const image = images.get(site);
    const start = Number(operation.address - site.address);
    const same = operation.bytes.every((byte, i) => image?.[start + i] === byte);
    image?.set(operation.bytes, start);
    return same ? [{ operation, site: site.name }] : [];
  });
}
