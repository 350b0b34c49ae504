import type { Source } from '../checker/scenario';

/** A half-open range of UTF-16 offsets in the analysed file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One replacement in a file. */
export interface TextEdit {
  readonly source: Source;
  readonly newText: string;
}

/** A URI or path in the one spelling by which files are compared: editors differ in what they escape. */
export function canonical(file: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}

export function spanOf({ start, end }: Span): Span {
  return { start, end };
}

/** Does the range touch the offset? Its end counts, as a cursor behind a word is still on it. */
export function touches(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}

/** Have the two ranges a point in common? */
export function overlaps(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** The text with the replacements in `file` made; they must not overlap. */
export function applyEdits(text: string, file: string, edits: readonly TextEdit[]): string {
  const own = edits.filter((edit) => edit.source.file === file).sort((a, b) => b.source.start - a.source.start);
  let result = text;
  for (const { source, newText } of own) result = result.slice(0, source.start) + newText + result.slice(source.end);
  return result;
}
