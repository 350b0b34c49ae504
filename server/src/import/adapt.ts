import type { Xlen } from '../isa';
import {
  type Analysis,
  analyze,
  descendants,
  nodeOf,
  nodesOf,
  type SyntaxNode,
  textOf,
  tokensOf,
  wordsOf,
} from '../language';
import { headOf } from './head';
import { hex } from './program';

/** The place of a program that a scenario is written anew for. All that is text is text of the language. */
export interface Setting {
  /** The site's name. */
  readonly name: string;
  /** What stands after `at`: an address, or `2 mod 4`. */
  readonly at: string;
  /** The address, where it is known. */
  readonly address: bigint | null;
  readonly xlen: Xlen;
  readonly isa: string;
  /** Whether instructions may stand at 2 mod 4. */
  readonly compressed: boolean;
  /** What the program has there, one instruction a line. */
  readonly compiled: readonly string[];
  /** How long that is, in bytes. */
  readonly length: number;
  /** The address of a symbol or of code, as text; null where the program does not say. */
  readonly symbol: (name: string) => string | null;
}

/** A scenario for another place. */
export interface Adapted {
  /** Without the comment at its beginning. */
  readonly text: string;
  /** Symbols, code and data whose addresses nobody has said. */
  readonly standIns: readonly string[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a scenario says of its first site, which is the one that is written anew. */
interface Original {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Words that mean something in the text already. */
  readonly words: ReadonlySet<string>;
}

export function originalOf(text: string): Original {
  const { site, analysis } = read(text);
  const sites = analysis.checks.flatMap(({ scenario }) => scenario?.sites ?? []);
  const words = [...tokensOf(analysis.tree.root)].filter(({ kind }) => kind === 'word');
  return {
    name: site.name,
    size: sites.find(({ name }) => name === site.name)?.size ?? 0,
    words: new Set(words.flatMap((word) => [word.text, ...word.text.split('.')])),
  };
}

/**
 * Writes a scenario anew for a place of a program: its first site takes over name, place and bytes, and all that stands at
 * an address of its own keeps its distance to it.
 * @param text a scenario without errors
 */
export function adapt(text: string, setting: Setting): Adapted {
  const { analysis, site } = read(text);
  const { tree } = analysis;
  const edits: Edit[] = [{ start: 0, end: headOf(text).end, text: '' }];
  const put = ({ start, end }: { start: number; end: number }, replacement: string): void => {
    edits.push({ start, end, text: replacement });
  };
  const numberIn = (place: SyntaxNode): bigint | null => {
    const text = textOf(tree, place);
    return /^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : null;
  };

  machine(analysis, setting.isa, put);
  for (const use of [site.definition, ...site.references]) put(use, setting.name);
  const place = nodeOf(site.node, 'address');
  const original = place && numberIn(place);
  const distance = setting.address === null || original === null ? 0n : setting.address - original;
  const standIns: string[] = [];
  for (const kind of ['symbol', 'code', 'data', 'site', 'sites'] as const) {
    // Data keep their alignment.
    const by = kind === 'data' ? distance - BigInt.asUintN(12, distance) : distance;
    for (const node of nodesOf(tree.root, kind).filter((one) => one !== site.node)) {
      const name = textOf(tree, nodeOf(node, 'name') ?? node);
      // Of code that the program has, too, the template's stands at its place.
      const known = kind === 'symbol' || kind === 'code' ? setting.symbol(name) : null;
      for (const own of nodesOf(node, 'address')) {
        const number = numberIn(own);
        if (known !== null) put(own, known);
        else if (number !== null) {
          put(own, hex(BigInt.asUintN(setting.xlen, number + by)));
          if (kind !== 'site' && kind !== 'sites') standIns.push(name);
        }
      }
    }
  }
  if (place !== null) put(place, setting.at);
  versions(analysis, site, setting, put);
  if (!setting.compressed) withoutHalves(analysis, put);
  return { text: applied(text, edits), standIns };
}

type Put = (span: { start: number; end: number }, replacement: string) => void;

interface Read {
  readonly analysis: Analysis;
  readonly site: Pick<Analysis['names'][number], 'name' | 'definition' | 'references'> & { readonly node: SyntaxNode };
}

/** What has been read: templates are few, and always the same. */
const known = new Map<string, Read>();

function read(text: string): Read {
  const before = known.get(text);
  if (before !== undefined) return before;
  const analysis = analyze('template', text, () => null);
  const node = nodeOf(analysis.tree.root, 'site');
  const name = node === null ? null : nodeOf(node, 'name');
  const info = analysis.names.find(({ kind, definition }) => kind === 'site' && definition.start === name?.start);
  if (node === null || info === undefined) throw new Error('a template has a site');
  const result = { analysis, site: { ...info, node } };
  known.set(text, result);
  return result;
}

/** The line `isa`, which may be missing, and the block around it too. */
function machine({ tree }: Analysis, isa: string, put: Put): void {
  const block = nodeOf(tree.root, 'machine');
  if (block === null) {
    const [first] = nodesOf(tree.root);
    const start = first?.start ?? 0;
    put({ start, end: start }, `machine {\n  isa ${isa}\n}\n\n`);
    return;
  }
  const setting = [...descendants(block, 'setting')].find((one) => wordsOf(one)[0]?.text === 'isa');
  const brace = [...tokensOf(block)].find((token) => token.text === '{') ?? block;
  const rest = tree.text[brace.end] === '\n' ? '' : '\n';
  if (setting === undefined) put({ start: brace.end, end: brace.end }, `\n  isa ${isa}${rest}`);
  else put(setting, `isa ${isa}`);
}

/** What the program has is the version `compiled`: the one of the scenario, with its label, or one more. */
function versions({ tree }: Analysis, site: Read['site'], { compiled, length }: Setting, put: Put): void {
  const block = nodeOf(site.node, 'block') ?? site.node;
  const nameOf = (node: SyntaxNode): string => textOf(tree, nodeOf(node, 'name') ?? node);
  const own = nodesOf(block, 'version').find((version) => nameOf(version) === 'compiled');
  if (own !== undefined) {
    const label = [...descendants(own, 'label')][0];
    put(nodeOf(own, 'block') ?? own, `{\n${label ? textOf(tree, label) : ''} ${compiled.join('\n')}\n}`);
    return;
  }
  const start = block.start + 1;
  put({ start, end: start }, `\n  version compiled {\n${compiled.join('\n')}\n  }`);
  if (length <= originalOf(tree.text).size) return;
  for (const patch of descendants(tree.root, 'patch')) {
    const [of, from] = nodesOf(patch, 'reference');
    if (of !== undefined && from !== undefined && textOf(tree, of) === site.name)
      put({ start: from.end, end: from.end }, ' over compiled');
  }
}

/** Leaves out what only compressed instructions make possible: places at 2 mod 4, and what is asked about them. */
function withoutHalves({ tree }: Analysis, put: Put): void {
  const odd = (node: SyntaxNode): boolean =>
    [...textOf(tree, node).matchAll(/ at (\d+) mod /g)].some(([, remainder]) => Number(remainder) % 4 !== 0);
  const gone = nodesOf(tree.root, 'sites').filter(odd);
  const names = new Set(gone.map((node) => textOf(tree, nodeOf(node, 'name') ?? node)));
  const asked = [...descendants(tree.root, 'reach')].filter((node) =>
    nodesOf(node, 'reference').some((reference) => names.has(textOf(tree, reference))),
  );
  for (const node of [...gone, ...asked, ...[...descendants(tree.root, 'expect')].filter(odd)])
    put({ start: tree.text.lastIndexOf('\n', node.start), end: node.end }, '');
}

/** Where edits overlap, the largest holds. */
function applied(text: string, edits: readonly Edit[]): string {
  const within = (a: Edit, b: Edit): boolean =>
    b.start <= a.start && a.end <= b.end && a.start < b.end && b.start < a.end && b.end - b.start > a.end - a.start;
  return edits
    .filter((edit) => !edits.some((other) => within(edit, other)))
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text);
}
