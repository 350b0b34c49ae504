import { expect } from 'vitest';
import type { Diagnostic } from '../../server/src/language';

/** A diagnostic as a mark shows it: `12:4-9 syntax`. */
interface Mark {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly code: string;
  readonly message: string;
}

function marksOf(text: string): Mark[] {
  const marks: Mark[] = [];
  let subject = 0;
  text.split('\n').forEach((line, index) => {
    const match = /^\s*(?:\/\/|\(\*)[^^]*?(\^+) ([a-z-]+)(?:: (.*?))?(?: \*\))?$/.exec(line);
    if (match === null) {
      subject = index;
      return;
    }
    const from = line.indexOf('^');
    marks.push({
      line: subject,
      from,
      to: from + (match[1] ?? '').length,
      code: match[2] ?? '',
      message: match[3] ?? '',
    });
  });
  return marks;
}

function markOf(text: string, { source, code, message }: Diagnostic): Mark {
  const before = text.slice(0, source.start).split('\n');
  const from = before.at(-1)?.length ?? 0;
  return { line: before.length - 1, from, to: from + Math.max(1, source.end - source.start), code, message };
}

/**
 * Checks diagnostics against the marks in their text. A mark is a comment (`//` or `(* *)`) under the line that it is
 * about, with carets under the place, the code and the beginning of the message.
 */
export function expectMarks(text: string, diagnostics: readonly Diagnostic[]): void {
  const wanted = marksOf(text);
  const found = diagnostics.map((diagnostic) => markOf(text, diagnostic));
  const shown = (marks: readonly Mark[], other: readonly Mark[]): string[] =>
    marks
      .map((mark) => {
        // Messages are compared as far as the mark gives them.
        const partner = other.find(
          (candidate) => candidate.line === mark.line && candidate.from === mark.from && candidate.code === mark.code,
        );
        const length =
          partner === undefined ? mark.message.length : Math.min(mark.message.length, partner.message.length);
        return `${mark.line + 1}:${mark.from + 1}-${mark.to + 1} ${mark.code}: ${mark.message.slice(0, length)}`;
      })
      .sort();
  expect(shown(found, wanted)).toEqual(shown(wanted, found));
}
