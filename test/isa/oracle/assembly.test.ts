import { describe, test } from 'vitest';
import { assembleBlock, type Isa, parseStatement } from '../../../server/src/isa/index';
import { everything } from './corpus';
import { expectExplained } from './explained';
import { generator } from './random';
import { type Sample, samples } from './statements';
import { gnuAssembly } from './tools';

const SEED = 20260902;
/** Each statement has a slot of its own, filled up with zeros. */
const SLOT = 64;
/** Samples of every form. */
const LEGAL = 12;

const symbolsAt = (base: bigint): ReadonlyMap<string, bigint> =>
  new Map([
    ['near', base + 0x12344n],
    ['far', base - 0x7654320n],
  ]);

/** Lines before the first statement, then each in a slot. */
const source = (texts: readonly string[], rvc: boolean): string =>
  [
    '.option norelax',
    rvc ? '.option rvc' : '.option norvc',
    ...texts.map((text) => `${text}; .balign ${SLOT}, 0`),
    '',
  ].join('\n');
const HEAD = 2;

interface Assembled {
  readonly address: bigint;
  /** In hexadecimal, filled up with zeros. */
  readonly bytes: string;
}

const filledUp = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .padEnd(2 * SLOT, '0');

/** What GNU as makes of each statement, or null where it is refused. */
function byGnu(texts: readonly string[], march: string, rvc: boolean, base: bigint): (Assembled | null)[] {
  const refused = new Set<number>();
  for (;;) {
    const kept = texts.map((_, i) => i).filter((i) => !refused.has(i));
    const result = gnuAssembly(
      source(
        kept.map((i) => texts[i] ?? ''),
        rvc,
      ),
      march,
      base,
      symbolsAt(base),
    );
    if (result.ok) {
      const found: (Assembled | null)[] = texts.map(() => null);
      for (const [slot, i] of kept.entries()) {
        const bytes = filledUp(result.code.subarray(slot * SLOT, (slot + 1) * SLOT));
        found[i] = { address: base + BigInt(slot * SLOT), bytes };
      }
      return found;
    }
    const before = refused.size;
    for (const [, line] of result.errors.matchAll(/in\.s:(\d+): Error/g))
      refused.add(kept[Number(line) - 1 - HEAD] ?? -1);
    if (refused.size === before) throw new Error(result.errors);
  }
}

function byUs(
  text: string,
  isa: Isa,
  rvc: boolean,
  address: bigint,
  symbols: ReadonlyMap<string, bigint>,
): string | null {
  const statement = parseStatement(text);
  const block = assembleBlock([statement], address, { isa, rvc, symbol: (name) => symbols.get(name) });
  if (statement.problems.length + block.problems.length > 0) return null;
  return filledUp(block.statements[0]?.bytes ?? new Uint8Array());
}

describe.each([
  [32, false, 0x80000000n],
  [32, true, 0x80000000n],
  [64, false, 0xffffffff80a00000n],
  [64, true, 0x80000000n],
] as const)('RV%i, rvc %s, at %i, against GNU as 2.40', (xlen, rvc, base) => {
  test('the same bytes, the same refusals', { timeout: 120_000 }, () => {
    const { isa, march } = everything(xlen);
    const all: Sample[] = samples(isa, LEGAL, generator(SEED + xlen)).filter(
      (sample) => rvc || !sample.text.startsWith('c.'),
    );
    console.log(`${all.length} statements, seed ${SEED}`);
    const texts = all.map((sample) => sample.text);
    const gnu = byGnu(texts, march, rvc, base);
    const differences: Record<string, string[]> = {};
    for (const [i, text] of texts.entries()) {
      const their = gnu[i]?.bytes ?? null;
      const our = byUs(text, isa, rvc, gnu[i]?.address ?? base, symbolsAt(base));
      if (our === their) continue;
      const what = their === null ? 'accepts' : our === null ? 'rejects' : 'differs';
      const key = `${what} ${text.split(' ')[0]}`;
      differences[key] = [...(differences[key] ?? []), `${text}: ${our?.slice(0, 48)}, GNU ${their?.slice(0, 48)}`];
    }
    const counts = Object.fromEntries(Object.entries(differences).map(([what, examples]) => [what, examples.length]));
    const examples = Object.fromEntries(Object.entries(differences).map(([what, all]) => [what, all.join('; ')]));
    expectExplained('./explained-assembly.json', `rv${xlen}${rvc ? ' rvc' : ''}`, counts, examples);
  });
});
