import type { Source } from '../checker/scenario';
import { canonical } from '../features/text';
import { analyze } from '../language';
import type { Analysis } from '../language/analysis';
import { LineIndex } from '../language/lines';
import type { ReadImport } from '../language/types';

/** A document as it stands, with all that is known of its text. */
export interface DocumentState {
  readonly uri: string;
  readonly version: number;
  readonly analysis: Analysis;
  readonly lines: LineIndex;
  /** The texts that the analysis has read, by URI: the document's own and its imports'. */
  readonly texts: ReadonlyMap<string, string>;
  /** Imports whose text is still on its way; the analysis is not to be told to anyone until they are here. */
  readonly missing: readonly string[];
}

/** What the workspace needs and tells. */
export interface WorkspaceEvents {
  /** The text of a file that is not open; null where there is none. */
  fetch(uri: string): Promise<string | null>;
  /** The protocols' files in the user's folders, by URI; null where they are too many to be looked at. */
  list(): Promise<readonly string[] | null>;
  /** The document was analysed again because another file changed or came. */
  changed(document: DocumentState): void;
  /** The analysis threw, which is a fault of ours: nothing is known of the document's text any more. */
  broken(uri: string, version: number, error: unknown): void;
}

function resolveUri(path: string, importer: string): string | null {
  try {
    return new URL(path, importer).href;
  } catch {
    return null;
  }
}

/** A text analysed. @param textOf a file's text; null: there is no such file; undefined: not known yet */
function stateOf(
  uri: string,
  version: number,
  text: string,
  textOf: (uri: string) => string | null | undefined,
): DocumentState {
  const texts = new Map([[uri, text]]);
  const missing: string[] = [];
  const readImport: ReadImport = (path, importer) => {
    const file = resolveUri(path, importer);
    if (file === null) return null;
    const known = textOf(file);
    if (known === undefined) missing.push(file);
    else if (known !== null) texts.set(file, known);
    return known === undefined || known === null ? null : { file, text: known };
  };
  const analysis = analyze(uri, text, readImport);
  return { uri, version, analysis, lines: new LineIndex(text), texts, missing };
}

/**
 * The open documents and the files that they import. Open texts are the editor's; others are fetched when first asked
 * for, and the document is analysed again when they are there, so that analysis itself never waits.
 */
export class Workspace {
  private readonly documents = new Map<string, DocumentState>();
  /** Fetched texts by canonical URI; null: there is no such file. */
  private readonly fetched = new Map<string, string | null>();
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(private readonly events: WorkspaceEvents) {}

  /** A document's text at a version; documents that import it follow. Null where the analysis broke. */
  set(uri: string, version: number, text: string): DocumentState | null {
    const document = this.read(uri, version, text);
    this.reanalyzeImporters(uri);
    return document;
  }

  get(uri: string): DocumentState | undefined {
    return this.documents.get(uri);
  }

  all(): DocumentState[] {
    return [...this.documents.values()];
  }

  close(uri: string): void {
    this.documents.delete(uri);
    this.forget(uri);
  }

  /** A file that is not open may have changed: it is read anew where it is needed. */
  forget(uri: string): void {
    this.fetched.delete(canonical(uri));
    this.reanalyzeImporters(uri);
  }

  /** Resolves when every import that is asked for is here. */
  async loaded(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay.values());
  }

  /** The line index of a text that a place lies in, as the document's analysis saw it; null where it read no such file. */
  linesOf(document: DocumentState, { file }: Source): LineIndex | null {
    if (file === document.uri) return document.lines;
    const text = document.texts.get(file);
    return text === undefined ? null : new LineIndex(text);
  }

  /** Reads the imports of a document's text as its analysis has read them. */
  importsOf({ texts }: DocumentState): ReadImport {
    return (path, importer) => {
      const file = resolveUri(path, importer);
      const text = file === null ? undefined : texts.get(file);
      return file === null || text === undefined ? null : { file, text };
    };
  }

  /**
   * Other files whose text has a word: open documents, what a document has read, and files of the user's folders, which
   * are read as they are now. Null where those are too many.
   */
  async mentioning(word: string, { uri: own, texts }: DocumentState): Promise<readonly DocumentState[] | null> {
    const listed = await this.events.list();
    if (listed === null) return null;
    const seen = new Set([canonical(own)]);
    const found: DocumentState[] = [];
    for (const uri of [...this.documents.keys(), ...texts.keys(), ...listed]) {
      if (seen.has(canonical(uri))) continue;
      seen.add(canonical(uri));
      const open = this.documents.get(uri);
      const text = open?.analysis.tree.text ?? texts.get(uri) ?? (await this.events.fetch(uri));
      if (!text?.includes(word)) continue;
      const document = open ?? (await this.apart(uri, text));
      if (document) found.push(document);
    }
    return found;
  }

  /** A file that is not open, with all that it imports; null where the analysis breaks. */
  private async apart(uri: string, text: string): Promise<DocumentState | null> {
    const texts = new Map<string, string | null>();
    try {
      for (;;) {
        const document = stateOf(uri, 0, text, (file) => this.textOf(file) ?? texts.get(canonical(file)));
        if (document.missing.length === 0) return document;
        for (const file of document.missing) texts.set(canonical(file), await this.events.fetch(file));
      }
    } catch {
      return null;
    }
  }

  private read(uri: string, version: number, text: string): DocumentState | null {
    try {
      const document = stateOf(uri, version, text, (file) => this.textOf(file));
      this.documents.set(uri, document);
      for (const file of document.missing) this.load(file);
      return document;
    } catch (error) {
      this.documents.delete(uri);
      this.events.broken(uri, version, error);
      return null;
    }
  }

  /** Undefined: not known yet. */
  private textOf(uri: string): string | null | undefined {
    const name = canonical(uri);
    for (const { uri: open, analysis } of this.documents.values()) {
      if (canonical(open) === name) return analysis.tree.text;
    }
    return this.fetched.get(name);
  }

  private load(uri: string): void {
    const name = canonical(uri);
    if (this.underWay.has(name)) return;
    const loading = this.events
      .fetch(uri)
      .catch(() => null)
      .then((text) => {
        this.underWay.delete(name);
        this.fetched.set(name, text);
        this.reanalyzeImporters(uri);
      });
    this.underWay.set(name, loading);
  }

  /** Analyses every document again that has read, or looked for, the file. */
  private reanalyzeImporters(uri: string): void {
    const name = canonical(uri);
    for (const { uri: importer, version, analysis, missing } of this.all()) {
      const files = [...analysis.imports, ...missing];
      if (canonical(importer) === name || !files.some((file) => canonical(file) === name)) continue;
      const document = this.read(importer, version, analysis.tree.text);
      if (document) this.events.changed(document);
    }
  }
}
