import type { Forbid, PlacedInstruction, Scenario, Site, SymbolDefinition } from '../../server/src/checker/scenario';
import { type Data, dataHistory } from './data';

/** The scenario's fixed facts about addresses. */
export class World {
  /** What memory holds at timestamp 0. */
  private readonly initial = new Map<bigint, number>();
  private readonly legitimate: readonly (readonly PlacedInstruction[])[];
  /** What the patchers make of data, moment by moment. */
  readonly history: readonly Data[];

  constructor(readonly scenario: Scenario) {
    for (const region of scenario.regions) this.lay(region.address, region.bytes);
    for (const site of scenario.sites) this.lay(site.address, site.initial);
    this.history = dataHistory(scenario);
    const written = scenario.patchers.flatMap((patcher) => writtenBy(patcher.operations));
    this.legitimate = [
      ...scenario.sites.flatMap((site) => site.versions.map((version) => version.instructions)),
      ...written.map((instruction) => [instruction]),
    ];
  }

  private lay(address: bigint, bytes: Uint8Array): void {
    bytes.forEach((byte, i) => void this.initial.set(address + BigInt(i), byte));
  }

  /** Some parcel of code, wherever one begins, has the opcode of fences. */
  mayFence(): boolean {
    const { regions, breakpoints } = this.scenario;
    const copies = breakpoints.flatMap(({ effect }) => (effect.kind === 'run' ? [effect.instruction] : []));
    const code = [...regions, ...copies, ...this.legitimate.flat()];
    return code.some(({ bytes }) => bytes.some((byte, i) => i % 2 === 0 && (byte & 0x7f) === 0x0f));
  }

  /** Undefined where nothing is declared. */
  initialByte(address: bigint): number | undefined {
    return this.initial.get(address);
  }

  inSite(pc: bigint): boolean {
    return this.scenario.sites.some((site) => within(pc, site.address, site.size));
  }

  inCode(pc: bigint): boolean {
    return this.scenario.regions.some((r) => r.kind === 'code' && within(pc, r.address, r.bytes.length));
  }

  sameCode(pc: bigint, other: bigint): boolean {
    return this.scenario.regions.some(
      (r) => r.kind === 'code' && within(pc, r.address, r.bytes.length) && within(other, r.address, r.bytes.length),
    );
  }

  /** In the code of a thread every site is the pass's own. */
  isThread(site: Site): boolean {
    return this.scenario.threads.some(({ address }) => address === site.address);
  }

  endsSite(pc: bigint): boolean {
    return this.scenario.sites.some((site) => siteEnd(site) === pc);
  }

  /** In the same code, or in the same site. */
  together(pc: bigint, other: bigint): boolean {
    const { sites } = this.scenario;
    return (
      this.sameCode(pc, other) ||
      sites.some(({ address, size }) => within(pc, address, size) && within(other, address, size))
    );
  }

  pastCode(pc: bigint): boolean {
    return this.scenario.regions.some((r) => r.kind === 'code' && pc === r.address + BigInt(r.bytes.length));
  }

  symbolAt(pc: bigint): SymbolDefinition | undefined {
    return this.scenario.symbols.find((symbol) => symbol.address === pc);
  }

  /** Executed bytes that no version and no written instruction has at that address. */
  torn(pc: bigint, bytes: readonly (number | undefined)[]): boolean {
    if (!this.inSite(pc)) return false;
    return !this.legitimate.some((instructions) =>
      bytes.every((byte, i) => byte !== undefined && byteOf(instructions, pc + BigInt(i)) === byte),
    );
  }

  /** Is every instruction that a pass has executed so far of one version, in each site? */
  ofOneVersion(site: Site, versions: readonly string[]): boolean {
    if (!this.isThread(site)) return versions.length > 0;
    return this.scenario.sites.every(({ name }) => versions.some((version) => version.startsWith(`${name}.`)));
  }

  /** Whether a version has these bytes here; outside the site every version agrees. */
  holds(site: Site, version: string, pc: bigint, bytes: Uint8Array): boolean {
    // A thread has the versions of all sites, each by both names.
    const at = this.isThread(site) ? this.scenario.sites.find(({ name }) => version.startsWith(`${name}.`)) : site;
    if (at === undefined || !within(pc, at.address, at.size)) return true;
    const instructions = site.versions.find(({ name }) => name === version)?.instructions ?? [];
    return bytes.every((byte, i) => byteOf(instructions, pc + BigInt(i)) === byte);
  }

  /** The `forbid` that executing `then` directly after `first` (each `address:hex`) breaks. */
  forbidden(first: string | null, then: string): Forbid | undefined {
    return this.scenario.forbids.find(
      (forbid) =>
        forbid.first.some((i) => placedKey(i.address, i.bytes) === first) &&
        forbid.then.some((i) => placedKey(i.address, i.bytes) === then),
    );
  }
}

export const within = (address: bigint, start: bigint, size: number): boolean =>
  address >= start && address < start + BigInt(size);
export const siteEnd = (site: Site): bigint => site.address + BigInt(site.size);

/** These bits at this address. */
export const placedKey = (address: bigint, bytes: Uint8Array): string =>
  `${address.toString(16)}:${Buffer.from(bytes).toString('hex')}`;

/** The byte that a row of instructions lists at an address. */
export function byteOf(instructions: readonly PlacedInstruction[], address: bigint): number | undefined {
  const instruction = instructions.find((i) => within(address, i.address, i.bytes.length));
  return instruction?.bytes[Number(address - instruction.address)];
}

type Operations = Scenario['patchers'][number]['operations'];
function writtenBy(operations: Operations): PlacedInstruction[] {
  return operations.flatMap((operation) =>
    operation.kind === 'store' && operation.target === 'code'
      ? operation.instructions
      : operation.kind === 'stop_machine'
        ? writtenBy(operation.body)
        : [],
  );
}
