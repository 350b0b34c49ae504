/**
 * Every part of the model counts: each operand of each join, each update of a view, each check of an access is left out,
 * one at a time, and some test of this folder (or what test/memory says of the rules for protocols) must see it.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInThisContext } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import { describe, expect, it } from 'vitest';
import type * as Checker from '../../server/src/checker/litmus';
import type * as Language from '../../server/src/language/litmus';
import type * as Memory from '../../server/src/memory/views';
import { namedViews, violated } from '../memory/protocol-rules';
import { fetchRuleSets, memoryModels, testsIn } from './corpus';
import { type Mutant, mutate, switchModule, switchSource } from './mutants';

const root = path.resolve(import.meta.dirname, '../..');

/** What is mutated: of the engine's steps only the bounds that they put together. */
const files = [
  { file: 'server/src/memory/views.ts', kinds: 'all' },
  { file: 'server/src/checker/litmus/access.ts', kinds: 'all' },
  { file: 'server/src/checker/litmus/steps.ts', kinds: 'bounds' },
] as const;

/** Mutants that do the same as what they were made from, and why. */
const equivalent: Readonly<Record<string, string>> = {
  'viewRules afterRead vrel: ordering.rl && ordering.rcsc without ordering.rcsc':
    'a plain load with a release has an acquire too: whatever vrel would order is after it already',
  'viewRules writeBound: ordering.aq && ordering.rcsc without ordering.rcsc':
    'a plain store with an acquire has a release too: it is after everything, vrel included',
  'viewRules amoBound: ordering.aq && ordering.rcsc without ordering.rcsc': 'an AMO is always RCsc',
  'viewRules afterAmo vrel: ordering.rl && ordering.rcsc without ordering.rcsc': 'as above',
  'viewRules afterAmo vwn: ordering.aq || strong without strong':
    'under TSO and SC a write comes after everything done before it anyway',
  'viewRules afterAcquire vrn: join(v.vrn, post) without v.vrn': 'what is read is not before vrn, so post has it',
  'readings: if (pastPromise(memory, state, footprint, position)) left out':
    'a load after its own later store, which can then not be stored any more: no execution',
  'readings: sources === null || known(out, sources) without known(out, sources)':
    'the same reading with a larger view: all that it allows is allowed already',
  'fetchesAhead: if (known(reached, sources)) left out':
    'the same reading again, or with a larger view: all that it allows is allowed already',
  'sourcesAt: seen > source && newest(memory, cell, seen) > source without seen > source':
    'what an earlier access saw, where newer, is newer than the source',
  'sawCells: Math.max(out[cell] ?? 0, sources[i] ?? 0, post) without out[cell] ?? 0':
    'rule 2 asks for the newest source, which grows; rule 1 is kept by pastPromise as well',
  'sawCells: Math.max(out[cell] ?? 0, sources[i] ?? 0, post) without sources[i] ?? 0':
    'a source is not after its load, or it is an own store, which coh has already',
  'sawCells: Math.max(out[cell] ?? 0, sources[i] ?? 0, post) without post': 'rule 1 is kept by pastPromise as well',
  '#sc bound: Math.max( rules.writeBound(this.#rules, state.hart, operands without state.reservation.view':
    'rule 8 adds nothing to rule 1, as both accesses have one address',
  '#amo modify appended: Math.max(bound, coherent) without bound':
    'what is promised too early is not fulfilled when the threads run over the whole memory',
  '#amo modify appended: Math.max(bound, coherent) without coherent': 'as above',
  'reservationHolds: if (reservation === null) left out': 'only asked where there is a reservation',
};

interface Program {
  readonly runLitmus: typeof Checker.runLitmus;
  readonly analyzeLitmus: typeof Language.analyzeLitmus;
  readonly defaultLitmusOptions: Checker.LitmusOptions;
  readonly viewRules: typeof Memory.viewRules;
  readonly wanted: { mutant: number };
}

/** The product with all mutants in it; `wanted.mutant` says which one runs. */
async function programWithMutants(): Promise<{ program: Program; mutants: readonly Mutant[] }> {
  const mutants: Mutant[] = [];
  const sources = new Map<string, string>();
  for (const { file, kinds } of files) {
    const mutated = mutate(file, readFileSync(path.join(root, file), 'utf8'), mutants.length, kinds);
    mutants.push(...mutated.mutants);
    sources.set(path.join(root, file), mutated.source);
  }
  const plugin: Plugin = {
    name: 'mutants',
    setup(bundler) {
      bundler.onResolve({ filter: new RegExp(`^${switchModule}$`) }, () => ({
        path: switchModule,
        namespace: 'switch',
      }));
      bundler.onLoad({ filter: /.*/, namespace: 'switch' }, () => ({ contents: switchSource }));
      bundler.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const contents = sources.get(file);
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      });
    },
  };
  const entry = `
    export { defaultLitmusOptions, runLitmus } from './server/src/checker/litmus';
    export { analyzeLitmus } from './server/src/language/litmus';
    export { viewRules } from './server/src/memory/views';
    export { wanted } from '${switchModule}';`;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    write: false,
    plugins: [plugin],
  });
  const module = { exports: {} };
  const run = runInThisContext(`(module) => {${outputFiles[0]!.text}\n}`) as (its: typeof module) => void;
  run(module);
  return { program: module.exports as Program, mutants };
}

/** One test under one model, and its final states as they should be. */
class Case {
  #right: string | null = null;

  constructor(
    readonly name: string,
    private readonly program: Program,
    private readonly test: Checker.LitmusTest,
    private readonly options: Checker.LitmusOptions,
  ) {}

  /** Whether a mutant changes its final states, or can no longer be run. */
  catches(mutant: number): boolean {
    this.#right ??= this.#states(-1);
    return this.#states(mutant) !== this.#right;
  }

  #states(mutant: number): string {
    const { wanted, runLitmus } = this.program;
    wanted.mutant = mutant;
    try {
      const { states, limit, fault } = runLitmus(this.test, this.options);
      return [limit, fault?.message, ...states.map(({ text }) => text)].join('|');
    } catch (error) {
      return String(error);
    } finally {
      wanted.mutant = -1;
    }
  }
}

/** Whether a mutant breaks the view rules for what no litmus test has: devices, threads, accesses without a fetch. */
function breaksProtocols({ viewRules, wanted }: Program, mutant: number): boolean {
  wanted.mutant = mutant;
  const broken = violated(viewRules(namedViews));
  wanted.mutant = -1;
  return broken.length > 0;
}

function casesOf(program: Program): Case[] {
  const { analyzeLitmus, defaultLitmusOptions } = program;
  const data = memoryModels.map((memory) => ({ memory, fetch: null }));
  const fetch = Object.values(fetchRuleSets).map((rules) => ({ memory: 'rvwmo' as const, fetch: rules }));
  return ['ppo', 'mixed', 'ifetch'].flatMap((folder) =>
    testsIn(folder).flatMap(({ name, file, text }) => {
      const { test } = analyzeLitmus(file, text);
      if (test === null) throw new Error(`${file} has errors`);
      return (folder === 'ifetch' ? fetch : data).map(
        (model) => new Case(name, program, test, { ...defaultLitmusOptions, ...model, maxSteps: 200_000 }),
      );
    }),
  );
}

describe('each part of the model counts', () => {
  it('every mutant is caught by some test', { timeout: 240_000 }, async () => {
    const { program, mutants } = await programWithMutants();
    const names = mutants.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(150);
    for (const name of Object.keys(equivalent)) expect(names).toContain(name);
    let cases = casesOf(program);
    const survivors: string[] = [];
    for (const { index, name } of mutants) {
      if (name in equivalent || breaksProtocols(program, index)) continue;
      const caught = cases.find((one) => one.catches(index));
      if (caught === undefined) survivors.push(name);
      // The next mutant is a neighbour: what caught this one is the first to ask.
      else cases = [caught, ...cases.filter((one) => one !== caught)];
    }
    expect(survivors).toEqual([]);
  });
});
