import type { PlacedInstruction, Register, Site, SymbolDefinition } from '../../server/src/checker/scenario';
import type { ViolationKind } from '../../server/src/checker/verdict';
import { decode } from '../../server/src/isa/index';
import type { SymbolicByte } from '../../server/src/machine/bytes';
import type { AccessSize, Effect, Expr } from '../../server/src/machine/effect';
import {
  byteKey,
  conditionOf,
  effectOf,
  evaluateSymbolic,
  joinBytes,
  opaque,
  splitBytes,
  splitOffset,
  symbolicBinary,
  type Value,
  valueKey,
} from '../../server/src/machine/index';
import { NotModelled, poison } from './program';
import { placedKey, siteEnd, type World, within } from './world';

/** One run through a site, as far as it has come. Never changed: each step makes a new one. */
export interface Pass {
  readonly site: Site;
  readonly pc: bigint;
  /** Inside a symbol that will come back to this address, with these registers lost; null: it will not come back. */
  readonly held: {
    readonly link: bigint | null;
    readonly symbol: string;
    readonly clobbers: readonly Register[];
  } | null;
  readonly registers: ReadonlyMap<Register, { readonly value: Value; readonly view: number }>;
  /** The thread's own memory, byte by byte. */
  readonly memory: ReadonlyMap<string, SymbolicByte>;
  /** Unknown conditions that this pass has decided. */
  readonly choices: ReadonlyMap<string, boolean>;
  /** The instruction executed last, as bits at an address; kept only where a `forbid` asks. */
  readonly last: string | null;
  /** Backward jumps since the last trap, as far as they are counted. */
  readonly backward: number;
  /** The symbols that were called and came back. */
  readonly calls: readonly string[];
  /** The versions that hold every instruction executed so far. */
  readonly versions: readonly string[];
  /** The versions of which it has executed an instruction that `to` does not have. */
  readonly retired: readonly string[];
}

/** What an instruction asks of its hart's memory. */
export type Access =
  | { readonly kind: 'none' }
  | { readonly kind: 'own read'; readonly post: number }
  | { readonly kind: 'own write' }
  | { readonly kind: 'fence'; readonly effect: Extract<Effect, { kind: 'fence' }> }
  | { readonly kind: 'fence.i' }
  /** A read of shared memory; the hart offers what it may return. */
  | { readonly kind: 'read'; readonly address: bigint; readonly size: AccessSize; readonly post: number };

export type Performed = { readonly access: Access } & Arrival;
/** `breakpoint`: it has executed an `ebreak` for which there may be a handler. */
export type Step = Performed | { readonly access: Access; readonly kind: 'breakpoint'; readonly pass: Pass };
/** `somewhere` is declared, or back to the caller; `nowhere` is never right. */
export type Exit = {
  readonly kind: 'exit';
  readonly at: string;
  readonly leads: 'somewhere' | 'nowhere';
  readonly pass: Pass;
};

/** What a pass may see of the memory that all share. */
export interface SharedMemory {
  /** The view below which no access of this instruction may read. */
  readonly pre: number;
  /** Each value that a read may return, with the view at which it returns it. */
  read(
    address: bigint,
    size: number,
    view: number,
  ): readonly { readonly bytes: readonly number[]; readonly post: number }[];
}

/** More backward jumps in a row than any terminating pass here makes. */
const tooManyBackward = 4;

/** It comes back to where it was, and will do so until somebody interferes. */
export const goesRound = (pass: Pass): boolean => pass.backward === tooManyBackward;

export function beginPass(site: Site): Pass {
  return {
    site,
    pc: site.address,
    held: null,
    registers: new Map(),
    memory: new Map(),
    choices: new Map(),
    last: null,
    backward: 0,
    calls: [],
    versions: site.versions.map((version) => version.name),
    retired: [],
  };
}

/** What is left of a pass that has jumped to a symbol and does not come back: who stays there. */
export function staysAt(pass: Pass, symbol: SymbolDefinition): Pass {
  const held = { link: null, symbol: symbol.name, clobbers: [] };
  return { ...beginPass(pass.site), pc: symbol.address, held };
}

/** Where a breakpoint for which no handler is meant ends the pass. */
export const endsAtBreakpoint = (pass: Pass): Exit => ({
  kind: 'exit',
  at: `ebreak at ${pass.pc.toString(16)}`,
  leads: 'somewhere',
  pass,
});

/** Equal for passes that go on alike. */
export function passKey(pass: Pass): string {
  const registers = [...pass.registers].map(([r, { value, view }]) => `${r}=${valueKey(value)}@${view}`).sort();
  const memory = [...pass.memory].map(([at, byte]) => `${at}=${byteKey(byte)}`).sort();
  const choices = [...pass.choices].map(([key, holds]) => `${key}${holds ? '+' : '-'}`).sort();
  return [
    pass.site.name,
    pass.pc.toString(16),
    pass.held === null ? '' : (pass.held.link?.toString(16) ?? 'stays'),
    registers,
    memory,
    choices,
    pass.last ?? '',
    pass.backward,
    pass.calls,
    pass.versions,
    pass.retired,
  ].join('|');
}

const readRegister = (pass: Pass, register: Register): Value =>
  pass.registers.get(register)?.value ?? opaque(`r${register}`);

function viewOf(pass: Pass, expr: Expr): number {
  switch (expr.k) {
    case 'const':
    case 'pc':
      return 0;
    case 'reg':
      return pass.registers.get(expr.reg)?.view ?? 0;
    case 'un':
      return viewOf(pass, expr.a);
    case 'bin':
      return Math.max(viewOf(pass, expr.a), viewOf(pass, expr.b));
  }
}

/** Executes the fetched bytes: every way in which it may end. */
export function execute(
  world: World,
  before: Pass,
  bytes: readonly (number | undefined)[],
  shared: SharedMemory,
): Step[] {
  const { pc } = before;
  if (bytes.includes(poison)) return violation('freed', `executes what has been freed at ${pc.toString(16)}`);
  const known = Uint8Array.from(bytes.map((byte) => byte ?? 0));
  const here = placedKey(pc, known);
  const forbid = world.forbidden(before.last, here);
  if (forbid !== undefined) return violation('forbidden', forbid.text);
  if (world.torn(pc, bytes)) return violation('torn', `executes ${here}`);
  if (bytes.includes(undefined)) return violation('wild-jump', `executes undeclared bytes at ${here}`);

  const word = known.reduceRight((value, byte) => value * 256 + byte, 0);
  const versions = before.versions.filter((name) => world.holds(before.site, name, pc, known));
  const { site } = before;
  const retired =
    site.to === null || world.isThread(site) || world.holds(site, site.to, pc, known)
      ? before.retired
      : site.versions
          .map(({ name }) => name)
          .filter((name) => before.retired.includes(name) || world.holds(site, name, pc, known));
  const pass: Pass = { ...before, versions, retired, last: world.scenario.forbids.length > 0 ? here : null };
  return perform(world, pass, pc, word, known.length, shared);
}

/** What a breakpoint's handler does with a copy of an instruction: it runs as if it stood at its own address. */
export function executeCopy(world: World, pass: Pass, copy: PlacedInstruction, shared: SharedMemory): Performed[] {
  if (world.scenario.forbids.length > 0) throw new NotModelled('what may follow a copy that is run');
  const word = copy.bytes.reduceRight((value, byte) => value * 256 + byte, 0);
  return perform(world, pass, copy.address, word, copy.bytes.length, shared).map((step) => {
    if (step.kind === 'breakpoint') throw new NotModelled('a breakpoint within a breakpoint');
    return step;
  });
}

const none: Access = { kind: 'none' };
const violation = (code: ViolationKind, why: string): Performed[] => [{ kind: 'violation', code, why, access: none }];

/** Executes an instruction that stands at `pc`. */
function perform(world: World, pass: Pass, pc: bigint, word: number, length: number, shared: SharedMemory): Step[] {
  const { isa } = world.scenario.machine;
  const effect = effectOf(decode(word, isa), isa);
  const next = pc + BigInt(length);
  const value = (expr: Expr): Value => evaluateSymbolic(expr, (register) => readRegister(pass, register), pc, isa.xlen);
  const write = (to: Pass, rd: number, written: Value, view: number): Pass =>
    rd === 0 ? to : { ...to, registers: new Map(to.registers).set(rd, { value: written, view }) };
  const goOn = (to: Pass, target: Value, access: Access = none): Step => ({ ...arrive(world, to, target), access });

  switch (effect.kind) {
    case 'alu':
      return [goOn(write(pass, effect.rd, value(effect.value), viewOf(pass, effect.value)), next)];
    case 'jump':
      return [goOn(write(pass, effect.rd, value(effect.link), 0), value(effect.target))];
    case 'branch': {
      const condition = conditionOf(value(effect.condition), isa.xlen);
      const target = (taken: boolean): Value => (taken ? value(effect.target) : next);
      if (typeof condition === 'boolean') return [goOn(pass, target(condition))];
      const decided = pass.choices.get(condition.key);
      return [true, false]
        .filter((choice) => decided === undefined || decided === choice)
        .map((choice) =>
          goOn(
            { ...pass, choices: new Map(pass.choices).set(condition.key, choice) },
            target(choice === condition.holds),
          ),
        );
    }
    case 'load': {
      const address = value(effect.address);
      const view = viewOf(pass, effect.address);
      if (typeof address === 'bigint') {
        return shared.read(address, effect.size, view).flatMap(({ bytes: read, post }) => {
          if (read.includes(poison)) return violation('freed', `reads what has been freed at ${address.toString(16)}`);
          const loaded = joinBytes(
            read.map((byte) => ({ value: BigInt(byte), index: 0 })),
            effect.signed,
            isa.xlen,
          );
          return goOn(write(pass, effect.rd, loaded, post), next, { kind: 'read', address, size: effect.size, post });
        });
      }
      const post = Math.max(shared.pre, view);
      const loaded = joinBytes(ownBytes(pass, address, effect.size), effect.signed, isa.xlen);
      return [goOn(write(pass, effect.rd, loaded, post), next, { kind: 'own read', post })];
    }
    case 'store': {
      const address = value(effect.address);
      if (typeof address === 'bigint') throw new NotModelled('a pass that writes memory which others read');
      const memory = new Map(pass.memory);
      splitBytes(value(effect.value), effect.size, isa.xlen).forEach(
        (byte, i) => void memory.set(ownLocation(address, i), byte),
      );
      return [goOn({ ...pass, memory }, next, { kind: 'own write' })];
    }
    case 'fence':
      return [goOn(pass, next, { kind: 'fence', effect })];
    case 'fence.i':
      return [goOn(pass, next, { kind: 'fence.i' })];
    case 'ecall':
    case 'ebreak':
      if (effect.kind === 'ebreak' && world.scenario.breakpoints.length > 0)
        return [{ kind: 'breakpoint', pass, access: none }];
      return [{ kind: 'exit', at: `${effect.kind} at ${pc.toString(16)}`, leads: 'somewhere', pass, access: none }];
    case 'illegal':
      return violation('illegal', `${word.toString(16)} at ${pc.toString(16)}: ${effect.reason}`);
    default:
      throw new NotModelled(`${effect.kind} in a pass`);
  }
}

/** Where a return through `ra` or `t0`, as it was at entry, leads: `jalr` clears the lowest bit. */
const links = ([1, 5] as const).map((register) =>
  valueKey(symbolicBinary('and', opaque(`r${register}`), BigInt.asUintN(64, -2n), 64)),
);

/** Goes on at an address that a jump, a fix-up or the end of an instruction has led to. */
export function arrive(world: World, pass: Pass, target: Value): Arrival {
  if (typeof target !== 'bigint') {
    const leads = links.includes(valueKey(target)) ? 'somewhere' : 'nowhere';
    return { kind: 'exit', at: valueKey(target), leads, pass };
  }
  const at = target.toString(16);
  const { extensions } = world.scenario.machine.isa;
  if (target % 4n !== 0n && !extensions.has('zca') && !extensions.has('c')) {
    return { kind: 'violation', code: 'misaligned', why: `jumps to ${at}` };
  }
  const thread = world.isThread(pass.site);
  // A thread that calls what stands before its code does not go round.
  const back = target <= pass.pc && (!thread || world.together(target, pass.pc));
  const backward = Math.min(tooManyBackward, back ? pass.backward + 1 : pass.backward);
  const there: Pass = { ...pass, pc: target, held: null, backward };
  if (within(target, pass.site.address, pass.site.size) || (thread && world.inSite(target)))
    return { kind: 'next', pass: there };
  const symbol = world.symbolAt(target);
  if (symbol !== undefined) {
    const link = symbol.returns === null ? null : readRegister(pass, symbol.returns);
    const comesBack = (to: bigint): boolean =>
      within(to, pass.site.address, pass.site.size) || (thread && (world.inSite(to) || world.inCode(to)));
    if (typeof link !== 'bigint' || !comesBack(link)) return { kind: 'exit', at, leads: 'somewhere', pass };
    return {
      kind: 'next',
      pass: {
        ...there,
        held: { link, symbol: symbol.name, clobbers: symbol.clobbers },
        calls: [...pass.calls, symbol.name],
      },
    };
  }
  if (target === siteEnd(pass.site) || (thread && world.endsSite(target)))
    return { kind: 'exit', at, leads: 'somewhere', pass };
  if (world.pastCode(target) || world.inSite(target)) return { kind: 'exit', at, leads: 'somewhere', pass };
  if (world.inCode(target)) return { kind: 'next', pass: there };
  return { kind: 'exit', at, leads: 'nowhere', pass };
}
export type Arrival =
  | { readonly kind: 'next'; readonly pass: Pass }
  | Exit
  | { readonly kind: 'violation'; readonly code: ViolationKind; readonly why: string };

/** The called symbol returns: its clobbers hold unknown values, named by the call alone. */
export function comeBack(pass: Pass): Pass {
  if (pass.held === null || pass.held.link === null) return pass;
  const registers = new Map(pass.registers);
  for (const register of pass.held.clobbers) {
    registers.set(register, { value: opaque(`${pass.held.symbol}#${pass.calls.length}.r${register}`), view: 0 });
  }
  return { ...pass, pc: pass.held.link, held: null, registers };
}

/** What a finished pass has done, as far as anyone can tell: whom it called, where it left, with which registers, and what it stored. */
export function outcomeOf(at: string, pass: Pass): string {
  const registers = [...pass.registers]
    .filter(
      ([register, { value }]) =>
        !pass.site.clobbers.includes(register) && valueKey(value) !== valueKey(opaque(`r${register}`)),
    )
    .map(([register, { value }]) => `r${register}=${valueKey(value)}`)
    .sort();
  const memory = [...pass.memory].map(([location, byte]) => `${location}=${byteKey(byte)}`).sort();
  return `${pass.calls.join('; ')} > ${at} ${registers.join(' ')} ${memory.join(' ')}`;
}

function ownLocation(address: Value, index: number): string {
  const { base, offset } = splitOffset(address);
  return `${base === null ? '' : valueKey(base)}+${BigInt.asIntN(64, offset + BigInt(index))}`;
}
function ownBytes(pass: Pass, address: Value, size: number): SymbolicByte[] {
  return Array.from({ length: size }, (_, i) => {
    const location = ownLocation(address, i);
    return pass.memory.get(location) ?? { value: opaque(`[${location}]`), index: 0 };
  });
}
