/** Ziccif's safe harbour for patching: what a store may change while harts run the code (ISA manual, Ziccif). */
import type { Operation, Scenario } from '../../checker/scenario';
import { pieces } from '../../checker/stores';
import { counted } from '../names';
import { Image, type Reached } from './image';
import type { Lint } from './kinds';

type Store = Extract<Operation, { kind: 'store' }>;

/** Longer patchers are looked at so far: nobody writes them by hand. */
const maximalStores = 100;
/** More states of the code than these are not kept between two syncs. */
const maximalImages = 8;

/** What stores change under the feet of harts that run the code. */
export function patchingLints(scenario: Scenario): Lint[] {
  // Where nobody runs the code but the patcher itself, nobody is in its way.
  if (scenario.executors.count === 0) return [];
  const patching = new Patching(scenario);
  for (const { operations } of scenario.patchers) for (const operation of operations) patching.follow(operation, false);
  return patching.lints;
}

class Patching {
  readonly lints: Lint[] = [];
  /** What the code was since every hart was last made to fetch it anew, the newest last. */
  #images: readonly Image[];

  #stores = 0;

  constructor(readonly scenario: Scenario) {
    this.#images = [Image.initial(scenario)];
  }

  follow(operation: Operation, stopped: boolean): void {
    switch (operation.kind) {
      case 'store':
        if (operation.target === 'code') this.#store(operation, stopped);
        return;
      case 'sync':
        if (!operation.async && operation.body.some(({ kind }) => kind === 'fence.i')) this.#settle();
        return;
      case 'stop_machine':
        for (const own of operation.body) this.follow(own, stopped || (operation.park && operation.irqsOff));
        if (operation.fenceI) this.#settle();
        return;
      default:
        return;
    }
  }

  #settle(): void {
    this.#images = this.#images.slice(-1);
  }

  #store(store: Store, stopped: boolean): void {
    if (++this.#stores > maximalStores) return;
    const before = this.#images;
    const after = (before.at(-1) ?? Image.initial(this.scenario)).with(store.address, store.bytes);
    this.#images = [...before, after].slice(-maximalImages);
    // Passes come to these bytes while they change.
    const live = before.flatMap((image) => {
      const changed = changedBytes(image, store);
      const old = touched(image, changed);
      return old.length === 0 ? [] : [{ image, changed, old }];
    });
    if (live.length === 0) return;
    const now = touched(after, new Set(live.flatMap(({ changed }) => [...changed])));
    this.#combined(
      store,
      stopped,
      live.map(({ image }) => image),
      now,
    );
    if (stopped) return;
    this.#split(
      store,
      live.flatMap(({ image, old }) => old.map((one) => ({ image, one }))),
      after,
    );
    const all = live.flatMap(({ changed, old }) => [...old, ...now].map((instruction) => ({ instruction, changed })));
    this.#torn(store, all);
  }

  /** One fetch does not have all of it, or one store does not. */
  #torn(store: Store, all: readonly { readonly instruction: Reached; readonly changed: ReadonlySet<bigint> }[]): void {
    const { isa } = this.scenario.machine;
    const parts = pieces(store, isa.xlen);
    const stored = (changed: ReadonlySet<bigint>): number =>
      parts.filter(({ address, bytes }) => overlap(changed, address, bytes.length)).length;
    const split = all.some(({ changed }) => stored(changed) > 1);
    const ziccif = isa.extensions.has('ziccif');
    const straddling = all.find(
      ({ instruction, changed }) => unitsOf(instruction, changed, ziccif ? 4n : 2n) > 1,
    )?.instruction;
    const inParts = `${parts.length} stores of ${counted(parts[0]?.bytes.length ?? 0, 'byte')}`;
    if (straddling !== undefined) {
      const where = this.#name(straddling.address);
      const why = ziccif
        ? `the instruction at ${where} crosses a 4-byte boundary, so that a hart fetches its halves apart`
        : `without Ziccif a hart fetches the halves of the instruction at ${where} apart`;
      const and = split ? `, and this write is ${inParts}` : '';
      this.#add('straddle', store, `${why}${and}: it may run one half of the old and one of the new`);
    } else if (split)
      this.#add(
        'split-store',
        store,
        `this write is ${inParts}: while harts run the code, one of them may come between two`,
      );
  }

  /** Two short instructions become one: whoever stands between them goes on in its middle. */
  #combined(store: Store, stopped: boolean, before: readonly Image[], now: readonly Reached[]): void {
    if (stopped && !this.scenario.executors.preemptible) return;
    const wide = now.find(
      ({ address, length }) =>
        length === 4 && before.some(({ reached }) => reached.get(address)?.length === 2 && reached.has(address + 2n)),
    );
    if (wide === undefined) return;
    const who = stopped ? 'a thread that was preempted' : 'a hart that stands';
    this.#add(
      'combine',
      store,
      `this makes one instruction of two at ${this.#name(wide.address)}: ${who} before the second goes on in the middle of the new one`,
    );
  }

  /** One instruction becomes two. */
  #split(store: Store, old: readonly { readonly image: Image; readonly one: Reached }[], after: Image): void {
    const wide = old.find(({ image, one: { address, length } }) => {
      const middle = address + 2n;
      return (
        length === 4 &&
        after.reached.get(address)?.length === 2 &&
        after.reached.has(middle) &&
        !image.reached.has(middle)
      );
    })?.one;
    if (wide === undefined || this.scenario.machine.isa.extensions.has('ziccid')) return;
    this.#add(
      'divide',
      store,
      `this makes two instructions of one at ${this.#name(wide.address)}: the second is a fetch of its own, which may still be of the old word unless fetches are in order (Ziccid)`,
    );
  }

  #name(address: bigint): string {
    const site = this.scenario.sites.find((one) => address >= one.address && address < one.address + BigInt(one.size));
    if (site === undefined) return `0x${address.toString(16)}`;
    return address === site.address ? `\`${site.name}\`` : `\`${site.name}+${address - site.address}\``;
  }

  #add(code: Lint['code'], { source }: Store, message: string): void {
    this.lints.push({ code, source, message, replacement: null });
  }
}

/** The addresses of the bytes that a store changes. */
function changedBytes(image: Image, { address, bytes }: Store): Set<bigint> {
  const changed = new Set<bigint>();
  bytes.forEach((byte, i) => {
    const at = address + BigInt(i);
    if (image.byte(at) !== byte) changed.add(at);
  });
  return changed;
}

/** The instructions with changed bytes that a pass can come to. */
const touched = (image: Image, changed: ReadonlySet<bigint>): Reached[] =>
  [...image.reached.values()].filter(({ address, length }) => overlap(changed, address, length));

function overlap(changed: ReadonlySet<bigint>, address: bigint, length: number): boolean {
  for (let i = 0n; i < BigInt(length); i++) if (changed.has(address + i)) return true;
  return false;
}

/** In how many of its fetch units an instruction changes. */
function unitsOf({ address, length }: Reached, changed: ReadonlySet<bigint>, unit: bigint): number {
  const units = new Set<bigint>();
  for (let i = 0n; i < BigInt(length); i++) if (changed.has(address + i)) units.add((address + i) / unit);
  return units.size;
}
