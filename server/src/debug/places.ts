import type { Source } from '../checker/scenario';
import { LineIndex } from '../language/lines';

/** Where a debugger shows something: `path` as DAP names files, line and column from 0, end exclusive. */
export interface DebugPlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/**
 * How DAP names a file that the checker knows as `file`: the path of a `file:` URI, anything else as it is (editors
 * take other URIs as paths).
 */
export function debugPath(file: string): string {
  if (!file.startsWith('file://')) return file;
  const path = decodeURIComponent(file.replace(/^file:\/\/[^/]*/, ''));
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}

/** Drive letters differ in case between editors, and separators between Windows' own tools. */
function comparable(path: string): string {
  const name = debugPath(path);
  return /^[A-Za-z]:/.test(name) ? name.toLowerCase().replaceAll('\\', '/') : name;
}

/** Finds lines in the texts that were checked, which the editor's may have left behind. */
export class DebugPlaces {
  private readonly indices: ReadonlyMap<string, LineIndex>;

  /** @param texts the checked text of each file, by the name that the trace's places use */
  constructor(texts: Readonly<Record<string, string>>) {
    this.indices = new Map(Object.entries(texts).map(([file, text]) => [file, new LineIndex(text)]));
  }

  /** Null where the file's text is not known. */
  of(source: Source): DebugPlace | null {
    const index = this.indices.get(source.file);
    if (!index) return null;
    const start = index.position(source.start);
    const end = index.position(source.end);
    return {
      path: debugPath(source.file),
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
    };
  }

  /** Whether `source` begins on that line (from 0) of the file that DAP calls `path`. */
  isOn(source: Source, path: string, line: number): boolean {
    return comparable(source.file) === comparable(path) && this.of(source)?.line === line;
  }
}
