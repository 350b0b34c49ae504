import { Cursor, parseExpression } from '../isa/asm/expression';
import { lex } from '../isa/asm/lexer';
import type { Expression } from '../isa/asm/types';
import type { Xlen } from '../isa/types';
import { type Declarations, type Located, longestStatement, plainText, sourceOf, type Unit } from './declarations';
import { type DiagnosticCode, DiagnosticSink } from './diagnostics';
import { evaluate, namesIn } from './expressions';
import { hex, type NameEntry, type Observer } from './names';
import { didYouMean } from './suggest';
import { nodeOf, type SyntaxNode, wordsOf } from './syntax';

/** `A mod M` */
export interface Placement {
  readonly remainder: bigint;
  readonly modulus: bigint;
}

/** The same place moved, by less than the modulus, to `remainder` mod `modulus`. */
export function moved(address: bigint, { remainder, modulus }: Placement): bigint {
  return address - (address % modulus) + remainder;
}

/** Reads `A mod M` from the tokens of an address; null where it is not of this form, or with a message where it is a bad one. */
export function parsePlacement(unit: Unit, node: SyntaxNode, sink: DiagnosticSink): Placement | 'bad' | null {
  const words = wordsOf(node);
  const mod = words.findIndex((token) => token.text === 'mod');
  if (mod < 0) return null;
  const [a, , m] = words;
  if (mod !== 1 || words.length !== 3 || a?.kind !== 'number' || m?.kind !== 'number') {
    sink.add('address', sourceOf(unit, node), 'a placement is written `0 mod 4`');
    return 'bad';
  }
  const remainder = parseNumber(a.text);
  const modulus = parseNumber(m.text);
  if (remainder === null || modulus === null || modulus < 1n || modulus > 4096n || remainder >= modulus) {
    sink.add(
      'address',
      sourceOf(unit, node),
      'a placement `A mod M` has a modulus from 1 to 4096 and a remainder below it',
    );
    return 'bad';
  }
  return { remainder, modulus };
}

/** A decimal, `0x`, `0b` or `0` (octal) number as GNU as reads them; null where it is none. */
export function parseNumber(text: string): bigint | null {
  if (text.length > 40) return null;
  if (/^0[0-7]+$/.test(text)) return BigInt(`0o${text.slice(1)}`);
  return /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0|[1-9][0-9]*)$/.test(text) ? BigInt(text) : null;
}

/** Distances and counts of addresses are no larger: they are plain numbers. */
export const furthest = 1n << 40n;

/** What an address clause says, by the word before it: `from A to B every 8 at 4 mod 8`. */
export function clausesOf(node: SyntaxNode): ReadonlyMap<string, SyntaxNode> {
  const found = new Map<string, SyntaxNode>();
  let word = '';
  for (const child of node.children) {
    if (child.type === 'node' && child.kind === 'address') found.set(word, child);
    else if (child.type === 'token' && child.kind === 'word') word = child.text;
  }
  return found;
}

/** The number behind `every`; null with a message where it is missing or none. */
export function distanceOf({ unit, node }: Located, sink: DiagnosticSink): bigint | null {
  const tokens = node.children.filter((child) => child.type === 'token');
  const every = tokens.findIndex(({ text }) => text === 'every');
  const token = tokens.slice(every + 1).find(({ kind }) => kind === 'number');
  if (every < 0 || token === undefined) return null;
  const distance = parseNumber(token.text);
  if (distance !== null && distance > 0n && distance <= furthest) return distance;
  sink.add('address', sourceOf(unit, token), 'a distance is a number of bytes from 1 to 2^40');
  return null;
}

/** How `sites` follow one another: each `step`, and only those at a `placement` where there is one. */
export interface Spacing {
  readonly step: bigint;
  readonly placement: Placement | null;
}

/** Reads `every N` and `at A mod M` of `sites`; null with a message. */
export function spacingOf(at: Located, sink: DiagnosticSink): Spacing | null {
  const step = distanceOf(at, sink);
  if (step === null) return null;
  const place = clausesOf(at.node).get('at');
  if (place === undefined) return { step, placement: null };
  const placement = parsePlacement(at.unit, place, sink);
  if (placement === null) sink.add('address', sourceOf(at.unit, place), 'a placement is written `0 mod 4`');
  return placement === null || placement === 'bad' ? null : { step, placement };
}

/** The distance from one member to the next that has the same placement. */
export function stepOf({ step, placement }: Spacing): bigint {
  if (placement === null) return step;
  const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
  return (step / gcd(step, placement.modulus)) * placement.modulus;
}

/** The first member from an address on; null where none has the placement. */
function firstMember(from: bigint, { step, placement }: Spacing): bigint | null {
  if (placement === null) return from;
  for (let k = 0n; k < placement.modulus; k++) {
    const address = from + k * step;
    if (address % placement.modulus === placement.remainder) return address;
  }
  return null;
}

/** An expression of the text, with the place of its problems in `sink`; null where it does not parse. */
export function readExpression(
  unit: Unit,
  { start, end }: { readonly start: number; readonly end: number },
  sink: DiagnosticSink,
  code: DiagnosticCode = 'address',
): Expression | null {
  if (end - start > longestStatement) {
    sink.add(code, { file: unit.file, start, end: start + 1 }, 'this expression is too long');
    return null;
  }
  const cursor = new Cursor(lex(unit.blanked, start, end).tokens, end);
  const expression = parseExpression(cursor);
  const rest = cursor.peek();
  if (expression !== null && rest !== undefined) cursor.problem('syntax', `\`${rest.text}\` is not expected here`);
  for (const problem of cursor.problems) {
    sink.add(code, { file: unit.file, start: problem.start, end: problem.end }, problem.message);
  }
  return cursor.problems.length > 0 ? null : expression;
}

interface Placed extends Located {
  readonly entry: NameEntry;
}

/** Names may be defined through one another, but not through chains longer than this. */
const longestChain = 100;
/** Room between things whose address is left open. */
const stride = 0x10000n;

/** Gives every symbol, region and site its address. What has none (with a message) is left out. */
export function placeAll(
  declarations: Declarations,
  xlen: Xlen,
  placements: ReadonlyMap<string, Placement>,
  sink: DiagnosticSink,
  observer: Observer,
): Map<NameEntry, bigint> {
  const all: Placed[] = [...declarations.symbols, ...declarations.regions, ...declarations.sites];
  const byName = new Map(all.map((declared) => [declared.entry.name, declared]));
  const addresses = new Map<NameEntry, bigint | null>();
  const busy = new Set<Placed>();
  const anchor = anchorOf(all, xlen);

  const addressOf = (declared: Placed): bigint | null => {
    const known = addresses.get(declared.entry);
    if (known !== undefined) return known;
    busy.add(declared);
    let address = compute(declared);
    busy.delete(declared);
    const placement = placements.get(declared.entry.name);
    if (address !== null && placement !== undefined && fits(declared, placement)) address = moved(address, placement);
    addresses.set(declared.entry, address);
    return address;
  };

  const compute = (declared: Placed): bigint | null => {
    const { unit, node } = declared;
    const place = nodeOf(node, 'address');
    if (place === null) return null;
    const placement = parsePlacement(unit, place, sink);
    if (placement === 'bad') return null;
    if (placement !== null) return moved(anchor + BigInt(all.indexOf(declared)) * stride, placement);
    const expression = readExpression(unit, place, sink);
    if (expression === null) return null;
    for (const { name, start, end } of namesIn(expression)) {
      const used = byName.get(name);
      if (used !== undefined) observer.refer(used.entry, sourceOf(unit, { start, end }));
    }
    let silent = false;
    const value = evaluate(expression, xlen, (name) => {
      const used = byName.get(name);
      if (used === undefined) {
        const meant = sink.closest(name, byName.keys());
        return { message: `nothing is called \`${name}\`${didYouMean(meant)}` };
      }
      if (busy.has(used)) return { message: `\`${name}\` is defined through itself` };
      if (busy.size > longestChain) return { message: `\`${name}\` is defined through too many other names` };
      const value = addressOf(used);
      // Its own place has the message already.
      silent = value === null;
      return value === null ? { message: `\`${name}\` has no address` } : { value };
    });
    if (value.ok) return node.kind === 'sites' ? firstOf(declared, value.value) : value.value;
    if (!silent) {
      const unknown = value.message.startsWith('nothing is called');
      sink.add(unknown ? 'unknown-name' : 'address', sourceOf(unit, value), value.message);
    }
    return null;
  };

  /** All of `sites` move along with their first. */
  const fits = ({ entry, unit, node }: Placed, { remainder, modulus }: Placement): boolean => {
    const spacing = node.kind === 'sites' ? spacingOf({ unit, node }, new DiagnosticSink()) : null;
    if (spacing === null || stepOf(spacing) % modulus === 0n) return true;
    const message = `not all of \`${entry.name}\` can be at ${remainder} mod ${modulus}: one stands every ${stepOf(spacing)} bytes`;
    sink.add('address', sourceOf(unit, node), message);
    return false;
  };

  const firstOf = ({ unit, node }: Placed, from: bigint): bigint | null => {
    const spacing = spacingOf({ unit, node }, sink);
    const first = spacing && firstMember(from, spacing);
    if (spacing !== null && first === null)
      sink.add('address', sourceOf(unit, node), 'none of these sites is at that placement');
    return first;
  };

  const result = new Map<NameEntry, bigint>();
  for (const declared of all) {
    const address = addressOf(declared);
    if (address !== null) result.set(declared.entry, address);
    observer.describe(
      declared.entry,
      address,
      `${declared.entry.kind}${address === null ? '' : ` at ${hex(address)}`}`,
    );
  }
  return result;
}

/** Where things of open address go: beyond the highest address that is written down, so that near code stays in reach. */
function anchorOf(all: readonly Placed[], xlen: Xlen): bigint {
  let highest = xlen === 32 ? 0x80000000n : 0xffffffff80000000n;
  let found = false;
  for (const { unit, node } of all) {
    const place = nodeOf(node, 'address');
    const value = place === null ? null : parseNumber(plainText(unit, place).trim());
    if (value !== null && (!found || value > highest)) {
      highest = value;
      found = true;
    }
  }
  const room = stride * BigInt(all.length + 2);
  const above = highest - (highest % stride) + 2n * stride;
  return above + room < 1n << BigInt(xlen)
    ? above
    : highest - (highest % stride) - room > 0n
      ? highest - (highest % stride) - room
      : stride;
}
