import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { type LaunchArguments, TraceDebugAdapter, type TraceSource } from '../../server/src/debug/adapter';
import { pickViolation } from './commands';
import { debugType, litmusLanguageId } from './contributions';
import type { Server } from './server';
import { title } from './trace-page';

/** Makes "Debug" step through traces: the adapter runs here, inline, on the trace that the server already has. */
export function registerDebugger(server: Server): vscode.Disposable[] {
  return [
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, {
      createDebugAdapterDescriptor: () => new vscode.DebugAdapterInlineImplementation(new InlineAdapter(server)),
    }),
    vscode.debug.registerDebugConfigurationProvider(debugType, {
      resolveDebugConfiguration: (_folder, configuration) => complete(server, configuration),
    }),
  ];
}

class InlineAdapter implements vscode.DebugAdapter {
  private readonly messages = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.messages.event;
  private readonly adapter: TraceDebugAdapter;

  constructor(server: Server) {
    this.adapter = new TraceDebugAdapter(
      (message) => this.messages.fire(message),
      (args) => findTrace(server, args),
    );
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    void this.adapter.handle(message as DebugProtocol.ProtocolMessage);
  }

  dispose(): void {
    this.messages.dispose();
  }
}

/** A configuration that does not say what to play (F5 in a file): asks which trace. Undefined: the user chose none. */
async function complete(
  server: Server,
  configuration: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined> {
  if (typeof configuration.protocol === 'string') return configuration;
  const front = vscode.window.activeTextEditor?.document;
  if (typeof configuration.program === 'string') {
    const document = await vscode.workspace.openTextDocument(uriOf(configuration.program));
    if (document.languageId === litmusLanguageId) return configuration;
  } else if (front?.languageId === litmusLanguageId) {
    const program = front.uri.toString();
    return { ...configuration, type: debugType, request: 'launch', name: 'witness', program };
  }
  const id = await pickViolation(server);
  if (!id) return undefined;
  return {
    ...configuration,
    type: debugType,
    request: 'launch',
    name: title(id),
    program: id.uri,
    protocol: id.protocol,
    when: id.when,
  };
}

function uriOf(program: string): vscode.Uri {
  return /^[a-z][a-z0-9+.-]+:/i.test(program) ? vscode.Uri.parse(program) : vscode.Uri.file(program);
}

/** The server's witness of a litmus test's final state. Rejects where there is none. */
async function findWitness(server: Server, uri: vscode.Uri, state: string | null): Promise<TraceSource> {
  const answer = await server.witness({ uri: uri.toString(), state });
  if (!answer) throw new Error('There is no result of this text: wait until it has been run, or run it again.');
  const { recording, texts, reason } = answer;
  if (!recording)
    throw new Error(`There is no witness${state === null ? '' : ` of ${state}`}: ${reason ?? 'none found'}.`);
  return { recording, texts };
}

/** The server's trace for a launch. Rejects where there is none: the text changed, or the check is safe. */
async function findTrace(server: Server, args: LaunchArguments): Promise<TraceSource> {
  const { program, protocol, when = null, violation: index = 0, state = null } = args;
  if (program === undefined) throw new Error('A launch needs a program.');
  const uri = uriOf(program);
  const { languageId } = await vscode.workspace.openTextDocument(uri);
  if (languageId === litmusLanguageId) return findWitness(server, uri, state);
  if (protocol === undefined) throw new Error('A launch needs a protocol.');
  const answer = await server.trace({ uri: uri.toString(), protocol, when });
  const name = title({ protocol, when });
  if (!answer) throw new Error(`There is no current verdict of ${name}: wait for its check, or check it again.`);
  const violation = answer.violations[index];
  if (!violation) throw new Error(`${name} has no violation ${index}: there is no trace to step through.`);
  // What cannot be encoded is found by arithmetic: nothing runs.
  if (violation.trace.length === 0) throw new Error(`Nothing is executed, so there are no steps: ${violation.message}`);
  return { recording: violation, texts: answer.texts };
}
