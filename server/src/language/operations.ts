import type { HandlerOperation, Operation } from '../checker/scenario';
import type { FenceSet } from '../machine/effect';
import { readAsm } from './asm-operations';
import type { Context } from './context';
import { type Located, normalised, plainText, sourceOf, type Unit } from './declarations';
import { readStore, readWrite } from './stores';
import { didYouMean } from './suggest';
import { nodeOf, nodesOf, type SyntaxNode, textOf, wordsOf } from './syntax';

const noSet: FenceSet = { i: false, o: false, r: false, w: false };
const fullSet: FenceSet = { i: true, o: true, r: true, w: true };

/** `rw` as a fence has it; null where the text holds another letter, or one twice, or none. */
export function fenceSet(text: string): FenceSet | null {
  if (!/^[iorw]{1,4}$/.test(text) || new Set(text).size !== text.length) return null;
  return { i: text.includes('i'), o: text.includes('o'), r: text.includes('r'), w: text.includes('w') };
}

/** Reads the operations of a block, in order. What has errors is left out, with a message. */
export function readOperations(
  context: Context,
  unit: Unit,
  nodes: readonly SyntaxNode[],
  step: string | null,
): Operation[] {
  return nodes.flatMap((node) => readOperation(context, { unit, node }, step));
}

function readOperation(context: Context, at: Located, step: string | null): Operation[] {
  const { unit, node } = at;
  const common = { step, source: sourceOf(unit, node), text: normalised(unit, node).split('{')[0]?.trim() ?? '' };
  switch (node.kind) {
    case 'write':
      return readWrite(context, at, step);
    case 'store':
      return readStore(context, at, common);
    case 'fence':
    case 'fence-i': {
      const fence = readFence(context, at);
      return fence === null ? [] : [{ ...common, ...fence }];
    }
    case 'sync': {
      const block = nodeOf(node, 'block');
      const words = wordsOf(node).map(({ text }) => text);
      const isAsync = words.includes('async');
      const fenceI = words.includes('fence.i');
      if (fenceI) checkZifencei(context, at);
      const body = fenceI
        ? [{ kind: 'fence.i' } as const]
        : block === null
          ? context.ipi
          : readFences(context, unit, block);
      if (body === null) {
        context.sink.add(
          'operation',
          common.source,
          'nothing says what the other harts do: `sync fence.i`, or `on ipi { fence.i }` for all of them',
          'sync fence.i',
        );
        return [];
      }
      const text = block === null ? common.text : normalised(unit, node);
      return [{ ...common, text, kind: 'sync', async: isAsync, body }];
    }
    case 'stop': {
      const block = nodeOf(node, 'block');
      const body = block === null ? [] : readOperations(context, unit, nodesOf(block), step);
      const switches = nodeOf(node, 'switches');
      const stop = withoutSwitches(allOn, switches === null ? [] : switchWords(switches));
      if (stop.fenceI)
        checkZifencei(context, {
          unit,
          node: switches ?? { ...node, end: common.source.start + 'stop_machine'.length },
        });
      return [{ ...common, ...stop, body }];
    }
    case 'asm':
      return readAsm(context, at, step);
    case 'lock': {
      const [word] = wordsOf(node);
      const name = nodeOf(node, 'reference');
      if (name === null) return [];
      return [{ ...common, kind: word?.text === 'unlock' ? 'unlock' : 'lock', name: textOf(unit.tree, name) }];
    }
    case 'wait':
      return [{ ...common, kind: 'wait' }];
    case 'free': {
      const freed = readFree(context, at);
      return freed === null ? [] : [{ ...common, kind: 'free', ...freed }];
    }
    case 'run': {
      const run = readRun(context, at);
      return run === null ? [] : [{ ...common, kind: 'run', ...run }];
    }
    case 'migrate': {
      const fenceI = wordsOf(node).some(({ text }) => text === 'fence.i');
      if (fenceI) checkZifencei(context, at);
      return [{ ...common, kind: 'migrate', fenceI }];
    }
    default:
      return [];
  }
}

/** Code, data or a symbol of the file, which is poisoned. */
function readFree(
  { program, sink, observer }: Context,
  { unit, node }: Located,
): { readonly name: string; readonly address: bigint; readonly size: number } | null {
  const reference = nodeOf(node, 'reference');
  if (reference === null) return null;
  const name = textOf(unit.tree, reference);
  const source = sourceOf(unit, reference);
  const region = program.regions.get(name);
  const symbol = program.symbols.get(name);
  if (region !== undefined) {
    observer.refer(region.entry, source);
    return { name, address: region.address, size: region.bytes.length };
  }
  // What stands at a symbol is not told: its first parcel, which whoever is inside is taken to run again and again.
  if (symbol !== undefined) {
    observer.refer(symbol.entry, source);
    return { name, address: symbol.address, size: 2 };
  }
  const meant = sink.closest(name, [...program.regions.keys(), ...program.symbols.keys()]);
  sink.add(
    'unknown-name',
    source,
    program.sites.has(name)
      ? `\`${name}\` is a site: code, data or a symbol can be freed`
      : `code, data or a symbol can be freed, and none is called \`${name}\`${didYouMean(meant)}`,
    meant,
  );
  return null;
}

/** `run SITE as VERSION`. */
function readRun(
  { sites, sink, observer }: Context,
  { unit, node }: Located,
): { readonly site: string; readonly version: string | null } | null {
  const [siteNode, versionNode] = nodesOf(node, 'reference');
  if (siteNode === undefined) return null;
  const name = textOf(unit.tree, siteNode);
  const site = sites.find(({ entry }) => entry.name === name);
  if (site === undefined) {
    const meant = sink.closest(
      name,
      sites.map(({ entry }) => entry.name),
    );
    sink.add(
      'unknown-name',
      sourceOf(unit, siteNode),
      `the protocol patches no site \`${name}\`${didYouMean(meant)}`,
      meant,
    );
    return null;
  }
  observer.refer(site.entry, sourceOf(unit, siteNode));
  if (versionNode === undefined) return { site: name, version: null };
  const version = textOf(unit.tree, versionNode);
  const found = site.versions.find(({ entry }) => entry.name === version);
  if (found === undefined) {
    const meant = sink.closest(
      version,
      site.versions.map(({ entry }) => entry.name),
    );
    sink.add(
      'unknown-name',
      sourceOf(unit, versionNode),
      `site \`${name}\` has no version \`${version}\`${didYouMean(meant)}`,
      meant,
    );
    return null;
  }
  observer.refer(found.entry, sourceOf(unit, versionNode));
  return { site: name, version };
}

type StopSwitches = Pick<
  Extract<Operation, { kind: 'stop_machine' }>,
  'kind' | 'park' | 'irqsOff' | 'release' | 'acquire' | 'fenceI'
>;
const allOn: StopSwitches = {
  kind: 'stop_machine',
  park: true,
  irqsOff: true,
  release: true,
  acquire: true,
  fenceI: true,
};

/** The words of `without fence.i, release`. */
export function switchWords(switches: SyntaxNode): string[] {
  const text = wordsOf(switches).map((token) => token.text);
  return text.slice(1).join('').split(',');
}

/** A stop_machine with some of its switches off. Unknown words change nothing: the parser has refused them. */
export function withoutSwitches<T extends StopSwitches>(stop: T, words: readonly string[]): T {
  return {
    ...stop,
    park: stop.park && !words.includes('park'),
    irqsOff: stop.irqsOff && !words.includes('irqs-off'),
    release: stop.release && !words.includes('release'),
    acquire: stop.acquire && !words.includes('acquire'),
    fenceI: stop.fenceI && !words.includes('fence.i'),
  };
}

/** A `fence.i` is an instruction like any other: the ISA string must have it. */
function checkZifencei({ program, sink }: Context, { unit, node }: Located): void {
  if (program.isa.extensions.has('zifencei')) return;
  sink.add('operation', sourceOf(unit, node), `this executes \`fence.i\`, and \`${program.isa.text}\` has no Zifencei`);
}

/** The fences of a handler. */
export function readFences(context: Context, unit: Unit, block: SyntaxNode | null): HandlerOperation[] {
  const nodes = block === null ? [] : nodesOf(block);
  return nodes.flatMap((node) => (isFence(node) ? (readFence(context, { unit, node }) ?? []) : []));
}

function isFence(node: SyntaxNode): boolean {
  return node.kind === 'fence' || node.kind === 'fence-i';
}

function readFence(context: Context, { unit, node }: Located): HandlerOperation | null {
  const { sink } = context;
  if (node.kind === 'fence-i') {
    checkZifencei(context, { unit, node });
    return { kind: 'fence.i' };
  }
  const operands = nodesOf(node, 'operand');
  if (wordsOf(node)[0]?.text === 'fence.tso') {
    if (operands.length > 0) sink.add('operation', sourceOf(unit, node), '`fence.tso` has no operands');
    return { kind: 'fence', pred: { ...noSet, r: true, w: true }, succ: { ...noSet, r: true, w: true }, tso: true };
  }
  if (operands.length === 0) return { kind: 'fence', pred: fullSet, succ: fullSet, tso: false };
  const [first, second, more] = operands;
  if (first === undefined || second === undefined || more !== undefined) {
    sink.add('operation', sourceOf(unit, node), 'a fence has two sets, `fence w,o`, or none');
    return null;
  }
  const [pred, succ] = [first, second].map((operand) => {
    const set = fenceSet(plainText(unit, operand).trim());
    if (set === null)
      sink.add('operation', sourceOf(unit, operand), `\`${normalised(unit, operand)}\` is no set of \`i o r w\``);
    return set;
  });
  return pred && succ ? { kind: 'fence', pred, succ, tso: false } : null;
}
