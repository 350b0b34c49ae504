import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keywords, parse, tokensOf } from '../../server/src/language';
import { analyzeText } from './fixtures';

const page = readFileSync(join(import.meta.dirname, '../../docs/language.md'), 'utf8');

/** The examples of docs/language.md: what kind, under which heading, and the text. */
const examples = [...page.matchAll(/^(#+ [^\n]*)$|^```cmodx ?([a-z-]*)\n([\s\S]*?)^```$/gm)].reduce<
  { heading: string; kind: string; text: string }[]
>((found, [, heading, kind, text]) => {
  const last = found.at(-1)?.heading ?? '';
  if (heading !== undefined) found.push({ heading, kind: 'heading', text: '' });
  else found.push({ heading: last, kind: kind ?? '', text: text ?? '' });
  return found;
}, []);
const runnable = examples.filter(({ kind }) => kind !== 'heading');
const first = runnable[0]?.text ?? '';
/** What stands before the protocol of the whole file, which the examples in a protocol are set into. */
const prelude = first.slice(0, first.indexOf('protocol '));
const inProtocol = (text: string): string => `${prelude}protocol p patches entry from off to on {\n${text}}\n`;
const errors = (text: string): string[] =>
  analyzeText(text, { 'entry.cmodx': first })
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code}: ${message}`);

describe('docs/language.md', () => {
  for (const { heading, kind, text } of runnable) {
    if (kind === '' || kind === 'in-protocol') {
      const whole = kind === '' ? text : inProtocol(text);
      it(`${heading}: \`${text.split('\n')[0]}\` ... has no errors, and every check a scenario`, () => {
        expect(errors(whole)).toEqual([]);
        expect(analyzeText(whole, { 'entry.cmodx': first }).checks.filter(({ scenario }) => scenario === null)).toEqual(
          [],
        );
      });
    } else {
      for (const line of text.trim().split('\n')) {
        it(`${heading}: \`${line}\` is refused by name`, () => {
          const whole = kind === 'refused' ? inProtocol(`${line}\n`) : line;
          expect(errors(whole)).toEqual([expect.stringMatching(/^unsupported: `.*` is not supported yet$/)]);
        });
      }
    }
  }

  it('uses every word of the language in an example', () => {
    const used = new Set(
      runnable.flatMap(({ text }) => [...tokensOf(parse(text, '').root)].map((token) => token.text)),
    );
    const missing = keywords
      .filter(({ word }) => !used.has(word) && !word.includes('-'))
      .map(({ word, place }) => `${place}: ${word}`);
    expect(missing).toEqual([]);
  });
});
