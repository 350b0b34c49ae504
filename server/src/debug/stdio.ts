import type { Readable, Writable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type ResolveTrace, TraceDebugAdapter } from './adapter';

const separator = '\r\n\r\n';

/** Cuts a byte stream into the bodies of DAP's messages (`Content-Length: N`, an empty line, N bytes). */
export class MessageReader {
  private pending = Buffer.alloc(0);

  /** @returns the messages that are complete now. @throws where a header has no length or a body is no JSON */
  push(chunk: Uint8Array): DebugProtocol.ProtocolMessage[] {
    this.pending = Buffer.concat([this.pending, chunk]);
    const messages: DebugProtocol.ProtocolMessage[] = [];
    for (;;) {
      const end = this.pending.indexOf(separator);
      if (end < 0) return messages;
      const length = /content-length:\s*(\d+)/i.exec(this.pending.toString('ascii', 0, end))?.[1];
      if (length === undefined) throw new Error('a message without Content-Length');
      const start = end + separator.length;
      const bodyEnd = start + Number(length);
      if (this.pending.length < bodyEnd) return messages;
      messages.push(JSON.parse(this.pending.toString('utf8', start, bodyEnd)) as DebugProtocol.ProtocolMessage);
      this.pending = this.pending.subarray(bodyEnd);
    }
  }
}

/** Serves one debug session over a pair of streams: stdin and stdout, or a socket. Ends when `input` does. */
export function serveDebugAdapter(input: Readable, output: Writable, resolve: ResolveTrace): Promise<void> {
  const adapter = new TraceDebugAdapter((message) => {
    const body = Buffer.from(JSON.stringify(message));
    output.write(`Content-Length: ${body.length}${separator}`);
    output.write(body);
  }, resolve);
  const reader = new MessageReader();
  return new Promise((done, fail) => {
    input.on('data', (chunk: Uint8Array) => {
      try {
        for (const message of reader.push(chunk)) void adapter.handle(message);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
    input.on('end', done);
    input.on('error', fail);
  });
}
