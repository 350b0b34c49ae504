import type {
  EbreakHandler,
  Executors,
  HandlerOperation,
  Machine,
  Pattern,
  TrapReturnFixup,
} from '../checker/scenario';
import { extensions } from '../isa/extensions';
import { withExtension } from '../isa/isa-string';
import { type Located, sourceOf, type Unit } from './declarations';
import { DiagnosticSink } from './diagnostics';
import {
  byGranule,
  type Edit,
  editHandlers,
  editOperations,
  type Group,
  parseSelector,
  parts,
  type Selector,
  swap,
  without,
} from './edits';
import { readExecutorWords } from './executors';
import { readPattern } from './handlers';
import { keywordsAt } from './keywords';
import { withIsa, withSetting } from './machine';
import type { NameEntry, Observer } from './names';
import { fenceText, syncText } from './operation-text';
import { fenceSet, switchWords, withoutSwitches } from './operations';
import { type Placement, parsePlacement } from './placement';
import { didYouMean } from './suggest';
import { nodeOf, type SyntaxNode, type Token, wordsOf } from './syntax';
import { editFences, parseThreadSelector, type ThreadSelector } from './thread-edits';
import type { ReadThread } from './threads';

/** One condition of a `when`: what it makes of the protocol's assumptions. What it does not name it leaves alone. */
export interface Change {
  /** What no other condition of the same `when` may change too. */
  readonly about?: readonly string[];
  readonly machine?: (machine: Machine) => Machine;
  readonly placement?: readonly [name: string, placement: Placement];
  readonly executors?: (executors: Executors) => Executors;
  readonly fixups?: (fixups: readonly TrapReturnFixup[]) => readonly TrapReturnFixup[] | string;
  readonly breakpoints?: (breakpoints: readonly EbreakHandler[]) => readonly EbreakHandler[] | string;
  readonly threads?: (threads: readonly ReadThread[]) => readonly ReadThread[] | string;
  readonly groups?: (groups: readonly Group[]) => readonly Group[] | string;
}

/** What a condition may name. */
export interface ConditionContext {
  readonly machine: Machine;
  readonly steps: ReadonlyMap<string, NameEntry>;
  readonly threads: ReadonlyMap<string, NameEntry>;
  /** What can be moved: the protocol's sites, code and data. */
  readonly places: ReadonlyMap<string, NameEntry>;
  readonly sink: DiagnosticSink;
  readonly observer: Observer;
}

const executorWords = new Set(
  keywordsAt('executors').filter((word) => !['not', 'any', 'later', 'with'].includes(word)),
);

/** Reads one condition; null with a message where it cannot be understood. */
export function readCondition(context: ConditionContext, at: Located): Change | null {
  return new ConditionReader(context, at.unit, at.node).read();
}

class ConditionReader {
  private readonly words: readonly Token[];

  constructor(
    private readonly context: ConditionContext,
    private readonly unit: Unit,
    private readonly node: SyntaxNode,
  ) {
    this.words = wordsOf(node);
  }

  read(): Change | null {
    const [first, second, third] = this.words;
    if (first === undefined) return null;
    switch (first.text) {
      case 'ipi':
      case 'memory':
      case 'fetch':
      case 'isa':
        return this.setting(first.text);
      case 'without':
        return this.without();
      case 'swap':
        return this.swap();
      case 'match':
        return this.match();
      case 'executors':
        return this.executors(this.words.slice(1));
      case 'not':
        return second !== undefined && executorWords.has(second.text)
          ? this.executors(this.words)
          : this.extension(second, false);
      default:
    }
    if (executorWords.has(first.text)) return this.executors(this.words);
    if (second?.text === 'at') return this.placement(first);
    if (second === undefined && nodeOf(this.node, 'switches') === null) return this.extension(first, true);
    const ofThread = this.threadSelector(first);
    if (ofThread !== null && second?.text === '=') return this.fence(ofThread);
    const selector = this.selector(first);
    if (selector === null) return null;
    const switches = nodeOf(this.node, 'switches');
    if (switches !== null) {
      const words = switchWords(switches);
      return this.edit(selector, (operation) =>
        operation.kind === 'stop_machine'
          ? [withoutSwitches(operation, words)]
          : `\`${first.text}\` is no \`stop_machine\``,
      );
    }
    switch (second?.text) {
      case 'async':
        return this.noMore(2) ? this.waiting(selector, first, true) : null;
      case 'not':
        if (third?.text !== 'async')
          return this.fail(third ?? second, 'a sync is told to wait by `STEP.sync not async`');
        return this.noMore(3) ? this.waiting(selector, first, false) : null;
      case 'by':
        return this.by(selector, third);
      case '=':
        return this.fence(selector);
      default:
        return this.fail(
          this.node,
          'what is changed about it is missing: `STEP.fence = w,o`, `STEP.write by half`, `STEP.sync async`',
        );
    }
  }

  private fail(
    place: { readonly start: number; readonly end: number },
    message: string,
    suggestion: string | null = null,
  ): null {
    this.context.sink.add('condition', sourceOf(this.unit, place), message, suggestion);
    return null;
  }

  /** Nothing more may stand behind the first `count` words. */
  private noMore(count: number): boolean {
    const rest = this.words[count];
    if (rest === undefined) return true;
    this.fail(rest, `\`${rest.text}\` is not expected here: conditions have commas between them`);
    return false;
  }

  private setting(key: string): Change | null {
    const first = this.words[1];
    const last = this.words.at(-1);
    if (first === undefined || last === undefined) return this.fail(this.node, `\`${key}\` wants a value`);
    const span = { start: first.start, end: last.end };
    const value = this.unit.blanked.slice(span.start, span.end);
    const source = sourceOf(this.unit, span);
    if (withSetting(this.context.machine, key, value, source, this.context.sink, 'condition') === null) return null;
    return {
      about: [key],
      machine: (machine) => withSetting(machine, key, value, source, new DiagnosticSink()) ?? machine,
    };
  }

  private without(): Change | null {
    const what = this.words[1];
    if (what === undefined) return this.fail(this.node, '`without` wants a step, a part of it, or "on trap return"');
    if (what.kind === 'string') return this.withoutHandler(what);
    if (!this.noMore(2)) return null;
    const thread = this.context.steps.has(what.text) ? undefined : this.context.threads.get(what.text);
    if (thread !== undefined) return this.withoutThread(what, thread);
    const fences = this.threadSelector(what);
    if (fences !== null) return this.editThread(fences, null);
    const selector = this.selector(what);
    return selector === null ? null : { groups: (groups) => without(groups, selector) };
  }

  private withoutThread(what: Token, thread: NameEntry): Change {
    this.context.observer.refer(thread, sourceOf(this.unit, what));
    return {
      threads: (threads) => {
        const left = threads.filter(({ name }) => name !== thread.name);
        return left.length > 0 ? left : `\`${thread.name}\` is the only thread: without it nobody runs the code`;
      },
    };
  }

  /** `reader.fence.2`; null where no thread is meant. */
  private threadSelector(word: Token): ThreadSelector | null {
    const { steps, threads, observer } = this.context;
    if (parseSelector(word.text, steps.keys()) !== null) return null;
    const selector = parseThreadSelector(word.text, threads.keys());
    const entry = selector && threads.get(selector.thread);
    if (entry) observer.refer(entry, sourceOf(this.unit, { start: word.start, end: word.start + entry.name.length }));
    return selector;
  }

  private editThread(selector: ThreadSelector, fence: HandlerOperation | null): Change {
    const { isa } = this.context.machine;
    return { threads: (threads) => editFences(threads, selector, isa, fence) };
  }

  /** `without "on trap return"`, or `without "on ebreak".2` for the second of several. */
  private withoutHandler(what: Token): Change | null {
    const name = what.text === '"on trap return"' || what.text === '"on ebreak"' ? what.text.slice(1, -1) : null;
    if (name === null) {
      const meant = this.context.sink.closest(what.text, ['"on trap return"', '"on ebreak"']);
      return this.fail(what, 'the handlers are "on trap return" and "on ebreak"', meant ?? '"on trap return"');
    }
    const number = this.words[2];
    const [, digits] = /^\.([1-9][0-9]{0,3})$/.exec(number?.text ?? '') ?? [];
    if (number !== undefined && (digits === undefined || number.start > what.end))
      return this.fail(number, `one of several handlers is left out by \`without "${name}".2\``);
    if (!this.noMore(3)) return null;
    const left = <T>(handlers: readonly T[]): readonly T[] | string => {
      if (handlers.length === 0) return `there is no \`${name}\` to leave out`;
      if (digits === undefined) return [];
      if (handlers.length < Number(digits)) return `there are only ${handlers.length} of \`${name}\``;
      return handlers.filter((_, index) => index !== Number(digits) - 1);
    };
    return name === 'on ebreak' ? { breakpoints: left } : { fixups: left };
  }

  private swap(): Change | null {
    const [, a, b] = this.words;
    if (a === undefined || b === undefined) return this.fail(this.node, '`swap` wants two steps, or two operations');
    if (!this.noMore(3)) return null;
    const [first, second] = [this.selector(a), this.selector(b)];
    if (first === null || second === null) return null;
    if ((first.part === null) !== (second.part === null))
      return this.fail(b, '`swap` exchanges two steps, or two operations');
    if (first.part === null && first.step === second.step) return this.fail(b, '`swap` wants two different steps');
    return { groups: (groups) => swap(groups, first, second) };
  }

  /** `STEP.sync async`, `STEP.sync not async`. */
  private waiting(selector: Selector, word: Token, async: boolean): Change | null {
    return this.edit(selector, (operation) =>
      operation.kind === 'sync'
        ? [{ ...operation, async, text: syncText({ async, body: operation.body }) }]
        : `\`${word.text}\` is no \`sync\``,
    );
  }

  private match(): Change | null {
    const first = this.words[1];
    const too = this.words.at(-1);
    if (first === undefined || too?.text !== 'too' || first === too)
      return this.fail(this.node, 'another pattern is added by `match PATTERN too`');
    const end = this.words.at(-2)?.end ?? first.end;
    const pattern = readPattern(
      this.unit,
      { start: first.start, end },
      this.context.machine.isa,
      this.context.sink,
      'condition',
    );
    return pattern === null ? null : { fixups: (fixups) => withPattern(fixups, pattern) };
  }

  private executors(words: readonly Token[]): Change | null {
    const change = readExecutorWords(this.unit, words, this.context.sink, 'condition');
    if (change === null) return null;
    return { about: Object.keys(change), executors: (executors) => ({ ...executors, ...change }) };
  }

  private extension(word: Token | undefined, on: boolean): Change | null {
    if (word === undefined) return this.fail(this.node, '`not` wants an extension or an assumption');
    const name = word.text.toLowerCase();
    if (!extensions.has(name)) {
      const known = [
        ...keywordsAt('condition'),
        ...executorWords,
        ...parts,
        ...this.context.steps.keys(),
        ...this.context.places.keys(),
      ];
      const meant = this.context.sink.closest(word.text, [...known, ...extensions.keys()]);
      return this.fail(word, `\`${word.text}\` is no assumption that can be changed${didYouMean(meant)}`, meant);
    }
    if (!this.noMore(on ? 1 : 2)) return null;
    return {
      about: [`extension ${name}`],
      machine: (machine) => withIsa(machine, withExtension(machine.isa, name, on)),
    };
  }

  private placement(site: Token): Change | null {
    const { places, observer } = this.context;
    const entry = places.get(site.text);
    if (entry === undefined) {
      const meant = this.context.sink.closest(site.text, places.keys());
      return this.fail(site, `the protocol has no site or data \`${site.text}\`${didYouMean(meant)}`, meant);
    }
    observer.refer(entry, sourceOf(this.unit, site));
    const [a, mod, m] = this.words.slice(2);
    const node = { ...this.node, children: this.words.slice(2) };
    if (a === undefined || mod?.text !== 'mod' || m === undefined)
      return this.fail(this.node, 'a placement is written `SITE at 2 mod 4`');
    const bad = new DiagnosticSink();
    const placement = parsePlacement(this.unit, node, bad);
    if (placement === null || placement === 'bad')
      return this.fail(this.node, bad.list[0]?.message ?? 'a placement is written `SITE at 2 mod 4`');
    return { about: [`place of ${site.text}`], placement: [site.text, placement] };
  }

  private by(selector: Selector, word: Token | undefined): Change | null {
    const granule = word?.text;
    if (granule !== 'byte' && granule !== 'half' && granule !== 'word' && granule !== 'double') {
      return this.fail(word ?? this.node, `a store goes by ${keywordsAt('granule').join(', ')}`);
    }
    return this.noMore(3) ? this.edit(selector, byGranule(granule)) : null;
  }

  private fence(selector: Selector | ThreadSelector): Change | null {
    const [, , p, comma, s] = this.words;
    const tso = p?.text === 'tso' && comma === undefined;
    const pred = tso ? fenceSet('rw') : fenceSet(p?.text ?? '');
    const succ = tso ? pred : fenceSet(s?.text ?? '');
    if (pred === null || succ === null)
      return this.fail(this.node, 'a fence is changed by `STEP.fence = w,o` or `STEP.fence = tso`');
    const changed: HandlerOperation = { kind: 'fence', pred, succ, tso };
    if ('thread' in selector)
      return selector.part === 'fence'
        ? this.editThread(selector, changed)
        : this.fail(this.node, 'only a `fence` has sets');
    const { handler } = selector;
    if (handler?.part === 'fence')
      return { groups: (groups) => editHandlers(groups, selector, handler, () => [changed]) };
    return this.edit(selector, (operation) =>
      operation.kind === 'fence' ? [{ ...operation, ...changed, text: fenceText(changed) }] : 'only a `fence` has sets',
    );
  }

  private edit(selector: Selector, edit: Edit): Change | null {
    if (selector.part === null)
      return this.fail(
        this.node,
        `say which part of step \`${selector.step}\`: ${parts.map((part) => `\`${selector.step}.${part}\``).join(', ')}`,
      );
    if (selector.handler !== null)
      return this.fail(this.node, 'of a handler, fences are changed or left out: `STEP.sync.fence = w,w`');
    return { groups: (groups) => editOperations(groups, selector, edit) };
  }

  private selector(word: Token): Selector | null {
    const { steps, observer } = this.context;
    const selector = parseSelector(word.text, steps.keys());
    if (selector === null) {
      const step = word.text.split('.')[0] ?? '';
      const known = steps.has(step) ? parts.map((part) => `${step}.${part}`) : [...steps.keys(), ...parts];
      const meant =
        this.context.sink.closest(word.text, known) ??
        (steps.has(step) ? null : this.context.sink.closest(step, steps.keys()));
      const what = steps.has(step) ? `step \`${step}\` has no such part` : `there is no step \`${step}\``;
      return this.fail(word, `${what}${didYouMean(meant)}`, meant);
    }
    const entry = selector.step === null ? undefined : steps.get(selector.step);
    if (entry !== undefined)
      observer.refer(entry, sourceOf(this.unit, { start: word.start, end: word.start + entry.name.length }));
    return selector;
  }
}

function withPattern(fixups: readonly TrapReturnFixup[], pattern: Pattern): readonly TrapReturnFixup[] | string {
  if (!fixups.some(({ patterns }) => patterns.length > 0)) return 'no `on trap return` matches by a pattern';
  return fixups.map((fixup) =>
    fixup.patterns.length === 0 ? fixup : { ...fixup, patterns: [...fixup.patterns, pattern] },
  );
}
