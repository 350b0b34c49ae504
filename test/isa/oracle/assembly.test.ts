import { describe, test } from 'vitest';
import { assembleBlock, type Isa, parseStatement } from '../../../server/src/isa/index';
import { formats } from '../../../server/src/isa/tables/formats';
import { embedded, everything, type Judge, type Machine, specsOf } from './corpus';
import { expectExplained } from './explained';
import { generator } from './random';
import { type Sample, samples } from './statements';
import { gnuAssembly, llvmAssembly } from './tools';

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

/** What a judge makes of each statement, or null where it is refused. */
function byJudge(
  judge: Judge,
  texts: readonly string[],
  march: string,
  rvc: boolean,
  base: bigint,
): (Assembled | null)[] {
  const refused = new Set<number>();
  for (;;) {
    const kept = texts.map((_, i) => i).filter((i) => !refused.has(i));
    const text = source(
      kept.map((i) => texts[i] ?? ''),
      rvc,
    );
    const result = judge === 'gnu' ? gnuAssembly(text, march, base, symbolsAt(base)) : llvmAssembly(text, march);
    if (result.ok) {
      const found: (Assembled | null)[] = texts.map(() => null);
      for (const [slot, i] of kept.entries()) {
        const bytes = filledUp(result.code.subarray(slot * SLOT, (slot + 1) * SLOT));
        found[i] = { address: base + BigInt(slot * SLOT), bytes };
      }
      return found;
    }
    const before = refused.size;
    for (const [, line] of result.errors.matchAll(/in\.s:(\d+):(?:\d+:)? [Ee]rror/g))
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

/** Holds our assembly of samples to a judge's: the differences are exactly those that are explained. */
function compare(judge: Judge, all: readonly Sample[], { isa, march }: Machine, rvc: boolean, base: bigint): void {
  console.log(`${all.length} statements, seed ${SEED}`);
  const texts = all.map((sample) => sample.text);
  const theirs = byJudge(judge, texts, march, rvc, base);
  const differences: Record<string, string[]> = {};
  for (const [i, text] of texts.entries()) {
    const their = theirs[i]?.bytes ?? null;
    const our = byUs(text, isa, rvc, theirs[i]?.address ?? base, symbolsAt(base));
    if (our === their) continue;
    const what = their === null ? 'accepts' : our === null ? 'rejects' : 'differs';
    const key = `${what} ${text.split(' ')[0]}`;
    differences[key] = [...(differences[key] ?? []), `${text}: ${our?.slice(0, 48)}, ${judge} ${their?.slice(0, 48)}`];
  }
  const counts = Object.fromEntries(Object.entries(differences).map(([what, examples]) => [what, examples.length]));
  const examples = Object.fromEntries(Object.entries(differences).map(([what, list]) => [what, list.join('; ')]));
  expectExplained(
    './explained-assembly.json',
    `${march.startsWith('rv32gc') || march.startsWith('rv64gc') ? '' : 'small '}rv${isa.xlen}${rvc ? ' rvc' : ''} ${judge}`,
    counts,
    examples,
  );
}

describe.each([
  [32, false, 0x80000000n],
  [32, true, 0x80000000n],
  [64, false, 0xffffffff80a00000n],
  [64, true, 0x80000000n],
] as const)('RV%i, rvc %s, at %i: the same bytes, the same refusals', { timeout: 120_000 }, (xlen, rvc, base) => {
  const gnu = everything(xlen, 'gnu');
  const possible = ({ text }: Sample) => rvc || !/^(c\.|\.insn c)/.test(text);
  const random = () => generator(SEED + xlen);

  test('as GNU as 2.40', () => {
    compare('gnu', samples(gnu.isa, LEGAL, random()).filter(possible), gnu, rvc, base);
  });

  // What refers to symbols differs in notation, and GNU judges all of that.
  test('as llvm-mc 22, where GNU as has not the instruction', () => {
    const llvm = everything(xlen, 'llvm');
    const known = new Set([...specsOf(gnu.isa), ...formats]);
    const later = samples(
      llvm.isa,
      LEGAL,
      random(),
      (form) => form.target.k === 'instruction' && !known.has(form.target.spec),
    );
    compare('llvm', later.filter(possible), llvm, rvc, 0n);
  });
});

test.each([32, 64] as const)('RV%i: push, pop and table jumps as llvm-mc 22', (xlen) => {
  const small = embedded(xlen);
  const own = samples(small.isa, LEGAL, generator(SEED + xlen), (form) => form.mnemonic.startsWith('cm.'));
  compare('llvm', own, small, true, 0n);
});
