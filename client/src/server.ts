import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  addExpectRequest,
  type CheckId,
  type CheckReport,
  cancelNotification,
  checkNotification,
  closeVaryNotification,
  type ImportAnswer,
  type ImportProgram,
  importRequest,
  type LitmusAnswer,
  listFilesRequest,
  litmusRequest,
  newProtocolRequest,
  type OpenProgram,
  type OpenProgramAnswer,
  openProgramRequest,
  type ProtocolId,
  readFileRequest,
  type Status,
  statusNotification,
  type TraceAnswer,
  traceRequest,
  type VaryAnswer,
  variationsRequest,
  variedNotification,
  varyRequest,
  verdictsRequest,
  type WitnessAnswer,
  type WitnessId,
  witnessRequest,
} from '../../server/src/lsp/protocol';
import { listFiles, readFile } from './files';

/** The language server as the client's parts see it: the messages beyond LSP, typed. */
export class Server implements vscode.Disposable {
  private readonly statuses = new vscode.EventEmitter<Status>();
  /** Each document's progress. */
  readonly onStatus = this.statuses.event;
  private readonly tables = new vscode.EventEmitter<ProtocolId>();
  /** The tables of variations that have changed. */
  readonly onVaried = this.tables.event;
  private readonly client: Promise<BaseLanguageClient>;

  /** @param create makes the client; called once the caller's turn is over, so that it costs activation nothing */
  constructor(create: () => Promise<BaseLanguageClient>) {
    this.client = new Promise<void>((resolve) => setTimeout(resolve, 0)).then(create).then(async (client) => {
      client.onRequest(readFileRequest, readFile);
      client.onRequest(listFilesRequest, listFiles);
      client.onNotification(statusNotification, (status: Status) => this.statuses.fire(status));
      client.onNotification(variedNotification, (id: ProtocolId) => this.tables.fire(id));
      await client.start();
      return client;
    });
    this.client.catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`CMODX: the language server did not start: ${reason}`);
    });
  }

  /** The checks of a document in the order of its text. */
  async reports(uri: string): Promise<readonly CheckReport[]> {
    return (await this.client).sendRequest<readonly CheckReport[]>(verdictsRequest, { uri });
  }

  /** The traces of a current verdict; null where there is none. */
  async trace({ uri, protocol, when }: CheckId): Promise<TraceAnswer | null> {
    return (await this.client).sendRequest<TraceAnswer | null>(traceRequest, { uri, protocol, when });
  }

  /** What is known of a litmus test; null where the document is none. */
  async litmus(uri: string): Promise<LitmusAnswer | null> {
    return (await this.client).sendRequest<LitmusAnswer | null>(litmusRequest, { uri });
  }

  /** How a final state of a litmus test comes about; null where the document is none, or has changed meanwhile. */
  async witness({ uri, state }: WitnessId): Promise<WitnessAnswer | null> {
    return (await this.client).sendRequest<WitnessAnswer | null>(witnessRequest, { uri, state });
  }

  /** The text of a new protocol; null where there is no such template. */
  async newProtocol(template: string): Promise<string | null> {
    return (await this.client).sendRequest<string | null>(newProtocolRequest, { template });
  }

  /** Reads an ELF file or a disassembly, for `importProgram`. */
  async openProgram(program: OpenProgram): Promise<OpenProgramAnswer> {
    return (await this.client).sendRequest<OpenProgramAnswer>(openProgramRequest, program);
  }

  /** A protocol for a place of the program that was opened last. */
  async importProgram(wanted: ImportProgram): Promise<ImportAnswer> {
    return (await this.client).sendRequest<ImportAnswer>(importRequest, wanted);
  }

  /** Varies a protocol, until `closeVary`. */
  async vary({ uri, protocol }: ProtocolId): Promise<void> {
    await (await this.client).sendRequest<VaryAnswer | null>(varyRequest, { uri, protocol });
  }

  /** What is known of a protocol's variations; null where it is not varied. */
  async variations({ uri, protocol }: ProtocolId): Promise<VaryAnswer | null> {
    return (await this.client).sendRequest<VaryAnswer | null>(variationsRequest, { uri, protocol });
  }

  /** One of a protocol's variations; null where it is not varied. */
  async variation(id: CheckId): Promise<CheckReport | null> {
    const groups = (await this.variations(id))?.groups ?? [];
    const row = groups.flatMap(({ rows }) => rows).find(({ report }) => report.when === id.when);
    return row?.report ?? null;
  }

  async closeVary({ uri, protocol }: ProtocolId): Promise<void> {
    await (await this.client).sendNotification(closeVaryNotification, { uri, protocol });
  }

  /** Puts a variation into the text as an `expect` line; whether that was done. */
  async addExpect({ uri, protocol, when }: CheckId): Promise<boolean> {
    return (await this.client).sendRequest<boolean>(addExpectRequest, { uri, protocol, when });
  }

  async check(uri: string): Promise<void> {
    await (await this.client).sendNotification(checkNotification, { uri });
  }

  async cancel(): Promise<void> {
    await (await this.client).sendNotification(cancelNotification, {});
  }

  /** Ends the server and starts a new one; open documents are sent to it again. */
  async restart(): Promise<void> {
    const client = await this.client;
    await client.stop();
    await client.start();
  }

  async showOutput(): Promise<void> {
    (await this.client).outputChannel.show(true);
  }

  dispose(): void {
    this.statuses.dispose();
    this.tables.dispose();
    void this.client.then((client) => client.dispose()).catch(() => undefined);
  }
}
