import type { FetchRules, Scenario } from '../../server/src/checker/scenario';
import type { FenceSet } from '../../server/src/machine/effect';
import type { Program } from './program';
import type { HartState, State, View } from './state';
import type { World } from './world';

type Bytes = readonly (number | undefined)[];

/** What loads, fetches and fences of one hart may see and do, given the global order. */
export class Memory {
  private readonly rules: FetchRules;
  private readonly ziccid: boolean;
  private readonly ziccif: boolean;
  /** Without reads of shared bytes nothing depends on `vrn`. */
  private readonly readsMatter: boolean;

  constructor(
    private readonly world: World,
    private readonly program: Program,
    private readonly scenario: Scenario,
  ) {
    this.rules = scenario.machine.fetch;
    this.ziccid = scenario.machine.isa.extensions.has('ziccid');
    this.ziccif = scenario.machine.isa.extensions.has('ziccif');
    this.readsMatter =
      this.rules.decode ||
      scenario.fixups.length > 0 ||
      scenario.breakpoints.length > 0 ||
      scenario.regions.some((region) => region.kind === 'data');
  }

  private bytesOf(id: number): { readonly address: bigint; readonly bytes: readonly number[] } {
    const micro = this.program.micros[id];
    if (micro?.kind !== 'store' || micro.payload.kind !== 'bytes') throw new Error(`no store of bytes at ${id}`);
    return micro.payload;
  }

  private overlaps(id: number, address: bigint, size: number): boolean {
    const store = this.bytesOf(id);
    return store.address < address + BigInt(size) && address < store.address + BigInt(store.bytes.length);
  }

  /** The newest byte not later than `rank`, and the rank of its message. */
  private byteAt(
    state: State,
    address: bigint,
    rank: View,
  ): { readonly byte: number | undefined; readonly rank: View } {
    for (let at = rank; at > 0; at--) {
      const store = this.bytesOf(state.messages[at - 1] ?? -1);
      const byte = store.bytes[Number(address - store.address)];
      if (address >= store.address && byte !== undefined) return { byte, rank: at };
    }
    return { byte: this.world.initialByte(address), rank: 0 };
  }

  /** The ranks at which a read of these bytes, bound to `base`, may happen: at the bound, or at a later message to them. */
  private moments(state: State, address: bigint, size: number, base: View): View[] {
    const later = state.messages.flatMap((id, i) => (i + 1 > base && this.overlaps(id, address, size) ? [i + 1] : []));
    return [base, ...later];
  }

  /** Fetches the first parcel of a symbol's code, whatever stands there. */
  fetchParcel(state: State, hart: HartState, pc: bigint): ReturnType<Memory['fetch']> {
    return this.fetchUnit(state, hart, pc, 2);
  }

  /** FETCH of one unit: what it may read, and the hart after it. */
  private fetchUnit(
    state: State,
    hart: HartState,
    address: bigint,
    size: number,
  ): { readonly bytes: Bytes; readonly post: View; readonly hart: HartState }[] {
    return this.moments(state, address, size, hart.vI).map((moment) => {
      const read = Array.from({ length: size }, (_, i) => this.byteAt(state, address + BigInt(i), moment));
      const post = Math.max(hart.vI, ...read.map(({ rank }) => rank));
      return { bytes: read.map(({ byte }) => byte), post, hart: this.fetched(hart, post) };
    });
  }

  private fetched(hart: HartState, post: View): HartState {
    return {
      ...hart,
      vF: this.rules.fenceiFetch ? Math.max(hart.vF, post) : 0,
      vI: this.ziccid ? Math.max(hart.vI, post) : hart.vI,
      vrn: this.rules.decode ? Math.max(hart.vrn, post) : hart.vrn,
    };
  }

  /** Fetches the instruction at `pc`, unit by unit. */
  fetch(
    state: State,
    hart: HartState,
    pc: bigint,
  ): { readonly bytes: Bytes; readonly post: View; readonly hart: HartState }[] {
    const whole = (first: number | undefined): number => (first !== undefined && (first & 3) !== 3 ? 2 : 4);
    const size = this.ziccif ? 4 - Number(pc % 4n) : 2;
    return this.fetchUnit(state, hart, pc, size).flatMap((first) => {
      const length = whole(first.bytes[0]);
      if (length <= size) return [{ ...first, bytes: first.bytes.slice(0, length) }];
      return this.fetchUnit(state, first.hart, pc + BigInt(size), this.ziccif ? 4 : 2).map((second) => ({
        bytes: [...first.bytes, ...second.bytes.slice(0, length - size)],
        post: Math.max(first.post, second.post),
        hart: second.hart,
      }));
    });
  }

  /** Nothing that a `fence.i` made fetches wait for is still in the buffer. */
  fetchesMayGo(state: State, index: number): boolean {
    return (state.patchers[index]?.before.f.length ?? 0) === 0;
  }

  /** Nothing that a fence, or SC, made reads wait for is still in the buffer. */
  readsMayGo(state: State, index: number): boolean {
    const own = state.patchers[index];
    if (own === undefined) return true;
    return this.scenario.machine.memory === 'sc' ? own.buffer.length === 0 : own.before.r.length === 0;
  }

  /** A data read by a hart: its own buffered stores first, byte by byte, then the global order. */
  read(
    state: State,
    index: number,
    hart: HartState,
    address: bigint,
    size: number,
    dependency: View,
  ): { readonly bytes: Bytes; readonly post: View; readonly hart: HartState }[] {
    const pre = Math.max(dependency, hart.vrn, hart.vI);
    const addresses = Array.from({ length: size }, (_, i) => address + BigInt(i));
    const base = Math.max(pre, ...addresses.map((byte) => hart.coh.get(byte) ?? 0));
    return this.moments(state, address, size, base).map((moment) => {
      const read = addresses.map((byte) => this.forwarded(state, index, byte) ?? this.byteAt(state, byte, moment));
      const post = Math.max(pre, ...read.map(({ rank }) => rank));
      const coh = new Map(hart.coh);
      for (const byte of addresses) coh.set(byte, Math.max(coh.get(byte) ?? 0, post));
      return { bytes: read.map(({ byte }) => byte), post, hart: this.hasRead({ ...hart, coh }, post) };
    });
  }

  private forwarded(
    state: State,
    index: number,
    address: bigint,
  ): { readonly byte: number; readonly rank: View } | undefined {
    for (const { id } of [...(state.patchers[index]?.buffer ?? [])].reverse()) {
      const micro = this.program.micros[id];
      if (micro?.kind !== 'store' || micro.payload.kind !== 'bytes') continue;
      const byte = micro.payload.bytes[Number(address - micro.payload.address)];
      if (address >= micro.payload.address && byte !== undefined) return { byte, rank: 0 };
    }
    return undefined;
  }

  /** A read has returned at view `post`. */
  hasRead(hart: HartState, post: View): HartState {
    const ordered = this.scenario.machine.memory !== 'rvwmo';
    return { ...hart, vro: Math.max(hart.vro, post), vrn: ordered ? Math.max(hart.vrn, post) : hart.vrn };
  }

  /** A read with acquire of something at rank `rank`. */
  acquire(hart: HartState, rank: View): HartState {
    const post = Math.max(rank, hart.vI, hart.vrn);
    return { ...hart, vro: Math.max(hart.vro, post), vrn: Math.max(hart.vrn, post) };
  }

  /** A store of this hart has become visible at rank `rank`. */
  hasWritten(hart: HartState, rank: View): HartState {
    const vrn = this.scenario.machine.memory === 'sc' ? Math.max(hart.vrn, rank) : hart.vrn;
    return { ...hart, vwo: Math.max(hart.vwo, rank), vrn };
  }

  /** What a fence does to later reads; later writes go out last in any case, but for those still buffered. */
  fenceReads(hart: HartState, pred: FenceSet, succ: FenceSet, tso: boolean): HartState {
    let { vrn } = hart;
    if ((pred.r && succ.r) || tso) vrn = Math.max(vrn, hart.vro);
    if (pred.w && succ.r && !tso) vrn = Math.max(vrn, hart.vwo);
    return { ...hart, vrn };
  }

  fenceI(hart: HartState): HartState {
    return { ...hart, vI: Math.max(hart.vI, hart.vro, hart.vwo, hart.vF) };
  }

  /** Forgets what can no longer make a difference. */
  normal(hart: HartState): HartState {
    const vrn = this.readsMatter ? Math.max(hart.vrn, hart.vI) : 0;
    const beyond = (view: View): View => (view > hart.vI ? view : 0);
    const [vF, vro, vwo] = [beyond(hart.vF), beyond(hart.vro), beyond(hart.vwo)];
    const stale = [...hart.coh.values()].some((view) => view <= vrn);
    if (!stale && vrn === hart.vrn && vF === hart.vF && vro === hart.vro && vwo === hart.vwo) return hart;
    const coh = stale ? new Map([...hart.coh].filter(([, view]) => view > vrn)) : hart.coh;
    return { ...hart, vrn, coh, vF, vro, vwo };
  }
}
