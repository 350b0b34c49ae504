import { directiveInfos, OPTIONS } from '../isa/asm/directives';
import { type Candidate, plain } from './completion-items';
import { code } from './markdown';

/** How a directive is written, and what it does, as Markdown; null where it is none. */
export function hoverDirective(name: string): string | null {
  const info = directiveInfos.find((one) => one.name === name);
  if (!info) return null;
  const { syntax, summary, meaning } = info;
  const refused = meaning.k === 'refused' ? `: refused, ${meaning.because}` : '';
  return [code(`${name} ${syntax}`.trim()), `${summary}${refused}`].join('\n\n');
}

/** The directives that do something in a block. */
export const directives: readonly Candidate[] = directiveInfos
  .filter(({ meaning }) => meaning.k !== 'refused' && meaning.k !== 'ignored')
  .map(({ name, syntax, summary }) =>
    plain(name, 'directive', syntax, [code(`${name} ${syntax}`.trim()), summary].join('\n\n')),
  );

/** What may follow `.option`. */
export const options: readonly Candidate[] = OPTIONS.map((word) => plain(word, 'value'));
