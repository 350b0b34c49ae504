/**
 * What the view rules say where no litmus test asks: for devices, for threads that are switched out and in, for accesses
 * whose fetches are not modelled. Over views that are sets of the hart's own views, so that each join can be read off.
 */
import type { FenceSet } from '../../server/src/machine/effect';
import { type HartViews, type MemoryRules, unordered, type viewRules } from '../../server/src/memory/views';

type Rules = ReturnType<typeof viewRules<bigint>>;

const names = ['vI', 'fetched', 'vrn', 'vwn', 'vdn', 'vro', 'vwo', 'vdo', 'vcap', 'vrel'] as const;
type Name = (typeof names)[number];

const bit = (name: Name): bigint => 1n << BigInt(names.indexOf(name));
/** The view of what is accessed, and of its operands. */
const post = 1n << 20n;
const operands = 1n << 21n;

const before: HartViews<bigint> = {
  vI: bit('vI'),
  fetched: bit('fetched'),
  vrn: bit('vrn'),
  vwn: bit('vwn'),
  vdn: bit('vdn'),
  vro: bit('vro'),
  vwo: bit('vwo'),
  vdo: bit('vdo'),
  vcap: bit('vcap'),
  vrel: bit('vrel'),
};

const written = (view: bigint): string => {
  const parts: string[] = names.filter((name) => (view & bit(name)) !== 0n);
  if ((view & post) !== 0n) parts.push('post');
  if ((view & operands) !== 0n) parts.push('operands');
  return parts.join(' ');
};

/** The views that are not as they were: `vdo: vdo post`. */
const changes = (after: HartViews<bigint>): string =>
  names
    .filter((name) => after[name] !== before[name])
    .map((name) => `${name}: ${written(after[name])}`)
    .join(', ');

const under = (memory: MemoryRules['memory']): MemoryRules => ({
  memory,
  fenceiFetch: false,
  decodeW: false,
  decode: false,
  ziccid: false,
  ziccif: true,
});
const set = (letters: string): FenceSet => ({
  i: letters.includes('i'),
  o: letters.includes('o'),
  r: letters.includes('r'),
  w: letters.includes('w'),
});
const fence = (rules: Rules, predecessor: string, successor: string): string =>
  changes(rules.afterFence(before, set(predecessor), set(successor), false));

/** Statement, what the rules say, what they should. */
const statements: readonly (readonly [string, (rules: Rules) => string, string])[] = [
  ['a read', (r) => written(r.readBound(under('rvwmo'), before, operands, unordered)), 'vI vrn operands'],
  ['a write', (r) => written(r.writeBound(under('rvwmo'), before, operands, unordered)), 'vI vwn vcap operands'],
  ['an AMO', (r) => written(r.amoBound(under('rvwmo'), before, operands, unordered)), 'vI vrn vwn vcap operands'],
  ['a device write', (r) => written(r.deviceWriteBound(under('rvwmo'), before)), 'vdn vdo vcap'],
  ['a device write under TSO', (r) => written(r.deviceWriteBound(under('tso'), before)), 'vdn vdo vcap'],
  ['a device write under SC', (r) => written(r.deviceWriteBound(under('sc'), before)), 'vdn vro vwo vdo vcap'],
  ['after a device write', (r) => changes(r.afterDeviceWrite(before, post)), 'vdo: vdo post'],
  ['fence o,o', (r) => fence(r, 'o', 'o'), 'vdn: vdn vdo'],
  ['fence w,o', (r) => fence(r, 'w', 'o'), 'vdn: vdn vwo'],
  ['fence r,o', (r) => fence(r, 'r', 'o'), 'vdn: vdn vro'],
  ['fence o,w', (r) => fence(r, 'o', 'w'), 'vwn: vwn vdo'],
  ['fence o,r', (r) => fence(r, 'o', 'r'), 'vrn: vrn vdo'],
  ['fence w,w', (r) => fence(r, 'w', 'w'), 'vwn: vwn vwo'],
  ['fence i,i', (r) => fence(r, 'i', 'i'), ''],
  ['fence.tso', (r) => changes(r.afterFence(before, set(''), set(''), true)), 'vrn: vrn vro, vwn: vwn vro vwo'],
  ['a thread switched out', (r) => written(r.released(before)), 'vI vwn vro vwo vcap'],
  [
    'a thread switched in',
    (r) => changes(r.afterAcquire(under('rvwmo'), before, post)),
    'vrn: vI vrn post, vwn: vI vrn vwn post, vro: vI vrn vro post',
  ],
];

/** The statements that do not hold of these rules, and what they say instead. */
export const violated = (rules: Rules): string[] =>
  statements.flatMap(([what, said, expected]) => {
    const found = said(rules);
    return found === expected ? [] : [`${what}: ${found}; should be ${expected}`];
  });

/** The lattice that the statements are about. */
export const namedViews = { bottom: 0n, join: (a: bigint, b: bigint): bigint => a | b };
