/** What `reach` and `never reach` find, in words: from how many sites, the first of them, and what it would call. */
import { hex, type Layout } from './layout';
import { addressesOf, baseAt, countIn, immediateFor, isEncodable, Members, reachedBy } from './reach';
import type { Reach, Scenario } from './scenario';
import type { Violation } from './verdict';

type Xlen = 32 | 64;
type Told = Pick<Violation, 'headline' | 'message'>;

/** One violation for each `reach` that does not hold. There is no trace: nothing is executed. */
export function reachViolations({ reaches, machine }: Scenario, layout: Layout): Violation[] {
  return reaches.flatMap((reach): Violation[] => {
    const told = new Teller(reach, layout, machine.isa.xlen).tell();
    const nothing = { before: { harts: [], memory: [] }, trace: [] };
    return told === null ? [] : [{ code: 'unencodable', ...told, source: reach.source, ...nothing }];
  });
}

/** Of more targets than these it is not told how far each can be reached by itself. */
const mostSingly = 1024;

class Teller {
  private readonly targets: readonly bigint[];
  private readonly members: Members;

  constructor(
    private readonly reach: Reach,
    private readonly layout: Layout,
    private readonly xlen: Xlen,
  ) {
    this.targets = addressesOf(reach.targets);
    this.members = new Members(reach, xlen);
  }

  /** Null where it holds. */
  tell(): Told | null {
    return this.reach.never ? this.reachable() : this.unreachable();
  }

  private unreachable(): Told | null {
    const { reach, targets } = this;
    const { encodable, members, firstBad, badResidues } = this.members.encodability(targets);
    if (firstBad === null) return null;
    const { label } = reach.jump;
    const bad = members - encodable;
    const what = this.targetsText();
    const from = members === 1 ? reach.site : `${this.share(bad)} of ${reach.site}`;
    const residues = badResidues === null ? '' : `: those at ${residueText(badResidues)} mod 4096`;
    const first = members === 1 ? '' : `The first is ${hex(firstBad)}: `;
    const why = this.failure(firstBad, members === 1);
    return {
      headline: `${label} cannot reach ${what} from ${from}`,
      message: [
        `${label} cannot reach ${what} from ${from}${residues}${first === '' ? `: ${why}` : ''}.`,
        ...(first === '' ? [] : [`${first}${why}.`]),
        ...this.singly(),
        ...this.distance(),
      ].join(' '),
    };
  }

  /** Why a member fails, and what its jump would do with the immediate cut to its field. */
  private failure(member: bigint, single: boolean): string {
    const { reach, targets, xlen } = this;
    const { jump } = reach;
    const base = baseAt(jump, member, xlen);
    if (base === null)
      return `its \`auipc\` does not reach ${jump.base.kind === 'aimed' ? this.name(jump.base.target) : 'so far'}`;
    const target = targets.find((one) => !isEncodable(jump, base, one, xlen)) ?? 0n;
    const immediate = immediateFor(jump, base, target, xlen);
    const led = reachedBy(jump, base, immediate, xlen);
    const where = single ? 'there' : 'here';
    const from = jump.register === null ? `it stands at ${hex(base)}` : `${jump.register} is ${hex(base)} ${where}`;
    const to = targets.length === 1 ? '' : `, and for ${this.name(target)}`;
    const wanted = to === '' ? ', so that' : '';
    const holds = `${jump.mnemonic} holds ${number(jump.min)} to ${number(jump.max)}`;
    const odd = target % 2n === 0n ? '' : ', and reaches no odd address';
    const bits = jump.max.toString(2).length + 1;
    return `${from}${to}${wanted} the immediate would be ${number(immediate)}; ${holds}${odd}, and cut to ${bits} bits it jumps to ${this.name(led)}`;
  }

  private reachable(): Told | null {
    const { reach, targets, xlen } = this;
    const found = targets
      .map((target) => ({ target, ...this.members.encodability([target]) }))
      .filter(({ encodable }) => encodable > 0)
      .sort((a, b) => b.encodable - a.encodable)[0];
    if (found === undefined || found.firstGood === null) return null;
    const { label } = reach.jump;
    const base = baseAt(reach.jump, found.firstGood, xlen) ?? 0n;
    const from = found.members === 1 ? reach.site : `${this.share(found.encodable)} of ${reach.site}`;
    const first = found.members === 1 ? '' : `, first from ${hex(found.firstGood)}`;
    const immediate = number(immediateFor(reach.jump, base, found.target, xlen));
    return {
      headline: `${label} can reach ${this.name(found.target)} from ${from}`,
      message: `${label} can reach ${this.name(found.target)} from ${from}${first}, with the immediate ${immediate}.`,
    };
  }

  /** Of several targets at many places: how far each by itself can be reached. */
  private singly(): string[] {
    const { reach, targets } = this;
    if (targets.length === 1 || targets.length > mostSingly || reach.members.count === 1) return [];
    const counts = targets.map((target) => ({ target, good: this.members.encodability([target]).encodable }));
    const least = counts.reduce((a, b) => (b.good < a.good ? b : a));
    const most = counts.reduce((a, b) => (b.good > a.good ? b : a));
    const share = ({ good, target }: typeof least): string =>
      `${percent(good, reach.members.count)} (${this.name(target)})`;
    const each =
      least.good === most.good
        ? `each from ${percent(least.good, reach.members.count)}`
        : `from ${share(least)} to ${share(most)}`;
    return [`By itself, a target can be reached ${each} of the sites.`];
  }

  /** What a check of distances would have said. */
  private distance(): string[] {
    const { reach, targets, xlen } = this;
    const { within, members } = reach;
    if (within === null) return [];
    const { distance, of } = within;
    const rule = `A distance check (\`${within.text}\`)`;
    if (of !== null) {
      const near = targets.filter((target) => absolute(BigInt.asIntN(xlen, target - of)) <= distance);
      const whom = targets.length === 1 ? 'this target' : `${number(near.length)} of the targets`;
      if (near.length === 0)
        return [`${rule} refuses ${targets.length === 1 ? 'this target' : 'all of them'}, from every site.`];
      const { encodable } = this.members.encodability(near);
      const wrong = members.count - encodable;
      return [
        wrong === 0
          ? `${rule} allows ${whom}, rightly.`
          : `${rule} allows ${whom}, from every site: from ${this.share(wrong)} wrongly.`,
      ];
    }
    // Near enough to the site itself: an interval of members for each target.
    const offsets = targets.map((target) => ({ low: target - distance, high: target + distance }));
    const low = offsets.map((one) => one.low).reduce(higher);
    const high = offsets.map((one) => one.high).reduce(lower);
    const allowed = countIn(members, { low, high });
    const right = this.members.encodableIn(targets, { low, high });
    const { encodable } = this.members.encodability(targets);
    return [
      `${rule} allows ${this.share(allowed)}: from ${number(allowed - right)} of them wrongly; it refuses ${number(encodable - right)} that can encode it.`,
    ];
  }

  /** `3 of 8 sites (37.5 %)`. */
  private share(count: number): string {
    const all = this.reach.members.count;
    if (all === 1) return count === 0 ? 'none' : 'the site';
    return `${number(count)} of ${number(all)} sites (${percent(count, all)})`;
  }

  private targetsText(): string {
    const { targets } = this;
    const [first] = targets;
    return targets.length === 1 && first !== undefined ? this.name(first) : `all of ${number(targets.length)} targets`;
  }

  /** An address with its name, or with the nearest one: `0x80001010 (tramp+16)`. */
  private name(address: bigint): string {
    const known = this.layout.symbolAt(address)?.name ?? this.labelAt(address);
    return known ?? `${hex(address)} (${this.nearest(address)})`;
  }

  private labelAt(address: bigint): string | null {
    for (const region of this.layout.scenario.regions) {
      if (region.address === address) return region.name;
      for (const [name, at] of region.labels) if (at === address) return `${region.name}.${name}`;
    }
    return null;
  }

  private nearest(address: bigint): string {
    const { symbols, regions } = this.layout.scenario;
    const places = [
      ...symbols.map(({ name, address: at }) => ({ name, at })),
      ...regions.map(({ name, address: at }) => ({ name, at })),
    ];
    let best: { name: string; offset: bigint } | null = null;
    for (const { name, at } of places) {
      const offset = address - at;
      if (best === null || absolute(offset) < absolute(best.offset)) best = { name, offset };
    }
    if (best === null) return 'no symbol is near';
    return `${best.name}${best.offset < 0n ? '-' : '+'}${hex(absolute(best.offset))}`;
  }
}

/** `0x0 to 0x3fc and 0x804 to 0xffc`; the first few of many. */
function residueText(ranges: readonly { readonly from: number; readonly to: number }[]): string {
  const texts = ranges
    .slice(0, 4)
    .map(({ from, to }) => (from === to ? `0x${from.toString(16)}` : `0x${from.toString(16)} to 0x${to.toString(16)}`));
  return `${texts.join(', ')}${ranges.length > 4 ? ', ...' : ''}`;
}

const higher = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const lower = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

const number = (value: number | bigint): string => value.toLocaleString('en-US');

/** To one place; what is not all is never shown as all, and what is not none never as none. */
function percent(part: number, whole: number): string {
  if (part === 0) return '0 %';
  if (part === whole) return '100 %';
  const tenths = Math.min(999, Math.max(1, Math.round((part * 1000) / whole)));
  return `${tenths / 10} %`;
}
