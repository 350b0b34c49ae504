import { type CliHost, FileError, readText } from './host';

/** A file that is to be run, or what was named and could not be used. */
export interface NamedFile {
  readonly file: string;
  /** Why it cannot be used, in words that follow its name; null where it can. */
  readonly problem: string | null;
}

/** Lists may name lists, to this depth: one that names itself ends. */
const deepestList = 8;

/**
 * The files that operands stand for, in order, each once: a file is itself, a directory all `.litmus` files below it by
 * name, `@LIST` the files of a list (herd7's), one a line, beside the list; `#` begins a comment.
 */
export function litmusFiles(operands: readonly string[], host: CliHost): NamedFile[] {
  const found = new Map<string, NamedFile>();
  const add = (file: string, problem: string | null): void => {
    if (!found.has(file)) found.set(file, { file, problem });
  };
  const expand = (operand: string, depth: number): void => {
    try {
      if (operand.startsWith('@')) {
        const list = operand.slice(1);
        if (depth === deepestList) {
          add(operand, 'names itself, or lists within too many lists');
          return;
        }
        for (const line of readText(host, list).split(/\r\n|\n|\r/)) {
          const name = line.replace(/#.*/, '').trim();
          if (name === '') continue;
          expand(name.startsWith('@') ? `@${host.resolve(name.slice(1), list)}` : host.resolve(name, list), depth + 1);
        }
        return;
      }
      const below = host.filesBelow(operand, '.litmus');
      if (below === null) add(operand, null);
      else if (below.length === 0) add(operand, 'has no .litmus file below it');
      else for (const file of below) add(file, null);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      add(operand, error.message);
    }
  };
  for (const operand of operands) expand(operand, 0);
  return [...found.values()];
}
