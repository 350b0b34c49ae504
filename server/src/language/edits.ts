import type { Granule, Operation } from '../checker/scenario';
import { granuleProblem } from './stores';

/** The operations of one step, or of what stands outside of steps (`step` null), in order. */
export interface Group {
  readonly step: string | null;
  readonly operations: readonly Operation[];
}

/** The words by which a condition names a kind of operation. */
export const parts = ['write', 'store', 'fence', 'fence.i', 'sync', 'stop', 'stop_machine'] as const;
export type Part = (typeof parts)[number];

/** `redirect.fence.2`: a step (null: all), a kind of operation (null: the whole step), which of them (null: all). */
export interface Selector {
  readonly step: string | null;
  readonly part: Part | null;
  readonly nth: number | null;
}

/** Reads a selector; null where it names no step and no kind of operation. */
export function parseSelector(word: string, steps: Iterable<string>): Selector | null {
  for (const step of steps) {
    if (word === step) return { step, part: null, nth: null };
    if (!word.startsWith(`${step}.`)) continue;
    const rest = parsePart(word.slice(step.length + 1));
    if (rest !== null) return { step, ...rest };
  }
  const rest = parsePart(word);
  return rest === null ? null : { step: null, ...rest };
}

function parsePart(text: string): { readonly part: Part; readonly nth: number | null } | null {
  const [, name, nth] = /^(.*?)(?:\.([1-9][0-9]{0,3}))?$/.exec(text) ?? [];
  const part = parts.find((candidate) => candidate === name);
  return part === undefined ? null : { part, nth: nth === undefined ? null : Number(nth) };
}

function isPart(operation: Operation, part: Part): boolean {
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

/** What an edit makes of one operation: others in its place, or why that cannot be. */
export type Edit = (operation: Operation) => readonly Operation[] | string;

/** Applies an edit to all operations that are meant, those within `stop_machine` too; why not, in words, where it cannot. */
export function editOperations(groups: readonly Group[], selector: Selector, edit: Edit): readonly Group[] | string {
  const { step, part, nth } = selector;
  let seen = 0;
  let hits = 0;
  let problem: string | null = null;
  const visit = (operation: Operation): readonly Operation[] => {
    if (part !== null && isPart(operation, part)) {
      seen++;
      if (nth === null || nth === seen) {
        hits++;
        const edited = edit(operation);
        if (typeof edited !== 'string') return edited;
        problem ??= edited;
      }
    }
    return operation.kind === 'stop_machine' ? [{ ...operation, body: operation.body.flatMap(visit) }] : [operation];
  };
  const edited = groups.map((group) =>
    step !== null && group.step !== step ? group : { ...group, operations: group.operations.flatMap(visit) },
  );
  if (problem !== null) return problem;
  if (hits > 0) return edited;
  const where = step === null ? 'the protocol' : `step \`${step}\``;
  return seen === 0 ? `${where} has no \`${part}\`` : `${where} has only ${seen} of \`${part}\``;
}

/** Leaves out a step or operations. A `stop_machine` that is left out leaves its body, which then runs beside all others. */
export function without(groups: readonly Group[], selector: Selector): readonly Group[] | string {
  if (selector.part === null) return groups.filter(({ step }) => step !== selector.step);
  return editOperations(groups, selector, (operation) => (operation.kind === 'stop_machine' ? operation.body : []));
}

/** Exchanges two steps. */
export function swap(groups: readonly Group[], a: string, b: string): readonly Group[] {
  const first = groups.find(({ step }) => step === a);
  const second = groups.find(({ step }) => step === b);
  if (first === undefined || second === undefined) return groups;
  return groups.map((group) => (group === first ? second : group === second ? first : group));
}

/** An edit that stores by another granule. */
export function byGranule(granule: Granule): Edit {
  return (operation) => {
    if (operation.kind !== 'store') return 'only stores have a size';
    return granuleProblem(operation.bytes.length, granule) ?? [{ ...operation, granule }];
  };
}
