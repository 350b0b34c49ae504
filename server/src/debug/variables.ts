import type { HartState, Snapshot } from '../checker/verdict';

/** What a debugger's variables view shows: a name, a value in words, and perhaps parts. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  /** A register name or address that `evaluate` understands. */
  readonly evaluateName?: string;
  readonly parts?: readonly Variable[];
}

export interface Scope {
  readonly name: 'Registers' | 'Next fetch' | 'Memory';
  readonly variables: readonly Variable[];
}

function registers(hart: HartState): Variable[] {
  const pc: Variable[] = hart.pc === null ? [] : [{ name: 'pc', value: hart.pc, evaluateName: 'pc' }];
  return [...pc, ...hart.registers.map(({ name, value }) => ({ name, value, evaluateName: name }))];
}

function nextFetch(hart: HartState): Variable[] {
  return hart.fetch.map(({ address, words }) => ({
    name: address,
    value: words.map(({ text }) => text).join(' | '),
    evaluateName: address,
    parts: words.map(({ bytes, text, from }) => ({ name: bytes, value: text, type: from })),
  }));
}

function memory(state: Snapshot): Variable[] {
  return state.memory.map(({ address, bytes, text }) => ({
    name: address,
    value: `${bytes}  ${text}`,
    evaluateName: address,
  }));
}

/** The scopes of a hart. A hart that is not there yet has memory only. */
export function scopesOf(state: Snapshot, hart: HartState | null): Scope[] {
  const shared: Scope = { name: 'Memory', variables: memory(state) };
  if (!hart) return [shared];
  return [
    { name: 'Registers', variables: registers(hart) },
    { name: 'Next fetch', variables: nextFetch(hart) },
    shared,
  ];
}

function sameAddress(a: string, b: string): boolean {
  if (!/^0x[0-9a-f]+$/i.test(a) || !/^0x[0-9a-f]+/i.test(b)) return a === b;
  return BigInt(a) === BigInt(/^0x[0-9a-f]+/i.exec(b)?.[0] ?? 0);
}

/**
 * The value of a register of the hart (`t0`, `pc`) or of the memory at an address (`0xffffffff80a00000`); null where
 * neither is known.
 */
export function evaluate(expression: string, state: Snapshot, hart: HartState | null): Variable | null {
  const wanted = expression.trim();
  const candidates = [...(hart ? registers(hart) : []), ...memory(state), ...(hart ? nextFetch(hart) : [])];
  return candidates.find(({ name }) => name === wanted || sameAddress(wanted, name)) ?? null;
}
