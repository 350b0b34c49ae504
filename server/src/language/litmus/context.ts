import type { Source } from '../../checker/scenario';
import { type DiagnosticCode, DiagnosticSink } from '../diagnostics';
import type { Diagnostic } from '../types';

interface Place {
  readonly start: number;
  readonly end: number;
}

/** More messages than this help nobody; the rest of the text is then left unread. */
const MAX_PROBLEMS = 200;

/** What every step of the analysis is handed: the text, and where messages go. */
export class LitmusContext {
  private readonly sink = new DiagnosticSink();

  /**
   * @param text As written.
   * @param masked The same with spaces in place of comments: what is parsed.
   */
  constructor(
    readonly file: string,
    readonly text: string,
    readonly masked: string,
  ) {}

  source({ start, end }: Place): Source {
    return { file: this.file, start, end };
  }

  add(
    code: DiagnosticCode,
    place: Place,
    message: string,
    replacement: string | null = null,
    related: Diagnostic['related'] = [],
  ): void {
    if (!this.full) this.sink.add(code, this.source(place), message, replacement, related);
  }

  closest(word: string, candidates: Iterable<string>): string | null {
    return this.sink.closest(word, candidates);
  }

  /** Have so many messages been made that nothing more need be read? */
  get full(): boolean {
    return this.sink.list.length >= MAX_PROBLEMS;
  }

  get failed(): boolean {
    return this.sink.list.some(({ severity }) => severity === 'error');
  }

  /** All messages in the order of the text. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.sink.list].sort((a, b) => a.source.start - b.source.start);
  }
}
