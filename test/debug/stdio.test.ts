import { createServer } from 'node:net';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import { afterEach, describe, expect, test } from 'vitest';
import { MessageReader, serveDebugAdapter } from '../../server/src/debug/stdio';
import { trace } from './fixture';

describe('over a stream', () => {
  const server = createServer((socket) => {
    void serveDebugAdapter(socket, socket, () => Promise.resolve(trace));
  });
  afterEach(() => server.close());

  test("VS Code's own test client steps to the violation and back", async () => {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const client = new DebugClient('', '', 'cmodx');
    await client.start(address.port);
    const launch = { program: '/patches/naive.cmodx', protocol: 'naive' };
    await Promise.all([client.configurationSequence(), client.launch(launch as never), client.waitForEvent('stopped')]);
    const stop = client.waitForEvent('stopped');
    await client.continueRequest({ threadId: 1 });
    expect((await stop).body).toMatchObject({ reason: 'exception', threadId: 2 });
    const stack = await client.stackTraceRequest({ threadId: 2 });
    expect(stack.body.stackFrames[0]?.source?.path).toBe('/patches/naive.cmodx');
    await client.stop();
  });
});

describe('framing', () => {
  const frame = (body: string) => Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

  test('cuts messages wherever the stream is cut', () => {
    const bytes = Buffer.concat([frame('{"seq":1,"type":"é"}'), frame('{"seq":2,"type":"x"}')]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const reader = new MessageReader();
      const messages = [...reader.push(bytes.subarray(0, cut)), ...reader.push(bytes.subarray(cut))];
      expect(messages).toEqual([
        { seq: 1, type: 'é' },
        { seq: 2, type: 'x' },
      ]);
    }
  });

  test('refuses a header without a length', () => {
    expect(() => new MessageReader().push(Buffer.from('Hello: 1\r\n\r\n{}'))).toThrow('Content-Length');
  });
});
