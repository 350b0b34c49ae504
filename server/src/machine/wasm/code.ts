/** Instructions of WebAssembly (core specification 2.0, section 5.4) as bytes. */

/** Those without immediate operands, by the names of the specification. */
export const opcodes = {
  else: 0x05,
  end: 0x0b,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_s': 0x48,
  'i32.lt_u': 0x49,
  'i32.gt_u': 0x4b,
  'i32.ge_s': 0x4e,
  'i32.ge_u': 0x4f,
  'i64.eqz': 0x50,
  'i64.eq': 0x51,
  'i64.ne': 0x52,
  'i64.lt_s': 0x53,
  'i64.lt_u': 0x54,
  'i64.gt_u': 0x56,
  'i64.ge_s': 0x59,
  'i64.ge_u': 0x5a,
  'i32.clz': 0x67,
  'i32.ctz': 0x68,
  'i32.popcnt': 0x69,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.div_s': 0x6d,
  'i32.div_u': 0x6e,
  'i32.rem_s': 0x6f,
  'i32.rem_u': 0x70,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_s': 0x75,
  'i32.shr_u': 0x76,
  'i64.clz': 0x79,
  'i64.ctz': 0x7a,
  'i64.popcnt': 0x7b,
  'i64.add': 0x7c,
  'i64.sub': 0x7d,
  'i64.mul': 0x7e,
  'i64.div_s': 0x7f,
  'i64.div_u': 0x80,
  'i64.rem_s': 0x81,
  'i64.rem_u': 0x82,
  'i64.and': 0x83,
  'i64.or': 0x84,
  'i64.xor': 0x85,
  'i64.shl': 0x86,
  'i64.shr_s': 0x87,
  'i64.shr_u': 0x88,
  'i32.wrap_i64': 0xa7,
  'i64.extend_i32_s': 0xac,
  'i64.extend_i32_u': 0xad,
  'i32.extend8_s': 0xc0,
  'i32.extend16_s': 0xc1,
  'i64.extend8_s': 0xc2,
  'i64.extend16_s': 0xc3,
  'i64.extend32_s': 0xc4,
} as const;
export type Opcode = keyof typeof opcodes;

/** Accesses to memory: little-endian, of any alignment. */
const accesses = {
  'i32.load': 0x28,
  'i64.load': 0x29,
  'i32.load8_s': 0x2c,
  'i32.load8_u': 0x2d,
  'i32.load16_s': 0x2e,
  'i32.load16_u': 0x2f,
  'i64.load8_s': 0x30,
  'i64.load8_u': 0x31,
  'i64.load16_s': 0x32,
  'i64.load16_u': 0x33,
  'i64.load32_s': 0x34,
  'i64.load32_u': 0x35,
  'i32.store': 0x36,
  'i64.store': 0x37,
  'i32.store8': 0x3a,
  'i32.store16': 0x3b,
  'i64.store8': 0x3c,
  'i64.store16': 0x3d,
  'i64.store32': 0x3e,
} as const;
export type AccessOpcode = keyof typeof accesses;

export const valueTypes = { i32: 0x7f, i64: 0x7e } as const;
export type ValueType = keyof typeof valueTypes;

const noValue = 0x40;

/** A number as LEB128: seven bits a byte, the lowest first, the highest bit set in all but the last. */
export function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return bytes;
}

function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    if (rest === ((byte & 0x40) === 0 ? 0n : -1n)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

/** A place to branch to: what is open there, counted from the outermost. */
export type Label = number;

/** The instructions of one function, written one after another. Labels are told by how deep they are open. */
export class Code {
  readonly bytes: number[] = [];
  private depth = 0;

  emit(...names: readonly Opcode[]): this {
    for (const name of names) {
      if (name === 'end') this.depth--;
      this.bytes.push(opcodes[name]);
    }
    return this;
  }

  /** Opens `block`, `loop` or `if`; `end` closes it. */
  open(kind: 'block' | 'loop' | 'if', result: ValueType | null = null): Label {
    this.bytes.push({ block: 0x02, loop: 0x03, if: 0x04 }[kind], result === null ? noValue : valueTypes[result]);
    return this.depth++;
  }

  branch(to: Label): this {
    return this.put(0x0c, this.distance(to));
  }

  branchIf(to: Label): this {
    return this.put(0x0d, this.distance(to));
  }

  /** Takes a number from the stack: the label of that index, or the other one where there is none. */
  branchTable(to: readonly Label[], otherwise: Label): this {
    this.put(0x0e, to.length);
    for (const label of [...to, otherwise]) this.bytes.push(...unsignedLeb(this.distance(label)));
    return this;
  }

  call(functionIndex: number): this {
    return this.put(0x10, functionIndex);
  }

  get(local: number): this {
    return this.put(0x20, local);
  }

  set(local: number): this {
    return this.put(0x21, local);
  }

  /** Sets a local and leaves the value. */
  tee(local: number): this {
    return this.put(0x22, local);
  }

  /** @param value any bits: taken modulo the width */
  constant(type: ValueType, value: bigint | number): this {
    this.bytes.push(type === 'i32' ? 0x41 : 0x42, ...signedLeb(BigInt.asIntN(type === 'i32' ? 32 : 64, BigInt(value))));
    return this;
  }

  /** Adds a number to the address on the stack, and accesses what is there. */
  access(name: AccessOpcode, offset: number): this {
    this.bytes.push(accesses[name], 0, ...unsignedLeb(offset));
    return this;
  }

  /** Code in which everything is closed again. */
  append(other: Code): this {
    for (const byte of other.bytes) this.bytes.push(byte);
    return this;
  }

  private distance(to: Label): number {
    return this.depth - 1 - to;
  }

  private put(opcode: number, operand: number): this {
    this.bytes.push(opcode, ...unsignedLeb(operand));
    return this;
  }
}
