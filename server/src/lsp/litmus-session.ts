import type { Connection, Diagnostic } from 'vscode-languageserver';
import type { EditorDiagnostic } from '../features/diagnostics';
import { litmusResultDiagnostics, litmusTextDiagnostics } from '../features/litmus/diagnostics';
import { wantedState } from '../features/litmus/lens';
import { recordingOf } from '../features/litmus/recording';
import { LineIndex } from '../language/lines';
import { analyzeLitmus, type LitmusAnalysis } from '../language/litmus';
import {
  conditionText,
  errorText,
  type LitmusReport,
  LitmusService,
  litmusOptions,
  litmusReportHeadline,
  modelName,
  parseLitmusFetch,
  parseMemory,
  type SpawnWorker,
} from '../service';
import { Announcer } from './announcer';
import { severities, toRange } from './convert';
import {
  defaultSettings,
  type LitmusAnswer,
  type Settings,
  type Status,
  statusNotification,
  type WitnessAnswer,
  type WitnessId,
} from './protocol';
import { sendBroken } from './publisher';

/** A litmus document as it stands. */
export interface LitmusDocument {
  readonly uri: string;
  readonly version: number;
  readonly analysis: LitmusAnalysis;
  readonly lines: LineIndex;
}

/** The open litmus documents: analysed, run in the background, told of to the client. */
export class LitmusSession {
  private readonly documents = new Map<string, LitmusDocument>();
  private readonly service: LitmusService;
  private readonly announcer: Announcer;

  constructor(
    private readonly connection: Connection,
    spawn: SpawnWorker,
    /** Null until the client has told them: nothing is run against the user's wish meanwhile. */
    private settings: Settings | null,
    threads: number,
    private readonly lensesChanged: (uri: string) => void,
  ) {
    this.service = new LitmusService(spawn, (settings ?? defaultSettings).limits, threads);
    this.announcer = new Announcer(
      {
        news: (uri) => {
          const document = this.documents.get(uri);
          return document ? JSON.stringify(litmusTextDiagnostics(document.analysis)) : null;
        },
        settled: (uri) => this.service.report(uri)?.status !== 'checking',
        publish: (uri) => this.publish(uri),
      },
      JSON.stringify([]),
    );
    this.service.onChange((uri) => this.announcer.changed(uri));
  }

  get(uri: string): LitmusDocument | undefined {
    return this.documents.get(uri);
  }

  report(uri: string): LitmusReport | null {
    return this.service.report(uri);
  }

  /** A document's text at a version. @param run whether it is run, too */
  set(uri: string, version: number, text: string, run: boolean): void {
    try {
      const document = { uri, version, analysis: analyzeLitmus(uri, text), lines: new LineIndex(text) };
      this.documents.set(uri, document);
      this.update(document, run);
    } catch (error) {
      this.forget(uri);
      sendBroken(this.connection, uri, version, errorText(error));
    }
  }

  close(uri: string): void {
    if (!this.documents.has(uri)) return;
    this.forget(uri);
    void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** New settings: what they change is run again. @param run as in `set` */
  configure(settings: Settings, run: boolean): void {
    const old = (this.settings ?? defaultSettings).limits;
    this.settings = settings;
    if (JSON.stringify(settings.limits) !== JSON.stringify(old)) this.service.setLimits(settings.limits);
    for (const document of this.documents.values()) {
      this.update(document, run);
      // The lens with the model's name.
      this.lensesChanged(document.uri);
    }
  }

  rerun(uri: string): void {
    this.service.rerun(uri);
  }

  cancel(): void {
    this.service.cancel();
  }

  /** What is known of a test. */
  answer(uri: string): LitmusAnswer | null {
    const report = this.service.report(uri);
    if (!report) return null;
    const { version, test, status, result, options } = report;
    return {
      uri,
      version,
      name: test?.name ?? null,
      status,
      headline: litmusReportHeadline(report),
      model: modelName(options),
      condition: test?.condition ? conditionText(test) : null,
      holds: result?.holds ?? null,
      states: result?.states ?? [],
      limit: result?.limit ?? null,
      wanted: test && result ? wantedState(test, result.states) : null,
    };
  }

  /** How a final state comes about, once the test has been run. */
  async witness({ uri, state }: WitnessId): Promise<WitnessAnswer | null> {
    await this.service.settled(uri);
    const document = this.documents.get(uri);
    const wanted = state ?? this.answer(uri)?.wanted ?? null;
    if (!document) return null;
    const { version, analysis } = document;
    const texts = { [uri]: analysis.text };
    if (wanted === null) {
      return { version, state: null, recording: null, reason: 'there is no final state to show', texts };
    }
    const found = await this.service.witness(uri, wanted);
    if (!found) return null;
    const recording = found.witness && recordingOf(found.test, found.witness);
    const reason = recording ? null : (found.reason ?? 'this is no final state of the test');
    return { version, state: wanted, recording, reason, texts };
  }

  dispose(): void {
    this.announcer.dispose();
    this.service.dispose();
  }

  private forget(uri: string): void {
    this.documents.delete(uri);
    this.service.close(uri);
    this.announcer.forget(uri);
  }

  private update({ uri, version, analysis: { test } }: LitmusDocument, run: boolean): void {
    if (!this.settings) return;
    const { fetch, memory } = this.settings.litmus;
    const options = litmusOptions(test, { fetch: parseLitmusFetch(fetch), memory: parseMemory(memory) });
    this.service.update(uri, version, test, options, run);
  }

  private publish(uri: string): void {
    const document = this.documents.get(uri);
    const report = this.service.report(uri);
    if (!document || !report) return;
    const { version, analysis } = document;
    const ofResult = report.version === version ? litmusResultDiagnostics(analysis, report) : [];
    const diagnostics = [...litmusTextDiagnostics(analysis), ...ofResult].map((one) => convert(document, one));
    void this.connection.sendDiagnostics({ uri, version, diagnostics });
    void this.connection.sendNotification(statusNotification, statusOf(report));
    this.lensesChanged(uri);
  }
}

function statusOf({ file, status, test, steps }: LitmusReport): Status {
  const checking = status === 'checking';
  return {
    uri: file,
    state: checking ? 'checking' : status === 'stale' && test ? 'cancelled' : 'done',
    refining: false,
    done: checking ? 0 : 1,
    total: 1,
    states: steps,
  };
}

function convert({ uri, lines }: LitmusDocument, diagnostic: EditorDiagnostic): Diagnostic {
  const { span, severity, code, page, message, related } = diagnostic;
  return {
    range: toRange(lines, span),
    severity: severities[severity],
    code,
    codeDescription: { href: page },
    source: 'cmodx',
    message,
    relatedInformation: related.map(({ message: text, source }) => ({
      location: { uri, range: toRange(lines, source) },
      message: text,
    })),
  };
}
