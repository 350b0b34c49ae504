import type { Analysis } from '../language/analysis';
import { type Candidate, hole, names, only, plain, snippet, words } from './completion-items';
import { settingCandidates } from './completion-settings';
import type { Cursor } from './cursor';
import { mnemonics } from './mnemonics';
import { stepParts } from './steps';

/** What may change under a `when`. */
export function condition(analysis: Analysis, cursor: Cursor, before: readonly string[]): readonly Candidate[] {
  const clause = before.slice(before.lastIndexOf(',') + 1);
  const [first, ...rest] = clause;
  const steps = stepParts(analysis, cursor.protocol);
  if (first === undefined) {
    const parts = steps
      .filter(({ part }) => part === 'fence')
      .map(({ text }) => snippet(`${text} =`, `${text} = ${hole(1, 'w,o')}`, 'another fence'));
    return [...words('condition'), ...names(analysis, ['site'], cursor.prefix), ...parts];
  }
  const values = settingCandidates(first, rest);
  if (values) return values;
  switch (first) {
    case 'without':
      return [
        ...steps.map(({ text, detail }) => plain(text, 'step', detail)),
        ...analysis.names
          .filter(({ kind, container }) => kind === 'thread' && container?.name === cursor.protocol)
          .map(({ name }) => plain(name, 'thread', `thread of ${cursor.protocol}`)),
        ...steps
          .filter(({ part }) => part === 'sync')
          .map(({ text }) => plain(`${text}.fence.i`, 'step', 'the fence.i of its handler')),
        ...(rest.length === 0
          ? [
              plain('"on trap return"', 'keyword', 'without the trap-return fix-ups'),
              plain('"on ebreak"', 'keyword', 'without the breakpoint handlers'),
            ]
          : []),
      ];
    case 'swap':
      return steps
        .filter(({ part }) => rest.length === 0 || (part === null) === !rest[0]?.includes('.'))
        .map(({ text, detail }) => plain(text, 'step', detail));
    case 'not':
      return only('condition', 'ziccif', 'ziccid', 'preemptible', 'migrating', 'interruptible', 'masked', 'pinned');
    case 'match':
      return rest.includes('too') ? [] : [...mnemonics(analysis.machine.isa), plain('too', 'keyword')];
    case 'executors':
      return words('executors');
    case 'sync':
      return rest.at(-1) === 'not' ? only('clause', 'async') : syncWords;
    case 'write':
      return rest.at(-1) === 'by' ? words('granule') : only('clause', 'by');
    case 'stop_machine':
      return rest.includes('without') ? words('switch') : only('condition', 'without');
    default:
      if (steps.some(({ part, text }) => part === 'sync' && text === first))
        return rest.at(-1) === 'not' ? only('clause', 'async') : rest.length === 0 ? syncWords : [];
      return rest.length === 0 && isSite(analysis, first) ? [otherPlace] : [];
  }
}

const syncWords = [...only('clause', 'async'), ...only('condition', 'not')];

const otherPlace = snippet('at 2 mod 4', `at ${hole(1, '2')} mod ${hole(2, '4')}`, 'the site at another alignment');

function isSite(analysis: Analysis, word: string): boolean {
  return analysis.names.some(({ kind, name }) => kind === 'site' && name === word);
}
