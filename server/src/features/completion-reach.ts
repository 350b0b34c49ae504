import { isRegisterName } from '../isa/registers';
import type { Analysis } from '../language/analysis';
import { addresses, integerRegisters } from './completion-assembly';
import { type Candidate, names, only } from './completion-items';
import type { Cursor } from './cursor';

const operators = ['+', '-', ','];

/** `sites NAME from A to B every N at R mod M clobbers t0`. */
export function sites(analysis: Analysis, cursor: Cursor, before: readonly string[]): Candidate[] {
  const last = before.at(-1) ?? '';
  if (before.length === 0) return [];
  if (before.includes('clobbers'))
    return isRegisterName(last) ? only('clause', 'clobbers') : integerRegisters(analysis);
  if (last === 'from' || last === 'to' || operators.includes(last)) return addresses(analysis, cursor);
  if (!before.includes('from')) return only('clause', 'from');
  if (!before.includes('to')) return only('clause', 'to');
  if (!before.includes('every')) return only('clause', 'every');
  if (last === 'every' || last === 'at' || last === 'mod') return [];
  return before.includes('at') ? only('clause', 'mod', 'clobbers') : only('clause', 'at', 'clobbers');
}

/** `reach A, B to C every N from SITE by LABEL within N of D`. */
export function reach(analysis: Analysis, cursor: Cursor, before: readonly string[]): Candidate[] {
  const last = before.at(-1) ?? '';
  if (!before.includes('from')) {
    if (last === '' || last === 'to' || operators.includes(last)) return addresses(analysis, cursor);
    const target = before.slice(before.lastIndexOf(',') + 1);
    if (!target.includes('to')) return only('clause', 'to', 'from');
    if (!target.includes('every')) return only('clause', 'every');
    return last === 'every' ? [] : only('clause', 'from');
  }
  if (last === 'from') return names(analysis, ['site']);
  if (last === 'by') {
    const site = before[before.lastIndexOf('from') + 1];
    const own = analysis.names.filter(({ container }) => container?.container?.name === site);
    return names({ ...analysis, names: own }, ['label'], cursor.prefix);
  }
  if (last === 'of' || operators.includes(last)) return addresses(analysis, cursor);
  if (last === 'within' || before.includes('of')) return [];
  if (before.includes('within')) return only('clause', 'of');
  return before.includes('by') ? only('clause', 'within') : only('clause', 'by', 'within');
}
