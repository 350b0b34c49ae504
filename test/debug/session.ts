import type { DebugProtocol } from '@vscode/debugprotocol';
import { type LaunchArguments, type ResolveTrace, TraceDebugAdapter } from '../../server/src/debug/adapter';
import { trace } from './fixture';

const nothing: ResolveTrace = () => Promise.reject(new Error('there is no such trace'));

/** A debug session over an adapter in this thread, with all that was said. */
export class Session {
  readonly said: DebugProtocol.ProtocolMessage[] = [];
  private seq = 1;
  private readonly adapter: TraceDebugAdapter;

  constructor(resolve: ResolveTrace = nothing) {
    this.adapter = new TraceDebugAdapter((message) => this.said.push(message), resolve);
  }

  /** Sends a request; its answer's body. Rejects with the answer's message where it failed. */
  async request(command: string, args?: object): Promise<Record<string, unknown>> {
    const request = { seq: this.seq++, type: 'request', command, ...(args ? { arguments: args } : {}) };
    this.said.push(request);
    await this.adapter.handle(request);
    const answer = this.said.find(
      (message): message is DebugProtocol.Response =>
        message.type === 'response' && (message as DebugProtocol.Response).request_seq === request.seq,
    );
    if (!answer) throw new Error(`no answer to ${command}`);
    if (!answer.success) throw new Error(answer.message);
    return (answer.body ?? {}) as Record<string, unknown>;
  }

  /** Launched with the fixture's trace and stopped where `args` and breakpoints say. Lines count from 1. */
  static async started(args: LaunchArguments = {}, lines: readonly number[] = []): Promise<Session> {
    const session = new Session();
    await session.request('initialize', { adapterID: 'cmodx' });
    await session.request('launch', { trace, ...args });
    await session.request('setBreakpoints', {
      source: { path: '/patches/naive.cmodx' },
      breakpoints: lines.map((line) => ({ line })),
    });
    await session.request('configurationDone');
    return session;
  }

  /** The last `stopped`, as `reason thread: description`. */
  get stop(): string {
    const events = this.said.filter((message) => (message as DebugProtocol.Event).event === 'stopped');
    const { body } = events.at(-1) as DebugProtocol.StoppedEvent;
    return `${body.reason} ${body.threadId}: ${body.description}`;
  }

  /** All that a client sees of the state: each hart's frame and all its variables. */
  async view(): Promise<unknown> {
    const { threads } = (await this.request('threads')) as unknown as { threads: DebugProtocol.Thread[] };
    const seen: unknown[] = [];
    for (const { id, name } of threads) {
      const stack = await this.request('stackTrace', { threadId: id });
      const { scopes } = (await this.request('scopes', { frameId: id })) as unknown as {
        scopes: DebugProtocol.Scope[];
      };
      const variables: unknown[] = [];
      for (const scope of scopes) variables.push(scope.name, await this.expand(scope.variablesReference));
      seen.push({ name, stack, variables });
    }
    return seen;
  }

  private async expand(variablesReference: number): Promise<unknown[]> {
    const { variables } = (await this.request('variables', { variablesReference })) as unknown as {
      variables: DebugProtocol.Variable[];
    };
    const all: unknown[] = [];
    for (const { name, value, type, variablesReference: parts } of variables) {
      all.push({ name, value, type, parts: parts ? await this.expand(parts) : [] });
    }
    return all;
  }
}
