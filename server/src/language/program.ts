import type { Progression, Region, SymbolDefinition } from '../checker/scenario';
import { assembleBlock } from '../isa/asm/assemble';
import type { AssembledBlock, PcrelHi } from '../isa/asm/types';
import { xRegister } from '../isa/registers';
import type { Isa } from '../isa/types';
import type { InstructionInfo } from './analysis';
import { emptyTarget, instructionInfos, type PlacedBlock, placedBlock, regionOf } from './blocks';
import {
  type AssemblyText,
  type Declarations,
  isNamed,
  type SiteDeclaration,
  sourceOf,
  type Unit,
} from './declarations';
import { assemblyCode, DiagnosticSink } from './diagnostics';
import { evaluate, namesIn, namesOf } from './expressions';
import { progression } from './members';
import { counted, hex, type NameEntry, nameEntry, type Observer } from './names';
import { clausesOf, type Placement, placeAll, readExpression, spacingOf, stepOf } from './placement';
import { alternatives, find, type Here, type PlacedName, type Scope, type SiteScope, wordsInReach } from './scope';
import { nodeOf, type SyntaxNode, wordsOf } from './syntax';

export interface PlacedSite extends SiteScope {
  readonly declaration: SiteDeclaration;
  readonly address: bigint;
  readonly size: number;
  readonly versions: readonly PlacedBlock[];
  readonly clobbers: readonly number[];
  /** Where it stands: at `address`, or of `sites` each of theirs, `address` the first. */
  readonly members: Progression;
}

/** Everything that a file declares outside its protocols, placed and assembled for one ISA. */
export interface Program extends Scope {
  readonly isa: Isa;
  readonly symbolDefinitions: readonly SymbolDefinition[];
  readonly regions: ReadonlyMap<string, PlacedBlock>;
  readonly regionDefinitions: readonly Region[];
  readonly sites: ReadonlyMap<string, PlacedSite>;
  readonly instructions: readonly InstructionInfo[];
}

/** Places and assembles. Messages go to `sink`, what it finds out of names to `observer`. */
export function placeProgram(
  declarations: Declarations,
  isa: Isa,
  placements: ReadonlyMap<string, Placement>,
  sink: DiagnosticSink,
  observer: Observer,
): Program {
  return new Assembler(declarations, isa, sink, observer).run(placements);
}

/** A block, where it stands, and what its names may refer to besides the globals. */
interface Job {
  readonly text: AssemblyText;
  readonly address: bigint;
  readonly site: SiteDeclaration | null;
  result: { readonly block: AssembledBlock; readonly placed: PlacedBlock };
}

/** Labels move while `.option rvc` shrinks what refers to them; it settles at once or, in odd texts, not at all. */
const mostRounds = 4;
/** How many names "did you mean" looks at. */
const mostNames = 500;

class Assembler {
  private jobs: Job[] = [];
  private scope: Scope = { symbols: new Map(), regions: new Map(), sites: new Map() };

  constructor(
    private readonly declarations: Declarations,
    private readonly isa: Isa,
    private readonly sink: DiagnosticSink,
    private readonly observer: Observer,
  ) {}

  run(placements: ReadonlyMap<string, Placement>): Program {
    const { declarations, isa, sink, observer } = this;
    const addresses = placeAll(declarations, isa.xlen, placements, sink, observer);
    const symbols = declarations.symbols.filter(({ entry }) => addresses.has(entry));
    const start = (text: AssemblyText, owner: NameEntry, site: SiteDeclaration | null): void => {
      const address = addresses.get(owner);
      if (address === undefined) return;
      const labels = new Map([...text.labels].map(([name, entry]) => [name, emptyTarget(entry, address)]));
      const placed = { entry: text.entry, labels, text, address, bytes: new Uint8Array(), instructions: [] };
      const block = { statements: [], labels: new Map(), pcrelHi: new Map(), size: 0, problems: [] };
      this.jobs.push({ text, address, site, result: { block, placed } });
    };
    for (const region of declarations.regions) start(region, region.entry, null);
    for (const site of declarations.sites) for (const version of site.versions) start(version, site.entry, site);
    this.scope = this.scopeOf(addresses);
    for (let round = 0, before = ''; round < mostRounds; round++) {
      for (const job of this.jobs) this.assemble(job);
      this.scope = this.scopeOf(addresses);
      const now = this.layout();
      if (now === before) break;
      before = now;
    }
    for (const job of this.jobs) this.report(job);

    const sites = new Map<string, PlacedSite>();
    for (const declaration of declarations.sites) {
      const placed = this.site(declaration, addresses);
      if (placed !== null) sites.set(declaration.entry.name, placed);
    }
    this.reportOverlaps(sites, addresses);
    const regions = new Map(
      this.jobs.filter(({ site }) => site === null).map(({ result }) => [result.placed.entry.name, result.placed]),
    );
    return {
      isa,
      symbols: this.scope.symbols,
      symbolDefinitions: symbols.map(({ entry, unit, node }) => ({
        name: entry.name,
        address: addresses.get(entry) as bigint,
        returns: this.linkRegister(unit, node),
        clobbers: this.registers(unit, node, 'clobbers'),
        source: entry.definition,
      })),
      regions,
      regionDefinitions: [...regions.values()].map((block) => regionOf(block)),
      sites,
      instructions: this.jobs.flatMap((job) => instructionInfos(job.result.block, job.text)),
    };
  }

  private scopeOf(addresses: ReadonlyMap<NameEntry, bigint>): Scope {
    const placed = new Map(this.jobs.map(({ text, result }) => [text, result.placed]));
    const { symbols, sites, regions } = this.declarations;
    return {
      symbols: new Map(
        symbols.flatMap(({ entry }) => placedName(entry, addresses) ?? []).map((symbol) => [symbol.entry.name, symbol]),
      ),
      sites: new Map(
        sites
          .filter(({ entry }) => addresses.has(entry))
          .map(({ entry, versions }) => [
            entry.name,
            {
              entry,
              address: addresses.get(entry) as bigint,
              versions: versions.flatMap((version) => placed.get(version) ?? []),
            },
          ]),
      ),
      regions: new Map(regions.flatMap((region) => placed.get(region) ?? []).map((block) => [block.entry.name, block])),
    };
  }

  private here({ site, result }: Job): Here {
    return { block: result.placed, site: site === null ? undefined : this.scope.sites.get(site.entry.name) };
  }

  private assemble(job: Job): void {
    const here = this.here(job);
    const lookup = (name: string) => find(this.scope, name, here);
    const names = (): string[] => [...wordsInReach(this.scope, here)].slice(0, mostNames);
    const block = assembleBlock(job.text.statements, job.address, {
      isa: this.isa,
      symbol: (name) => lookup(name)[0]?.address ?? undefined,
      // Asked for only where a name is unknown.
      get symbolNames() {
        return names();
      },
      pcrelHi: (name): PcrelHi | undefined => lookup(name)[0]?.label?.pcrelHi ?? undefined,
    });
    this.nameMade(job.text, block);
    job.result = { block, placed: placedBlock(job.text, job.address, block, this.isa) };
  }

  /** Names for the labels that macros have made. */
  private nameMade({ unit, entry, labels }: AssemblyText, block: AssembledBlock): void {
    for (const { statement } of block.statements) {
      if (!statement.origin) continue;
      for (const { name, start } of statement.labels) {
        if (!isNamed(name) || labels.has(name)) continue;
        // The word by which the macro is used.
        const end = start + (/^\S*/.exec(unit.blanked.slice(start, statement.end))?.[0].length ?? 0);
        const place = { file: unit.file, start, end };
        const made = nameEntry('label', name, place, { ...place, end: statement.end }, entry, true);
        labels.set(name, made);
        this.declarations.names.push(made);
      }
    }
  }

  /** What must have settled: where every label stands. */
  private layout(): string {
    return this.jobs.map(({ result }) => [result.block.size, ...result.block.labels.values()].join()).join(';');
  }

  /** Messages and uses of names of the last round. */
  private report(job: Job): void {
    const { unit, statements } = job.text;
    const here = this.here(job);
    const { problems } = job.result.block;
    for (const problem of problems) {
      const place = { file: unit.file, start: problem.start, end: problem.end };
      this.sink.add(assemblyCode(problem), place, problem.message, problem.suggestion ?? null);
    }
    const ialign = this.isa.extensions.has('zca') || this.isa.extensions.has('c') ? 2n : 4n;
    if (job.result.placed.instructions.length > 0 && job.address % ialign !== 0n) {
      const what = ialign === 2n ? 'an even address' : 'a multiple of 4, as the ISA string has no C';
      const owner = job.site?.node ?? job.text.node;
      const place = sourceOf(unit, nodeOf(owner, 'address') ?? owner);
      if (!this.sink.list.some(({ code, source }) => code === 'alignment' && source.start === place.start)) {
        this.sink.add('alignment', place, `instructions start at ${what}, not at ${hex(job.address)}`);
      }
    }
    for (const statement of statements) {
      for (const { name, start, end } of namesOf(statement)) {
        if (xRegister(name) !== undefined) continue;
        const found = find(this.scope, name, here);
        if (found.length > 1) {
          this.sink.add('ambiguous-name', { file: unit.file, start, end }, `\`${name}\` may be ${alternatives(found)}`);
        }
        for (const { entry, offset, length } of found[0]?.parts ?? []) {
          this.observer.refer(entry, { file: unit.file, start: start + offset, end: start + offset + length });
        }
      }
    }
    for (const [name, entry] of job.text.labels) {
      const address = job.result.block.labels.get(name) ?? null;
      this.observer.describe(entry, address, address === null ? 'label' : `label at ${hex(address)}`);
    }
    const { size } = job.result.block;
    if (job.address + BigInt(size) > 1n << BigInt(this.isa.xlen)) {
      const owner = job.site?.node ?? job.text.node;
      this.sink.add(
        'address',
        sourceOf(unit, nodeOf(owner, 'address') ?? owner),
        'this goes beyond the end of the address space',
      );
    }
    const where =
      job.site === null ? `${job.text.entry.kind} at ${hex(job.address)}` : `version of \`${job.site.entry.name}\``;
    this.observer.describe(job.text.entry, job.address, `${where}, ${counted(size, 'byte')}`);
    if (size === 0 && job.site !== null && !this.sink.hasErrorIn(sourceOf(unit, job.text.node))) {
      this.sink.add('empty-site', job.text.entry.definition, `version \`${job.text.entry.name}\` holds no instruction`);
    }
  }

  private site(declaration: SiteDeclaration, addresses: ReadonlyMap<NameEntry, bigint>): PlacedSite | null {
    const address = addresses.get(declaration.entry);
    if (address === undefined) return null;
    const versions = this.jobs.filter(({ site }) => site === declaration).map(({ result }) => result.placed);
    const size = Math.max(0, ...versions.map(({ bytes }) => bytes.length));
    this.observer.describe(declaration.entry, address, `site of ${counted(size, 'byte')} at ${hex(address)}`);
    const clobbers = this.registers(declaration.unit, declaration.node, 'clobbers');
    const members = this.members(declaration, address);
    return members && { entry: declaration.entry, declaration, address, size, versions, clobbers, members };
  }

  private members({ entry, unit, node }: SiteDeclaration, first: bigint): Progression | null {
    if (node.kind === 'site') return { first, step: 1n, count: 1 };
    const place = clausesOf(node).get('to');
    const spacing = spacingOf({ unit, node }, new DiagnosticSink());
    const expression = place === undefined ? null : readExpression(unit, place, this.sink);
    if (place === undefined || spacing === null || expression === null) return null;
    const fail = (span: { readonly start: number; readonly end: number }, message: string): null => {
      this.sink.add('address', sourceOf(unit, span), message);
      return null;
    };
    for (const { name, start, end } of namesIn(expression))
      for (const { entry: used } of find(this.scope, name, {})[0]?.parts ?? [])
        this.observer.refer(used, sourceOf(unit, { start, end }));
    const end = evaluate(expression, this.isa.xlen, (name) => {
      const found = find(this.scope, name, {})[0];
      return found === undefined ? { message: `nothing is called \`${name}\`` } : { value: found.address };
    });
    if (!end.ok) return fail(end, end.message);
    const step = stepOf(spacing);
    const ialign = this.isa.extensions.has('zca') || this.isa.extensions.has('c') ? 2n : 4n;
    if (step % ialign !== 0n)
      return fail(node, `instructions stand at multiples of ${ialign}: sites cannot stand every ${step}`);
    const members = progression(first, end.value, step);
    if (typeof members === 'string') return fail(place, members);
    this.observer.describe(
      entry,
      first,
      `${counted(members.count, 'site')} from ${hex(first)} on, one every ${step} bytes`,
    );
    return members;
  }

  /** No two sites or regions may share a byte, and no symbol may lie within one: which of them would be reached there? */
  private reportOverlaps(sites: ReadonlyMap<string, PlacedSite>, addresses: ReadonlyMap<NameEntry, bigint>): void {
    const ranges = [
      // What lies between many sites of one shape lies between them.
      ...[...sites.values()]
        .filter(({ members }) => members.count === 1)
        .map(({ entry, address, size }) => ({ entry, address, size })),
      ...this.jobs
        .filter(({ site }) => site === null)
        .map(({ text, address, result }) => ({ entry: text.entry, address, size: result.block.size })),
    ].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    const words = ({ entry, address, size }: (typeof ranges)[number]): string =>
      `\`${entry.name}\` (${hex(address)}, ${counted(size, 'byte')})`;
    let furthest = ranges[0];
    for (const range of ranges.slice(1)) {
      if (furthest === undefined) break;
      if (range.size > 0 && range.address < furthest.address + BigInt(furthest.size)) {
        this.sink.add('overlap', range.entry.definition, `${words(range)} overlaps ${words(furthest)}`, null, [
          { message: `${words(furthest)} is here`, source: furthest.entry.definition },
        ]);
      }
      if (range.address + BigInt(range.size) > furthest.address + BigInt(furthest.size)) furthest = range;
    }
    for (const { entry } of this.declarations.symbols) {
      const address = addresses.get(entry);
      if (address === undefined) continue;
      const around = ranges.find((range) => range.address <= address && address < range.address + BigInt(range.size));
      if (around !== undefined)
        this.sink.add('overlap', entry.definition, `\`${entry.name}\` (${hex(address)}) lies within ${words(around)}`);
    }
  }

  private linkRegister(unit: Unit, node: SyntaxNode): number | null {
    const [register, second] = this.registers(unit, node, 'returns');
    if (second !== undefined)
      this.sink.add(
        'unknown-name',
        sourceOf(unit, nodeOf(node, 'returns') ?? node),
        'a call returns through one register',
      );
    return register ?? null;
  }

  /** The registers of a `returns` or `clobbers` clause. */
  private registers(unit: Unit, node: SyntaxNode, clause: 'returns' | 'clobbers'): number[] {
    const found: number[] = [];
    for (const child of node.children) {
      if (child.type !== 'node' || child.kind !== clause) continue;
      for (const word of wordsOf(child).slice(1)) {
        if (word.text === ',') continue;
        const register = xRegister(word.text);
        if (register === undefined || register === 0) {
          const why = register === 0 ? 'is always 0' : 'is no integer register';
          this.sink.add('unknown-name', sourceOf(unit, word), `\`${word.text}\` ${why}`);
        } else if (!found.includes(register)) found.push(register);
      }
    }
    return found;
  }
}

function placedName(entry: NameEntry, addresses: ReadonlyMap<NameEntry, bigint>): PlacedName | undefined {
  const address = addresses.get(entry);
  return address === undefined ? undefined : { entry, address };
}
