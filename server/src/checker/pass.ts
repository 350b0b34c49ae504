/**
 * One pass of a thread through a site: instructions over symbolic values, from the site's first byte with unknown
 * registers to a pc outside (docs/semantics.md, section 5). What memory and fetch may yield is the caller's.
 */
import { type Decoded, decode, undecoded, xRegisterName } from '../isa';
import {
  conditionOf,
  type Effect,
  type Expr,
  effectOf,
  evaluateSymbolic,
  opaque,
  showValue,
  splitOffset,
  symbolicBinary,
  symbolicUnary,
  type Value,
  valueKey,
} from '../machine';
import type { MessageSet } from '../memory/order';
import { none } from '../memory/order';
import type { Entrance } from './entrances';
import { hex, type Layout, wordOf, wordText } from './layout';
import { floatEntry, integerResult } from './pass-float';
import type { EbreakHandler, PlacedInstruction } from './scenario';

/** The data region that the CSR of this name points to (Zcmt). */
const jumpTable = 'jvt';

/** Each one doubles the ways through a pass; a loop whose counter is unknown has no end of them. */
const maximalConditions = 12;

export interface Thread {
  readonly pc: bigint;
  /** Registers that the pass has written; the others hold what they held at entry. */
  readonly registers: ReadonlyMap<number, Value>;
  /** Views of registers, where not empty: what a load through them depends on. */
  readonly views: ReadonlyMap<number, MessageSet>;
  /** Branches on unknown values: the way that this pass has taken, by condition. */
  readonly assumptions: ReadonlyMap<string, boolean>;
  /** The thread's own memory, by symbolic address and size. */
  readonly memory: ReadonlyMap<string, OwnCell>;
  /** What it has stored, done in floating point, and read through pointers that nobody set, in order. */
  readonly stores: readonly string[];
  readonly calls: readonly string[];
  /** Inside a symbol: where it will go on, or null where the pass is over. The pc is then the symbol's. */
  readonly holding: { readonly symbol: string; readonly link: bigint | null } | null;
  /** In the handler of the breakpoint at the pc, which has not looked yet. */
  readonly trapped: boolean;
  /**
   * It has accessed memory through a pointer that nobody set, which yields whatever stands there: in words. A version that does
   * so is not decided; a pass that does so where no version does amounts to none.
   */
  readonly strayed: string | null;
}

interface OwnCell {
  readonly address: Value;
  readonly size: number;
  readonly value: Value;
}

export const enter = ({ address }: Pick<Entrance, 'address'>): Thread => ({
  pc: address,
  registers: new Map(),
  views: new Map(),
  assumptions: new Map(),
  memory: new Map(),
  stores: [],
  calls: [],
  holding: null,
  trapped: false,
  strayed: null,
});

/** What a pass amounts to when it is over: two passes with equal keys cannot be told apart. */
export interface Exit {
  /** The pc, or `ebreak at ...`. */
  readonly at: string;
  readonly target: Value;
  /**
   * `end`: the site's or a region's end, or a symbol. `return`: to the caller, through the `ra` or `t0` of entry.
   * `trap`: ecall or ebreak. `unknown`: through any other value that nobody set. `undeclared`: no one's address.
   */
  readonly kind: 'end' | 'return' | 'trap' | 'unknown' | 'undeclared';
}

export type PassStep<H> =
  /** `trap`: by way of a breakpoint's handler, whose return is still to come. */
  | { readonly kind: 'next'; readonly thread: Thread; readonly hart: H; readonly trap: boolean }
  | { readonly kind: 'exit'; readonly thread: Thread; readonly hart: H; readonly exit: Exit }
  | {
      readonly kind: 'fault';
      readonly hart: H;
      readonly code: 'illegal' | 'misaligned' | 'freed';
      readonly reason: string;
    }
  | { readonly kind: 'unsupported'; readonly what: string };

/** What the data side yields. `H` is the hart's state: views for the search, nothing for a version alone. */
export interface PassMemory<H> {
  /** Every value that a load of declared memory may see. */
  load(
    hart: H,
    address: bigint,
    size: number,
    address_view: MessageSet,
  ): readonly { readonly value: bigint | 'freed'; readonly view: MessageSet; readonly hart: H }[];
  /** Every value that an instruction's own fetch of declared memory may see: an entry of Zcmt's table. */
  fetch(hart: H, address: bigint, size: number): readonly { readonly value: bigint | 'freed'; readonly hart: H }[];
  /** An access to the thread's own memory. Returns the view of what it yields. */
  own(hart: H, access: 'read' | 'write', operands: MessageSet): { readonly view: MessageSet; readonly hart: H };
  fence(hart: H, effect: Extract<Effect, { kind: 'fence' }>): H;
  fenceI(hart: H): H;
  branch(hart: H, operands: MessageSet): H;
}

export class Pass<H> {
  readonly #xlen: 32 | 64;
  readonly #compressed: boolean;
  /** Where `jr ra` and `jr t0` lead if nobody has set the register: the two link registers of the calling convention. */
  readonly #returns: ReadonlySet<string>;
  /** Extensions of the machine whose instructions are not in the tables: an unknown word may be one of them. */
  readonly #undecoded: readonly string[];
  readonly #decoded = new Map<number, { readonly decoded: Decoded; readonly effect: Effect }>();

  constructor(
    readonly layout: Layout,
    readonly entrance: Entrance,
    readonly memory: PassMemory<H>,
  ) {
    const { isa } = layout.scenario.machine;
    this.#xlen = isa.xlen;
    this.#undecoded = undecoded(isa);
    const even = (1n << BigInt(isa.xlen)) - 2n;
    this.#returns = new Set(
      [1, 5].map((link) => valueKey(symbolicBinary('and', opaque(entryName(link)), even, isa.xlen))),
    );
    this.#compressed = isa.extensions.has('c') || isa.extensions.has('zca');
  }

  /** Executes one instruction, already fetched, at the thread's pc. */
  execute(thread: Thread, bytes: Uint8Array, hart: H): PassStep<H>[] {
    const { decoded, effect } = this.#decode(wordOf(bytes));
    // All zeros is illegal whatever else there is (ISA manual, "Expanded Instruction-Length Encoding").
    if (decoded.spec === null && wordOf(bytes) !== 0 && this.#undecoded.length > 0)
      return [{ kind: 'unsupported', what: `an executor runs ${wordText(bytes)}: ${decoded.reason ?? 'unknown'}` }];
    if ((effect.kind === 'load' || effect.kind === 'store') && (effect.aq || effect.rl))
      return [
        {
          kind: 'unsupported',
          what: `an executor uses an acquire load or release store (${decoded.spec?.mnemonic ?? effect.kind})`,
        },
      ];
    const next = BigInt.asUintN(this.#xlen, thread.pc + BigInt(bytes.length));
    return this.#perform(effect, decoded.spec?.mnemonic ?? effect.kind, thread, next, hart);
  }

  /** What one effect does. @param next where the thread goes on if the effect does not say otherwise */
  #perform(effect: Effect, mnemonic: string, thread: Thread, next: bigint, hart: H): PassStep<H>[] {
    const value = (expr: Expr): Value =>
      evaluateSymbolic(expr, (reg) => readRegister(thread, reg), thread.pc, this.#xlen);
    const view = (...exprs: Expr[]): MessageSet => exprs.reduce((all, expr) => all | viewOf(thread, expr), none);
    switch (effect.kind) {
      case 'alu':
        return this.#goto(setRegister(thread, effect.rd, value(effect.value), view(effect.value)), next, hart);
      case 'jump': {
        const target = value(effect.target);
        const linked = setRegister(thread, effect.rd, value(effect.link), none);
        return this.#goto(linked, target, this.memory.branch(hart, view(effect.target)));
      }
      case 'branch': {
        const after = this.memory.branch(hart, view(effect.condition));
        const target = value(effect.target);
        const condition = conditionOf(value(effect.condition), this.#xlen);
        if (typeof condition === 'boolean') return this.#goto(thread, condition ? target : next, after);
        const known = thread.assumptions.get(condition.key);
        if (known === undefined && thread.assumptions.size >= maximalConditions)
          return [
            { kind: 'unsupported', what: `a pass branches on more than ${maximalConditions} unknown conditions` },
          ];
        const taken = (truth: boolean): PassStep<H>[] => {
          const assumed =
            known === undefined
              ? { ...thread, assumptions: new Map(thread.assumptions).set(condition.key, truth) }
              : thread;
          return this.#goto(assumed, truth === condition.holds ? target : next, after);
        };
        return known === undefined ? [...taken(true), ...taken(false)] : taken(known);
      }
      case 'load':
        return this.#load(thread, effect, value(effect.address), view(effect.address), next, hart);
      case 'store': {
        const address = value(effect.address);
        if (typeof address === 'bigint')
          return [
            { kind: 'unsupported', what: `an executor stores to the shared address ${this.layout.name(address)}` },
          ];
        const stored = value(effect.value);
        return this.#storeOwn(thread, effect.size, address, stored, view(effect.address, effect.value), next, hart);
      }
      case 'fence':
        return this.#goto(thread, next, this.memory.fence(hart, effect));
      case 'fence.i':
        return this.#goto(thread, next, this.memory.fenceI(hart));
      case 'ebreak':
        return this.#breakpoint(thread, hart);
      case 'ecall':
        return [trapExit(thread, hart, effect.kind)];
      case 'illegal':
        return [{ kind: 'fault', hart, code: 'illegal', reason: effect.reason }];
      case 'lr':
      case 'sc':
      case 'amo':
        return [
          {
            kind: 'unsupported',
            what: `an executor uses an atomic instruction (${mnemonic})`,
          },
        ];
      case 'csr':
        return [{ kind: 'unsupported', what: `an executor accesses a CSR (${mnemonic})` }];
      case 'sequence':
        return this.#sequence(effect, thread, next, hart);
      case 'table.jump':
        return this.#tableJump(effect, value(effect.link), thread, hart);
      case 'float': {
        const done = executed(thread, floatEntry(effect, value, thread.calls.length));
        const result = integerResult(effect.operation);
        const after = result === null ? done : setRegister(done, result, resultOf(done, mnemonic), none);
        return this.#goto(after, next, hart);
      }
      case 'float.load': {
        const into = `f${effect.frd}`;
        return this.#read(thread, effect.size, value(effect.address), view(effect.address), hart, (from, read) =>
          this.#goto(
            executed(from, `${mnemonic} ${into}=${valueKey(read.value)} ${from.calls.length}`),
            next,
            read.hart,
          ),
        );
      }
      case 'float.store': {
        const address = value(effect.address);
        if (typeof address === 'bigint')
          return [
            { kind: 'unsupported', what: `an executor stores to the shared address ${this.layout.name(address)}` },
          ];
        const stored = resultOf(thread, `f${effect.frs2}`);
        return this.#storeOwn(thread, effect.size, address, stored, view(effect.address), next, hart);
      }
      case 'amo.pair':
      case 'unsupported':
        return [
          { kind: 'unsupported', what: `an executor runs ${effect.mnemonic}, which is decoded but not executed` },
        ];
    }
  }

  /** One part after the other (Zcmp). An interrupt in between starts all of it again, which comes to the same. */
  #sequence(
    { parts, mnemonic }: Extract<Effect, { kind: 'sequence' }>,
    thread: Thread,
    next: bigint,
    hart: H,
  ): PassStep<H>[] {
    let open: { readonly thread: Thread; readonly hart: H }[] = [{ thread, hart }];
    const ended: PassStep<H>[] = [];
    for (const [i, part] of parts.entries()) {
      const last = i + 1 === parts.length;
      const steps = open.flatMap((at) => this.#perform(part, mnemonic, at.thread, last ? next : thread.pc, at.hart));
      if (last) return [...ended, ...steps];
      open = steps.flatMap((step) => (step.kind === 'next' ? [step] : []));
      ended.push(...steps.filter(({ kind }) => kind !== 'next'));
    }
    return ended;
  }

  /**
   * Zcmt: the entry is read as instructions are fetched (ISA manual, Zcmt, "Jump Table Fault handling"), in parts that are fetched
   * at once: an entry is wider than what Ziccif makes atomic.
   */
  #tableJump(
    { rd, index, mnemonic }: Extract<Effect, { kind: 'table.jump' }>,
    link: Value,
    thread: Thread,
    hart: H,
  ): PassStep<H>[] {
    const table = this.layout.scenario.regions.find(({ name, kind }) => name === jumpTable && kind === 'data');
    const size = this.#xlen / 8;
    const address = (table?.address ?? 0n) + BigInt(index * size);
    const refuse = (what: string): PassStep<H>[] => [{ kind: 'unsupported', what }];
    if (table === undefined)
      return refuse(
        `an executor runs ${mnemonic}, and no jump table is declared: \`data ${jumpTable} at ADDRESS { ... }\``,
      );
    if (table.address % 64n !== 0n) return refuse(`the jump table \`${jumpTable}\` is not 64-byte aligned`);
    if ((index + 1) * size > table.bytes.length)
      return refuse(`an executor runs ${mnemonic} ${index}, and the jump table \`${jumpTable}\` is shorter`);
    const linked = setRegister(thread, rd, link, none);
    return this.memory
      .fetch(hart, address, size)
      .flatMap(({ value, hart: after }): PassStep<H>[] =>
        value === 'freed'
          ? [{ kind: 'fault', hart: after, code: 'freed', reason: `it fetches from ${this.layout.name(address)}` }]
          : this.#goto(linked, value & ~1n, after),
      );
  }

  /** Into the handler of a breakpoint; where none is meant, the pass ends. */
  #breakpoint(thread: Thread, hart: H): PassStep<H>[] {
    if (this.#meant(thread.pc).length === 0) return [trapExit(thread, hart, 'ebreak')];
    return [{ kind: 'next', thread: { ...thread, trapped: true }, hart, trap: false }];
  }

  #meant(pc: bigint): EbreakHandler[] {
    return this.layout.scenario.breakpoints.filter(({ addresses }) =>
      addresses === null ? this.layout.siteAt(pc) !== null : addresses.includes(pc),
    );
  }

  /** What the handlers of breakpoints make of the one that the thread stands at. */
  handle(at: Thread, hart: H): PassStep<H>[] {
    const thread = { ...at, trapped: false };
    const { pc } = thread;
    const meant = this.#meant(pc);
    const [first] = meant;
    if (first === undefined) return [trapExit(thread, hart, 'ebreak')];
    if (first.patterns.length === 0) return this.#handle(thread, hart, first.effect);
    return this.#readAsData(hart, pc).flatMap(({ bytes, hart: after }) => {
      const word = wordOf(bytes);
      const handler = meant.find(
        ({ patterns }) =>
          patterns.length === 0 ||
          patterns.some(({ length, mask, match }) => length === bytes.length && (word & mask) >>> 0 === match >>> 0),
      );
      return handler === undefined ? [trapExit(thread, after, 'ebreak')] : this.#handle(thread, after, handler.effect);
    });
  }

  #handle(thread: Thread, hart: H, effect: EbreakHandler['effect']): PassStep<H>[] {
    const steps =
      effect.kind === 'sepc'
        ? this.#goto(thread, BigInt.asUintN(this.#xlen, thread.pc + effect.delta), hart)
        : this.#runCopy(thread, hart, effect.instruction);
    return steps.map((step) => (step.kind === 'next' ? { ...step, trap: true } : step));
  }

  /** Single-stepped or emulated: as if it stood at its own address. */
  #runCopy(thread: Thread, hart: H, { address, bytes }: PlacedInstruction): PassStep<H>[] {
    if (this.#decode(wordOf(bytes)).effect.kind === 'ebreak')
      return [
        {
          kind: 'unsupported',
          what: `the handler of the breakpoint at ${this.layout.name(thread.pc)} runs a breakpoint`,
        },
      ];
    return this.execute({ ...thread, pc: address }, bytes, hart);
  }

  /** The instruction at an address as a handler reads it: two bytes, and two more if the first say so. */
  #readAsData(hart: H, pc: bigint): { readonly bytes: number[]; readonly hart: H }[] {
    const half = (from: H, address: bigint): { bytes: number[]; hart: H }[] =>
      this.memory.load(from, address, 2, none).map(({ value, hart: after }) => {
        const word = value === 'freed' ? 0 : Number(value);
        return { bytes: [word & 0xff, word >> 8], hart: after };
      });
    return half(hart, pc).flatMap((low) =>
      ((low.bytes[0] ?? 0) & 3) !== 3
        ? [low]
        : half(low.hart, pc + 2n).map((high) => ({ bytes: [...low.bytes, ...high.bytes], hart: high.hart })),
    );
  }

  #decode(word: number): { readonly decoded: Decoded; readonly effect: Effect } {
    const known = this.#decoded.get(word);
    if (known) return known;
    const { isa } = this.layout.scenario.machine;
    const decoded = decode(word, isa);
    const fresh = { decoded, effect: effectOf(decoded, isa) };
    this.#decoded.set(word, fresh);
    return fresh;
  }

  /** The thread comes back from the symbol that it is in: declared clobbers hold something new. */
  return(thread: Thread, hart: H): PassStep<H>[] {
    if (thread.holding === null || thread.holding.link === null) return [];
    const { symbol: name, link } = thread.holding;
    const symbol = this.layout.symbolAt(thread.pc);
    let back: Thread = { ...thread, holding: null, calls: [...thread.calls, name] };
    for (const register of symbol?.clobbers ?? [])
      back = setRegister(back, register, opaque(`${name}.${thread.calls.length}.${xRegisterName(register)}`), none);
    return this.#goto(back, link, hart);
  }

  #load(
    thread: Thread,
    effect: Extract<Effect, { kind: 'load' }>,
    address: Value,
    addressView: MessageSet,
    next: bigint,
    hart: H,
  ): PassStep<H>[] {
    const extend = (value: Value): Value => {
      const bits = effect.size * 8;
      if (bits >= this.#xlen) return value;
      return symbolicUnary(`${effect.signed ? 's' : 'z'}ext${bits as 8 | 16 | 32}`, value, this.#xlen);
    };
    return this.#read(thread, effect.size, address, addressView, hart, (from, { value, view, hart: after, known }) =>
      this.#goto(setRegister(from, effect.rd, known ? extend(value) : value, view), next, after),
    );
  }

  /** What a load may yield, and what comes of each. `known`: of memory that somebody declared, or the thread's own. */
  #read(
    thread: Thread,
    size: number,
    address: Value,
    addressView: MessageSet,
    hart: H,
    then: (
      thread: Thread,
      read: { readonly value: Value; readonly view: MessageSet; readonly hart: H; readonly known: boolean },
    ) => PassStep<H>[],
  ): PassStep<H>[] {
    if (typeof address !== 'bigint') {
      const problem = ownProblem(thread, address, size);
      if (problem !== null) {
        if (isOwn(address)) return [{ kind: 'unsupported', what: problem }];
        const value = opaque(`what stands at ${showValue(address)}`);
        return then(strayed(thread, problem, address), { value, view: addressView, hart, known: false });
      }
      const key = ownKey(address, size);
      const found = this.memory.own(hart, 'read', addressView);
      const value = thread.memory.get(key)?.value ?? opaque(`memory${key}`);
      return then(thread, { value, view: found.view, hart: found.hart, known: true });
    }
    for (let i = 0; i < size; i++)
      if (this.layout.initialByte(address + BigInt(i)) === null)
        return [
          {
            kind: 'unsupported',
            what: `an executor loads from ${this.layout.name(address)}, where no data is declared`,
          },
        ];
    return this.memory
      .load(hart, address, size, addressView)
      .flatMap(({ value, view, hart: after }): PassStep<H>[] =>
        value === 'freed'
          ? [{ kind: 'fault', hart: after, code: 'freed', reason: `it loads from ${this.layout.name(address)}` }]
          : then(thread, { value, view, hart: after, known: true }),
      );
  }

  /** A store to the thread's own memory, or through a pointer that nobody set. */
  #storeOwn(
    thread: Thread,
    size: number,
    address: Exclude<Value, bigint>,
    value: Value,
    operands: MessageSet,
    next: bigint,
    hart: H,
  ): PassStep<H>[] {
    const key = ownKey(address, size);
    const stored = executed(thread, `${key}=${valueKey(value)}`);
    const problem = ownProblem(thread, address, size);
    if (problem !== null)
      return isOwn(address)
        ? [{ kind: 'unsupported', what: problem }]
        : this.#goto({ ...stored, strayed: thread.strayed ?? problem }, next, hart);
    const done = this.memory.own(hart, 'write', operands);
    const memory = new Map(thread.memory).set(key, { address, size, value });
    return this.#goto({ ...stored, memory }, next, done.hart);
  }

  /** A trap-return fix-up has moved the thread's pc. */
  resumeAt(thread: Thread, target: bigint, hart: H): PassStep<H>[] {
    return this.#goto(thread, target, hart);
  }

  /** Is a pc in the pass's own site, or for a thread in any? */
  #siteAt(pc: bigint): boolean {
    const { thread, address, size } = this.entrance;
    return thread ? this.layout.siteAt(pc) !== null : pc >= address && pc < address + BigInt(size);
  }

  #endsSite(pc: bigint): boolean {
    const sites = this.entrance.thread ? this.layout.scenario.sites : [this.entrance];
    return sites.some(({ address, size }) => address + BigInt(size) === pc);
  }

  /** Where a pc leads: on in the pass, into a call, out, or nowhere. */
  #goto(thread: Thread, target: Value, hart: H): PassStep<H>[] {
    const leave = (kind: Exit['kind']): PassStep<H>[] => [
      {
        kind: 'exit',
        thread,
        hart,
        exit: { at: typeof target === 'bigint' ? hex(target) : valueKey(target), target, kind },
      },
    ];
    if (typeof target !== 'bigint') return leave(this.#returns.has(target.key) ? 'return' : 'unknown');
    if (target % (this.#compressed ? 2n : 4n) !== 0n)
      return [
        {
          kind: 'fault',
          hart,
          code: 'misaligned',
          reason: `the target ${hex(target)} is not ${this.#compressed ? 2 : 4}-byte aligned`,
        },
      ];
    const inside = (pc: bigint): boolean => this.#siteAt(pc) || this.layout.regionAt(pc, 'code') !== null;
    if (inside(target)) return [{ kind: 'next', thread: { ...thread, pc: target }, hart, trap: false }];
    const symbol = this.layout.symbolAt(target);
    if (symbol?.returns != null) {
      const link = readRegister(thread, symbol.returns);
      if (typeof link === 'bigint' && (inside(link) || this.#endsSite(link)))
        return [
          {
            kind: 'next',
            thread: { ...thread, pc: target, holding: { symbol: symbol.name, link } },
            hart,
            trap: false,
          },
        ];
    }
    if (
      symbol ||
      this.#endsSite(target) ||
      this.layout.endsRegion(target) ||
      this.layout.siteAt(target)?.address === target
    )
      return leave('end');
    return leave('undeclared');
  }
}

const trapExit = <H>(thread: Thread, hart: H, by: 'ebreak' | 'ecall'): PassStep<H> => ({
  kind: 'exit',
  thread,
  hart,
  exit: { at: `${by} at ${hex(thread.pc)}`, target: thread.pc, kind: 'trap' },
});

/**
 * Why a pass that has come to its end cannot be told apart from others, in words, or null. Where it jumps to what nobody set, that is
 * wild whatever it was.
 */
export const undecided = ({ strayed: where }: Thread, { kind }: Exit): string | null =>
  kind === 'unknown' ? null : where;

const executed = (thread: Thread, entry: string): Thread => ({ ...thread, stores: [...thread.stores, entry] });

/** What an instruction makes of registers that hold what nobody set: equal after the same list of instructions. */
const resultOf = (thread: Thread, what: string): Exclude<Value, bigint> =>
  opaque(`${what} after ${thread.stores.join('; ')}`);

function strayed(thread: Thread, problem: string, address: Value): Thread {
  const entry = `reads ${valueKey(address)}`;
  const after = thread.stores.includes(entry) ? thread : executed(thread, entry);
  return { ...after, strayed: thread.strayed ?? problem };
}

/** Is it the thread's own memory: its stack, or what its `tp` points to (thread-local data, the kernel's task)? */
const isOwn = (address: Value): boolean => {
  const { base } = splitOffset(address);
  return base !== null && (valueKey(base) === entryName(2) || valueKey(base) === entryName(4));
};

export const entryName = (register: number): string => `${xRegisterName(register)}@entry`;

export const readRegister = (thread: Thread, register: number): Value =>
  register === 0 ? 0n : (thread.registers.get(register) ?? opaque(entryName(register)));

function setRegister(thread: Thread, register: number, value: Value, view: MessageSet): Thread {
  if (register === 0) return thread;
  const registers = new Map(thread.registers).set(register, value);
  if (view === none && !thread.views.has(register)) return { ...thread, registers };
  const views = new Map(thread.views);
  if (view === none) views.delete(register);
  else views.set(register, view);
  return { ...thread, registers, views };
}

/** The join of the views of the registers that an expression reads. */
function viewOf(thread: Thread, expr: Expr): MessageSet {
  switch (expr.k) {
    case 'const':
    case 'pc':
      return none;
    case 'reg':
      return thread.views.get(expr.reg) ?? none;
    case 'un':
      return viewOf(thread, expr.a);
    case 'bin':
      return viewOf(thread, expr.a) | viewOf(thread, expr.b);
  }
}

const ownKey = (address: Value, size: number): string => `${size}[${valueKey(address)}]`;

/** The thread's own memory is kept by whole accesses; one that covers part of another is refused, not guessed. */
function ownProblem(thread: Thread, address: Value, size: number): string | null {
  const { base, offset } = splitOffset(address);
  if (!isOwn(address))
    return `an executor accesses memory through ${showValue(address)}, a pointer that nobody set: only what it reaches from sp and tp is known to be its own`;
  const own = ownKey(address, size);
  for (const [key, cell] of thread.memory) {
    if (key === own) continue;
    const its = splitOffset(cell.address);
    if (valueKey(its.base ?? 0n) !== valueKey(base ?? 0n)) continue;
    const distance = BigInt.asIntN(64, offset - its.offset);
    if (distance < BigInt(cell.size) && -distance < BigInt(size))
      return 'an executor accesses its own memory in partly overlapping pieces';
  }
  return null;
}
