import type { Source } from '../checker/scenario';
import { parseStatement } from '../isa/asm/statement';
import type { Statement } from '../isa/asm/types';
import { isRegisterName } from '../isa/registers';
import type { NameKind } from './analysis';
import type { DiagnosticSink } from './diagnostics';
import { isWrongPrime } from './lexer';
import { type NameEntry, nameEntry } from './names';
import { parse } from './parser';
import {
  descendants,
  nodeOf,
  nodesOf,
  type SyntaxElement,
  type SyntaxNode,
  type SyntaxTree,
  textOf,
  tokensOf,
  wordsOf,
} from './syntax';
import type { ReadImport } from './types';

/** One file, with its comments blanked out so that parts of it can be handed to the assembler at their offsets. */
export interface Unit {
  readonly file: string;
  readonly tree: SyntaxTree;
  readonly blanked: string;
}

/** A node in its file. */
export interface Located {
  readonly unit: Unit;
  readonly node: SyntaxNode;
}

export interface SymbolDeclaration extends Located {
  readonly entry: NameEntry;
}

/**
 * A block of assembly: its statements, each with the labels before it. `labels` names those that stand in the text, and those
 * that its macros make once it has been assembled.
 */
export interface AssemblyText extends Located {
  readonly entry: NameEntry;
  readonly statements: readonly Statement[];
  readonly labels: Map<string, NameEntry>;
}

export interface RegionDeclaration extends AssemblyText {
  readonly kind: 'code' | 'data';
}

export interface SiteDeclaration extends Located {
  readonly entry: NameEntry;
  readonly versions: readonly AssemblyText[];
}

export interface ProtocolDeclaration extends Located {
  readonly entry: NameEntry;
  readonly steps: ReadonlyMap<string, NameEntry>;
  readonly threads: ReadonlyMap<string, NameEntry>;
}

/** What a file and its imports declare, in order; names still unplaced. */
export interface Declarations {
  readonly settings: Located[];
  readonly symbols: SymbolDeclaration[];
  readonly regions: RegionDeclaration[];
  readonly sites: SiteDeclaration[];
  /** `on trap return`, `on ebreak` and `on ipi`. */
  readonly handlers: Located[];
  /** Of the file itself; those of imports are left where they are. */
  readonly protocols: ProtocolDeclaration[];
  /** The assembly that stands in protocols, by its node. */
  readonly blocks: Map<SyntaxNode, AssemblyText>;
  readonly names: NameEntry[];
  /** Files that were read, and the `import` of the analysed file that led to each. */
  readonly imports: Map<string, SyntaxNode>;
}

export function sourceOf(unit: Unit, element: Pick<SyntaxElement, 'start' | 'end'>): Source {
  return { file: unit.file, start: element.start, end: element.end };
}

/** The text of a node with comments blanked out. */
export function plainText(unit: Unit, node: Pick<SyntaxElement, 'start' | 'end'>): string {
  return unit.blanked.slice(node.start, node.end);
}

/** Statements as messages and traces quote them: comments left out, runs of white space as one space. */
export function normalised(unit: Unit, node: Pick<SyntaxElement, 'start' | 'end'>): string {
  return plainText(unit, node).replace(/\s+/g, ' ').trim();
}

export function readUnit(text: string, file: string): Unit {
  const tree = parse(text, file);
  let blanked = '';
  for (const token of tokensOf(tree.root)) {
    blanked += token.kind === 'comment' ? ' '.repeat(token.text.length) : token.text;
  }
  return { file, tree, blanked };
}

/** Longer statements are refused, so that no text makes an expression too deep to walk. */
export const longestStatement = 4000;

/** Reads what a file declares, its imports first. */
export function collect(unit: Unit, readImport: ReadImport, sink: DiagnosticSink): Declarations {
  const into: Declarations = {
    settings: [],
    symbols: [],
    regions: [],
    sites: [],
    handlers: [],
    protocols: [],
    blocks: new Map(),
    names: [],
    imports: new Map(),
  };
  const globals = new Map<string, NameEntry>();
  const seen = new Set([unit.file]);
  // Imports are worked off with a list of their own, so that a chain of any length cannot overflow the stack.
  const units: { unit: Unit; via: SyntaxNode | null }[] = [{ unit, via: null }];
  for (let i = 0; i < units.length; i++) {
    const { unit: importer, via } = units[i] as { unit: Unit; via: SyntaxNode | null };
    for (const node of nodesOf(importer.tree.root, 'import')) {
      const path = wordsOf(node).find((token) => token.kind === 'string');
      if (path === undefined || path.text.length < 3) continue;
      const read = readImport(path.text.slice(1, -1), importer.file);
      if (read === null) sink.add('import', sourceOf(importer, path), `there is no file ${path.text}`);
      else if (!seen.has(read.file)) {
        seen.add(read.file);
        into.imports.set(read.file, via ?? node);
        units.push({ unit: readUnit(read.text, read.file), via: via ?? node });
      }
    }
  }
  for (const { unit: from } of units.reverse()) new Collector(into, from, from === unit, globals, sink).run();
  return into;
}

/** Reads one file's declarations into a list shared by all. */
class Collector {
  constructor(
    private readonly into: Declarations,
    private readonly unit: Unit,
    private readonly isMain: boolean,
    private readonly globals: Map<string, NameEntry>,
    private readonly sink: DiagnosticSink,
  ) {}

  run(): void {
    const { unit, into, sink } = this;
    for (const { message, start, end, suggestion } of unit.tree.problems) {
      sink.add('syntax', { file: unit.file, start, end }, message, suggestion);
    }
    for (const node of descendants(unit.tree.root, 'unsupported')) {
      const [first, second] = wordsOf(node);
      const words = second?.kind === 'word' ? `${first?.text} ${second.text}` : (first?.text ?? '');
      sink.add('unsupported', sourceOf(unit, node), `\`${words}\` is not supported yet`);
    }
    for (const node of nodesOf(unit.tree.root)) {
      if (node.kind === 'machine') {
        const block = nodeOf(node, 'block');
        if (block !== null)
          into.settings.push(...nodesOf(block, 'setting').map((setting) => ({ unit, node: setting })));
      } else if (node.kind === 'symbol') {
        const entry = this.global('symbol', node);
        if (entry !== null) into.symbols.push({ unit, node, entry });
      } else if (node.kind === 'code' || node.kind === 'data') {
        const entry = this.global(node.kind, node);
        if (entry !== null) into.regions.push({ kind: node.kind, ...this.assembly(node, entry) });
      } else if (node.kind === 'site' || node.kind === 'sites') this.site(node);
      else if (node.kind === 'fixup' || node.kind === 'breakpoint' || node.kind === 'ipi')
        into.handlers.push({ unit, node });
      else if (node.kind === 'protocol' && this.isMain) this.protocol(node);
    }
  }

  private site(node: SyntaxNode): void {
    const { unit } = this;
    const entry = this.global('site', node);
    if (entry === null) return;
    const names = new Map<string, NameEntry>();
    const versions: AssemblyText[] = [];
    const block = nodeOf(node, 'block');
    for (const version of block === null ? [] : nodesOf(block, 'version')) {
      const versionEntry = this.define('version', version, entry, names);
      if (versionEntry !== null) versions.push(this.assembly(version, versionEntry));
    }
    if (block !== null && names.size === 0) {
      this.sink.add(
        'empty-site',
        sourceOf(unit, nodeOf(node, 'name') ?? node),
        `site \`${entry.name}\` has no version: \`version old { ... }\``,
      );
    }
    this.into.sites.push({ unit, node, entry, versions });
  }

  private protocol(node: SyntaxNode): void {
    const { unit } = this;
    const entry = this.define('protocol', node, null, protocolNames(this.into));
    if (entry === null) return;
    const steps = new Map<string, NameEntry>();
    const block = nodeOf(node, 'block');
    for (const step of block === null ? [] : descendants(block, 'step')) this.define('step', step, entry, steps);
    for (const asm of block === null ? [] : descendants(block, 'asm'))
      this.into.blocks.set(asm, this.assembly(asm, entry));
    const threads = new Map<string, NameEntry>();
    const taken = new Map(this.globals);
    for (const thread of block === null ? [] : nodesOf(block, 'thread')) {
      const own = this.define('thread', thread, entry, taken);
      if (own === null) continue;
      threads.set(own.name, own);
      this.into.blocks.set(thread, this.assembly(thread, own));
    }
    this.into.protocols.push({ unit, node, entry, steps, threads });
  }

  /** Statements and labels of the block in a node. */
  private assembly(node: SyntaxNode, entry: NameEntry): AssemblyText {
    const { unit } = this;
    const statements: Statement[] = [];
    const labels = new Map<string, NameEntry>();
    const block = nodeOf(node, 'block');
    let pending: SyntaxNode[] = [];
    /** How deep in macros: a label there is one of each use. */
    let depth = 0;
    const end = (last: SyntaxNode): void => {
      const start = (pending[0] ?? last).start;
      pending = [];
      // What the parser has told of such a prime, the assembler need not repeat in other words.
      if ([...tokensOf(last)].some(({ text }) => isWrongPrime(text))) return;
      if (last.end - start <= longestStatement) {
        const statement = parseStatement(unit.blanked, start, last.end);
        statements.push(statement);
        depth += macroDepth(statement);
      } else this.sink.add('syntax', { file: unit.file, start, end: start + 1 }, 'this statement is too long');
    };
    for (const child of block?.children ?? []) {
      if (child.type === 'token') {
        // A label by itself, and a statement behind it on its line.
        const label = child.text === ';' ? pending.at(-1) : undefined;
        if (label !== undefined) end(label);
      } else if (child.kind === 'label') {
        pending.push(child);
        const name = nodeOf(child, 'name');
        if (name !== null && depth <= 0 && isNamed(textOf(unit.tree, name))) this.define('label', child, entry, labels);
      } else if (child.kind === 'assembly') end(child);
    }
    const trailing = pending.at(-1);
    if (trailing !== undefined) end(trailing);
    return { unit, node, entry, statements, labels };
  }

  private global(kind: NameKind, node: SyntaxNode): NameEntry | null {
    const entry = this.define(kind, node, null, this.globals);
    if (entry !== null && isRegisterName(entry.name)) {
      this.sink.add(
        'reserved-name',
        entry.definition,
        `\`${entry.name}\` is a register: an operand of this name would mean it`,
      );
    }
    return entry;
  }

  /** Makes a name of the node's `name`; null where it has none or the name is taken. */
  private define(
    kind: NameKind,
    node: SyntaxNode,
    container: NameEntry | null,
    taken: Map<string, NameEntry>,
  ): NameEntry | null {
    const { unit, sink } = this;
    const nameNode = nodeOf(node, 'name');
    if (nameNode === null) return null;
    const name = textOf(unit.tree, nameNode);
    const entry = nameEntry(kind, name, sourceOf(unit, nameNode), sourceOf(unit, node), container);
    const other = taken.get(name);
    if (other !== undefined) {
      sink.add('duplicate-name', entry.definition, `\`${name}\` is a ${other.kind} already`, null, [
        { message: 'it is declared here', source: other.definition },
      ]);
      return null;
    }
    taken.set(name, entry);
    this.into.names.push(entry);
    return entry;
  }
}

/** Whether a label has a name; those of digits are local to the assembler. */
export const isNamed = (label: string): boolean => /^[^0-9]/.test(label);

/** 1 where a statement begins a macro, -1 where it ends one. */
function macroDepth({ body }: Statement): number {
  if (body?.k !== 'directive') return 0;
  return Number(body.name.name === '.macro') - Number(body.name.name === '.endm');
}

function protocolNames(declarations: Declarations): Map<string, NameEntry> {
  return new Map(declarations.protocols.map(({ entry }) => [entry.name, entry]));
}
