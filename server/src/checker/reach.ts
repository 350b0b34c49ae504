/**
 * What a jump can reach when its immediate alone is rewritten: `base + immediate == target`, at one place or at millions.
 * Nothing is searched: a member of a site can encode a target or not by its address within an interval and by its
 * address mod 4096, so that all members are counted by residue class.
 */
import type { Progression, Reach, ReachJump } from './scenario';

type Xlen = 32 | 64;

/** All addresses from `low` to `high`. */
interface Interval {
  readonly low: bigint;
  readonly high: bigint;
}

/** Members of one residue class: every one of them has the same base, or is the same distance from it. */
interface Class {
  readonly members: Progression;
  /** What is added to the immediate, where it is the same for all members; null: it moves with the member. */
  readonly base: bigint | null;
  /** Where the `auipc` reaches what it is aimed at; all of the members where there is none. */
  readonly aimable: readonly Interval[];
  /** How many members that are. */
  readonly aimed: number;
}

/** From which members all targets can be encoded. */
export interface Encodability {
  readonly members: number;
  readonly encodable: number;
  /** The lowest members that can and that cannot; null where there is none. */
  readonly firstGood: bigint | null;
  readonly firstBad: bigint | null;
  /** The addresses mod 4096 at which it fails, as ranges; null where that does not decide it. */
  readonly badResidues: readonly { readonly from: number; readonly to: number }[] | null;
}

/** The period of what an `auipc` makes of its pc. */
const page = 4096n;

/** How far an `auipc` of `%pcrel_hi` reaches from its pc (RV64: a signed 32-bit offset after rounding; on RV32 everywhere). */
const auipcReach = { low: -(1n << 31n) - 0x800n, high: (1n << 31n) - 0x801n };

/** What the immediate is added to at a member; null where the `auipc` does not reach what it is aimed at. */
export function baseAt({ base }: ReachJump, member: bigint, xlen: Xlen): bigint | null {
  if (base.kind === 'fixed') return base.value;
  if (base.kind === 'member') return BigInt.asUintN(xlen, member + base.offset);
  const distance = BigInt.asIntN(xlen, base.target - member - base.pc);
  if (xlen === 64 && (distance < auipcReach.low || distance > auipcReach.high)) return null;
  return BigInt.asUintN(xlen, base.target - BigInt.asIntN(12, distance) + base.add);
}

/** The immediate by which a jump leads from a base to a target: the one to write, be it encodable or not. */
export function immediateFor({ clearsBit0, min }: ReachJump, base: bigint, target: bigint, xlen: Xlen): bigint {
  const exact = BigInt.asIntN(xlen, target - base);
  return clearsBit0 && exact === BigInt(min) - 1n ? exact + 1n : exact;
}

/** Is this immediate one that the field holds and the jump leads to the target by? */
export function isEncodable(jump: ReachJump, base: bigint, target: bigint, xlen: Xlen): boolean {
  const immediate = immediateFor(jump, base, target, xlen);
  if (immediate < BigInt(jump.min) || immediate > BigInt(jump.max)) return false;
  // A jump's own immediate has no bit 0, and what clears it in the sum reaches no odd address.
  return jump.clearsBit0 ? target % 2n === 0n : immediate % 2n === 0n;
}

/** Where a jump leads whose field holds the low bits of an immediate: what hardware would make of it. */
export function reachedBy(jump: ReachJump, base: bigint, immediate: bigint, xlen: Xlen): bigint {
  const bits = jump.max.toString(2).length + 1;
  const cut = BigInt.asIntN(bits, immediate);
  const sum = BigInt.asUintN(xlen, base + cut);
  return jump.clearsBit0 ? sum - (sum % 2n) : sum;
}

/** The members of a site by residue class, to be asked again and again. */
export class Members {
  private readonly classes: readonly Class[];

  constructor(
    private readonly reach: Pick<Reach, 'members' | 'jump'>,
    private readonly xlen: Xlen,
  ) {
    this.classes = classesOf(reach, xlen);
  }

  /** Counts the members from which each of some targets can be encoded. */
  encodability(targets: readonly bigint[]): Encodability {
    const { members, jump } = this.reach;
    const window = windowOf(jump, targets, this.xlen);
    const bad: Class[] = [];
    let encodable = 0;
    let firstGood: bigint | null = null;
    let firstBad: bigint | null = null;
    let byResidue = jump.base.kind === 'aimed';
    for (const one of this.classes) {
      const good = this.good(one, window);
      const count =
        good === one.aimable ? one.aimed : good.reduce((sum, interval) => sum + countIn(one.members, interval), 0);
      encodable += count;
      for (const { low } of good) firstGood = lower(firstGood, firstFrom(one.members, low, good));
      if (count === one.members.count) continue;
      bad.push(one);
      // What fails for its distance alone is not told by residue.
      if (count > 0) byResidue = false;
      firstBad = lower(firstBad, firstOutside(one.members, one.members.first, good));
      for (const { high } of good) firstBad = lower(firstBad, firstOutside(one.members, high + 1n, good));
    }
    const badResidues = byResidue && encodable > 0 ? residues(bad, Number(gcd(page, members.step))) : null;
    return { members: members.count, encodable, firstGood, firstBad, badResidues };
  }

  /** How many members can encode all of the targets and lie in an interval. */
  encodableIn(targets: readonly bigint[], among: Interval): number {
    const window = windowOf(this.reach.jump, targets, this.xlen);
    let count = 0;
    for (const one of this.classes)
      for (const good of this.good(one, window))
        count += countIn(one.members, { low: max(good.low, among.low), high: min(good.high, among.high) });
    return count;
  }

  private good(one: Class, window: Window | null): readonly Interval[] {
    return window === null ? [] : goodIntervals(this.reach.jump, one, window, this.xlen);
  }
}

/** All addresses of some progressions. */
export function addressesOf(progressions: readonly Progression[]): bigint[] {
  return progressions.flatMap(({ first, step, count }) =>
    Array.from({ length: count }, (_, i) => first + step * BigInt(i)),
  );
}

/** How many of some addresses lie in an interval. */
export function countIn({ first, step, count }: Progression, { low, high }: Interval): number {
  const from = low <= first ? 0n : (low - first + step - 1n) / step;
  const to = high < first ? -1n : min((high - first) / step, BigInt(count) - 1n);
  return from > to ? 0 : Number(to - from) + 1;
}

/** Each residue class mod 4096 of the members by itself where the base is an `auipc`'s that is aimed; else all as one. */
function classesOf({ members, jump }: Pick<Reach, 'members' | 'jump'>, xlen: Xlen): Class[] {
  if (jump.base.kind !== 'aimed') {
    const base = jump.base.kind === 'fixed' ? jump.base.value : null;
    return [{ members, base, aimable: [wholeOf(members)], aimed: members.count }];
  }
  const period = Math.min(Number(page / gcd(page, members.step)), members.count);
  const classes: Class[] = [];
  for (let i = 0; i < period; i++) {
    const first = members.first + BigInt(i) * members.step;
    const count = Math.ceil((members.count - i) / period);
    const { target, pc, add } = jump.base;
    const base = BigInt.asUintN(xlen, target - BigInt.asIntN(12, target - first - pc) + add);
    const own = { first, step: members.step * BigInt(period), count };
    const near = { low: target - pc - auipcReach.high, high: target - pc - auipcReach.low };
    const aimable = xlen === 32 ? [wholeOf(own)] : overlaps(near, wholeOf(own), xlen);
    const aimed = aimable.reduce((sum, interval) => sum + countIn(own, interval), 0);
    classes.push({ members: own, base, aimable, aimed });
  }
  return classes;
}

/** The bases from which every target can be encoded, as offsets from the first target. */
interface Window extends Interval {
  readonly origin: bigint;
}

/** Null where there are none. */
function windowOf(jump: ReachJump, targets: readonly bigint[], xlen: Xlen): Window | null {
  const [origin] = targets;
  if (origin === undefined) return null;
  let nearest = 0n;
  let furthest = 0n;
  for (const target of targets) {
    if (target % 2n !== 0n) return null;
    const offset = BigInt.asIntN(xlen, target - origin);
    nearest = min(nearest, offset);
    furthest = max(furthest, offset);
  }
  const low = furthest - BigInt(jump.max);
  const high = nearest - BigInt(jump.min) + (jump.clearsBit0 ? 1n : 0n);
  return low > high ? null : { origin, low, high };
}

/** Where the members of a class can encode what the window asks for: intervals that do not overlap. */
function goodIntervals(
  jump: ReachJump,
  { members, base, aimable }: Class,
  window: Window,
  xlen: Xlen,
): readonly Interval[] {
  if (base !== null) {
    const offset = BigInt.asIntN(xlen, base - window.origin);
    return offset < window.low || offset > window.high ? [] : aimable;
  }
  const offset = jump.base.kind === 'member' ? jump.base.offset : 0n;
  if ((members.first + offset) % 2n !== 0n && !jump.clearsBit0) return [];
  const from = window.origin - offset;
  return overlaps({ low: from + window.low, high: from + window.high }, wholeOf(members), xlen);
}

const wholeOf = ({ first, step, count }: Progression): Interval => ({
  low: first,
  high: first + step * BigInt(count - 1),
});

/** What of an interval lies in another, addresses going round at 2^XLEN. */
function overlaps({ low, high }: Interval, whole: Interval, xlen: Xlen): Interval[] {
  const around = 1n << BigInt(xlen);
  return [-around, 0n, around].flatMap((shift) => {
    const part = { low: max(low + shift, whole.low), high: min(high + shift, whole.high) };
    return part.low > part.high ? [] : [part];
  });
}

/** The first address from `from` on that lies in one of the intervals. */
function firstFrom({ first, step, count }: Progression, from: bigint, among: readonly Interval[]): bigint | null {
  const index = from <= first ? 0n : (from - first + step - 1n) / step;
  const address = first + index * step;
  return index < BigInt(count) && isIn(among, address) ? address : null;
}

/** The first address from `from` on, if it lies in none of the intervals. */
function firstOutside({ first, step, count }: Progression, from: bigint, good: readonly Interval[]): bigint | null {
  const index = from <= first ? 0n : (from - first + step - 1n) / step;
  const address = first + index * step;
  return index < BigInt(count) && !isIn(good, address) ? address : null;
}

const isIn = (intervals: readonly Interval[], address: bigint): boolean =>
  intervals.some(({ low, high }) => low <= address && address <= high);

/** The residues mod 4096 of the classes, each of which has one, as ranges of what stands `apart`. */
function residues(classes: readonly Class[], apart: number): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  for (const residue of classes.map(({ members }) => Number(members.first % page)).sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && residue - last.to <= apart) last.to = residue;
    else ranges.push({ from: residue, to: residue });
  }
  return ranges;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
const lower = (a: bigint | null, b: bigint | null): bigint | null => (a === null ? b : b === null ? a : min(a, b));
