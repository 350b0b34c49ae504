import type { AccessSize, Effect, Expr } from '../effect';
import type { AccessOpcode } from './code';
import { type Frame, writeValue } from './expression';

/** RAM that is found where addresses say: whole pages, one behind another. */
export interface Window {
  readonly kind: 'window';
  /** Addresses. */
  readonly start: number;
  readonly end: number;
  /** Where linear memory has its bytes, and the marks of its lines: one byte each, and one behind. */
  readonly base: number;
  readonly marks: number;
}

/** RAM that tables in linear memory find, page by page: one for loads and one for stores. */
export interface Tables {
  readonly kind: 'tables';
  readonly load: number;
  readonly store: number;
}

/**
 * An entry of such a table: the address of a page, or `empty`; what to add to an address (modulo 2^32) for its place in
 * linear memory, and to the number of a line there for the place of its mark.
 */
export const lookaside = { entries: 256, size: 16, tag: 0, linear: 8, marks: 12, empty: -1n } as const;

const [pageBits, entryBits] = [12, 4];

/** How compiled code reaches RAM. */
export interface Reach {
  readonly ram: Window | Tables;
  /** Bytes in a line, as a power of two. */
  readonly lineBits: number;
  /** Whether accesses of any alignment are carried out. */
  readonly misaligned: boolean;
}

export interface InstructionFrame extends Frame {
  readonly reach: Reach;
  /** A local of XLEN bits: where an access is, behind the start of the window. */
  readonly offset: number;
  /** Locals of 32 bits: where it is in linear memory, and where the entry is that says so. */
  readonly linear: number;
  readonly entry: number;
  /** Writes code that leaves the unit as if the instruction had not begun. */
  leave(): void;
}

/** Writes code for what goes on behind: what `execute` does, in order; leaves the unit where that is more than it can. */
export function writeEffect(effect: Effect, pc: bigint, frame: InstructionFrame): void {
  const { code } = frame;
  switch (effect.kind) {
    case 'alu':
      if (effect.rd === 0) return;
      writeValue(effect.value, pc, frame);
      code.set(frame.register(effect.rd));
      break;
    case 'load': {
      place(effect.address, effect.size, false, pc, frame);
      if (effect.rd === 0) return;
      pushPlace(frame);
      code.access(loadOpcode(effect.size, effect.signed, frame), baseOf(frame)).set(frame.register(effect.rd));
      break;
    }
    case 'store':
      place(effect.address, effect.size, true, pc, frame);
      pushPlace(frame);
      writeValue(effect.value, pc, frame);
      code.access(storeOpcode(effect.size, frame), baseOf(frame));
      break;
    case 'fence':
    case 'fence.i':
      break;
    default:
      throw new Error(`${effect.kind} cannot be compiled`);
  }
}

/** Finds the bytes of an access, or leaves: where they are not all in RAM, misaligned, or stored to in a marked line. */
function place(address: Expr, size: AccessSize, stores: boolean, pc: bigint, frame: InstructionFrame): void {
  const { code, reach } = frame;
  writeValue(address, pc, frame);
  if (reach.ram.kind === 'window') placeInWindow(reach.ram, size, frame);
  else placeByTable(stores ? reach.ram.store : reach.ram.load, size, frame);
  if (stores) {
    code.open('if', 'i32');
    code.constant('i32', 1).emit('else');
    pushPlace(frame);
    code.constant('i32', reach.lineBits).emit('i32.shr_u');
    if (reach.ram.kind === 'tables')
      code
        .get(frame.entry)
        .access('i32.load', reach.ram.store + lookaside.marks)
        .emit('i32.add');
    // What is not aligned may end in the next line; that is looked at always, as it is rarely marked.
    const both = size > 1 && reach.misaligned;
    code.access(both ? 'i32.load16_u' : 'i32.load8_u', reach.ram.kind === 'window' ? reach.ram.marks : 0).emit('end');
  }
  code.open('if');
  frame.leave();
  code.emit('end');
}

/** Takes an address; leaves whether it is to be left. */
function placeInWindow({ start, end }: Window, size: AccessSize, frame: InstructionFrame): void {
  const { code, type, offset, reach } = frame;
  code.constant(type, start).emit(`${type}.sub`).tee(offset);
  code.constant(type, end - start - size).emit(`${type}.gt_u`);
  if (reach.misaligned || size === 1) return;
  pushPlace(frame);
  code.constant('i32', size - 1).emit('i32.and', 'i32.or');
}

/** The same: an access over two pages has the tag of the second, and what is misaligned has none. */
function placeByTable(table: number, size: AccessSize, frame: InstructionFrame): void {
  const { code, type, offset, linear, entry, reach } = frame;
  const pushLow = (): void => {
    code.get(offset);
    if (type === 'i64') code.emit('i32.wrap_i64');
  };
  code.set(offset);
  pushLow();
  code
    .constant('i32', pageBits)
    .emit('i32.shr_u')
    .constant('i32', lookaside.entries - 1)
    .emit('i32.and');
  code
    .constant('i32', entryBits)
    .emit('i32.shl')
    .tee(entry)
    .access('i32.load', table + lookaside.linear);
  pushLow();
  code.emit('i32.add').set(linear).get(offset);
  if (reach.misaligned)
    code
      .constant(type, size - 1)
      .emit(`${type}.add`)
      .constant(type, -1 << pageBits);
  else code.constant(type, (-1 << pageBits) | (size - 1));
  code
    .emit(`${type}.and`)
    .get(entry)
    .access(`${type}.load`, table + lookaside.tag)
    .emit(`${type}.ne`);
}

/** The address in linear memory, to which `baseOf` is to be added. */
function pushPlace({ code, type, offset, linear, reach }: InstructionFrame): void {
  if (reach.ram.kind === 'tables') code.get(linear);
  else if (type === 'i64') code.get(offset).emit('i32.wrap_i64');
  else code.get(offset);
}

const baseOf = ({ reach: { ram } }: InstructionFrame): number => (ram.kind === 'window' ? ram.base : 0);

function loadOpcode(size: AccessSize, signed: boolean, { xlen, type }: Frame): AccessOpcode {
  if (size * 8 >= xlen) return `${type}.load`;
  if (size === 4) return signed ? 'i64.load32_s' : 'i64.load32_u';
  if (size === 2) return signed ? `${type}.load16_s` : `${type}.load16_u`;
  return signed ? `${type}.load8_s` : `${type}.load8_u`;
}

function storeOpcode(size: AccessSize, { xlen, type }: Frame): AccessOpcode {
  if (size * 8 >= xlen) return `${type}.store`;
  return size === 4 ? 'i64.store32' : size === 2 ? `${type}.store16` : `${type}.store8`;
}
