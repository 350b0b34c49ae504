import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Source } from '../checker/scenario';
import type { Recording, TraceStep } from '../checker/verdict';
import { counted } from '../service/words';
import { DebugPlaces } from './places';
import { Playback, type Rest } from './playback';
import { evaluate, type Scope, scopesOf, type Variable } from './variables';

/** The trace to be stepped through, and the texts that it was made from by the file names that its places use. */
export interface TraceSource {
  readonly recording: Recording;
  readonly texts: Readonly<Record<string, string>>;
}

/** `launch`: a trace, or what the launcher finds one by. */
export interface LaunchArguments {
  readonly trace?: TraceSource;
  /** The .cmodx or .litmus file, as a path or a URI. */
  readonly program?: string;
  readonly protocol?: string;
  readonly when?: string | null;
  /** Which of the violations, counted from 0. */
  readonly violation?: number;
  /** The final state of a litmus test that is to come about; by default one that its condition asks for. */
  readonly state?: string;
  /** Default true: stop before the first step; false: run to the end. */
  readonly stopOnEntry?: boolean;
}

/** Finds the trace of a launch without one. Rejects with a message for people where there is none. */
export type ResolveTrace = (args: LaunchArguments) => Promise<TraceSource>;

/** A request that cannot be served; `message` is for people. */
class RequestError extends Error {}

const capabilities: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsStepBack: true,
  supportsRestartRequest: true,
  supportsExceptionInfoRequest: true,
  supportsEvaluateForHovers: true,
  supportsBreakpointLocationsRequest: true,
  supportsTerminateRequest: true,
};

function endText({ code, message }: Recording): string {
  return code === null ? `Final state: ${message}` : `Violation: ${code}`;
}

type Answer = Record<string, unknown> | undefined;
/** Does something after the answer to the request that causes it: events come after answers. */
type Later = (act: () => void) => void;
type Handler = (args: Record<string, unknown>, later: Later) => Answer | Promise<Answer>;

/**
 * A debug adapter over a verdict's trace or a witness. Speaks DAP messages through `send` and `handle`; whoever makes it brings the
 * transport. Nothing is checked and nothing runs: each state was stored by the checker.
 */
export class TraceDebugAdapter {
  private seq = 1;
  private playback: Playback | null = null;
  private recording: Recording | null = null;
  private places = new DebugPlaces({});
  private breakpoints = new Map<string, readonly number[]>();
  private stopOnEntry = true;
  private firstLine = 1;
  private firstColumn = 1;
  /** What `variables` may be asked for until the next move, by reference minus 1. */
  private expandable: (readonly Variable[])[] = [];

  constructor(
    private readonly send: (message: DebugProtocol.ProtocolMessage) => void,
    private readonly resolve: ResolveTrace,
  ) {}

  /** Takes a message from the client. Never throws: what cannot be served is answered so. */
  async handle(message: DebugProtocol.ProtocolMessage): Promise<void> {
    if (message.type !== 'request') return;
    const request = message as DebugProtocol.Request;
    const handler = Object.hasOwn(this.handlers, request.command) ? this.handlers[request.command] : undefined;
    const afterwards: (() => void)[] = [];
    try {
      if (!handler) throw new RequestError(`\`${request.command}\` is not something a trace can do`);
      const body = await handler((request.arguments ?? {}) as Record<string, unknown>, (act) => afterwards.push(act));
      this.respond(request, body);
      for (const act of afterwards) act();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.respond(request, { error: { id: 1, format: text, showUser: true } }, text);
    }
  }

  private readonly handlers: Readonly<Record<string, Handler>> = {
    initialize: (args) => {
      this.firstLine = args.linesStartAt1 === false ? 0 : 1;
      this.firstColumn = args.columnsStartAt1 === false ? 0 : 1;
      return { ...capabilities };
    },
    launch: (args, later) => this.launch(args, later),
    setBreakpoints: (args) => this.setBreakpoints(args as unknown as DebugProtocol.SetBreakpointsArguments),
    breakpointLocations: (args) => ({
      breakpoints: this.linesOf(args.source as DebugProtocol.Source)
        .map((line) => line + this.firstLine)
        .filter((line) => line >= Number(args.line) && line <= Number(args.endLine ?? args.line))
        .map((line) => ({ line })),
    }),
    setExceptionBreakpoints: () => undefined,
    configurationDone: (_args, later) => {
      const playback = this.running();
      this.stopped(this.stopOnEntry ? 'start' : playback.run(this.breaksAt), later);
      return undefined;
    },
    threads: () => ({ threads: (this.playback?.harts ?? []).map((name, index) => ({ id: index + 1, name })) }),
    stackTrace: (args) => this.stackTrace(Number(args.threadId)),
    scopes: (args) => ({ scopes: this.scopes(Number(args.frameId)) }),
    variables: (args) => {
      const variables = this.expandable[Number(args.variablesReference) - 1];
      if (!variables) throw new RequestError('these variables are of an earlier state');
      return { variables: variables.map((variable) => this.dapVariable(variable)) };
    },
    evaluate: (args) => this.evaluate(String(args.expression), args.frameId as number | undefined),
    exceptionInfo: () => {
      const { code = null, message = '' } = (this.running().atEnd && this.recording) || {};
      if (code === null) throw new RequestError('there is no violation here');
      return { exceptionId: code, description: message, breakMode: 'always', details: { message, typeName: code } };
    },
    next: (_args, later) => this.move(later, (playback) => playback.forward()),
    stepIn: (_args, later) => this.move(later, (playback) => playback.forward()),
    stepOut: (_args, later) => this.move(later, (playback) => playback.forwardToSwitch()),
    stepBack: (_args, later) => this.move(later, (playback) => playback.back()),
    continue: (_args, later) =>
      this.move(later, (playback) => playback.run(this.breaksAt), { allThreadsContinued: true }),
    reverseContinue: (_args, later) => this.move(later, (playback) => playback.runBack(this.breaksAt)),
    restart: (_args, later) => this.move(later, (playback) => playback.restart()),
    pause: (_args, later) => {
      this.stopped('step', later, 'pause');
      return undefined;
    },
    terminate: (_args, later) => this.end(later),
    disconnect: (_args, later) => this.end(later),
  };

  private async launch(args: LaunchArguments, later: Later): Promise<Answer> {
    const source = args.trace ?? (await this.resolve(args));
    this.recording = source.recording;
    this.playback = new Playback(source.recording);
    this.places = new DebugPlaces(source.texts);
    this.stopOnEntry = args.stopOnEntry !== false;
    const { code, message, trace } = source.recording;
    later(() => {
      const goal = code === null ? 'the final state' : `\`${code}\``;
      const output = `${counted(trace.length, 'step')} to ${goal}: ${message}\n`;
      this.event('output', { category: 'console', output });
      // Only now: breakpoints are verified against the trace.
      this.event('initialized');
    });
    return undefined;
  }

  private end(later: Later): Answer {
    later(() => this.event('terminated'));
    return undefined;
  }

  private running(): Playback {
    if (!this.playback) throw new RequestError('no trace is being debugged');
    return this.playback;
  }

  private move(later: Later, how: (playback: Playback) => Rest, body?: Answer): Answer {
    this.stopped(how(this.running()), later);
    return body;
  }

  /** Tells, after the answer, where the trace has come to rest. */
  private stopped(rest: Rest, later: Later, reasonOfStep = 'step'): void {
    const playback = this.running();
    this.expandable = [];
    const end = playback.atEnd ? this.recording : null;
    const violation = end?.code ?? null;
    const reasons: Readonly<Record<Rest, string>> = {
      start: 'entry',
      step: reasonOfStep,
      breakpoint: 'breakpoint',
      end: reasonOfStep,
    };
    const body: DebugProtocol.StoppedEvent['body'] = {
      reason: violation === null ? reasons[rest] : 'exception',
      threadId: playback.harts.indexOf(playback.actor) + 1,
      allThreadsStopped: true,
      description: end ? endText(end) : `Step ${playback.position} of ${playback.length}`,
      ...(end ? { text: end.message } : {}),
    };
    later(() => this.event('stopped', body));
  }

  private readonly breaksAt = (step: TraceStep): boolean => {
    const { source } = step;
    if (!source) return false;
    return [...this.breakpoints].some(([path, lines]) => lines.some((line) => this.places.isOn(source, path, line)));
  };

  /** Lines (from 0) of a file on which steps of the trace are written, ascending. */
  private linesOf(source: DebugProtocol.Source | undefined): number[] {
    const path = source?.path ?? '';
    const lines = this.trace().flatMap((step) => {
      const line = step.source && this.places.of(step.source)?.line;
      return step.source && typeof line === 'number' && this.places.isOn(step.source, path, line) ? [line] : [];
    });
    return [...new Set(lines)].sort((a, b) => a - b);
  }

  private trace(): readonly TraceStep[] {
    return this.recording?.trace ?? [];
  }

  private setBreakpoints({ source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments): Answer {
    const path = source?.path;
    if (path === undefined) throw new RequestError('breakpoints need a file');
    const known = this.linesOf(source);
    const lines = breakpoints.map(({ line }) => line - this.firstLine);
    this.breakpoints.set(
      path,
      lines.filter((line) => known.includes(line)),
    );
    return {
      breakpoints: lines.map((line) =>
        known.includes(line)
          ? { verified: true, line: line + this.firstLine }
          : { verified: false, line: line + this.firstLine, message: 'No step of this trace is written on this line.' },
      ),
    };
  }

  private hartOf(id: number): string {
    const name = this.running().harts[id - 1];
    if (name === undefined) throw new RequestError(`there is no hart ${id} in this trace`);
    return name;
  }

  /** One frame a hart: what it does next where it is its turn, at the end what it did, else what it is at. */
  private stackTrace(id: number): Answer {
    const playback = this.running();
    const name = this.hartOf(id);
    const hart = playback.hart(name);
    const { next, last } = playback;
    let text = hart?.activity ?? 'not started';
    let source = hart?.source ?? null;
    if (next?.hart === name) {
      text = `next: ${next.text}`;
      source = next.source ?? source;
    } else if (!next && last?.hart === name) {
      text = last.text;
      source = last.source ?? source;
    }
    const frame = { id, name: text, ...this.dapPlace(source), presentationHint: 'normal' };
    return { stackFrames: [frame], totalFrames: 1 };
  }

  private dapPlace(source: Source | null): Record<string, unknown> {
    const place = source && this.places.of(source);
    if (!place) return { line: 0, column: 0 };
    return {
      source: { name: place.path.split(/[/\\]/).pop() ?? place.path, path: place.path },
      line: place.line + this.firstLine,
      column: place.column + this.firstColumn,
      endLine: place.endLine + this.firstLine,
      endColumn: place.endColumn + this.firstColumn,
    };
  }

  private scopes(frame: number): DebugProtocol.Scope[] {
    const playback = this.running();
    const hints: Partial<Record<Scope['name'], string>> = { Registers: 'registers' };
    return scopesOf(playback.state, playback.hart(this.hartOf(frame))).map(({ name, variables }) => {
      const hint = hints[name];
      return {
        name,
        variablesReference: this.reference(variables),
        expensive: false,
        ...(hint ? { presentationHint: hint } : {}),
      };
    });
  }

  private reference(variables: readonly Variable[]): number {
    return this.expandable.push(variables);
  }

  private dapVariable({ name, value, type, evaluateName, parts }: Variable): DebugProtocol.Variable {
    return {
      name,
      value,
      ...(type === undefined ? {} : { type }),
      ...(evaluateName === undefined ? {} : { evaluateName }),
      variablesReference: parts && parts.length > 0 ? this.reference(parts) : 0,
    };
  }

  private evaluate(expression: string, frame: number | undefined): Answer {
    const playback = this.running();
    const hart = playback.hart(frame === undefined ? playback.actor : this.hartOf(frame));
    const found = evaluate(expression, playback.state, hart);
    if (!found) throw new RequestError(`\`${expression}\` is no register or address that this trace knows`);
    const { value, type, variablesReference } = this.dapVariable(found);
    return { result: value, ...(type === undefined ? {} : { type }), variablesReference };
  }

  private respond(request: DebugProtocol.Request, body: Answer, failure?: string): void {
    const response: DebugProtocol.Response = {
      seq: this.seq++,
      type: 'response',
      request_seq: request.seq,
      command: request.command,
      success: failure === undefined,
      ...(failure === undefined ? {} : { message: failure }),
      ...(body === undefined ? {} : { body }),
    };
    this.send(response);
  }

  private event(event: string, body?: unknown): void {
    const message: DebugProtocol.Event = {
      seq: this.seq++,
      type: 'event',
      event,
      ...(body === undefined ? {} : { body }),
    };
    this.send(message);
  }
}
