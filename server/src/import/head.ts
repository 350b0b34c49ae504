/** What the comment lines at the beginning of a scenario say of it. */
export interface Head {
  /** What it is: the first line. */
  readonly what: string;
  /** Behind `From:`; null where that line is missing. */
  readonly from: string | null;
  /** Behind `Teaches:`; empty where that line is missing. */
  readonly teaches: string;
  /** Where what follows begins. */
  readonly end: number;
}

/** Reads the comment at the beginning of a scenario, up to the first line that is none. */
export function headOf(text: string): Head {
  const [comment = ''] = /^(?:#[^\n]*\n)*/.exec(text) ?? [];
  const lines = comment.split('\n').map((line) => line.replace(/^#\s*/, ''));
  const behind = (word: string): string | null =>
    lines.find((line) => line.startsWith(`${word}:`))?.slice(word.length + 1) ?? null;
  return {
    what: lines[0] ?? '',
    from: behind('From')?.trim() ?? null,
    teaches: behind('Teaches')?.trim() ?? '',
    end: comment.length,
  };
}

/** The comment that says it. */
export function headText(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}
