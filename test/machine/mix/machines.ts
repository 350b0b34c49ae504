import { decode, type Isa } from '../../../server/src/isa/index';
import type { Decoded } from '../../../server/src/isa/types';
import { execute } from '../../../server/src/machine/hart';
import { type Effect, effectOf, Hart, Ram } from '../../../server/src/machine/index';
import { type Op, SystemHart } from '../../../server/src/machine/system/hart';
import { PhysicalMemory } from '../../../server/src/machine/system/physical';
import { assemble } from '../harness';
import { runExecutable } from '../qemu';
import { elfOf } from './elf';
import { type Image, loadAddress } from './program';

/** The frames after a program has run. */
export type Frames = Uint8Array;

/** What QEMU's user mode makes of a program. @param options of its CPU, to be switched on */
export function onQemu({ bytes }: Image, isa: Isa, options: readonly string[]): Frames {
  return runExecutable(elfOf(bytes, isa.xlen, loadAddress), isa, options);
}

/** One instruction at its place, and how often it has run. */
interface Place {
  readonly decoded: Decoded;
  readonly effect: Effect;
  readonly length: bigint;
  count: number;
}

/** What the effects say, one instruction after another; how often each one of the snippets has run is counted by mnemonic. */
export function onEffects(image: Image, isa: Isa): { readonly frames: Frames; readonly counts: Map<string, number> } {
  const { bytes, end } = image;
  const memory = new Ram();
  memory.map(BigInt(loadAddress), bytes);
  const code = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const hart = new Hart(BigInt(loadAddress), isa);
  const places: (Place | undefined)[] = new Array<Place | undefined>(image.frames / 2);
  for (;;) {
    const at = Number(hart.pc) - loadAddress;
    if (at === end) break;
    let place = places[at / 2];
    if (place === undefined) {
      const decoded = decode(code.getUint32(at, true), isa);
      place = { decoded, effect: effectOf(decoded, isa), length: BigInt(decoded.length), count: 0 };
      places[at / 2] = place;
    }
    place.count++;
    const trap = execute(place.effect, hart, memory, isa, place.length);
    if (trap !== null)
      throw new Error(
        `${place.decoded.spec?.mnemonic ?? 'no instruction'} traps at 0x${hart.pc.toString(16)}: ${trap.cause}`,
      );
  }
  const counts = new Map<string, number>();
  for (const { start, end: after } of image.bodies)
    for (let at = start; at < after; at += 2) {
      const place = places[at / 2];
      const mnemonic = place?.decoded.spec?.mnemonic;
      if (place !== undefined && mnemonic !== undefined)
        counts.set(mnemonic, (counts.get(mnemonic) ?? 0) + place.count);
    }
  const first = BigInt(loadAddress + image.frames);
  const frames = BigUint64Array.from(
    { length: (bytes.length - image.frames) / 8 },
    (_, i) => memory.load(first + BigInt(8 * i), 8) ?? 0n,
  );
  return { frames: new Uint8Array(frames.buffer), counts };
}

/** Where the emulator starts: floating point is off at reset. */
const bootAddress = 0x1000;
/** `j .` */
const forEver = 0x0000_006f;

/** What the emulator makes of it, which runs blocks that it has compiled. */
export function onEmulator(image: Image, isa: Isa): Frames {
  const { bytes, end } = image;
  const memory = new PhysicalMemory<Op>([
    { start: loadAddress, size: bytes.length },
    { start: bootAddress, size: 4096 },
  ]);
  memory.write(loadAddress, bytes);
  memory.write(loadAddress + end, new Uint8Array(Uint32Array.of(forEver).buffer));
  memory.write(bootAddress, assemble(`li t0, 0x6000\ncsrs mstatus, t0\nlui t0, ${loadAddress >> 12}\njr t0`, isa));
  const hart = new SystemHart(BigInt(bootAddress), memory, { isa, hartId: 0n, misaligned: true });
  const done = BigInt(loadAddress + end);
  while (hart.pc !== done) {
    hart.advance(1_000_000);
    if (hart.refused !== null) throw new Error(hart.refused);
    if (hart.stuck !== null) throw new Error(hart.stuck);
  }
  const all = memory.bytes(loadAddress, bytes.length);
  if (all === null) throw new Error('the program is not where it was put');
  return all.subarray(image.frames);
}
