import type { Machine, Scenario, Source } from '../checker/scenario';
import type { Isa } from '../isa/types';
import type { Analysis, InstructionInfo, ProtocolInfo, WriteInfo } from './analysis';
import { type Change, readCondition } from './conditions';
import type { Context } from './context';
import { collect, type Declarations, type ProtocolDeclaration, readUnit, sourceOf, type Unit } from './declarations';
import { type DiagnosticCode, DiagnosticSink } from './diagnostics';
import { type ReadExpectation, readExpectation } from './expectations';
import { type Handlers, readHandlers } from './handlers';
import { lintsOf } from './lints';
import { resolveMachine } from './machine';
import { type NameEntry, type Observer, recorder, silent } from './names';
import { type Neighbour, neighbours } from './neighbours';
import type { Placement } from './placement';
import { type PlacedSite, type Program, placeProgram } from './program';
import { patchedSites, type ReadProtocol, readProtocol, scenarioOf } from './protocols';
import { descendants, nodeOf, nodesOf, type SyntaxNode, wordsOf } from './syntax';
import type { Check, Diagnostic, Expectation, ReadImport } from './types';
import { noChanges, writeInfos } from './writes';

/**
 * Reads one file and everything that it imports: names, messages, and a scenario for each protocol and each `when`.
 * Never throws, whatever the text. A check that an error touches has no scenario, and its verdict is then `invalid`.
 */
export function analyze(file: string, text: string, readImport: ReadImport): Analysis {
  return new Analyzer(file, text, readImport).run();
}

/** A protocol of a file and its neighbours, each as the check that it would be as a `when`. */
export interface Variations {
  readonly analysis: Analysis;
  /** The protocol as it stands. Its scenario is null where the text has errors that touch it: nothing is varied then. */
  readonly base: Check;
  readonly variations: readonly Variation[];
}

export interface Variation extends Neighbour {
  /** With the expectations of the text's own `when` of this wording, if it has one. */
  readonly check: Check;
}

/**
 * Varies a protocol of a file: each neighbour is read as the `when` by which it is named, so that its name can be put
 * into the text. Null where the file has no protocol of that name.
 */
export function vary(file: string, text: string, readImport: ReadImport, protocol: string): Variations | null {
  return new Analyzer(file, text, readImport).vary(protocol);
}

/** A check, and the lines of the text whose errors touch it alone. */
interface Draft {
  readonly check: Check;
  readonly protocol: ProtocolDeclaration;
  readonly lines: readonly SyntaxNode[];
}

/** A protocol as it stands, and what is expected of it. */
interface Linted {
  readonly scenario: Scenario;
  readonly expectations: readonly Expectation[];
}

/** Who is told of what a reading finds. */
interface Reading {
  readonly sink: DiagnosticSink;
  readonly observer: Observer;
}

class Analyzer {
  private readonly sink = new DiagnosticSink();
  /** Of the text as it stands. */
  private readonly reading: Reading = { sink: this.sink, observer: recorder };
  private readonly unit: Unit;
  private readonly declarations: Declarations;
  private readonly machine: Machine;
  private readonly program: Program;
  private readonly instructions: InstructionInfo[] = [];
  /** Where names stand as the file has it: placing a variant moves them. */
  private readonly places: ReadonlyMap<NameEntry, Pick<NameEntry, 'address' | 'detail'>>;
  /** Programs placed anew for a `when`, by what was changed. */
  private readonly variants = new Map<string, { readonly program: Program; readonly sink: DiagnosticSink }>();

  constructor(file: string, text: string, readImport: ReadImport) {
    this.unit = readUnit(text, file);
    this.declarations = collect(this.unit, readImport, this.sink);
    this.machine = resolveMachine(this.declarations.settings, this.sink);
    this.program = placeProgram(this.declarations, this.machine.isa, new Map(), this.sink, recorder);
    this.places = new Map(
      this.declarations.names.map((entry) => [entry, { address: entry.address, detail: entry.detail }]),
    );
    this.instructions.push(...this.program.instructions.filter(({ source }) => source.file === file));
  }

  run(): Analysis {
    const { unit, declarations, sink } = this;
    const drafts: Draft[] = [];
    const writes: WriteInfo[] = [];
    const linted: Linted[] = [];
    const shared = this.sharedHandlers(this.program, sink, recorder);
    for (const protocol of declarations.protocols) {
      const context = this.context(this.program, patchedSites(protocol, this.program), sink, recorder);
      const read = readProtocol(context, shared, protocol);
      const own = this.checks(protocol, read);
      drafts.push(...own);
      const scenario = scenarioOf(protocol, read, this.program, this.machine, null, []);
      if (typeof scenario === 'string') continue;
      for (const { operation, site } of noChanges(scenario)) {
        sink.add(
          'no-change',
          operation.source,
          `these bytes stand there already: \`${operation.text}\` changes nothing in \`${site}\``,
        );
      }
      linted.push({ scenario, expectations: own[0]?.check.expectations ?? [] });
      writes.push(...writeInfos(scenario));
    }
    this.reportImports();
    this.lint(linted);
    return {
      tree: unit.tree,
      diagnostics: this.sortedDiagnostics(),
      checks: drafts.map((draft) => this.judgeable(draft)),
      protocols: declarations.protocols.map((protocol) => this.protocolInfo(protocol)),
      names: declarations.names.map((entry) => ({
        ...entry,
        ...this.places.get(entry),
        references: entry.references.filter(({ file }) => file === unit.file).sort((a, b) => a.start - b.start),
      })),
      instructions: this.instructions,
      writes,
      machine: this.machine,
      imports: [...declarations.imports.keys()],
    };
  }

  /** Only a text without errors: what those leave out would be missed. */
  private lint(protocols: readonly Linted[]): void {
    if (this.sink.list.some(({ severity }) => severity === 'error')) return;
    for (const { scenario, expectations } of protocols)
      for (const { code, source, message, replacement } of lintsOf(scenario, expectations))
        if (source.file === this.unit.file) this.sink.add(code, source, message, replacement);
  }

  vary(name: string): Variations | null {
    const analysis = this.run();
    const base = analysis.checks.find(({ protocol, when }) => protocol === name && when === null);
    const protocol = this.declarations.protocols.find(({ entry }) => entry.name === name);
    if (base === undefined || protocol === undefined) return null;
    const { scenario } = base;
    if (scenario === null) return { analysis, base, variations: [] };
    const context = this.context(this.program, patchedSites(protocol, this.program), new DiagnosticSink(), silent);
    const read = readProtocol(context, this.sharedHandlers(this.program, context.sink, silent), protocol);
    const steps = new Map([...protocol.steps.values()].map((step): [string, Source] => [step.name, step.definition]));
    const variations = neighbours({ scenario, groups: read.groups, steps }).flatMap((neighbour): Variation[] => {
      const { when, source } = neighbour;
      const written = analysis.checks.find((check) => check.protocol === name && check.when === when);
      const expectation = expectationWhen(when, this.unit.file);
      const reading = { sink: new DiagnosticSink(), observer: silent };
      const varied = expectation && this.variant(protocol, read, expectation, reading);
      // What the language refuses (an instruction that cannot be encoded at the other place) is no neighbour.
      if (!varied) return [];
      const expectations = written?.expectations ?? [];
      return [{ ...neighbour, check: { protocol: name, when, expectations, scenario: varied, source } }];
    });
    return { analysis, base, variations };
  }

  /** The handlers at file level, in whose addresses the labels of all sites may stand. */
  private sharedHandlers(program: Program, sink: DiagnosticSink, observer: Observer): Handlers {
    const context = this.context(program, [...program.sites.values()], sink, observer);
    return readHandlers(context, this.declarations.handlers);
  }

  private context(program: Program, sites: readonly PlacedSite[], sink: DiagnosticSink, observer: Observer): Context {
    const onInstruction = (info: InstructionInfo): void => {
      if (observer === recorder) this.instructions.push(info);
    };
    const { blocks } = this.declarations;
    return { program, sites, sink, observer, blocks, ipi: null, onLoad: () => undefined, onInstruction };
  }

  /** One check for the protocol as it stands, and one for each different `when`. */
  private checks(protocol: ProtocolDeclaration, read: ReadProtocol): Draft[] {
    const { unit } = protocol;
    const block = nodeOf(protocol.node, 'block');
    const lines = block === null ? [] : nodesOf(block, 'expect');
    const expectations = lines.flatMap((node) => readExpectation({ unit, node }, this.sink) ?? []);
    const base = expectations.filter(({ when }) => when === null);
    const groups = new Map<string, ReadExpectation[]>();
    for (const expectation of expectations) {
      if (expectation.when !== null)
        groups.set(expectation.when, [...(groups.get(expectation.when) ?? []), expectation]);
    }
    const scenario = scenarioOf(protocol, read, this.program, this.machine, null, []);
    const drafts: Draft[] = [this.draft(protocol, null, base, typeof scenario === 'string' ? null : scenario)];
    for (const [when, group] of groups) {
      drafts.push(
        this.draft(protocol, when, group, this.variant(protocol, read, group[0] as ReadExpectation, this.reading)),
      );
      for (const more of group.slice(1))
        this.changes(protocol, read, more, { ...this.reading, sink: new DiagnosticSink() });
    }
    return drafts;
  }

  private draft(
    protocol: ProtocolDeclaration,
    when: string | null,
    group: readonly ReadExpectation[],
    scenario: Scenario | null,
  ): Draft {
    const expectations = group.map(
      ({ unit: _unit, node: _node, conditions: _conditions, ...expectation }) => expectation,
    );
    const source = when === null ? protocol.entry.definition : (group[0]?.source ?? protocol.entry.definition);
    return {
      protocol,
      lines: group.map(({ node }) => node),
      check: { protocol: protocol.entry.name, when, expectations, scenario, source },
    };
  }

  private changes(
    protocol: ProtocolDeclaration,
    read: ReadProtocol,
    expectation: ReadExpectation,
    reading: Reading,
  ): (Change | null)[] {
    const { sites, regions } = this.program;
    const asked = read.reaches.flatMap(({ site }) => sites.get(site) ?? []);
    const places = [...patchedSites(protocol, this.program), ...asked, ...regions.values()];
    const byName = new Map(places.map(({ entry }): [string, NameEntry] => [entry.name, entry]));
    const { steps, threads } = protocol;
    const context = { machine: this.machine, steps, threads, places: byName, ...reading };
    return expectation.conditions.map((node) => readCondition(context, { unit: expectation.unit, node }));
  }

  /** The scenario under the conditions of one `expect`; null with a message where there is none. */
  private variant(
    protocol: ProtocolDeclaration,
    read: ReadProtocol,
    expectation: ReadExpectation,
    reading: Reading,
  ): Scenario | null {
    const { sink } = reading;
    const { unit, when } = expectation;
    const before = sink.list.length;
    const found = this.changes(protocol, read, expectation, reading);
    const changes = found.filter((change) => change !== null);
    const about = new Set<string>();
    for (const [i, change] of found.entries()) {
      const node = expectation.conditions[i];
      if (node === undefined || change?.about === undefined) continue;
      if (change.about.some((what) => about.has(what))) {
        sink.add('condition', sourceOf(unit, node), 'another condition of this `when` decides this already');
      }
      for (const what of change.about) about.add(what);
    }
    if (changes.length < found.length || sink.list.length > before) return null;
    const [first] = expectation.conditions;
    const last = expectation.conditions.at(-1);
    const source = sourceOf(unit, first && last ? { start: first.start, end: last.end } : expectation.node);
    const machine = changes.reduce((soFar, change) => change.machine?.(soFar) ?? soFar, this.machine);
    const placements = new Map(changes.flatMap(({ placement }) => (placement === undefined ? [] : [placement])));
    let program = this.program;
    let current = read;
    if (machine.isa !== this.machine.isa || placements.size > 0) {
      const placed = this.placed(machine.isa, placements);
      const own = new DiagnosticSink();
      program = placed.program;
      current = readProtocol(
        this.context(program, patchedSites(protocol, program), own, silent),
        this.sharedHandlers(program, own, silent),
        protocol,
      );
      const error = this.newError([...placed.sink.list, ...own.list]);
      if (error !== undefined) {
        sink.add(error.code as DiagnosticCode, source, `under this condition: ${error.message}`, null, [
          { message: 'here', source: error.source },
        ]);
        return null;
      }
    }
    const scenario = scenarioOf(protocol, current, program, machine, when, changes);
    if (typeof scenario !== 'string') return scenario;
    sink.add('condition', source, scenario);
    return null;
  }

  private placed(
    isa: Isa,
    placements: ReadonlyMap<string, Placement>,
  ): { readonly program: Program; readonly sink: DiagnosticSink } {
    const moved = [...placements].map(([site, { remainder, modulus }]) => `${site} ${remainder} ${modulus}`);
    const key = [[...isa.extensions].sort().join('_'), isa.xlen, ...moved].join('\n');
    const known = this.variants.get(key);
    if (known !== undefined) return known;
    const sink = new DiagnosticSink();
    const made = { program: placeProgram(this.declarations, isa, placements, sink, silent), sink };
    this.variants.set(key, made);
    return made;
  }

  /** An error that the text does not have as it stands. */
  private newError(diagnostics: readonly Diagnostic[]): Diagnostic | undefined {
    const known = new Set(this.sink.list.map(identity));
    return diagnostics.find((diagnostic) => diagnostic.severity === 'error' && !known.has(identity(diagnostic)));
  }

  /** Takes the scenario away where an error touches it: outside of protocols, in its protocol, or in its own lines. */
  private judgeable({ check, protocol, lines }: Draft): Check {
    if (check.scenario === null) return check;
    const inside = ({ start, end }: { readonly start: number; readonly end: number }, source: Source): boolean =>
      source.start >= start && source.end <= end;
    const touched = this.sink.list.some(({ severity, source }) => {
      if (severity !== 'error') return false;
      if (source.file !== this.unit.file) return true;
      const around = this.declarations.protocols.find(({ node }) => inside(node, source));
      if (around === undefined) return true;
      if (around !== protocol) return false;
      const block = nodeOf(protocol.node, 'block');
      const line = block === null ? undefined : nodesOf(block, 'expect').find((expect) => inside(expect, source));
      return line === undefined || lines.includes(line) || !hasCondition(line);
    });
    return touched ? { ...check, scenario: null } : check;
  }

  /** An error in an imported file is told at the `import` too: that is the place that the reader sees. */
  private reportImports(): void {
    for (const [file, node] of this.declarations.imports) {
      const error = this.sink.list.find(({ severity, source }) => severity === 'error' && source.file === file);
      if (error === undefined) continue;
      const path = wordsOf(node)[1]?.text ?? file;
      this.sink.add('import', sourceOf(this.unit, node), `${path} has errors: ${error.message}`, null, [
        { message: 'here', source: error.source },
      ]);
    }
  }

  private sortedDiagnostics(): Diagnostic[] {
    const seen = new Set<string>();
    return this.sink.list
      .filter((diagnostic) => {
        const key = identity(diagnostic);
        return !seen.has(key) && seen.add(key);
      })
      .sort((a, b) => a.source.start - b.source.start);
  }

  private protocolInfo({ entry, node, unit, steps }: ProtocolDeclaration): ProtocolInfo {
    const sites = nodesOf(node, 'patch').flatMap((patch) => {
      const site = nodeOf(patch, 'reference');
      return site === null ? [] : [unit.tree.text.slice(site.start, site.end)];
    });
    return {
      name: entry.name,
      source: entry.definition,
      extent: sourceOf(unit, node),
      sites,
      steps: [...steps.keys()],
    };
  }
}

/** A condition as it would be read in the text. */
function expectationWhen(when: string, file: string): ReadExpectation | null {
  const unit = readUnit(`protocol p patches s from v {\n  expect safe when ${when}\n}\n`, file);
  const [node] = descendants(unit.tree.root, 'expect');
  return node === undefined ? null : readExpectation({ unit, node }, new DiagnosticSink());
}

function identity({ code, message, source }: Diagnostic): string {
  return `${source.file}:${source.start}:${source.end}:${code}:${message}`;
}

/** A line with a condition is about that alone; one without is about the protocol as it stands. */
function hasCondition(expect: SyntaxNode): boolean {
  return nodeOf(expect, 'condition') !== null;
}
