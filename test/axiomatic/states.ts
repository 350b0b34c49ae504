/** Final states as herd7 prints them. */
import type { LitmusTest, Observable, Proposition } from '../../server/src/checker/litmus/test';

export interface Final {
  readonly register: (thread: number, register: number) => bigint;
  readonly memory: (address: bigint, size: number) => bigint;
}

/** The state's text, or null where the test's filter drops it. */
export function stateText(test: LitmusTest, final: Final): string | null {
  if (test.filter !== null && !holds(test.filter, final)) return null;
  return test.observed
    .map((of) => {
      const value = show(test, of, bitsOf(of, final));
      if (of.kind === 'register' || of.within === null) return ` ${of.name}=${value};`;
      const { array, first, last } = of.within;
      return `${first ? ` ${array}={` : ','}${value}${last ? '};' : ''}`;
    })
    .join('')
    .trimStart();
}

/** Whether the proposition of the test's condition holds; false where it has none. */
export const satisfies = (test: LitmusTest, final: Final): boolean =>
  test.condition !== null && holds(test.condition.proposition, final);

/** The observable's bytes, unsigned. */
function bitsOf(of: Observable, final: Final): bigint {
  const value = of.kind === 'register' ? final.register(of.thread, of.register) : final.memory(of.address, of.size);
  return BigInt.asUintN(8 * of.size, value);
}

const numberOf = (of: Observable, bits: bigint): bigint => (of.signed ? BigInt.asIntN(8 * of.size, bits) : bits);

/** Addresses by name, code words as they were written, everything else in decimal. */
function show(test: LitmusTest, of: Observable, bits: bigint): string {
  for (const { name, address, size, initial } of test.locations) {
    const index = Number(bits - address) / size;
    if (Number.isInteger(index) && index >= 0 && index < initial.length) {
      return initial.length === 1 ? name : `${name}[${index}]`;
    }
  }
  const label = test.labels.find(({ address }) => address === bits);
  if (label !== undefined) return `P${label.thread}:${label.name}`;
  const code = test.patchesCode ? test.threads.flatMap(({ instructions }) => instructions) : [];
  const words = [...test.words, ...code.filter(({ length }) => length === 4)];
  const word = words.find((one) => one.bits !== null && BigInt(one.bits) === bits);
  return word === undefined ? `${numberOf(of, bits)}` : `instr:"${word.text}"`;
}

function holds(proposition: Proposition, final: Final): boolean {
  switch (proposition.kind) {
    case 'constant':
      return proposition.value;
    case 'value': {
      const { of, value } = proposition;
      return bitsOf(of, final) === BigInt.asUintN(8 * of.size, value);
    }
    case 'same': {
      const { a, b } = proposition;
      return numberOf(a, bitsOf(a, final)) === numberOf(b, bitsOf(b, final));
    }
    case 'not':
      return !holds(proposition.a, final);
    case 'and':
      return holds(proposition.a, final) && holds(proposition.b, final);
    case 'or':
      return holds(proposition.a, final) || holds(proposition.b, final);
    case 'implies':
      return !holds(proposition.a, final) || holds(proposition.b, final);
  }
}
