import type { PlacedInstruction, Region, Source, SymbolDefinition } from '../checker/scenario';
import { assembleBlock } from '../isa/asm/assemble';
import type { AssembledBlock, AssembledStatement, PcrelHi } from '../isa/asm/types';
import { decode, instructionLength } from '../isa/decode';
import { xRegister } from '../isa/registers';
import type { Decoded, Isa } from '../isa/types';
import type { InstructionInfo } from './analysis';
import { type AssemblyText, type Declarations, type SiteDeclaration, sourceOf, type Unit } from './declarations';
import type { DiagnosticSink } from './diagnostics';
import { namesOf } from './expressions';
import { counted, hex, type NameEntry, type Observer } from './names';
import { type Placement, placeAll } from './placement';
import {
  type BlockScope,
  find,
  type Here,
  type LabelTarget,
  type PlacedName,
  type Scope,
  type SiteScope,
  wordsInReach,
} from './scope';
import { nodeOf, type SyntaxNode, wordsOf } from './syntax';

/** A version or region in its place. */
export interface PlacedBlock extends BlockScope {
  readonly text: AssemblyText;
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly instructions: readonly PlacedInstruction[];
}

export interface PlacedSite extends SiteScope {
  readonly declaration: SiteDeclaration;
  readonly address: bigint;
  readonly size: number;
  readonly versions: readonly PlacedBlock[];
  readonly clobbers: readonly number[];
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
        returns: this.registers(unit, node, 'returns')[0] ?? null,
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
    job.result = { block, placed: placedBlock(job.text, job.address, block, this.isa) };
  }

  /** What must have settled: where every label stands. */
  private layout(): string {
    return this.jobs.map(({ result }) => [result.block.size, ...result.block.labels.values()].join()).join(';');
  }

  /** Messages and uses of names of the last round. */
  private report(job: Job): void {
    const { unit, statements } = job.text;
    const here = this.here(job);
    const problems = [...statements.flatMap((statement) => statement.problems), ...job.result.block.problems];
    for (const { message, start, end, suggestion } of problems) {
      this.sink.add('assembly', { file: unit.file, start, end }, message, suggestion ?? null);
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
    const where =
      job.site === null ? `${job.text.entry.kind} at ${hex(job.address)}` : `version of \`${job.site.entry.name}\``;
    this.observer.describe(job.text.entry, job.address, `${where}, ${counted(size, 'byte')}`);
    if (size === 0 && job.site !== null && statements.every(({ body }) => body === null)) {
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
    return { entry: declaration.entry, declaration, address, size, versions, clobbers };
  }

  /** No two sites or regions may share a byte, and no symbol may lie within one: which of them would be reached there? */
  private reportOverlaps(sites: ReadonlyMap<string, PlacedSite>, addresses: ReadonlyMap<NameEntry, bigint>): void {
    const ranges = [
      ...[...sites.values()].map(({ entry, address, size }) => ({ entry, address, size })),
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

/** `\`old.A\` or \`new.A\`` */
export function alternatives(found: readonly { readonly parts: readonly { readonly entry: NameEntry }[] }[]): string {
  const paths = found.map(({ parts }) => {
    const entry = parts.at(-1)?.entry;
    return `\`${[entry?.container?.container?.name, entry?.container?.name, entry?.name].filter((name) => name !== undefined).join('.')}\``;
  });
  return [...new Set(paths)].join(' or ');
}

function placedName(entry: NameEntry, addresses: ReadonlyMap<NameEntry, bigint>): PlacedName | undefined {
  const address = addresses.get(entry);
  return address === undefined ? undefined : { entry, address };
}

function emptyTarget(entry: NameEntry, address: bigint): LabelTarget {
  return { entry, address, instructions: [], bytes: new Uint8Array(), pcrelHi: null };
}

function regionOf(block: PlacedBlock): Region {
  const { entry, text, address, bytes, instructions } = block;
  const kind = entry.kind === 'data' ? 'data' : 'code';
  const labels = new Map([...block.labels].map(([name, target]) => [name, target.address]));
  return { name: entry.name, kind, address, bytes, instructions, labels, source: sourceOf(text.unit, text.node) };
}

function placedBlock(text: AssemblyText, address: bigint, block: AssembledBlock, isa: Isa): PlacedBlock {
  const bytes = new Uint8Array(block.size);
  const instructions: PlacedInstruction[] = [];
  const labels = new Map<string, LabelTarget>();
  let pending: string[] = [];
  for (const assembled of block.statements) {
    bytes.set(assembled.bytes, Number(assembled.address - address));
    pending.push(...assembled.statement.labels.map(({ name }) => name));
    if (assembled.bytes.length === 0) continue;
    const placed =
      text.entry.kind === 'data' ? [] : placedInstructions(assembled, text.unit, pending.find(isNamed) ?? null, isa);
    instructions.push(...placed);
    for (const name of pending) define(name, assembled.address, placed, assembled.bytes);
    pending = [];
  }
  for (const name of pending) define(name, address + BigInt(block.size), [], new Uint8Array());
  return { entry: text.entry, labels, text, address, bytes, instructions };

  function define(name: string, at: bigint, placed: readonly PlacedInstruction[], content: Uint8Array): void {
    const entry = text.labels.get(name);
    if (entry !== undefined && !labels.has(name)) {
      labels.set(name, {
        entry,
        address: at,
        instructions: placed,
        bytes: content,
        pcrelHi: block.pcrelHi.get(name) ?? null,
      });
    }
  }
}

/** Numeric labels are local to the assembler. */
function isNamed(label: string): boolean {
  return /^[^0-9]/.test(label);
}

/** The instructions of one statement; those that `.word` and its like spell out are cut by their own length bits. */
export function placedInstructions(
  assembled: AssembledStatement,
  unit: Unit,
  label: string | null,
  isa: Isa,
): PlacedInstruction[] {
  const body = assembled.statement.body;
  const source: Source = sourceOf(unit, body ?? assembled.statement);
  const placed: PlacedInstruction[] = [];
  for (const piece of assembled.pieces) {
    const parts = piece.decoded === null ? cut(piece.bytes, isa) : [{ offset: 0, length: piece.bytes.length }];
    for (const { offset, length } of parts) {
      const bytes = piece.bytes.slice(offset, offset + length);
      placed.push({
        label: placed.length === 0 ? label : null,
        address: piece.address + BigInt(offset),
        bytes,
        text: piece.text,
        source,
      });
    }
  }
  return placed;
}

function cut(bytes: Uint8Array, isa: Isa): { readonly offset: number; readonly length: number }[] {
  const parts: { offset: number; length: number }[] = [];
  for (let offset = 0; offset + 2 <= bytes.length; ) {
    const length = Math.min(decoded(bytes, offset, isa).length, 4);
    if (offset + length > bytes.length) break;
    parts.push({ offset, length });
    offset += length;
  }
  return parts;
}

/** What the bytes at an offset decode to; bytes beyond the end count as 0. */
export function decoded(bytes: Uint8Array, offset: number, isa: Isa): Decoded {
  const parcel = (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
  const word =
    instructionLength(parcel) === 2
      ? parcel
      : (parcel | ((bytes[offset + 2] ?? 0) << 16) | ((bytes[offset + 3] ?? 0) << 24)) >>> 0;
  return decode(word, isa);
}

function instructionInfos(block: AssembledBlock, text: AssemblyText): InstructionInfo[] {
  const infos: InstructionInfo[] = [];
  let label: string | null = null;
  for (const { statement, pieces } of block.statements) {
    label = statement.labels.find(({ name }) => isNamed(name))?.name ?? label;
    if (statement.body === null) continue;
    for (const piece of pieces) {
      if (piece.decoded === null) continue;
      const source = sourceOf(text.unit, statement.body);
      infos.push({
        source,
        address: piece.address,
        bytes: piece.bytes,
        decoded: piece.decoded,
        label,
        container: text.entry,
      });
      label = null;
    }
  }
  return infos;
}
