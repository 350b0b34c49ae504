import type { Pattern } from '../../server/src/checker/scenario';
import { NotModelled, poison } from './program';
import type { World } from './world';

/** Who reads memory as data, and what each read leaves behind: `C` is a hart, or nothing where memory never changes. */
export type Look<C> = (
  context: C,
  address: bigint,
  size: number,
) => readonly { readonly bytes: readonly (number | undefined)[]; readonly context: C }[];

interface Handler {
  readonly addresses: readonly bigint[] | null;
  readonly patterns: readonly Pattern[];
}

/** The first handler that is meant for what stands at `pc` (null: none), for every value that its reads may return. */
export function* handlersAt<H extends Handler, C>(
  world: World,
  handlers: readonly H[],
  pc: bigint,
  context: C,
  look: Look<C>,
): Generator<{ readonly handler: H | null; readonly context: C }, undefined, undefined> {
  const [handler, ...others] = handlers;
  if (handler === undefined) return yield { handler: null, context };
  const here = handler.addresses === null ? world.inSite(pc) : handler.addresses.includes(pc);
  if (!here) return yield* handlersAt(world, others, pc, context, look);
  if (handler.patterns.length === 0) return yield { handler, context };
  for (const low of look(context, pc, 2)) {
    const whole =
      ((low.bytes[0] ?? 0) & 3) === 3 ? look(low.context, pc + 2n, 2) : [{ bytes: [], context: low.context }];
    for (const high of whole) {
      const bytes = [...low.bytes, ...high.bytes];
      if (bytes.includes(poison)) throw new NotModelled('a trap that reads what has been freed');
      const word = bytes.reduceRight<number>((value, byte) => value * 256 + (byte ?? 0), 0);
      const matches = handler.patterns.some(
        (pattern) => pattern.length === bytes.length && (word & pattern.mask) >>> 0 === pattern.match >>> 0,
      );
      if (matches) yield { handler, context: high.context };
      else yield* handlersAt(world, others, pc, high.context, look);
    }
  }
  return undefined;
}
