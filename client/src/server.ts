import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  type CheckId,
  type CheckReport,
  cancelNotification,
  checkNotification,
  type Status,
  statusNotification,
  type TraceAnswer,
  traceRequest,
  verdictsRequest,
} from '../../server/src/lsp/protocol';

/** The language server as the client's parts see it: the messages beyond LSP, typed. */
export class Server {
  constructor(private readonly client: BaseLanguageClient) {}

  /** The checks of a document in the order of its text. */
  async reports(uri: string): Promise<readonly CheckReport[]> {
    return this.client.sendRequest<readonly CheckReport[]>(verdictsRequest, { uri });
  }

  /** The traces of a current verdict; null where there is none. */
  async trace({ uri, protocol, when }: CheckId): Promise<TraceAnswer | null> {
    return this.client.sendRequest<TraceAnswer | null>(traceRequest, { uri, protocol, when });
  }

  async check(uri: string): Promise<void> {
    await this.client.sendNotification(checkNotification, { uri });
  }

  async cancel(): Promise<void> {
    await this.client.sendNotification(cancelNotification, {});
  }

  /** Calls `listener` with each document's progress. */
  onStatus(listener: (status: Status) => void): { dispose(): void } {
    return this.client.onNotification(statusNotification, listener);
  }

  /** Ends the server and starts a new one; open documents are sent to it again. */
  async restart(): Promise<void> {
    await this.client.stop();
    await this.client.start();
  }

  showOutput(): void {
    this.client.outputChannel.show(true);
  }
}
