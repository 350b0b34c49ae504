import { formsOf } from '../../../server/src/isa/asm/forms';
import { assembleBlock, type InstructionSpec, type Isa, parseStatement } from '../../../server/src/isa/index';
import type { AssemblyDifference } from './explained-assembly';
import type { Judge, Machine } from './judges';
import type { Sample } from './statements';
import { gnuAssembly, llvmAssembly } from './tools';

/** Each statement has a slot of its own, filled up with zeros. */
const SLOT = 64;

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

/** The indices of the statements that a judge complains of: by line, or by place where only the linker does. */
function complaints(errors: string): number[] {
  const lines = [...errors.matchAll(/in\.s:(\d+):(?:\d+:)? [Ee]rror/g)].map(([, line]) => Number(line) - 1 - HEAD);
  const places = [...errors.matchAll(/\(\.text\+0x([0-9a-f]+)\): relocation truncated/g)];
  return [...lines, ...places.map(([, place = '']) => Math.floor(Number.parseInt(place, 16) / SLOT))];
}

/** What a judge makes of each statement, or null where it is refused. */
export function byJudge(
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
    for (const index of complaints(result.errors)) refused.add(kept[index] ?? -1);
    if (refused.size === before) throw new Error(result.errors.slice(0, 2000));
  }
}

/** Our bytes of a statement in hexadecimal, filled up with zeros; null where it is refused. */
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

/** What samples show of how a judge's assembly and ours differ. */
interface AssemblyComparison {
  readonly differences: readonly AssemblyDifference[];
  /** The instructions of which some legal statement has the same bytes. */
  readonly agreed: ReadonlySet<InstructionSpec>;
}

/** Gives samples to a judge and to us: what differs, and what both take although something should be wrong with it. */
export function compared(
  samples: readonly Sample[],
  { isa, march, judge }: Machine,
  rvc: boolean,
  base: bigint,
): AssemblyComparison {
  const assembled = byJudge(
    judge,
    samples.map((sample) => sample.text),
    march,
    rvc,
    base,
  );
  const differences: AssemblyDifference[] = [];
  const agreed = new Set<InstructionSpec>();
  for (const [i, sample] of samples.entries()) {
    const theirs = assembled[i]?.bytes ?? null;
    const ours = byUs(sample.text, isa, rvc, assembled[i]?.address ?? base, symbolsAt(base));
    const { target } = sample.form;
    // What is wrong in one way of writing a mnemonic's operands may be right in another.
    const onlyWay = formsOf(sample.form.mnemonic, isa.xlen).length === 1;
    if (ours !== theirs || (ours !== null && sample.wrong !== null && onlyWay))
      differences.push({ judge, xlen: isa.xlen, rvc, sample, ours, theirs });
    else if (ours !== null && target.k === 'instruction') agreed.add(target.spec);
  }
  return { differences, agreed };
}
