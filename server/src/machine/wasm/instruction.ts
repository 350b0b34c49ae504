import type { AccessSize, Effect, Expr } from '../effect';
import type { AccessOpcode } from './code';
import { type Frame, writeValue } from './expression';

/** RAM as compiled code reaches it. */
export interface Window {
  /** Physical addresses of whole pages. */
  readonly start: number;
  readonly end: number;
  /** Where linear memory has its bytes, and the marks of its lines: one byte each, and one behind. */
  readonly base: number;
  readonly marks: number;
  /** Bytes in a line, as a power of two. */
  readonly lineBits: number;
  /** Whether accesses of any alignment are carried out. */
  readonly misaligned: boolean;
}

export interface InstructionFrame extends Frame {
  readonly window: Window;
  /** A local of XLEN bits: how far behind the window's start an access is. */
  readonly offset: number;
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
      pushOffset(frame);
      code.access(loadOpcode(effect.size, effect.signed, frame), frame.window.base).set(frame.register(effect.rd));
      break;
    }
    case 'store':
      place(effect.address, effect.size, true, pc, frame);
      pushOffset(frame);
      writeValue(effect.value, pc, frame);
      code.access(storeOpcode(effect.size, frame), frame.window.base);
      break;
    case 'fence':
    case 'fence.i':
      break;
    default:
      throw new Error(`${effect.kind} cannot be compiled`);
  }
}

/** Sets the offset of an access, or leaves: where it is not all in the window, or misaligned, or stores to a marked line. */
function place(address: Expr, size: AccessSize, stores: boolean, pc: bigint, frame: InstructionFrame): void {
  const { code, type, window, offset } = frame;
  writeValue(address, pc, frame);
  code.constant(type, window.start).emit(`${type}.sub`).tee(offset);
  code.constant(type, window.end - window.start - size).emit(`${type}.gt_u`);
  if (!window.misaligned && size > 1) {
    pushOffset(frame);
    code.constant('i32', size - 1).emit('i32.and', 'i32.or');
  }
  if (stores) {
    code.open('if', 'i32');
    code.constant('i32', 1).emit('else');
    pushOffset(frame);
    code.constant('i32', window.lineBits).emit('i32.shr_u');
    // What is not aligned may end in the next line; that is looked at always, as it is rarely marked.
    code.access(size > 1 && window.misaligned ? 'i32.load16_u' : 'i32.load8_u', window.marks).emit('end');
  }
  code.open('if');
  frame.leave();
  code.emit('end');
}

function pushOffset({ code, type, offset }: InstructionFrame): void {
  code.get(offset);
  if (type === 'i64') code.emit('i32.wrap_i64');
}

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
