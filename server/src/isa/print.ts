import { rulesOf } from './condition';
import { insert, type OperandKindSpec } from './operands';
import { PartMaker, type Piece, type Source } from './parts';
import { type Form, PrintProgram, type Sink, type WriteTarget } from './program';
import { xRegisterName } from './registers';
import { type SyntaxOperand, syntaxItems } from './syntax';
import { type Alias, aliases } from './tables/aliases';
import { boundKind, templateOf } from './template';
import type { InstructionSpec, Xlen } from './types';
import type { ValueStyle } from './value-text';

/** How instructions are printed. */
export interface PrintStyle extends ValueStyle {
  /** Pseudo-instructions, and C forms by what they stand for, as objdump does. */
  readonly aliases: boolean;
  /** Between operands. */
  readonly separator: string;
  /** Between mnemonic and operands. */
  readonly gap: string;
}

/** An instruction, or what a C instruction stands for: where its fields, by name, are found in the word that is printed. */
interface View {
  readonly spec: InstructionSpec;
  readonly sources: ReadonlyMap<string, Source>;
}

/** C instructions with an alias that their base instruction has not. */
const OWN_NAMES: ReadonlyMap<string, string> = new Map([
  ['c.mv', 'mv'],
  ['c.unimp', 'unimp'],
]);

/** Prints instructions in one style. How each is printed is found out when it is first met. */
export class Printer {
  private readonly program = new PrintProgram();
  private readonly plain = new Map<InstructionSpec, number>();
  private readonly hints = new Map<InstructionSpec, number>();
  private readonly parts: PartMaker;

  constructor(private readonly style: PrintStyle) {
    this.parts = new PartMaker(style, this.program.texts);
  }

  /** How instructions of `spec` are printed, or those that are hints: what `write` is to be told. */
  of(spec: InstructionSpec, hint: boolean): number {
    const known = hint ? this.hints : this.plain;
    let start = known.get(spec);
    if (start === undefined) {
      start = this.program.add(this.formsOf(spec, hint));
      known.set(spec, start);
    }
    return start;
  }

  /** Prints `word`, an instruction for which `of` gave `start`. */
  write(start: number, word: number, sink: Sink, target: WriteTarget): void {
    this.program.write(start, word, sink, target);
  }

  /** The ways to print an instruction, in the order in which they are tried; the last always fits. */
  private formsOf(spec: InstructionSpec, hint: boolean): Form[] {
    if (!this.style.aliases) return [this.bySyntax(viewOf(spec), spec.mnemonic)];
    const own = OWN_NAMES.get(spec.mnemonic);
    if (own !== undefined && !hint) return [this.bySyntax(viewOf(spec), own)];
    // A hint says nothing by its base instruction.
    const view = hint ? viewOf(spec) : (expanded(spec, this.style.xlen) ?? viewOf(spec));
    const named = printedAliases(view.spec, this.style.xlen).flatMap((alias) => this.byAlias(view, alias) ?? []);
    return [...named, this.bySyntax(view, view.spec.mnemonic)];
  }

  private bySyntax({ spec, sources }: View, mnemonic: string): Form {
    const { separator, gap, numeric } = this.style;
    const operand = (one: SyntaxOperand, before: string, optional = false): Piece => {
      if (one.k === 'field') return { kind: one.kind, source: sources.get(one.kind.name) ?? 0, before, optional };
      return before + (one.file === 'v' ? `v${one.number}` : xRegisterName(one.number, numeric));
    };
    const pieces = syntaxItems(spec.syntax).flatMap((item, index): Piece[] => {
      const before = index === 0 ? gap : separator;
      if (item.k === 'operand') return [operand(item.operand, before, item.optional)];
      return item.offset
        ? [operand(item.offset, before), '(', operand(item.base, ''), ')']
        : [operand(item.base, `${before}(`), ')'];
    });
    const parts = this.parts.of([mnemonic, ...orderingOf(sources), ...pieces], sources.get('rlist'));
    return { mask: 0, match: 0, equal: null, parts };
  }

  /** Null where it never fits. */
  private byAlias({ spec, sources }: View, { mnemonic, syntax, template: text }: Alias): Form | null {
    const template = templateOf(text, this.style.xlen);
    if (template?.spec !== spec) return null;
    const match = new Match();
    const bound = new Map<string, Source>();
    for (const { kind, value } of template.bindings) {
      const source = sources.get(kind.name) ?? kind.omitted ?? 0;
      if ('constant' in value) match.equal(source, value.constant);
      else if (!bound.has(value.name)) bound.set(value.name, source);
      else match.equal(source, bound.get(value.name) ?? 0);
    }
    if (!match.possible) return null;
    const items = syntax.split(', ').filter((item) => item !== '');
    const pieces = items.flatMap((item, index): Piece[] => {
      const separator = index === 0 ? this.style.gap : this.style.separator;
      return item.split(/\b/).map((name, place): Piece => {
        const before = place === 0 ? separator : '';
        const kind = boundKind(template, name);
        return kind ? { kind, source: bound.get(name) ?? 0, before, optional: false } : before + name;
      });
    });
    const parts = this.parts.of([mnemonic, ...pieces], undefined);
    return { mask: match.mask, match: match.match, equal: match.equality(), parts };
  }
}

const viewOf = (spec: InstructionSpec): View => ({
  spec,
  sources: new Map(rulesOf(spec).kinds.map((kind) => [kind.name, kind])),
});

/** The ordering of those that have one. */
function orderingOf(sources: ReadonlyMap<string, Source>): Piece[] {
  const [aq, rl] = [sources.get('aq'), sources.get('rl')];
  return typeof aq === 'object' && typeof rl === 'object' ? [{ aq, rl }] : [];
}

/** What a C instruction stands for, or null. */
function expanded(spec: InstructionSpec, xlen: Xlen): View | null {
  const template = spec.expandsTo === null ? null : templateOf(spec.expandsTo, xlen);
  if (!template) return null;
  const own = viewOf(spec).sources;
  const sources = template.bindings.map(
    ({ kind, value }) => [kind.name, 'constant' in value ? value.constant : (own.get(value.name) ?? 0)] as const,
  );
  return { spec: template.spec, sources: new Map(sources) };
}

const byTarget = new Map<string, readonly Alias[]>();

/** The aliases that are printed for an instruction, in the order in which they are tried. */
function printedAliases(spec: InstructionSpec, xlen: Xlen): readonly Alias[] {
  if (byTarget.size === 0)
    for (const alias of aliases) {
      const target = alias.template.split(' ')[0] ?? '';
      if (alias.printed) byTarget.set(target, [...(byTarget.get(target) ?? []), alias]);
    }
  return (byTarget.get(spec.mnemonic) ?? []).filter(({ xlens }) => xlens.includes(xlen));
}

/** What a word must be like, gathered condition by condition. */
class Match {
  mask = 0;
  match = 0;
  possible = true;
  private readonly pairs: (readonly [OperandKindSpec, OperandKindSpec])[] = [];

  equal(a: Source, b: Source): void {
    if (typeof a === 'number' && typeof b === 'number') this.possible &&= a === b;
    else if (typeof a === 'number') this.equal(b, a);
    else if (typeof b !== 'number') this.pairs.push([a, b]);
    else {
      const bits = b >= a.min && b <= a.max ? insert(a, b) : 0;
      this.possible &&= a.read(bits) === b;
      this.mask |= a.mask;
      this.match |= bits;
    }
  }

  /** Whether the fields are the same that must be; null where none must. */
  equality(): ((word: number) => boolean) | null {
    const { pairs } = this;
    return pairs.length === 0 ? null : (word) => pairs.every(([a, b]) => a.read(word) === b.read(word));
  }
}
