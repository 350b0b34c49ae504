import type { Isa } from '../isa/types';
import type { FenceSet } from '../machine';

/** Where something was written: a file (as the caller names it) and a half-open range of UTF-16 offsets. */
export interface Source {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Register numbers 1..31. */
export type Register = number;

/** The fetch rules of the ladder (docs/semantics.md): `letter` has none of them. Ziccid comes with the ISA string. */
export interface FetchRules {
  /** `fence.i` orders earlier fetches too (ISA manual, September 2026): `isa` and above. */
  readonly fenceiFetch: boolean;
  /** A fetch comes before its hart's later stores. */
  readonly decodeW: boolean;
  /** A fetch comes before all its hart's later accesses. */
  readonly decode: boolean;
}

export interface Machine {
  readonly isa: Isa;
  readonly memory: 'rvwmo' | 'tso' | 'sc';
  readonly fetch: FetchRules;
  readonly ipi: 'memory' | 'device' | 'sbi';
}

/** A named address outside the scenario. */
export interface SymbolDefinition {
  readonly name: string;
  readonly address: bigint;
  /** The link register through which a call comes back, or null: reaching it ends the pass. */
  readonly returns: Register | null;
  readonly clobbers: readonly Register[];
  readonly source: Source;
}

/** One instruction as it stands in memory. */
export interface PlacedInstruction {
  /** `AUIPC'`, or null where it was not labelled. */
  readonly label: string | null;
  readonly address: bigint;
  /** Little-endian, 2 or 4 bytes. */
  readonly bytes: Uint8Array;
  /** As written: `jalr t0, %pcrel_lo(AUIPC')(t0)`. */
  readonly text: string;
  readonly source: Source;
}

/** Fixed code (trampolines, handlers, function bodies) or initial data. */
export interface Region {
  readonly name: string;
  readonly kind: 'code' | 'data';
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly instructions: readonly PlacedInstruction[];
  /** Labels inside, absolute addresses. */
  readonly labels: ReadonlyMap<string, bigint>;
  readonly source: Source;
}

/** What a site may legitimately hold. It says nothing about bytes that it does not list. */
export interface Version {
  readonly name: string;
  readonly instructions: readonly PlacedInstruction[];
  readonly source: Source;
}

export interface Site {
  readonly name: string;
  readonly address: bigint;
  /** The longest version, in bytes. */
  readonly size: number;
  readonly versions: readonly Version[];
  readonly clobbers: readonly Register[];
  /** The bytes at timestamp 0, `size` long: version `from`, over another where `from A over B` says so. */
  readonly initial: Uint8Array;
  /** What the site held at first, in order of precedence: `['skip', 'old']` for `from skip over old`. */
  readonly from: readonly string[];
  /** The version that a late pass must be equivalent to (`effective`). Null: the protocol names none. */
  readonly to: string | null;
  readonly source: Source;
}

/** Code of an executor in which its passes begin: a region of the same name. */
export interface ThreadCode {
  readonly name: string;
  readonly address: bigint;
  /** Registers that its passes may leave as they like. */
  readonly clobbers: readonly Register[];
  readonly source: Source;
}

/** Bits to compare with, after masking: `jalr t0, *(t0)` is mask 0x000fffff, match 0x000282e7. */
export interface Pattern {
  readonly mask: number;
  readonly match: number;
  readonly length: 2 | 4;
  readonly text: string;
}

/** `on trap return to ADDRESS if PATTERN { sepc += N }`. */
export interface TrapReturnFixup {
  /** Null: any address inside a site. */
  readonly addresses: readonly bigint[] | null;
  /** Any one of them; empty: whatever is there. Read as data, 2 bytes and then 2 more (docs/semantics.md, section 4). */
  readonly patterns: readonly Pattern[];
  /** Added to sepc. */
  readonly sepcDelta: bigint;
  readonly source: Source;
}

/**
 * `on ebreak to ADDRESS if PATTERN { ... }`: what the kernel does at a breakpoint. Then it returns from the trap, and
 * the trap-return fix-ups apply.
 */
export interface EbreakHandler {
  /** Null: any address inside a site. */
  readonly addresses: readonly bigint[] | null;
  /** Any one of them, read as data at the breakpoint; empty: whatever is there. */
  readonly patterns: readonly Pattern[];
  /**
   * `sepc`: goes on at the breakpoint's address plus `delta`. `run`: executes a copy of this instruction out of line as
   * if it stood at its own address (single-stepped or emulated), and goes on where it leads.
   */
  readonly effect:
    | { readonly kind: 'sepc'; readonly delta: bigint }
    | { readonly kind: 'run'; readonly instruction: PlacedInstruction };
  readonly source: Source;
}

export type Granule = 'natural' | 'byte' | 'half' | 'word' | 'double';

/** One operation of a patcher. `step` names the step that it stands in, or null. */
export type Operation = { readonly step: string | null; readonly source: Source; readonly text: string } & (
  | {
      readonly kind: 'store';
      readonly address: bigint;
      readonly bytes: Uint8Array;
      /** `natural`: one message where naturally aligned up to XLEN, else split into aligned halves. */
      readonly granule: Granule;
      readonly target: 'code' | 'data';
      /** The instructions that these bytes are (empty for data). */
      readonly instructions: readonly PlacedInstruction[];
    }
  | { readonly kind: 'fence'; readonly pred: FenceSet; readonly succ: FenceSet; readonly tso: boolean }
  | { readonly kind: 'fence.i' }
  /** A message to every other online hart, whose handler runs `body`, and (unless async) the wait for all answers. */
  | { readonly kind: 'sync'; readonly async: boolean; readonly body: readonly HandlerOperation[] }
  /** A lock among patchers: an acquire, and a release. */
  | { readonly kind: 'lock' | 'unlock'; readonly name: string }
  /** `wait rcu_tasks`: until each thread has been outside of the sites and of all that they jump to. */
  | { readonly kind: 'wait' }
  /** Stores poison over a region, or over the first parcel of a symbol's code. */
  | { readonly kind: 'free'; readonly name: string; readonly address: bigint; readonly size: number }
  /** The patcher's own thread runs a pass through a site, which must amount to the version of that name (null: `to`). */
  | { readonly kind: 'run'; readonly site: string; readonly version: string | null }
  /** The patcher goes on on another hart; `fenceI`: where it is switched in, that hart executes `fence.i`. */
  | { readonly kind: 'migrate'; readonly fenceI: boolean }
  | {
      readonly kind: 'stop_machine';
      /** Each is true by default; `stop_machine without fence.i, release { ... }` switches some off. */
      readonly park: boolean;
      readonly irqsOff: boolean;
      readonly release: boolean;
      readonly acquire: boolean;
      readonly fenceI: boolean;
      readonly body: readonly Operation[];
    }
);
export type HandlerOperation =
  | { readonly kind: 'fence.i' }
  | { readonly kind: 'fence'; readonly pred: FenceSet; readonly succ: FenceSet; readonly tso: boolean };

export interface Patcher {
  readonly name: string;
  readonly operations: readonly Operation[];
  readonly source: Source;
}

export interface Executors {
  readonly count: 'any' | number;
  readonly preemptible: boolean;
  readonly migrating: boolean;
  /** No S-mode interrupt within a pass. */
  readonly masked: boolean;
  /** A hart to which a thread migrates executes `fence.i` at the switch. */
  readonly flushing: boolean;
  /**
   * Harts may come online while the protocol runs: no target of what was sent before, and with nothing fetched.
   * `fence.i`: their start-up executes one.
   */
  readonly onlineLater: 'no' | 'plain' | 'fence.i';
  readonly source: Source | null;
}

/** `forbid A then B`: instructions of the named labels, as bits at an address. */
export interface Forbid {
  readonly first: readonly PlacedInstruction[];
  readonly then: readonly PlacedInstruction[];
  readonly text: string;
  readonly source: Source;
}

/** Addresses in arithmetic progression: `count` of them (at least 1, below 2^53) from `first` on, `step` apart. */
export interface Progression {
  readonly first: bigint;
  readonly step: bigint;
  readonly count: number;
}

/** What a jump's immediate is added to, for the member of a site that it stands in. */
export type ReachBase =
  /** The member's own address plus `offset`: the jump's pc, or what an `auipc` of a given number makes of its pc. */
  | { readonly kind: 'member'; readonly offset: bigint }
  | { readonly kind: 'fixed'; readonly value: bigint }
  /**
   * What `auipc %pcrel_hi(target)` at the member's address plus `pc` makes, plus `add`: the pc moved by a multiple of
   * 4096 to within -2047..2048 of the target.
   */
  | { readonly kind: 'aimed'; readonly pc: bigint; readonly target: bigint; readonly add: bigint };

/** The jump whose immediate alone would be rewritten. */
export interface ReachJump {
  /** As the text names it: `JALR`. */
  readonly label: string;
  readonly mnemonic: string;
  /** The register that the immediate is added to, `t0`; null for the jump's own pc. */
  readonly register: string | null;
  readonly base: ReachBase;
  /** What the field can hold. Only `jalr` may hold odd numbers, and clears bit 0 of the sum. */
  readonly min: number;
  readonly max: number;
  readonly clearsBit0: boolean;
}

/** `reach TARGET from SITE by LABEL`: at each member of the site, the field holds what leads to each of the targets. */
export interface Reach {
  /** `never reach`: at no member, to none of the targets. */
  readonly never: boolean;
  readonly targets: readonly Progression[];
  readonly site: string;
  /** Where the site stands: one place, or those of `sites`. */
  readonly members: Progression;
  readonly jump: ReachJump;
  /** A distance check beside which the reach is told: between target and site, or target and `of`. It decides nothing. */
  readonly within: { readonly distance: bigint; readonly of: bigint | null; readonly text: string } | null;
  readonly source: Source;
}

/** A protocol under one set of assumptions, resolved: all that the checker is told. */
export interface Scenario {
  readonly protocol: string;
  /** The `when` of the variant, as written, or null. */
  readonly when: string | null;
  readonly machine: Machine;
  readonly symbols: readonly SymbolDefinition[];
  readonly regions: readonly Region[];
  readonly sites: readonly Site[];
  /** Where there are any, executors' passes begin in these alone, and not at sites. */
  readonly threads: readonly ThreadCode[];
  readonly fixups: readonly TrapReturnFixup[];
  readonly breakpoints: readonly EbreakHandler[];
  readonly patchers: readonly Patcher[];
  readonly executors: Executors;
  readonly forbids: readonly Forbid[];
  readonly reaches: readonly Reach[];
  readonly source: Source;
}
