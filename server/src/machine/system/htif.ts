import type { AccessSize } from '../effect';
import type { Op } from './hart';
import type { PhysicalMemory } from './physical';

/** What a program says to its host. */
export interface HtifHost {
  /** @param stream 1 for standard output, 2 for standard error */
  write(stream: 1 | 2, bytes: Uint8Array): void;
  /** Whether the run is to pause until what was written has been taken. Never, where it is left out. */
  readonly full?: () => boolean;
}

/** How a program ended itself. */
export type HtifEnd =
  | { readonly kind: 'exited'; readonly code: bigint }
  | { readonly kind: 'refused'; readonly what: string };

/** A message of which only one half has been stored is looked at after so many steps. */
const patience = 64;
/** Of one write, in bytes. */
const longestWrite = 1 << 20;

/**
 * The host-target interface of Spike (riscv-isa-sim, `fesvr`), as far as tests use it: messages in `tohost` end the
 * program (bit 0), write a character to the console (device 1, command 1) or proxy the system calls `write` and `exit`.
 * The host answers in `fromhost`.
 */
export class Htif {
  end: HtifEnd | null = null;
  /** Steps until a message is looked at; 0: there is none. */
  private waiting = 0;
  /** Which halves of it have been stored: 1 the low one, 2 the high one. */
  private halves = 0;

  constructor(
    private readonly memory: PhysicalMemory<Op>,
    private readonly tohost: number,
    private readonly fromhost: number | null,
    private readonly host: HtifHost,
  ) {
    memory.watch(tohost, 8, (address, size) => {
      if (this.waiting === 0) this.waiting = patience;
      if (address < tohost + 4) this.halves |= 1;
      if (address + size > tohost + 4) this.halves |= 2;
      if (this.halves === 3) this.waiting = 1;
    });
  }

  /** Whether `poll` wants to be called after each step. */
  get busy(): boolean {
    return this.waiting > 0;
  }

  /** After a step: looks at a message that is complete, or has waited for its other half for long enough. */
  poll(): void {
    if (--this.waiting > 0) return;
    this.halves = 0;
    const message = this.read(this.tohost);
    if (message !== 0n) this.handle(message);
  }

  private handle(message: bigint): void {
    this.put(this.tohost, 0n);
    const [device, command] = [message >> 56n, (message >> 48n) & 0xffn];
    const payload = BigInt.asUintN(48, message);
    if (device === 0n && command === 0n) {
      if ((payload & 1n) !== 0n) this.end = { kind: 'exited', code: payload >> 1n };
      else this.systemCall(Number(payload));
    } else if (device === 1n && command === 1n) this.host.write(1, Uint8Array.of(Number(payload & 0xffn)));
    // A request for a character is never answered: there is no keyboard.
    else if (device !== 1n || command !== 0n)
      this.refuse(`the program asks HTIF device ${device} for command ${command}`);
  }

  /** A block of eight doublewords: number, arguments; the result goes to the first. */
  private systemCall(block: number): void {
    if (this.memory.bytes(block, 64) === null) {
      this.refuse(`the program's HTIF message 0x${block.toString(16)} points to no memory`);
      return;
    }
    const [number = 0n, stream = 0n, from = 0n, size = 0n] = [0, 8, 16, 24].map((at) => this.read(block + at));
    if (number === 93n) this.end = { kind: 'exited', code: BigInt.asUintN(32, stream) };
    else if (number === 64n && (stream === 1n || stream === 2n)) {
      const bytes = size > longestWrite ? null : this.memory.bytes(Number(from), Number(size));
      if (bytes === null) this.refuse('the program writes what is not in memory');
      else {
        this.host.write(stream === 1n ? 1 : 2, bytes);
        this.answer(block, size);
      }
    } else this.refuse(`the program makes system call ${number}, of which only write (64) and exit (93) are there`);
  }

  private answer(block: number, result: bigint): void {
    this.put(block, result);
    if (this.fromhost !== null) this.put(this.fromhost, 1n);
  }

  private refuse(what: string): void {
    this.end = { kind: 'refused', what };
  }

  private read(address: number, size: AccessSize = 8): bigint {
    return this.memory.load(address, size) ?? 0n;
  }

  private put(address: number, value: bigint): void {
    this.memory.store(address, 8, value);
    // Not a message of the program's.
    this.waiting = 0;
    this.halves = 0;
  }
}
