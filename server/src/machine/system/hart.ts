import type { Decoded, Isa } from '../../isa/types';
import type { Effect } from '../effect';
import { effectOf } from '../effects';
import { FloatState } from '../float/index';
import { execute, fetchInstruction, Hart, instructionAlignment, type Trap } from '../hart';
import { fixedValue } from '../wasm/expression';
import { largestUnit, type Program } from '../wasm/flow';
import { type Block, compileEffect, isJump, isStraight, type RunRecord } from './block';
import { blockOperation, operateOnBlock } from './cache-blocks';
import { Clint } from './clint';
import { CompiledCode, type Spot } from './compiled';
import { Counters } from './counters';
import { SystemCsrs } from './csr-file';
import { Mmu } from './mmu';
import { lineBits, type PhysicalMemory } from './physical';
import { Pmp } from './pmp';
import { privilegedInstructions } from './privileged';
import { machine, type Privilege, PrivilegedState } from './state';
import { causeOf, enterTrap, nextInterrupt, wakingCycle } from './traps';

/** One instruction, decoded once. */
export interface Op {
  readonly decoded: Decoded;
  readonly effect: Effect;
  readonly length: bigint;
  readonly float: boolean;
}

/** The line of its page that an address is on. */
const lineOf = (address: bigint): number => Number(address & 0xfffn) >>> lineBits;

/** Of instructions. */
const longestBlock = 64;

export interface HartOptions {
  readonly isa: Isa;
  readonly hartId: bigint;
  /** Whether ordinary loads and stores of any alignment are carried out; otherwise they trap. */
  readonly misaligned: boolean;
  /** Instructions of a block that have run, after which it is compiled to WebAssembly; null: never. */
  readonly compileAfter?: number | null;
  /** Instructions whose decoding, blocks or compiled code is kept, each; beyond that all is dropped, and made anew. */
  readonly mostKept?: number;
}

/** Each costs some hundred bytes, compiled or not. */
const mostKept = 1 << 16;

/** To compile takes about as long as so many: what it costs in vain is never more than what has been done before. */
const compileAfter = 8000;
/** Entries of compiled code that did nothing, after which it is not entered there again. */
const mostVainEntries = 20;

/** A hart with M, S and U modes, at its reset: in M-mode, interrupts and translation off. */
export class SystemHart extends Hart {
  readonly state: PrivilegedState;
  readonly counters: Counters;
  readonly system: SystemCsrs;
  readonly mmu: Mmu<Op>;
  /** The instruction that retired last; null after a trap. */
  last: Op | null = null;
  /** Where the last step's instruction stood, and the mode it ran in. */
  lastPc = 0n;
  lastPrivilege: Privilege = machine;
  /** What the hart was asked to do and does not do; it stands before that instruction. */
  refused: string | null = null;
  /** It traps for ever, and nothing can end that: in words where. */
  stuck: string | null = null;
  /** How many of the instructions have run compiled. */
  ranCompiled = 0;
  /** Where the last trap was taken that did not come from its handler's first fetch. */
  private trappedAt = 0n;
  private readonly isa: Isa;
  private readonly alignment: bigint;
  /** The next cycle at which a timer may be due. */
  private deadline = 0;
  /** Made of the instructions at an address, as long as these and the translation stay what they are. */
  private readonly blocks = new Map<bigint, Block>();
  /** Where those begin that have instructions on a line of a page: whichever page, translated or not. */
  private readonly blocksOn = Array.from({ length: 1 << (12 - lineBits) }, () => new Set<bigint>());
  /** Instructions in blocks. */
  private inBlocks = 0;
  private readonly mostKept: number;
  /** Of blocks by their physical address, as long as no instruction changes. */
  private readonly records = new Map<number, RunRecord>();
  /** Where indirect jumps have gone last. */
  private readonly targets = new Map<bigint, bigint>();
  private readonly compiled: CompiledCode<Op> | null;

  constructor(
    pc: bigint,
    private readonly memory: PhysicalMemory<Op>,
    { isa, hartId, misaligned, ...options }: HartOptions,
  ) {
    const counters = new Counters();
    const float = new FloatState(isa);
    const clint = new Clint(counters, () => {
      state.changed = true;
      memory.events++;
    });
    const state = new PrivilegedState(isa, hartId, counters, clint, new Pmp(isa.xlen), float);
    const system = new SystemCsrs(state);
    super(pc, isa, hartId, system, float, memory.registers);
    memory.attach(clint);
    this.isa = isa;
    this.alignment = BigInt(instructionAlignment(isa));
    this.state = state;
    this.counters = counters;
    this.system = system;
    this.mmu = new Mmu(state, memory, misaligned);
    this.mostKept = options.mostKept ?? mostKept;
    memory.codeChanged = (address) => this.drop(address);
    const threshold = options.compileAfter === undefined ? compileAfter : options.compileAfter;
    const alignment = instructionAlignment(isa);
    this.compiled =
      threshold === null || memory.linear === null
        ? null
        : new CompiledCode(memory, memory.linear, { xlen: isa.xlen, alignment, misaligned }, this.program(), threshold);
  }

  /** The code as it stands, for the compiler. */
  private program(): Program {
    return {
      at: (pc) => {
        const op = this.fetch(pc);
        return 'cause' in op || Number(pc & 0xfffn) + op.decoded.length > 0x1000 ? null : op;
      },
      observed: (pc) => this.targets.get(pc) ?? null,
    };
  }

  /**
   * Does what some steps do: at most so many, fewer where something has happened that others may want to look at. What
   * the last one was is told only if it trapped.
   *
   * @returns how many
   */
  advance(steps: number): number {
    this.bound();
    const { state, counters, memory } = this;
    const block = state.changed || state.remapped || counters.cycles >= this.deadline ? null : this.blockHere();
    if (block === null) {
      this.step();
      return 1;
    }
    const { runs, addresses } = block;
    const allowed = Math.min(steps, this.deadline - counters.cycles);
    const ran = this.runCompiled(block, allowed);
    if (ran > 0) return ran;
    const count = Math.min(runs.length, allowed);
    const { events } = memory;
    let done = 0;
    while (done < count) {
      const trap = (runs[done] as Block['runs'][number])();
      if (trap !== null) {
        this.pc = addresses[done] as bigint;
        // Once more, and into its handler.
        this.step();
        return done + 1;
      }
      done++;
      counters.cycles++;
      counters.retired++;
      if (memory.events !== events) break;
    }
    if (done < runs.length || !block.jumps) this.pc = addresses[done] as bigint;
    else if (block.indirect) this.targets.set(addresses[done - 1] as bigint, this.pc);
    return done;
  }

  /** Runs the WebAssembly that begins with a block, if there is any; makes it where that has become worth it. */
  private runCompiled(block: Block, steps: number): number {
    const { compiled, counters } = this;
    const { spot, record } = block;
    if (compiled === null || spot === null) return 0;
    if (block.compiled === null) {
      record.interpreted += block.runs.length;
      if (!compiled.wants(spot, record.interpreted)) return 0;
      for (const entry of compiled.compile(spot)) {
        const known = this.blocks.get(entry.spot.pc);
        if (known !== undefined) known.compiled = entry;
      }
      // If that did not help, nothing will.
      if (block.compiled === null) record.interpreted = Number.NEGATIVE_INFINITY;
      return 0;
    }
    const { ran, pc } = compiled.run(block.compiled, steps);
    this.pc = pc;
    counters.cycles += ran;
    counters.retired += ran;
    this.ranCompiled += ran;
    if (ran > 0) record.vain = 0;
    else if (steps >= largestUnit && ++record.vain >= mostVainEntries) {
      block.compiled = null;
      record.interpreted = Number.NEGATIVE_INFINITY;
    }
    return ran;
  }

  /** The block that begins at the pc; null where there stands nothing that could be in one. */
  private blockHere(): Block | null {
    const kept = this.blocks.get(this.pc);
    if (kept !== undefined) return kept.runs.length === 0 ? null : kept;
    const block = this.makeBlock(this.pc);
    this.blocks.set(this.pc, block);
    this.inBlocks += block.addresses.length;
    for (const address of block.addresses) this.blocksOn[lineOf(address)]?.add(this.pc);
    return block.runs.length === 0 ? null : block;
  }

  /** An instruction, at a physical address, has been stored to: what was made of its line counts anew. */
  private drop(address: number): void {
    for (const { spot } of this.compiled?.changed(address) ?? []) {
      const block = this.blocks.get(spot.pc);
      if (block !== undefined) block.compiled = null;
      const record = this.records.get(spot.physical);
      if (record !== undefined) Object.assign(record, { interpreted: 0, vain: 0 });
    }
    const starts = this.blocksOn[lineOf(BigInt(address))] ?? new Set();
    for (const start of starts) {
      const block = this.blocks.get(start);
      if (block === undefined) continue;
      this.blocks.delete(start);
      this.inBlocks -= block.addresses.length;
      for (const one of block.addresses) this.blocksOn[lineOf(one)]?.delete(start);
      if (block.spot !== null) this.records.delete(block.spot.physical);
    }
  }

  /** Drops what is kept of code if that has become too much. */
  private bound(): void {
    const { memory, compiled, targets } = this;
    const most = Math.max(memory.keptCode, this.inBlocks, compiled?.size ?? 0, targets.size, this.records.size);
    if (most <= this.mostKept) return;
    memory.dropCode();
    compiled?.clear();
    this.dropBlocks();
    this.records.clear();
    targets.clear();
  }

  private dropBlocks(): void {
    this.blocks.clear();
    for (const starts of this.blocksOn) starts.clear();
    this.inBlocks = 0;
  }

  private makeBlock(start: bigint): Block {
    const { mmu, isa, alignment } = this;
    const runs: Block['runs'][number][] = [];
    const addresses = [start];
    for (let pc = start; runs.length < longestBlock && pc >> 12n === start >> 12n; ) {
      const op = this.fetch(pc);
      if ('cause' in op || Number(pc & 0xfffn) + op.decoded.length > 0x1000) break;
      const jumps = isJump(op.effect);
      if (!jumps && !isStraight(op.effect)) break;
      runs.push(compileEffect(op.effect, this, mmu, isa, pc, op.length, alignment));
      pc = BigInt.asUintN(isa.xlen, pc + op.length);
      addresses.push(pc);
      if (jumps) return this.blockOf(start, runs, addresses, op.effect);
    }
    return this.blockOf(start, runs, addresses, null);
  }

  private blockOf(start: bigint, runs: Block['runs'], addresses: Block['addresses'], jump: Effect | null): Block {
    const { xlen } = this.isa;
    const last = addresses.at(-2) ?? start;
    const indirect = jump !== null && 'target' in jump && fixedValue(jump.target, last, xlen) === null;
    const spot = this.compiled === null ? null : this.spotOf(start);
    const record = (spot === null ? null : this.records.get(spot.physical)) ?? { interpreted: 0, vain: 0 };
    if (spot !== null) this.records.set(spot.physical, record);
    const given = spot === null || record.vain >= mostVainEntries ? null : (this.compiled?.at(spot) ?? null);
    return { runs, addresses, jumps: jump !== null, indirect, spot, record, compiled: given };
  }

  private spotOf(pc: bigint): Spot | null {
    if (this.state.privilege === machine && this.mmu.isDirect) return { pc, physical: Number(pc), mapped: false };
    const physical = this.mmu.knowsCode(pc) ? this.mmu.translate(pc, 2, 'fetch') : null;
    return physical === null ? null : { pc, physical, mapped: true };
  }

  /** Takes an interrupt that is due, and executes one instruction or enters its trap's handler. Never throws. */
  step(): void {
    const { state, counters } = this;
    if (state.changed || counters.cycles >= this.deadline) this.attend();
    if (state.remapped) this.remap();
    if (this.memory.keptCode > this.mostKept) this.bound();
    this.lastPc = this.pc;
    this.lastPrivilege = state.privilege;
    const op = this.fetch(this.pc);
    const trap = 'cause' in op ? op : this.perform(op);
    if (trap === null) {
      this.last = op as Op;
      counters.retired++;
      counters.cycles++;
      return;
    }
    this.last = null;
    if (trap.cause === 'unsupported') {
      this.refused = `\`${trap.mnemonic}\` at 0x${this.pc.toString(16)} is decoded, but not executed`;
      return;
    }
    const word = 'cause' in op ? 0 : op.decoded.word;
    const at = this.pc;
    this.pc = enterTrap(causeOf(trap, state, at, word, this.mmu.fault), state, at);
    counters.cycles++;
    // In M-mode, with interrupts off since the trap before, a handler that cannot be fetched only leads to itself.
    if (!('cause' in op) || this.pc !== at || this.lastPrivilege !== machine) this.trappedAt = at;
    else
      this.stuck = `traps for ever: its handler at 0x${at.toString(16)} cannot be fetched, after a trap at 0x${this.trappedAt.toString(16)}`;
  }

  /** Takes an interrupt if one is due, and finds out when to look again. */
  private attend(): void {
    const { state, counters } = this;
    state.changed = false;
    const interrupt = nextInterrupt(state);
    if (interrupt !== null) this.pc = enterTrap(interrupt, state, this.pc);
    const { deadline } = state;
    this.deadline = deadline > counters.cycles ? deadline : Number.POSITIVE_INFINITY;
  }

  private remap(): void {
    this.mmu.flush();
    this.dropBlocks();
    this.state.remapped = false;
  }

  private fetch(pc: bigint): Op | Trap {
    const { mmu, memory, isa } = this;
    if (pc % this.alignment !== 0n) return { cause: 'misaligned-fetch', address: pc };
    const at = mmu.translate(pc, 2, 'fetch');
    if (at === null) return { cause: 'fetch-fault', address: pc };
    const kept = memory.codeAt(at);
    // PMP may end within an instruction that it once did not.
    if (kept !== undefined && (kept.length === 2n || mmu.knowsCode(pc))) return kept;
    const decoded = fetchInstruction(pc, mmu, isa);
    if (typeof decoded === 'bigint') return { cause: 'fetch-fault', address: decoded };
    const effect = effectOf(decoded, isa);
    const op: Op = { decoded, effect, length: BigInt(decoded.length), float: effect.kind.startsWith('float') };
    // The second half of an instruction over two pages may change without a store to the first.
    if ((at & 0xfff) + decoded.length <= 0x1000) memory.keepCode(at, op);
    return op;
  }

  private perform(op: Op): Trap | null {
    const { effect } = op;
    const { state } = this;
    if (effect.kind === 'unsupported') return this.performPrivileged(effect.mnemonic, op);
    if (op.float && state.floatOff) return { cause: 'illegal-instruction', reason: 'floating point is off' };
    const trap = execute(effect, this, this.mmu, this.isa, op.length);
    if (op.float) this.tellFloat();
    const csr = trap !== null && effect.kind === 'csr' ? this.system.unsupported(effect.csr) : null;
    return csr === null ? trap : { cause: 'unsupported', mnemonic: `${op.decoded.spec?.mnemonic ?? 'csr'} ${csr}` };
  }

  /** After a floating-point instruction: what it has changed beside its register. */
  private tellFloat(): void {
    const { state, float, system } = this;
    if (float.accrued !== 0) system.tellFlags();
    float.accrued = 0;
    if (state.noteFloat()) system.tellStatus();
  }

  private performPrivileged(mnemonic: string, op: Op): Trap | null {
    const block = blockOperation(mnemonic);
    if (block !== null) {
      const trap = operateOnBlock(block, this.read(op.decoded.fields.rs1 ?? 0), this.state, this.mmu);
      if (trap === null) this.pc = BigInt.asUintN(this.isa.xlen, this.pc + op.length);
      return trap;
    }
    const instruction = privilegedInstructions.get(mnemonic);
    if (instruction === undefined) return { cause: 'unsupported', mnemonic };
    const outcome = instruction(this.state);
    if (outcome !== null && 'illegal' in outcome) return { cause: 'illegal-instruction', reason: outcome.illegal };
    if (outcome !== null && 'next' in outcome) {
      this.pc = outcome.next;
      this.system.tellReturn(mnemonic);
      return null;
    }
    if (outcome !== null) this.wait();
    this.pc = BigInt.asUintN(this.isa.xlen, this.pc + op.length);
    return null;
  }

  /** Lets time pass until an interrupt is pending; where none ever will be, `wfi` does nothing. */
  private wait(): void {
    const cycle = wakingCycle(this.state);
    if (cycle !== null) this.counters.skipTo(cycle);
    this.state.changed = true;
  }
}
