/**
 * The mail's table, from the model (docs/semantics.md, section 7): how the two executions of one pass can fall among
 * the `fence.i` of a remote hart.
 *
 * A row is a placement `f^a 0 f^b 4 f^c` with a + b + c = n. It lists the complete sequences of one pass that begin
 * `f^a 0 f^b` and go on with something other than `f`; if there is none, those that begin `f^a 08`.
 */
import { programOf } from './build';
import { Model } from './model';
import type { Move } from './moves';
import { rulesOf } from './rules';
import type { Scenario } from './scenario';
import type { State } from './state';
import { equivalent, outcomeOf } from './versions';
import { Words } from './words';

export interface Sequence {
  /** `ff08f`: `f` the hart takes a fence.i, `0` and `4` it executes there, `8` it reaches the site's end. */
  readonly word: string;
  /** Labels of what it executed in the site. */
  readonly executed: readonly string[];
  /** The version that the pass amounts to, or `forbidden`. */
  readonly class: string;
}
export interface TableRow {
  readonly placement: string;
  readonly sequences: readonly Sequence[];
}
export type TableResult =
  | { readonly ok: true; readonly rows: readonly TableRow[] }
  /** The scenario has no such table; why. */
  | { readonly ok: false; readonly reason: string };

/** More passes than this are not a table that anyone reads. */
const maximalPasses = 200_000;

export function table(scenario: Scenario): TableResult {
  const [site] = scenario.sites;
  if (!site || scenario.sites.length !== 1) return refuse('a table needs a protocol over one site');
  if (
    site.size !== 8 ||
    site.address % 4n !== 0n ||
    site.versions.some(({ instructions }) => instructions.some(({ bytes }) => bytes.length !== 4))
  )
    return refuse('a table needs a site of two 4-byte fetch units, with 4-byte instructions only');
  if (scenario.patchers.length > 1) return refuse('a table needs one patcher');
  if (scenario.threads.length > 0) return refuse('a table needs passes that begin at the site');
  const rules = rulesOf(scenario);
  const program = programOf(scenario, rules);
  if (program === null) return refuse('the protocol cannot be run');
  const model = new Model(scenario, program, rules);
  const problem = model.versions.flat().find((version) => version.problem !== null)?.problem;
  if (problem) return refuse(problem);
  const { rendezvous, deadlock } = model.program;
  if (deadlock) return refuse('the protocol deadlocks');
  if (rendezvous.length === 0) return refuse('the protocol has no sync');
  if (rendezvous.some(({ kind, body }) => kind !== 'sync' || body.length !== 1 || body[0]?.kind !== 'fence.i'))
    return refuse('a table needs a protocol whose only waits are `sync fence.i`');
  const sequences = enumerate(model);
  if (sequences === null)
    return refuse(`the protocol has more than ${maximalPasses.toLocaleString('en-US')} sequences`);
  return { ok: true, rows: placements(rendezvous.length).map((row) => fill(row, sequences)) };
}

const refuse = (reason: string): TableResult => ({ ok: false, reason });

/** All `f^a 0 f^b 4 f^c`, in the mail's order: latest first. */
function placements(n: number): { readonly a: number; readonly b: number; readonly c: number }[] {
  const out = [];
  for (let a = n; a >= 0; a--) for (let b = n - a; b >= 0; b--) out.push({ a, b, c: n - a - b });
  return out;
}

function fill({ a, b, c }: { a: number; b: number; c: number }, all: readonly Sequence[]): TableRow {
  const start = `${'f'.repeat(a)}0${'f'.repeat(b)}`;
  const exact = all.filter(
    ({ word }) => word.startsWith(start) && word.length > start.length && word[start.length] !== 'f',
  );
  const instead = `${'f'.repeat(a)}08`;
  const sequences = exact.length > 0 ? exact : all.filter(({ word }) => word.startsWith(instead));
  return { placement: `${start}4${'f'.repeat(c)}`, sequences };
}

interface Run {
  readonly state: State;
  readonly word: string;
  readonly executed: readonly string[];
}

/** Every complete pass of a thread that stays on one hart and is interrupted by the protocol only. */
function enumerate(model: Model): Sequence[] | null {
  const { scenario, program } = model;
  const [site] = scenario.sites;
  const [versions] = model.versions;
  if (!site || !versions) return [];
  const words = new Words(scenario, model.layout);
  const n = program.rendezvous.length;
  const found = new Map<string, Sequence>();
  const open: Run[] = [];
  for (let taken = 0; taken <= n; taken++) {
    const start = [...model.starts(0, { late: false, idle: false })].find(
      ({ action }) => action.kind === 'start' && action.taken === taken && !action.newcomer,
    );
    if (start?.kind === 'state') open.push({ state: start.state, word: 'f'.repeat(taken), executed: [] });
  }
  const finish = (run: Run, move: Move, name: string): void => {
    if (!model.possible(move.state)) return;
    const word = run.word + 'f'.repeat(n - (move.state.remote?.taken ?? 0));
    found.set(`${word} ${run.executed.join()} ${name}`, { word, executed: run.executed, class: name });
  };
  for (let passes = 0; ; passes++) {
    const run = open.pop();
    if (!run) break;
    if (passes > maximalPasses) return null;
    for (const move of model.interrupted(run.state))
      if (move.kind === 'state' && model.plausible(move.state))
        open.push({ ...run, state: move.state, word: `${run.word}f` });
      else if (move.kind === 'wrong') finish({ ...run, word: `${run.word}f` }, move, 'forbidden');
    for (const move of model.step(run.state)) {
      const { action } = move;
      const offset = run.state.thread.pc - site.address;
      const inSite = offset >= 0n && offset < BigInt(site.size);
      const after: Run = {
        state: move.state,
        word: inSite ? `${run.word}${offset}` : run.word,
        executed:
          inSite && action.kind === 'step'
            ? [...run.executed, words.label(action.address, action.bytes)]
            : run.executed,
      };
      if (move.kind === 'state') {
        if (model.plausible(move.state)) open.push(after);
      } else if (move.kind === 'wrong') finish(after, move, 'forbidden');
      else {
        const end = move.exit.target === site.address + BigInt(site.size) && move.exit.kind === 'end';
        const outcome = outcomeOf(site, move.state.thread, move.exit);
        const version =
          move.exit.kind === 'undeclared' || move.exit.kind === 'unknown'
            ? undefined
            : versions.find(({ version: { name } }) => equivalent(outcome, versions, name));
        finish(end ? { ...after, word: `${after.word}8` } : after, move, version?.version.name ?? 'forbidden');
      }
    }
  }
  return [...found.values()].sort((x, y) =>
    x.word < y.word ? -1 : x.word > y.word ? 1 : x.executed.join() < y.executed.join() ? -1 : 1,
  );
}
