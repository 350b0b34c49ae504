import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import { Session } from './session';

/** A session as text: who said what, sequence numbers left out. */
function transcript(said: readonly DebugProtocol.ProtocolMessage[]): string {
  return said.map((message) => line(message as AnyMessage)).join('');
}

type AnyMessage = { readonly type: string } & Partial<Record<'command' | 'event' | 'message', string>> & {
    readonly success?: boolean;
    readonly arguments?: unknown;
    readonly body?: unknown;
  };

function line({ type, command, event, success, message, arguments: args, body }: AnyMessage): string {
  const arrow = type === 'request' ? '->' : success === false ? `<- failed (${message})` : `<- ${type}`;
  const content = args ?? body;
  const json = content === undefined ? '' : ` ${JSON.stringify(content, null, 2)}`;
  return `${arrow} ${event ?? command}${json}\n`;
}

/** Compares with the golden file beside this one; `UPDATE_EXPECT=1` rewrites it. */
function expectGolden(name: string, text: string): void {
  const file = new URL(`golden/${name}.txt`, import.meta.url);
  if (process.env.UPDATE_EXPECT === '1') writeFileSync(file, text);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(text);
}

test('a whole session: breakpoint, forwards to the violation, back, and looking at everything', async () => {
  const session = await Session.started({}, [3, 4]);
  await session.view();
  await session.request('continue', { threadId: 1 });
  await session.request('next', { threadId: 2 });
  await session.view();
  await session.request('continue', { threadId: 2 });
  await session.request('exceptionInfo', { threadId: 2 });
  await session.request('evaluate', { expression: 't0', frameId: 2, context: 'hover' });
  await session.request('stepBack', { threadId: 2 });
  await session.request('reverseContinue', { threadId: 2 });
  await session.request('evaluate', { expression: 'nonsense', frameId: 2 }).catch(() => undefined);
  await session.request('disconnect');
  const said = session.said.filter(
    (message) => message.type !== 'request' || (message as DebugProtocol.Request).command !== 'launch',
  );
  expectGolden('naive', transcript(said));
});
