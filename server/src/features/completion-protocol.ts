import type { Analysis } from '../language/analysis';
import { addresses, instruction, integerRegisters } from './completion-assembly';
import { condition } from './completion-condition';
import { type Candidate, names, only, plain, words } from './completion-items';
import { reach } from './completion-reach';
import type { Cursor } from './cursor';
import { fenceSetText, fenceText } from './vocabulary';

/** The fences that protocols want most, and the sets that one may be made of. */
const fenceSets = ['w', 'r', 'rw', 'o', 'ow', 'iorw'];
const fences = ['w,w', 'w,o', 'rw,rw', 'r,r', 'r,rw', 'rw,w', 'iorw,iorw'];

/** `patches SITE from V over W to V, ...`. */
export function patches(analysis: Analysis, before: readonly string[]): Candidate[] {
  if (before.length === 0) return [];
  if (!before.includes('patches')) return only('clause', 'patches');
  const clause = before.slice(Math.max(before.lastIndexOf('patches'), before.lastIndexOf(',')) + 1);
  const [site, ...rest] = clause;
  if (site === undefined) return names(analysis, ['site']);
  const last = rest.at(-1);
  if (last === undefined) return only('clause', 'from');
  if (last === 'from' || last === 'over' || last === 'to') {
    return names({ ...analysis, names: analysis.names.filter(({ container }) => container?.name === site) }, [
      'version',
    ]);
  }
  return rest.includes('to') ? [] : only('clause', 'over', 'to');
}

/** `on trap return to A or B if P or Q`, `on ebreak at A or B if P or Q`. */
export function fixup(analysis: Analysis, cursor: Cursor): Candidate[] {
  const { words: before } = cursor;
  const last = before.at(-1);
  if (last === 'on')
    return [
      plain('trap return', 'keyword', 'what a trap handler does to the interrupted pc'),
      plain('ebreak', 'keyword', 'what the handler of a breakpoint does'),
      plain('ipi', 'keyword', 'what a hart does that a sync interrupts'),
    ];
  if (last === 'ebreak') return only('clause', 'at', 'if');
  if (last === 'ipi') return [];
  if (last === 'trap') return [plain('return', 'keyword')];
  if (last === 'return') return [plain('to', 'keyword'), ...only('clause', 'if')];
  const inPattern = before.includes('if');
  if (!inPattern)
    return last === 'to' || last === 'at' || last === 'or' || last === '+'
      ? addresses(analysis, cursor)
      : only('clause', 'or', 'if');
  const start = Math.max(before.lastIndexOf('if'), before.lastIndexOf('or')) + 1;
  return instruction(analysis, { ...cursor, words: before.slice(start) });
}

/** An operation of a patcher. */
export function operation(analysis: Analysis, cursor: Cursor): Candidate[] {
  const [first, ...rest] = cursor.words;
  const last = rest.at(-1);
  switch (first) {
    case undefined:
      return words('operation');
    case 'write':
      return write(analysis, cursor, rest);
    case 'store.b':
    case 'store.h':
    case 'store.w':
    case 'store.d':
      if (last === 'by') return words('granule');
      return rest.length === 0 ? names(analysis, ['data', 'label'], cursor.prefix) : addresses(analysis, cursor);
    case 'fence':
      if (rest.length === 0) return fences.map((pair) => plain(pair, 'value', fencePairText(pair)));
      return last === ',' ? fenceSets.map((set) => plain(set, 'value', fenceSetText(set))) : [];
    case 'sync':
      return rest.length === 0
        ? [...only('operation', 'fence.i'), ...only('clause', 'async')]
        : only('clause', 'async');
    case 'stop_machine':
      if (rest.length === 0) return only('condition', 'without');
      return last === 'without' || last === ',' ? words('switch') : [];
    case 'wait':
      return rest.length === 0 ? only('clause', 'rcu_tasks') : [];
    case 'free':
      return rest.length === 0 ? names(analysis, ['code', 'data', 'symbol']) : [];
    case 'run':
      if (rest.length === 0) return names(analysis, ['site']);
      if (last !== 'as') return rest.includes('as') ? [] : only('clause', 'as');
      return names({ ...analysis, names: analysis.names.filter(({ container }) => container?.name === rest[0]) }, [
        'version',
      ]);
    case 'migrate':
      return rest.length === 0 ? only('clause', 'with') : last === 'with' ? only('operation', 'fence.i') : [];
    default:
      return [];
  }
}

function fencePairText(pair: string): string {
  const [pred = '', succ = ''] = pair.split(',');
  return fenceText(pred, succ);
}

/** Without the labels of fixed code and data, which a patcher does not write. */
function writable(analysis: Analysis): Analysis {
  return {
    ...analysis,
    names: analysis.names.filter(({ kind, container }) => kind !== 'label' || container?.kind === 'version'),
  };
}

/** `write LABEL, LABEL by half`, `write SITE+4, INSTRUCTION`. */
function write(analysis: Analysis, cursor: Cursor, before: readonly string[]): Candidate[] {
  const last = before.at(-1);
  if (last === 'by') return words('granule');
  const comma = before.indexOf(',');
  const isPlace = comma > 0 && analysis.names.some(({ kind, name }) => kind === 'site' && name === before[0]);
  if (isPlace) return instruction(analysis, { ...cursor, words: before.slice(comma + 1) });
  if (last === undefined || last === ',') return names(writable(analysis), ['label', 'site'], cursor.prefix);
  return only('clause', 'by');
}

/** A line of a protocol. */
export function inProtocol(analysis: Analysis, cursor: Cursor): readonly Candidate[] {
  const [first, ...rest] = cursor.words;
  const last = rest.at(-1);
  switch (first) {
    case undefined:
      return [...words('protocol', 'operation')];
    case 'executors':
      return words('executors');
    case 'forbid':
    case 'allow':
      if (last === undefined || last === 'then' || last === 'or') return names(analysis, ['label'], cursor.prefix);
      return only('clause', 'or', 'then');
    case 'thread':
      if (rest.length === 0) return [];
      if (rest.includes('clobbers')) return integerRegisters(analysis);
      if (last === 'at' || last === '+' || last === '-') return addresses(analysis, cursor);
      return only('clause', 'at', 'clobbers');
    case 'reach':
      return reach(analysis, cursor, rest);
    case 'never':
      return rest[0] === 'reach' ? reach(analysis, cursor, rest.slice(1)) : only('protocol', 'reach');
    case 'expect':
      return rest.includes('when')
        ? condition(analysis, cursor, rest.slice(rest.lastIndexOf('when') + 1))
        : verdict(analysis, rest);
    case 'on':
      return fixup(analysis, cursor);
    default:
      return operation(analysis, cursor);
  }
}

function verdict(analysis: Analysis, before: readonly string[]): Candidate[] {
  if (before.length === 0) return only('verdict', 'safe', 'unsafe');
  const clause = before.slice(before.lastIndexOf(',') + 1);
  if (clause.length === 0) return only('verdict', 'effective', 'retires', 'not');
  if (clause[0] === 'unsafe') return [...words('violation'), ...only('clause', 'when')];
  if (clause.at(-1) === 'not') return only('verdict', 'effective', 'retires');
  if (clause.at(-1) === 'retires') return names(analysis, ['version']);
  return only('clause', 'when');
}
