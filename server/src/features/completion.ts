import { registerCompletions } from '../isa/completions';
import { csrNames } from '../isa/csr';
import { profiles } from '../isa/extensions';
import { isRegisterName } from '../isa/registers';
import type { Analysis } from '../language/analysis';
import { fetchRungs } from '../language/machine';
import { type Candidate, type CompletionItem, names, only, plain, snippet, words } from './completion-items';
import { settingValues } from './context';
import { type BlockKind, type Cursor, cursorAt } from './cursor';
import { mnemonics } from './mnemonics';
import { stepParts } from './steps';
import { fenceSetText, fenceText, findTerm, type TermPlace } from './vocabulary';

/** By their usual names, the integer ones first. */
function registers(analysis: Analysis): Candidate[] {
  return registerCompletions(analysis.machine.isa)
    .filter(({ label }) => !/^[xf]\d/.test(label))
    .map(({ label, detail }) => plain(label, 'register', detail));
}

/** The registers that a clause may name. */
function integerRegisters(analysis: Analysis): Candidate[] {
  return registers(analysis).filter(({ detail, label }) => detail.startsWith('x') && label !== 'zero');
}

const addressKinds = ['symbol', 'code', 'data', 'site', 'label'] as const;

function addresses(analysis: Analysis, cursor: Cursor): Candidate[] {
  return names(analysis, addressKinds, cursor.prefix);
}

/** A place to fill in, the nth to come to. */
const hole = (n: number, text: string): string => `\${${n}:${text}}`;

const fileSnippets: readonly Candidate[] = [
  snippet(
    'site',
    `site ${hole(1, 'entry')} at ${hole(2, '0x80000000')} clobbers ${hole(3, 't0')} {\n\tversion ${hole(4, 'old')} {\n\t\t$0\n\t}\n}`,
    'a site with a version',
  ),
  snippet(
    'protocol',
    `protocol ${hole(1, 'name')} patches ${hole(2, 'entry')} from ${hole(3, 'old')} to ${hole(4, 'new')} {\n\tstep ${hole(5, 'first')} { write ${hole(6, 'LABEL')} ; fence w,w ; sync fence.i }\n\n\texecutors any preemptible\n\n\texpect safe\n}`,
    'a protocol with a step',
  ),
  snippet(
    'on trap return',
    `on trap return to ${hole(1, 'entry+4')} if ${hole(2, 'jalr t0, *(t0)')} { sepc -= 4 }`,
    'a trap-return fix-up',
  ),
];

/** The fences that protocols want most, and the sets that one may be made of. */
const fenceSets = ['w', 'r', 'rw', 'o', 'ow', 'iorw'];
const fences = ['w,w', 'w,o', 'rw,rw', 'r,r', 'r,rw', 'rw,w', 'iorw,iorw'];

function assembly(analysis: Analysis, cursor: Cursor): Candidate[] {
  const [mnemonic, ...rest] = cursor.words;
  if (mnemonic === undefined) return [...mnemonics(analysis.machine.isa), ...directives];
  if (mnemonic === '.option') return ['norvc', 'rvc'].map((word) => plain(word, 'value'));
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

const directives: readonly Candidate[] = [
  ['.half', 'two bytes of data'],
  ['.word', 'four bytes of data'],
  ['.dword', 'eight bytes of data'],
  ['.byte', 'one byte of data'],
  ['.balign', 'fills up to a multiple'],
  ['.option', '`rvc` compresses as GNU as does, `norvc` (default) never'],
].map(([label = '', detail = '']) => plain(label, 'directive', detail));

function declaration(analysis: Analysis, cursor: Cursor): Candidate[] {
  const [first, ...rest] = cursor.words;
  const last = rest.at(-1);
  switch (first) {
    case undefined:
      return [...fileSnippets, ...words('file')];
    case 'symbol':
      if (last === 'returns' || last === 'clobbers' || isRegisterName(last ?? '') || last === ',')
        return integerRegisters(analysis);
      if (last === '=' || last === '+' || last === '-') return addresses(analysis, cursor);
      return rest.includes('=') ? only('clause', 'returns', 'clobbers') : [];
    case 'code':
    case 'data':
    case 'site':
      if (rest.length === 0) return [];
      if (rest.includes('clobbers')) return integerRegisters(analysis);
      if (last === 'at' || last === '+' || last === '-') return addresses(analysis, cursor);
      if (!rest.includes('at')) return only('clause', 'at');
      return first === 'site' ? only('clause', 'mod', 'clobbers') : only('clause', 'mod');
    case 'on':
      return fixup(analysis, cursor);
    case 'protocol':
      return patches(analysis, rest);
    default:
      return [];
  }
}

/** `on trap return to A or B if P or Q`. */
function fixup(analysis: Analysis, cursor: Cursor): Candidate[] {
  const { words: before } = cursor;
  const last = before.at(-1);
  if (last === 'on') return [plain('trap return', 'keyword', 'what a trap handler does to the interrupted pc')];
  if (last === 'trap') return [plain('return', 'keyword')];
  if (last === 'return') return [plain('to', 'keyword'), ...only('clause', 'if')];
  const inPattern = before.includes('if');
  if (!inPattern)
    return last === 'to' || last === 'or' || last === '+' ? addresses(analysis, cursor) : only('clause', 'or', 'if');
  const start = Math.max(before.lastIndexOf('if'), before.lastIndexOf('or')) + 1;
  return assembly(analysis, { ...cursor, words: before.slice(start) }).filter(({ kind }) => kind !== 'directive');
}

/** `patches SITE from V over W to V, ...`. */
function patches(analysis: Analysis, before: readonly string[]): Candidate[] {
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

function operation(analysis: Analysis, cursor: Cursor): Candidate[] {
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
      return rest.length === 0 ? only('operation', 'fence.i') : only('clause', 'async');
    case 'stop_machine':
      if (rest.length === 0) return only('condition', 'without');
      return last === 'without' || last === ',' ? words('switch') : [];
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
  if (isPlace) {
    const instruction = before.slice(comma + 1);
    return assembly(analysis, { ...cursor, words: instruction }).filter(({ kind }) => kind !== 'directive');
  }
  if (last === undefined || last === ',') return names(writable(analysis), ['label', 'site'], cursor.prefix);
  return only('clause', 'by');
}

function inProtocol(analysis: Analysis, cursor: Cursor): Candidate[] {
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
    case 'expect':
      return rest.includes('when')
        ? condition(analysis, cursor, rest.slice(rest.lastIndexOf('when') + 1))
        : verdict(rest);
    case 'on':
      return fixup(analysis, cursor);
    default:
      return operation(analysis, cursor);
  }
}

function verdict(before: readonly string[]): Candidate[] {
  if (before.length === 0) return only('verdict', 'safe', 'unsafe');
  const clause = before.slice(before.lastIndexOf(',') + 1);
  if (clause.length === 0) return only('verdict', 'effective', 'not');
  if (clause[0] === 'unsafe') return [...words('violation'), ...only('clause', 'when')];
  if (clause.at(-1) === 'not') return only('verdict', 'effective');
  return only('clause', 'when');
}

/** What may change under a `when`. */
function condition(analysis: Analysis, cursor: Cursor, before: readonly string[]): Candidate[] {
  const clause = before.slice(before.lastIndexOf(',') + 1);
  const [first, ...rest] = clause;
  const protocol = cursor.protocol;
  const steps = stepParts(analysis, protocol);
  const value = settingValues[first ?? ''];
  if (first === undefined) {
    const parts = steps
      .filter(({ part }) => part === 'fence')
      .map(({ text }) => snippet(`${text} =`, `${text} = ${hole(1, 'w,o')}`, 'another fence'));
    return [...words('condition'), ...names(analysis, ['site'], cursor.prefix), ...parts];
  }
  if (value) return settingCandidates(value, rest);
  if (first === 'isa') return rest.length === 0 ? isaCandidates : [];
  if (first === 'without') {
    return [
      ...steps.map(({ text, detail }) => plain(text, 'step', detail)),
      ...(rest.length === 0 ? [plain('"on trap return"', 'keyword', 'without the trap-return fix-ups')] : []),
    ];
  }
  if (first === 'swap')
    return steps.filter(({ part }) => part === null).map(({ text, detail }) => plain(text, 'step', detail));
  if (first === 'not')
    return only('condition', 'ziccif', 'ziccid', 'preemptible', 'migrating', 'interruptible', 'masked', 'pinned');
  if (first === 'match')
    return rest.includes('too') ? [] : [...mnemonics(analysis.machine.isa), plain('too', 'keyword')];
  if (first === 'executors') return words('executors');
  if (first === 'sync') return only('clause', 'async');
  if (first === 'write') return rest.at(-1) === 'by' ? words('granule') : only('clause', 'by');
  if (first === 'stop_machine') return rest.includes('without') ? words('switch') : only('condition', 'without');
  if (analysis.names.some(({ kind, name }) => kind === 'site' && name === first)) {
    return rest.length === 0
      ? [snippet('at 2 mod 4', `at ${hole(1, '2')} mod ${hole(2, '4')}`, 'the site at another alignment')]
      : [];
  }
  return [];
}

const inBlock: Readonly<Record<BlockKind, (analysis: Analysis, cursor: Cursor) => readonly Candidate[]>> = {
  file: declaration,
  machine: (_, { words: [first, ...rest] }) => {
    if (first === undefined) return words('machine');
    if (first === 'isa') return rest.length === 0 ? isaCandidates : [];
    const value = settingValues[first];
    return value ? settingCandidates(value, rest) : [];
  },
  site: (_, { words: [first] }) => (first === undefined ? words('site') : []),
  assembly,
  protocol: inProtocol,
  operations: operation,
  handler: (analysis, cursor) =>
    cursor.words.length === 0 ? only('operation', 'fence.i', 'fence', 'fence.tso') : operation(analysis, cursor),
  fixup: (_, { words: before }) =>
    before.length === 0 ? [plain('sepc -= 4', 'keyword', 'replays the instruction before')] : [],
};

/** The values of a setting; the rules that may be added behind a `+`. */
function settingCandidates(value: TermPlace, before: readonly string[]): Candidate[] {
  if (before.at(-1) === '+') return only('fetch', 'decode-w', 'decode');
  if (before.length > 0) return [];
  return value === 'fetch'
    ? Object.keys(fetchRungs).map((rung) => plain(rung, 'value', rungDetail(rung)))
    : words(value);
}

function rungDetail(rung: string): string {
  return rung
    .split('+')
    .map((part) => findTerm(part, ['fetch'])?.summary ?? '')
    .join(' ');
}

const isaCandidates: Candidate[] = [
  ...[...profiles.keys()].map((name) => plain(name, 'value', 'profile, with Ziccif')),
  plain('rv64gc_zifencei_ziccif', 'value', 'with atomic aligned fetch'),
  plain('rv64gc_zifencei_ziccif_ziccid', 'value', 'with fetches in program order, too'),
  plain('rv64gc_zifencei', 'value', 'without Ziccif: every 16-bit parcel is fetched by itself'),
];

/** What may stand at an offset. */
export function completion(analysis: Analysis, offset: number): CompletionItem[] {
  const cursor = cursorAt(analysis.tree, offset);
  if (!cursor) return [];
  return inBlock[cursor.block](analysis, cursor).map((candidate, rank) => ({ ...candidate, span: cursor.span, rank }));
}
