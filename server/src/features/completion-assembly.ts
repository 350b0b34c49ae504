import { registerCompletions } from '../isa/completions';
import { csrNames } from '../isa/csr';
import type { Analysis } from '../language/analysis';
import { type Candidate, hole, names, plain } from './completion-items';
import type { Cursor } from './cursor';
import { directives, options } from './directives';
import { mnemonics } from './mnemonics';

/** By their usual names, the integer ones first. */
function registers(analysis: Analysis): Candidate[] {
  return registerCompletions(analysis.machine.isa)
    .filter(({ label }) => !/^[xf]\d/.test(label))
    .map(({ label, detail }) => plain(label, 'register', detail));
}

/** The registers that a clause may name. */
export function integerRegisters(analysis: Analysis): Candidate[] {
  return registers(analysis).filter(({ detail, label }) => detail.startsWith('x') && label !== 'zero');
}

/** What an operand may refer to. */
const addressKinds = ['symbol', 'code', 'data', 'site', 'label'] as const;

/** The names that have an address. */
export function addresses(analysis: Analysis, cursor: Cursor): Candidate[] {
  return names(analysis, addressKinds, cursor.prefix);
}

/** A statement of the GNU assembler's language: `cursor.words` are its words so far. */
export function assembly(analysis: Analysis, cursor: Cursor): Candidate[] {
  const [mnemonic, ...rest] = cursor.words;
  if (mnemonic === undefined) return [...mnemonics(analysis.machine.isa), ...directives];
  if (mnemonic === '.option') return [...options];
  const csrs = mnemonic.startsWith('csr') ? [...csrNames().values()].map((name) => plain(name, 'csr')) : [];
  const relocations = rest.at(-1) === ')' ? [] : relocationCandidates;
  return [...registers(analysis), ...names(analysis, addressKinds, cursor.prefix), ...relocations, ...csrs];
}

const relocationCandidates: readonly Candidate[] = [
  ['%pcrel_hi', `%pcrel_hi(${hole(1, 'symbol')})`, 'upper 20 bits of the distance from pc, rounded for `%pcrel_lo`'],
  ['%pcrel_lo', `%pcrel_lo(${hole(1, 'LABEL')})`, 'lower 12 bits; the operand is the label of the `auipc`'],
  ['%hi', `%hi(${hole(1, 'symbol')})`, 'upper 20 bits of an address, rounded for `%lo`'],
  ['%lo', `%lo(${hole(1, 'symbol')})`, 'lower 12 bits of an address'],
].map(([label = '', insert = '', detail = '']) => ({
  ...plain(label, 'operator', detail),
  insert,
  snippet: true,
}));

/** The same without directives: one instruction, or a pattern of one. */
export function instruction(analysis: Analysis, cursor: Cursor): Candidate[] {
  return assembly(analysis, cursor).filter(({ kind }) => kind !== 'directive');
}
