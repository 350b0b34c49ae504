import type { LitmusTest, Proposition } from '../../checker/litmus/test';
import { type Isa, parseIsa } from '../../isa';
import type { LitmusAnalysis, LitmusCell, LitmusLocationInfo, LitmusRegisterInfo } from './analysis';
import { Conditions, inOrder, nameLocations } from './condition';
import { parseConstraints } from './constraints';
import { LitmusContext } from './context';
import { defaultType } from './ctypes';
import { locationsOf, type PlacedLocation, placeLocations } from './data';
import { type Listing, listThreads } from './listing';
import { Names } from './names';
import { parseProgram } from './program';
import { maskComments, type Sections, split } from './sections';
import { parseState } from './state';
import type { Constraints, Program, Range } from './syntax';
import { labelsOf, type PlacedThread, placeThreads } from './threads';
import { Values } from './values';

/** The hart of litmus files: all that is executed here, and without promises of instruction fetch. */
export const litmusIsa: Isa = (() => {
  const parsed = parseIsa('rv64gc_zicsr_zifencei_zba_zbb_zbs_zabha_zacas_zalasr');
  if (!parsed.ok) throw new Error('the ISA of litmus files is not known');
  return parsed.isa;
})();

/**
 * Reads a litmus test as herd7 writes them for RISC-V. `test` is null where there is an error.
 * Never throws; long texts full of errors are told of by their first ones.
 */
export function analyzeLitmus(file: string, text: string): LitmusAnalysis {
  const { masked, unclosed } = maskComments(text);
  const context = new LitmusContext(file, text, masked);
  for (const { start, plain } of unclosed) {
    const place = { start, end: start + 2 };
    if (plain)
      context.add('open-comment', place, 'this comment has no `*)` before the initial state: its lines are skipped');
    else context.add('syntax', place, 'this comment has no `*)`');
  }
  const sections = split(context);
  return sections === null ? nothing(context) : new Analyzer(context, sections).run();
}

/** Of a text that is no RISC-V test. */
function nothing({ file, text, diagnostics }: LitmusContext): LitmusAnalysis {
  const none = { threads: [], cells: [], locations: [], registers: [], references: [] };
  return {
    file,
    text,
    test: null,
    diagnostics,
    name: null,
    nameSource: null,
    stateSource: null,
    condition: null,
    ...none,
  };
}

/** One run over a text that has all its parts. */
class Analyzer {
  private readonly program: Program;
  private readonly listings: readonly Listing[];
  private readonly constraints: Constraints;
  private readonly names: Names;
  private readonly locations: ReadonlyMap<string, PlacedLocation>;
  private readonly threads: readonly PlacedThread[];
  private readonly values: Values;

  constructor(
    private readonly context: LitmusContext,
    private readonly sections: Sections,
  ) {
    const items = parseState(context, sections.state);
    this.program = parseProgram(context, sections.rest);
    this.listings = listThreads(context, this.program);
    this.constraints = parseConstraints(context, { start: this.program.end, end: sections.rest.end });
    this.names = new Names(context, this.program, this.listings);
    this.names.declare(items);
    nameLocations(this.names, this.constraints);
    const { locations, codeBase } = placeLocations(this.names);
    this.locations = locations;
    const symbol = (name: string): bigint | undefined => locations.get(name)?.address;
    this.threads = placeThreads(context, this.program.threads, this.listings, codeBase, litmusIsa, symbol);
    this.values = new Values(context, litmusIsa, this.names, locations, this.threads);
  }

  run(): LitmusAnalysis {
    const { context, names, program, sections } = this;
    const { name, state } = sections;
    const test = this.test();
    return {
      file: context.file,
      text: context.text,
      test: context.failed ? null : test,
      diagnostics: context.diagnostics,
      name: this.name,
      nameSource: context.source(name),
      stateSource: context.source(state),
      threads: program.threads.map((thread) => ({ name: thread.text, source: context.source(thread) })),
      cells: this.cells(),
      locations: this.locationInfos(),
      registers: this.registerInfos(),
      condition: this.conditionPlaces(),
      references: [...names.references].sort((a, b) => a.source.start - b.source.start),
    };
  }

  /** `--` stands for the file's own name. */
  private get name(): string {
    const { file, text } = this.context;
    const written = text.slice(this.sections.name.start, this.sections.name.end);
    return written === '--' ? file.replace(/^.*[\\/]/, '').replace(/\.litmus$/, '') : written;
  }

  /** The test, whole; what is in error stands in it as 0. */
  private test(): LitmusTest {
    const { context, names, values, threads, constraints } = this;
    const conditions = new Conditions(context, names, this.locations, values);
    const locations = locationsOf(this.locations, (node, { entry, shown }) =>
      node === null ? 0n : values.of(node, shown, null, `\`${entry.name}\``),
    );
    const registers = this.initialRegisters();
    const proposition = constraints.condition && conditions.proposition(constraints.condition.proposition, true);
    conditions.show(constraints.shown);
    const filter = constraints.filter && conditions.proposition(constraints.filter, false);
    this.warnOfUnwritten(conditions);
    return {
      name: this.name,
      isa: litmusIsa,
      locations,
      threads: threads.map(({ thread }, index) => ({ ...thread, registers: registers[index] ?? [] })),
      labels: labelsOf(threads),
      condition: proposition && this.withPlaces(proposition),
      filter,
      observed: inOrder(conditions.shown.values()),
      patchesCode: values.patchesCode,
      words: [...values.words].map(([bits, text]) => ({ bits, text })),
    };
  }

  private withPlaces(proposition: Proposition): LitmusTest['condition'] {
    const places = this.conditionPlaces();
    const quantifier = this.constraints.condition?.quantifier;
    return places && quantifier ? { quantifier, proposition, source: places.source } : null;
  }

  private conditionPlaces(): LitmusAnalysis['condition'] {
    const { condition } = this.constraints;
    if (condition === null) return null;
    const { quantifierRange, proposition } = condition;
    const whole: Range = { start: quantifierRange.start, end: Math.max(quantifierRange.end, proposition.end) };
    return { quantifier: this.context.source(quantifierRange), source: this.context.source(whole) };
  }

  private initialRegisters(): LitmusTest['threads'][number]['registers'][] {
    return this.threads.map((_, thread) =>
      [...this.names.registers].flatMap(([name, entry]) => {
        if (entry.thread !== thread || entry.value === null) return [];
        // An undeclared register takes any value that a register holds.
        const type = entry.type ?? { name: 'register', size: 8, signed: true };
        const written = this.values.of(entry.value, type, thread, `\`${name}\``);
        const bits = 8 * type.size;
        const value = type.signed ? BigInt.asIntN(bits, written) : BigInt.asUintN(bits, written);
        return [{ register: entry.register, value: BigInt.asUintN(litmusIsa.xlen, value) }];
      }),
    );
  }

  /** A register that is asked for, and that neither the thread nor the initial state sets, is 0: a slip, most likely. */
  private warnOfUnwritten({ read }: Conditions): void {
    if (this.values.patchesCode || this.context.failed) return;
    for (const [name, { thread, register, place }] of read) {
      const written = new Set(
        this.threads[thread]?.thread.instructions.flatMap(({ effect }) => ('rd' in effect ? effect.rd : [])),
      );
      if (written.has(register) || this.names.registers.has(name)) continue;
      this.context.add('never-written', place, `\`${name}\` is 0 for ever: nothing sets it`);
    }
  }

  private cells(): LitmusCell[] {
    return this.listings.flatMap(({ cells }, thread) =>
      cells.map(({ node, statement }, index) => ({
        thread,
        row: node.row,
        statement,
        instructions: this.threads[thread]?.cells[index] ?? [],
        source: this.context.source(node),
      })),
    );
  }

  private locationInfos(): LitmusLocationInfo[] {
    return [...this.locations.values()].map(({ entry, shown }) => ({
      name: entry.name,
      type: shown.name,
      count: entry.count ?? 1,
      source: entry.source,
    }));
  }

  private registerInfos(): LitmusRegisterInfo[] {
    return [...this.names.registers.values()].map(({ thread, register, type, value, source }) => ({
      thread,
      register,
      type: (type ?? defaultType).name,
      value: value && this.context.text.slice(value.start, value.end),
      source,
    }));
  }
}
