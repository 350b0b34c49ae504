import type { Analysis, NameInfo } from '../language/analysis';
import { type NodeKind, nodeOf, nodesOf, type SyntaxNode, textOf } from '../language/syntax';
import { nameToken } from './context';
import { type Span, spanOf } from './text';

export type OutlineKind =
  | 'machine'
  | 'symbol'
  | 'code'
  | 'data'
  | 'site'
  | 'version'
  | 'label'
  | 'fixup'
  | 'protocol'
  | 'step'
  | 'expect'
  // Of litmus files.
  | 'test'
  | 'location'
  | 'thread'
  | 'condition';

/** One construct, with those in it. */
export interface OutlineItem {
  readonly name: string;
  readonly detail: string;
  readonly kind: OutlineKind;
  /** The whole construct. */
  readonly span: Span;
  /** Its name; within `span`. */
  readonly selection: Span;
  readonly children: readonly OutlineItem[];
}

const shown: Readonly<Partial<Record<NodeKind, OutlineKind>>> = {
  machine: 'machine',
  symbol: 'symbol',
  code: 'code',
  data: 'data',
  site: 'site',
  sites: 'site',
  version: 'version',
  label: 'label',
  fixup: 'fixup',
  breakpoint: 'fixup',
  protocol: 'protocol',
  step: 'step',
  thread: 'thread',
  expect: 'expect',
};

/** Up to the brace, white space made one. */
function firstLine(text: string): string {
  return text
    .replace(/\{[\s\S]*/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

class Outliner {
  private readonly details: ReadonlyMap<number, NameInfo>;

  constructor(private readonly analysis: Analysis) {
    this.details = new Map(
      analysis.names
        .filter(({ definition }) => definition.file === analysis.tree.file)
        .map((info) => [info.definition.start, info]),
    );
  }

  items(node: SyntaxNode): OutlineItem[] {
    return nodesOf(node).flatMap((child) => {
      const kind = shown[child.kind];
      if (kind === 'label' && this.isTemplate(child)) return [];
      if (kind) return [this.item(child, kind)];
      return child.kind === 'block' ? this.items(child) : [];
    });
  }

  /** Whether a label stands in a macro, whose uses have labels of it. */
  private isTemplate(label: SyntaxNode): boolean {
    const name = nameToken(label);
    return name !== null && name.kind !== 'number' && !this.details.has(name.start);
  }

  private item(node: SyntaxNode, kind: OutlineKind): OutlineItem {
    const name = nameToken(node);
    const text = firstLine(textOf(this.analysis.tree, node));
    const block = nodeOf(node, 'block');
    return {
      name: name?.text ?? (text || kind),
      detail: name ? (this.details.get(name.start)?.detail ?? '') : '',
      kind,
      span: spanOf(node),
      selection: spanOf(name ?? node.children.find((child) => child.type === 'token' && child.kind === 'word') ?? node),
      children: block ? this.items(block) : [],
    };
  }
}

/** The constructs of a file, in order of the text. */
export function outline(analysis: Analysis): OutlineItem[] {
  return new Outliner(analysis).items(analysis.tree.root);
}
