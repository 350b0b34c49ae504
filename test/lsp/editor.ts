import { PassThrough, type Readable, type Writable } from 'node:stream';
import {
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  DidChangeConfigurationNotification,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import {
  type CheckReport,
  listFilesRequest,
  readFileRequest,
  type Status,
  statusNotification,
  verdictsRequest,
} from '../../server/src/lsp/protocol';
import { startServer } from '../../server/src/lsp/server';
import type { SpawnWorker } from '../../server/src/service';
import { inlineWorkers } from '../service/inline-workers';

interface ClientOptions {
  /** What `workspace/configuration` answers. */
  readonly settings?: unknown;
  /** Files that are not open, by URI. */
  readonly disk?: Readonly<Record<string, string>>;
}

/** An editor in a test: a client of a language server in this process, over streams in memory. */
export class Editor {
  /** What was published, the newest last. */
  readonly published: PublishDiagnosticsParams[] = [];
  readonly statuses: Status[] = [];
  lensRefreshes = 0;
  /** How often the server has asked for the settings. */
  configured = 0;
  /** Whether its folders have more files than can be listed. */
  tooManyFiles = false;
  capabilities: InitializeResult['capabilities'] = {};
  private readonly texts = new Map<string, { version: number; text: string }>();
  private readonly waiting = new Set<() => void>();

  private constructor(
    readonly connection: ProtocolConnection,
    private settings: unknown,
    /** Files that are not open, by URI. */
    readonly disk: Map<string, string>,
  ) {
    connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
      this.published.push(params);
      this.wake();
    });
    connection.onNotification(statusNotification, (status: Status) => {
      this.statuses.push(status);
      this.wake();
    });
    connection.onRequest('workspace/codeLens/refresh', () => {
      this.lensRefreshes += 1;
      return null;
    });
    connection.onRequest('workspace/configuration', () => {
      this.configured += 1;
      return [this.settings];
    });
    connection.onRequest('client/registerCapability', () => null);
    connection.onRequest(readFileRequest, ({ uri }: { uri: string }) => this.disk.get(uri) ?? null);
    connection.onRequest(listFilesRequest, () => (this.tooManyFiles ? null : [...this.disk.keys()]));
  }

  /** @param options `workers`: by default checks run for real, on this thread */
  static async start(options: { workers?: SpawnWorker } & ClientOptions = {}): Promise<Editor> {
    const up = new PassThrough();
    const down = new PassThrough();
    const { workers = inlineWorkers } = options;
    startServer(createConnection(new StreamMessageReader(up), new StreamMessageWriter(down)), {
      workers: () => workers,
      threads: 1,
    });
    return Editor.connect(down, up, options);
  }

  /** A client of a server that is already there: a process on its standard streams, for one. */
  static async connect(
    from: Readable,
    to: Writable,
    { settings = {}, disk = {} }: ClientOptions = {},
  ): Promise<Editor> {
    const connection = createProtocolConnection(new StreamMessageReader(from), new StreamMessageWriter(to));
    const editor = new Editor(connection, settings, new Map(Object.entries(disk)));
    connection.listen();
    const answer = await connection.sendRequest(InitializeRequest.type, {
      processId: null,
      rootUri: null,
      capabilities: {
        workspace: { configuration: true, codeLens: { refreshSupport: true } },
        textDocument: { publishDiagnostics: { versionSupport: true } },
      },
    });
    editor.capabilities = answer.capabilities;
    await connection.sendNotification(InitializedNotification.type, {});
    return editor;
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest(ShutdownRequest.type);
    this.connection.dispose();
  }

  /** Opens a document; its language is that of its name's ending. */
  async open(uri: string, text: string): Promise<void> {
    this.texts.set(uri, { version: 1, text });
    const languageId = uri.endsWith('.litmus') ? 'litmus' : 'cmodx';
    const textDocument = { uri, languageId, version: 1, text };
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
  }

  /** Replaces the first occurrence of `from`, as an incremental edit. */
  async edit(uri: string, from: string, to: string): Promise<number> {
    const { text, version } = this.get(uri);
    const range = { start: this.position(uri, from), end: this.position(uri, from, from.length) };
    const next = { version: version + 1, text: text.replace(from, () => to) };
    this.texts.set(uri, next);
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version: next.version },
      contentChanges: [{ range, text: to }],
    });
    return next.version;
  }

  async save(uri: string): Promise<void> {
    await this.connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument: { uri } });
  }

  async close(uri: string): Promise<void> {
    await this.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
  }

  async configure(settings: unknown): Promise<void> {
    this.settings = settings;
    await this.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
  }

  text(uri: string): string {
    return this.get(uri).text;
  }

  /** The place of some words in the document's text, or `offset` characters behind it. */
  position(uri: string, words: string, offset = 0): { line: number; character: number } {
    const { text } = this.get(uri);
    const index = text.indexOf(words);
    if (index < 0) throw new Error(`no ${words} in ${uri}`);
    const before = text.slice(0, index + offset).split('\n');
    return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  }

  /** A position request of LSP at some words. */
  at<R>(method: string, uri: string, words: string, more: object = {}): Promise<R> {
    const position = this.position(uri, words, 1);
    return this.connection.sendRequest<R>(method, { textDocument: { uri }, position, ...more });
  }

  /** A request of LSP about a whole document. */
  about<R>(method: string, uri: string, more: object = {}): Promise<R> {
    return this.connection.sendRequest<R>(method, { textDocument: { uri }, ...more });
  }

  reports(uri: string): Promise<readonly CheckReport[]> {
    return this.connection.sendRequest(verdictsRequest, { uri });
  }

  /** The newest diagnostics of a document; undefined before the first. */
  newest(uri: string): PublishDiagnosticsParams | undefined {
    return this.published.findLast((params) => params.uri === uri);
  }

  /** Resolves when all is known of the document at `version` (by default the newest): its diagnostics. */
  async settled(uri: string, version = this.get(uri).version): Promise<readonly Diagnostic[]> {
    await this.until(() => {
      const status = this.statuses.findLast((candidate) => candidate.uri === uri);
      return this.newest(uri)?.version === version && status?.state === 'done' && !status.refining;
    });
    return this.newest(uri)?.diagnostics ?? [];
  }

  /** Resolves when `condition` holds; it is looked at whenever the server has told something. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.waiting.delete(wake);
          resolve();
        };
        this.waiting.add(wake);
      });
    }
  }

  private wake(): void {
    for (const wake of [...this.waiting]) wake();
  }

  private get(uri: string): { version: number; text: string } {
    const document = this.texts.get(uri);
    if (!document) throw new Error(`${uri} is not open`);
    return document;
  }
}
