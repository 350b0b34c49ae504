import { isRegisterName } from '../isa/registers';
import type { Analysis } from '../language/analysis';
import { addresses, assembly, integerRegisters } from './completion-assembly';
import { type Candidate, type CompletionItem, hole, only, plain, snippet, words } from './completion-items';
import { fixup, inProtocol, operation, patches } from './completion-protocol';
import { sites } from './completion-reach';
import { settingCandidates } from './completion-settings';
import { type BlockKind, type Cursor, cursorAt } from './cursor';

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
    case 'sites':
      return sites(analysis, cursor, rest);
    case 'on':
      return fixup(analysis, cursor);
    case 'protocol':
      return patches(analysis, rest);
    default:
      return [];
  }
}

const inBlock: Readonly<Record<BlockKind, (analysis: Analysis, cursor: Cursor) => readonly Candidate[]>> = {
  file: declaration,
  machine: (_, { words: [first, ...rest] }) => {
    if (first === undefined) return words('machine');
    return settingCandidates(first, rest) ?? [];
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

/** What may stand at an offset. */
export function completion(analysis: Analysis, offset: number): CompletionItem[] {
  const cursor = cursorAt(analysis.tree, offset);
  if (!cursor) return [];
  return inBlock[cursor.block](analysis, cursor).map((candidate, rank) => ({ ...candidate, span: cursor.span, rank }));
}
