import type { Granule, HandlerOperation, Operation } from '../checker/scenario';
import { syncText } from './operation-text';
import { granuleProblem } from './stores';

/** The operations of one step, or of what stands outside of steps (`step` null), in order. */
export interface Group {
  readonly step: string | null;
  /** Whose, where there are several patchers. */
  readonly patcher: string | null;
  readonly operations: readonly Operation[];
}

/** The words by which a condition names a kind of operation. */
export const parts = [
  'write',
  'store',
  'fence',
  'fence.i',
  'sync',
  'stop',
  'stop_machine',
  'wait',
  'free',
  'run',
  'migrate',
  'lock',
  'unlock',
] as const;
export type Part = (typeof parts)[number];

/** The kinds of operation that a sync's handler has. */
export const handlerParts = ['fence', 'fence.i'] as const satisfies readonly HandlerOperation['kind'][];

/** `redirect.fence.2`: a step (null: all), a kind of operation (null: the whole step), which of them (null: all). */
export interface Selector {
  readonly step: string | null;
  readonly part: Part | null;
  readonly nth: number | null;
  /** `redirect.sync.fence.i`: of a sync, which of its handler's operations; null: the sync itself. */
  readonly handler: { readonly part: HandlerOperation['kind']; readonly nth: number | null } | null;
}

/** Reads a selector; null where it names no step and no kind of operation. */
export function parseSelector(word: string, steps: Iterable<string>): Selector | null {
  for (const step of steps) {
    if (word === step) return { step, part: null, nth: null, handler: null };
    if (!word.startsWith(`${step}.`)) continue;
    const rest = parsePart(word.slice(step.length + 1));
    if (rest !== null) return { step, ...rest };
  }
  const rest = parsePart(word);
  return rest === null ? null : { step: null, ...rest };
}

const oneOf = (words: readonly string[]): string => {
  const longestFirst = [...words].sort((a, b) => b.length - a.length);
  return `(${longestFirst.join('|').replaceAll('.', '\\.')})(?:\\.([1-9][0-9]{0,3}))?`;
};
const partPattern = new RegExp(`^${oneOf(parts)}(?:\\.${oneOf(handlerParts)})?$`);

function parsePart(text: string): Omit<Selector, 'step'> | null {
  const [, name, nth, inner, innerNth] = partPattern.exec(text) ?? [];
  const part = parts.find((candidate) => candidate === name);
  const handler = handlerParts.find((candidate) => candidate === inner);
  if (part === undefined || (handler !== undefined && part !== 'sync')) return null;
  const number = (digits: string | undefined): number | null => (digits === undefined ? null : Number(digits));
  return {
    part,
    nth: number(nth),
    handler: handler === undefined ? null : { part: handler, nth: number(innerNth) },
  };
}

/** Is the operation of the kind that the word names? */
export function isPart(operation: Operation, part: Part): boolean {
  switch (part) {
    case 'write':
      return operation.kind === 'store' && operation.target === 'code';
    case 'store':
      return operation.kind === 'store' && operation.target === 'data';
    case 'stop':
    case 'stop_machine':
      return operation.kind === 'stop_machine';
    default:
      return operation.kind === part;
  }
}

/** An operation where it stands. */
export interface PlacedOperation {
  readonly operation: Operation;
  /** What names it and nothing else: `redirect.fence.2`. */
  readonly selector: string;
  /** The selector of the one behind it in its step or block; null for the last. */
  readonly next: string | null;
}

/** All operations in order, those within a `stop_machine` behind it. */
export function addressed(groups: readonly Group[]): PlacedOperation[] {
  const found: { readonly operation: Operation; readonly step: string | null; readonly block: object }[] = [];
  let loose = {};
  const visit = (operation: Operation, step: string | null, block: object): void => {
    found.push({ operation, step, block });
    if (operation.kind === 'stop_machine') for (const own of operation.body) visit(own, step, operation);
  };
  let before: string | null = null;
  for (const { step, patcher, operations } of groups) {
    if (step !== null || patcher !== before) loose = {};
    before = patcher;
    const block = step === null ? loose : operations;
    for (const operation of operations) visit(operation, step, block);
  }
  const named = found.map((one) => {
    const part = parts.find((candidate) => isPart(one.operation, candidate));
    const alike = found.filter(
      ({ operation, step }) =>
        (one.step === null || step === one.step) && part !== undefined && isPart(operation, part),
    );
    const number = alike.findIndex(({ operation }) => operation === one.operation) + 1;
    if (part === undefined) return { ...one, selector: null };
    // Without a step the number stands always: a step may have the name of a part.
    const selector =
      one.step === null ? `${part}.${number}` : `${one.step}.${part}${alike.length === 1 ? '' : `.${number}`}`;
    return { ...one, selector };
  });
  return named.flatMap(({ operation, block, selector }, index): PlacedOperation[] => {
    const next = named.slice(index + 1).find((other) => other.block === block)?.selector ?? null;
    return selector === null ? [] : [{ operation, selector, next }];
  });
}

/** What an edit makes of one operation: others in its place, or why that cannot be. */
export type Edit = (operation: Operation) => readonly Operation[] | string;

/** The same within the handler of a sync. */
type HandlerEdit = (operation: HandlerOperation) => readonly HandlerOperation[];

/** Applies an edit to all operations that are meant, those within `stop_machine` too; why not, in words, where it cannot. */
export function editOperations(groups: readonly Group[], selector: Selector, edit: Edit): readonly Group[] | string {
  const { step, part, nth } = selector;
  const within = step === null ? 'the protocol' : `step \`${step}\``;
  const chosen = new Choice(nth);
  let problem: string | null = null;
  const visit = (operation: Operation): readonly Operation[] => {
    if (part !== null && isPart(operation, part) && chosen.next()) {
      const edited = edit(operation);
      if (typeof edited !== 'string') return edited;
      problem ??= edited;
    }
    return operation.kind === 'stop_machine' ? [{ ...operation, body: operation.body.flatMap(visit) }] : [operation];
  };
  const edited = groups.map((group) =>
    step !== null && group.step !== step ? group : { ...group, operations: group.operations.flatMap(visit) },
  );
  return problem ?? chosen.problem(within, part ?? '') ?? edited;
}

/** Applies an edit to the operations of the handlers that are meant; why not, in words, where it cannot. */
export function editHandlers(
  groups: readonly Group[],
  selector: Selector,
  handler: NonNullable<Selector['handler']>,
  edit: HandlerEdit,
): readonly Group[] | string {
  return editOperations(groups, selector, (operation) => {
    if (operation.kind !== 'sync') return 'only a `sync` has a handler';
    const chosen = new Choice(handler.nth);
    const body = operation.body.flatMap((own) => (own.kind === handler.part && chosen.next() ? edit(own) : [own]));
    const { async } = operation;
    return chosen.problem('the handler', handler.part) ?? [{ ...operation, body, text: syncText({ async, body }) }];
  });
}

/** Counts candidates, of which all are meant or the nth. */
class Choice {
  private seen = 0;

  constructor(private readonly nth: number | null) {}

  /** Is this candidate meant? */
  next(): boolean {
    this.seen++;
    return this.nth === null || this.nth === this.seen;
  }

  /** Why none was, in words; null where one was. */
  problem(where: string, part: string): string | null {
    if (this.seen >= (this.nth ?? 1)) return null;
    return this.seen === 0 ? `${where} has no \`${part}\`` : `${where} has only ${this.seen} of \`${part}\``;
  }
}

/** Leaves out a step or operations. A `stop_machine` that is left out leaves its body, which then runs beside all others. */
export function without(groups: readonly Group[], selector: Selector): readonly Group[] | string {
  const { part, handler } = selector;
  if (part === null) return groups.filter(({ step }) => step !== selector.step);
  if (handler !== null) return editHandlers(groups, selector, handler, () => []);
  return editOperations(groups, selector, (operation) => (operation.kind === 'stop_machine' ? operation.body : []));
}

/**
 * Exchanges two steps, or two single operations wherever they stand; why not, in words, where a selector means several
 * or one operation stands within the other.
 */
export function swap(groups: readonly Group[], a: Selector, b: Selector): readonly Group[] | string {
  if (a.part !== null && b.part !== null) return swapOperations(groups, a, b);
  const first = groups.find(({ step }) => step === a.step);
  const second = groups.find(({ step }) => step === b.step);
  if (first === undefined || second === undefined) return groups;
  return groups.map((group) => (group === first ? second : group === second ? first : group));
}

function swapOperations(groups: readonly Group[], a: Selector, b: Selector): readonly Group[] | string {
  const [first, second] = [single(groups, a), single(groups, b)];
  if (typeof first === 'string') return first;
  if (typeof second === 'string') return second;
  if (first === second) return '`swap` wants two different operations';
  if (isWithin(first, second) || isWithin(second, first)) return 'one of these operations stands within the other';
  // Each is told of as part of the step that it has come to.
  const exchange = (operation: Operation): Operation => {
    if (operation === first) return { ...second, step: first.step };
    if (operation === second) return { ...first, step: second.step };
    return operation.kind === 'stop_machine' ? { ...operation, body: operation.body.map(exchange) } : operation;
  };
  return groups.map((group) => ({ ...group, operations: group.operations.map(exchange) }));
}

/** The one operation that is meant; why there is none, in words. */
function single(groups: readonly Group[], selector: Selector): Operation | string {
  if (selector.handler !== null) return '`swap` exchanges steps or operations, not parts of a handler';
  const found: Operation[] = [];
  const edited = editOperations(groups, selector, (operation) => {
    found.push(operation);
    return [operation];
  });
  if (typeof edited === 'string') return edited;
  const where = selector.step === null ? selector.part : `${selector.step}.${selector.part}`;
  return found.length === 1 && found[0]
    ? found[0]
    : `there are ${found.length} of \`${where}\`: say which, \`${where}.1\``;
}

function isWithin(inner: Operation, outer: Operation): boolean {
  return outer.kind === 'stop_machine' && outer.body.some((own) => own === inner || isWithin(inner, own));
}

/** An edit that stores by another granule. */
export function byGranule(granule: Granule): Edit {
  return (operation) => {
    if (operation.kind !== 'store') return 'only stores have a size';
    return granuleProblem(operation.bytes.length, granule) ?? [{ ...operation, granule }];
  };
}
