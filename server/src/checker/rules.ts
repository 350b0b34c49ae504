/** The fetch ladder: which rules a machine has, and which rungs lie below them (docs/semantics.md, section 3). */
import type { MemoryRules } from '../memory/views';
import type { FetchRules, Scenario } from './scenario';

/** The ladder of docs/semantics.md, weakest rung first. */
export const ladder: readonly { readonly name: string; readonly rules: FetchRules }[] = [
  { name: 'letter', rules: { fenceiFetch: false, decodeW: false, decode: false } },
  { name: 'isa', rules: { fenceiFetch: true, decodeW: false, decode: false } },
  { name: 'isa+decode-w', rules: { fenceiFetch: true, decodeW: true, decode: false } },
  { name: 'isa+decode', rules: { fenceiFetch: true, decodeW: true, decode: true } },
];

export function rulesOf(scenario: Scenario): MemoryRules {
  const { isa, memory, fetch } = scenario.machine;
  return { memory, ...fetch, ziccid: isa.extensions.has('ziccid'), ziccif: isa.extensions.has('ziccif') };
}

/** Whatever any rules allow, these do. */
export const weakest: MemoryRules = {
  memory: 'rvwmo',
  fenceiFetch: false,
  decodeW: false,
  decode: false,
  ziccid: false,
  ziccif: false,
};

/** Are the first rules implied by the second, and not the same? */
export const weaker = (a: FetchRules, b: FetchRules): boolean =>
  (!a.fenceiFetch || b.fenceiFetch) &&
  (!a.decodeW || b.decodeW || b.decode) &&
  (!a.decode || b.decode) &&
  (a.fenceiFetch !== b.fenceiFetch || a.decodeW !== b.decodeW || a.decode !== b.decode);

/** Every set of fetch rules by its name, Ziccid among them: `letter`, `letter+ziccid`, ... `isa+decode+ziccid`. */
export const fetchRuleNames: readonly string[] = ['letter', 'isa'].flatMap((base) =>
  ['', '+decode-w', '+decode'].flatMap((decode) => ['', '+ziccid'].map((ziccid) => `${base}${decode}${ziccid}`)),
);

export function rungName(rules: Pick<MemoryRules, 'fenceiFetch' | 'decodeW' | 'decode' | 'ziccid'>): string {
  const decode = rules.decode ? '+decode' : rules.decodeW ? '+decode-w' : '';
  return `${rules.fenceiFetch ? 'isa' : 'letter'}${decode}${rules.ziccid ? '+ziccid' : ''}`;
}
