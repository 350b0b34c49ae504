import { ladder } from '../checker/rules';
import type { FetchRules, Machine, Source } from '../checker/scenario';
import { parseIsa } from '../isa/isa-string';
import type { Isa } from '../isa/types';
import { type Located, sourceOf } from './declarations';
import type { DiagnosticSink } from './diagnostics';
import { closest, didYouMean } from './suggest';
import { textOf, wordsOf } from './syntax';

export const defaultIsa = 'rva22s64';
export const memoryModels = ['rvwmo', 'tso', 'sc'] as const;
export const ipiKinds = ['memory', 'device', 'sbi'] as const;

/** The rungs of the fetch ladder by name; Ziccid comes with the ISA string (docs/semantics.md). */
export const fetchRungs: Readonly<Record<string, FetchRules>> = Object.fromEntries(
  ladder.map(({ name, rules }) => [name, rules]),
);

/** The rules of `isa+decode-w`: a base, then any of `+decode-w`, `+decode`, in any order; null where that is none. */
export function parseFetch(text: string): FetchRules | null {
  const [base, ...added] = text.replace(/\s+/g, '').split('+');
  const rules = base === 'letter' || base === 'isa' ? fetchRungs[base] : undefined;
  if (rules === undefined || added.some((rule) => rule !== 'decode-w' && rule !== 'decode')) return null;
  const decode = rules.decode || added.includes('decode');
  return { ...rules, decode, decodeW: rules.decodeW || decode || added.includes('decode-w') };
}

const isas = new Map<string, Isa>();
const mostIsas = 64;

/** One object for all equal ISAs: decoders are kept by it. */
export function interned(isa: Isa): Isa {
  const key = [isa.xlen, isa.text, isa.profile, ...isa.extensions].join(' ');
  const known = isas.get(key);
  if (known !== undefined) return known;
  if (isas.size >= mostIsas) isas.clear();
  isas.set(key, isa);
  return isa;
}

function isaOf(text: string): Isa {
  const result = parseIsa(text);
  if (!result.ok) throw new Error(`the default ISA string is wrong: ${text}`);
  return interned(result.isa);
}

export const defaultMachine: Machine = {
  isa: isaOf(defaultIsa),
  memory: 'rvwmo',
  fetch: parseFetch('isa+decode-w') as FetchRules,
  ipi: 'memory',
};

/**
 * One setting laid over a machine: `ipi device`, `isa rv64gc`. Null with a message in `sink` where it is none.
 * `value` is what stands behind the key, white space and all; its place is `source`.
 */
export function withSetting(
  machine: Machine,
  key: string,
  value: string,
  source: Source,
  sink: DiagnosticSink,
  code: 'machine' | 'condition' = 'machine',
): Machine | null {
  const word = value.replace(/\s+/g, '');
  const oneOf = <T extends string>(what: string, known: readonly T[]): T | null => {
    const found = known.find((candidate) => candidate === word);
    if (found !== undefined) return found;
    const meant = closest(word, known);
    const given = word === '' ? 'nothing is given' : `\`${word}\` is not one${didYouMean(meant)}`;
    sink.add(code, source, `${what} is ${known.join(', ')}: ${given}`, meant);
    return null;
  };
  switch (key) {
    case 'isa': {
      const result = parseIsa(word);
      if (result.ok) return withIsa(machine, result.isa);
      for (const problem of result.problems) {
        const place =
          value === word ? { ...source, start: source.start + problem.start, end: source.start + problem.end } : source;
        sink.add(code, place, problem.message);
      }
      return null;
    }
    case 'memory': {
      const memory = oneOf('the memory model', memoryModels);
      return memory === null ? null : { ...machine, memory };
    }
    case 'ipi': {
      const ipi = oneOf('the way of IPIs', ipiKinds);
      return ipi === null ? null : { ...machine, ipi };
    }
    case 'fetch': {
      const fetch = parseFetch(word);
      if (fetch === null) oneOf('the rung of the fetch rules', Object.keys(fetchRungs));
      return fetch === null ? null : { ...machine, fetch };
    }
    default:
      return null;
  }
}

/** The machine with another ISA. */
export function withIsa(machine: Machine, isa: Isa): Machine {
  return withZtso({ ...machine, isa: interned(isa) });
}

/** Ztso in the ISA string makes data memory total-store-ordered, whatever `memory` leaves open. */
function withZtso(machine: Machine): Machine {
  return machine.memory === 'rvwmo' && machine.isa.extensions.has('ztso') ? { ...machine, memory: 'tso' } : machine;
}

/** The machine of a file: its settings, in order, over the defaults. A setting twice in one file is an error. */
export function resolveMachine(settings: readonly Located[], sink: DiagnosticSink): Machine {
  let machine = defaultMachine;
  const seen = new Map<string, Source>();
  for (const { unit, node } of settings) {
    const [key, ...rest] = wordsOf(node);
    if (key === undefined) continue;
    const where = sourceOf(unit, key);
    const place = `${unit.file}\n${key.text}`;
    const before = seen.get(place);
    if (before !== undefined) {
      sink.add('machine', where, `\`${key.text}\` is given twice`, null, [{ message: 'first here', source: before }]);
      continue;
    }
    seen.set(place, where);
    const start = rest[0]?.start ?? key.end;
    const end = rest.at(-1)?.end ?? key.end;
    const value = textOf(unit.tree, node).slice(start - node.start, end - node.start);
    machine =
      withSetting(machine, key.text, value, sourceOf(unit, rest.length === 0 ? key : { start, end }), sink) ?? machine;
  }
  return withZtso(machine);
}
