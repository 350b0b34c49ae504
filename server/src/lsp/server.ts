import {
  CodeActionKind,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  type InitializeParams,
  type InitializeResult,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { CheckService, errorText, type Limits, type SpawnWorker } from '../service';
import { registerFeatures, tokenLegend } from './handlers';
import { registerImport } from './import-session';
import { Lenses } from './lenses';
import { LitmusSession } from './litmus-session';
import {
  type CheckId,
  type CheckReport,
  cancelNotification,
  checkNotification,
  defaultSettings,
  type InitializationOptions,
  listFilesRequest,
  litmusRequest,
  readFileRequest,
  type Settings,
  type TraceAnswer,
  traceRequest,
  verdictsRequest,
  type WitnessId,
  witnessRequest,
} from './protocol';
import { Publisher } from './publisher';
import { VarySession } from './vary-session';
import { checkReports } from './verdicts';
import { type DocumentState, Workspace } from './workspace';

/** What differs between Node and the browser. */
export interface Platform {
  /** Starts checker threads; asked once the client has said where their script is. */
  readonly workers: (options: InitializationOptions, limits: () => Limits) => SpawnWorker;
  /** Threads that may check at once. */
  readonly threads: number;
}

const capabilities: InitializeResult['capabilities'] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
  hoverProvider: true,
  completionProvider: { triggerCharacters: ['.', '%'] },
  signatureHelpProvider: { triggerCharacters: [' ', ','] },
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  documentFormattingProvider: true,
  codeLensProvider: {},
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.Refactor] },
  inlayHintProvider: true,
  semanticTokensProvider: { legend: tokenLegend, full: true },
};

/** The language of .litmus files, as the client names it. */
const litmusLanguage = 'litmus';

/** The settings as the client has them, what is missing or makes no sense by default. */
function readSettings(value: unknown): Settings {
  const { check, limits, litmus } = (value ?? {}) as {
    check?: Partial<Settings['check']>;
    limits?: Partial<Limits>;
    litmus?: Partial<Settings['litmus']>;
  };
  const positive = (name: keyof Limits): number => {
    const number = limits?.[name];
    return typeof number === 'number' && number > 0 ? number : defaultSettings.limits[name];
  };
  const run = check?.run;
  return {
    check: { run: run === 'onSave' || run === 'onCommand' ? run : defaultSettings.check.run },
    limits: {
      maxStates: positive('maxStates'),
      maxSeconds: positive('maxSeconds'),
      maxMemoryMb: positive('maxMemoryMb'),
    },
    litmus: {
      fetch: typeof litmus?.fetch === 'string' ? litmus.fetch : defaultSettings.litmus.fetch,
      memory: typeof litmus?.memory === 'string' ? litmus.memory : defaultSettings.litmus.memory,
    },
  };
}

/** Serves one client over `connection`, in any process: glue between the protocol, the features and the check service. */
export function startServer(connection: Connection, platform: Platform): void {
  const documents = new TextDocuments(TextDocument);
  /** Null until the client, if it can, has told them: nothing is checked against the user's wish meanwhile. */
  let settings: Settings | null = null;
  let settingsKnown = (): void => {};
  const ready = new Promise<void>((resolve) => {
    settingsKnown = resolve;
  });
  let service: CheckService | null = null;
  let litmus: LitmusSession | null = null;
  let lenses: Lenses | null = null;
  let client: InitializeParams['capabilities'] = {};

  connection.onInitialize(({ capabilities: clientCapabilities, initializationOptions }): InitializeResult => {
    client = clientCapabilities;
    const options = (initializationOptions ?? {}) as InitializationOptions;
    if (!client.workspace?.configuration) {
      settings = defaultSettings;
      settingsKnown();
    }
    const limits = (): Limits => (settings ?? defaultSettings).limits;
    const workers = platform.workers(options, limits);
    service = new CheckService(workers, { limits: limits(), workers: platform.threads, quickFirst: true });
    litmus = new LitmusSession(connection, workers, settings, platform.threads, lensesChanged);
    serve(service, litmus);
    return { capabilities, serverInfo: { name: 'cmodx' } };
  });
  connection.onExit(() => {
    service?.dispose();
    litmus?.dispose();
  });

  const lensesChanged = (uri: string): void => lenses?.changed(uri);

  const serve = (checks: CheckService, tests: LitmusSession): void => {
    const workspace = new Workspace({
      fetch: (uri) => connection.sendRequest<string | null>(readFileRequest, { uri }),
      list: () =>
        connection.sendRequest<readonly string[] | null>(listFilesRequest).catch((error: unknown) => {
          // A client that knows no such request has the open documents; one whose search fails has files nobody knows of.
          const unknown = error instanceof ResponseError && error.code === ErrorCodes.MethodNotFound;
          if (!unknown) connection.console.error(`the folders' files cannot be listed: ${errorText(error)}`);
          return unknown ? [] : null;
        }),
      changed: (document) => check(document),
      broken(uri, version, error) {
        // What was known of an older text must not stand for this one.
        checks.close(uri);
        publisher.broken(uri, version, errorText(error));
      },
    });
    const tables = new VarySession(connection, workspace, checks);
    const publisher = new Publisher(connection, workspace, checks, lensesChanged);
    const shown = new Lenses(connection, workspace, checks, tests, client.workspace?.codeLens?.refreshSupport === true);
    lenses = shown;

    /** Hands the checks of a document's text to the service. `ask`: the user's settings say that now is the time. */
    const check = ({ uri, version, analysis, missing }: DocumentState, ask = false): void => {
      if (missing.length > 0 || !settings) return;
      tables.changed(uri);
      checks.update(uri, version, analysis.checks, { run: ask || settings.check.run === 'onType' });
    };

    checks.onChange((uri) => {
      const document = workspace.get(uri);
      if (document) publisher.changed(document);
    });

    /** Is a litmus test run by itself, as the settings have it? Nothing is before they are known. */
    const runsNow = (first: boolean): boolean => {
      const run = settings?.check.run;
      return run === 'onType' || (run === 'onSave' && first);
    };

    const opened = new Set<string>();
    documents.onDidChangeContent(({ document }) => {
      const { uri, version } = document;
      const first = !opened.has(uri);
      opened.add(uri);
      if (document.languageId === litmusLanguage) {
        tests.set(uri, version, document.getText(), runsNow(first));
        return;
      }
      checks.focus(uri);
      const state = workspace.set(uri, version, document.getText());
      if (state) check(state, first && settings?.check.run === 'onSave');
    });
    documents.onDidSave(({ document: { uri } }) => {
      if (settings?.check.run !== 'onSave') return;
      checks.recheck(uri);
      tests.rerun(uri);
    });
    documents.onDidClose(({ document: { uri } }) => {
      opened.delete(uri);
      tests.close(uri);
      workspace.close(uri);
      tables.closed(uri);
      checks.close(uri);
      publisher.closed(uri);
      shown.forget(uri);
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri } of changes) workspace.forget(uri);
    });

    const applySettings = (value: unknown): void => {
      const first = settings === null;
      settings = readSettings(value);
      checks.setOptions({ limits: settings.limits, workers: platform.threads, quickFirst: true });
      const { run } = settings.check;
      for (const document of workspace.all()) check(document, first && run === 'onSave');
      tests.configure(settings, runsNow(first));
      settingsKnown();
    };
    const pullSettings = async (): Promise<void> => {
      applySettings(await connection.workspace.getConfiguration('cmodx').catch(() => null));
    };
    connection.onInitialized(async () => {
      if (client.workspace?.configuration) {
        await pullSettings();
        await connection.client.register(DidChangeConfigurationNotification.type);
      }
      if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
        const watchers = [{ globPattern: '**/*.cmodx' }];
        await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
      }
    });
    connection.onDidChangeConfiguration(async ({ settings: pushed }) => {
      if (client.workspace?.configuration) await pullSettings();
      else applySettings((pushed as { cmodx?: unknown } | null)?.cmodx);
    });

    registerFeatures(connection, workspace, checks, tests);
    connection.onCodeLens(({ textDocument: { uri } }) => shown.answer(uri));
    registerImport(connection);
    connection.onNotification(checkNotification, ({ uri }: { uri: string }) => {
      checks.recheck(uri);
      tests.rerun(uri);
    });
    connection.onNotification(cancelNotification, () => {
      checks.cancel();
      tests.cancel();
    });
    connection.onRequest(litmusRequest, async ({ uri }: { uri: string }) => {
      await ready;
      return tests.answer(uri);
    });
    connection.onRequest(witnessRequest, async (id: WitnessId) => {
      await ready;
      return tests.witness(id);
    });
    connection.onRequest(verdictsRequest, async ({ uri }: { uri: string }): Promise<CheckReport[]> => {
      await ready;
      const document = workspace.get(uri);
      const report = checks.report(uri);
      return document && report ? checkReports(document, report) : [];
    });
    connection.onRequest(traceRequest, async (id: CheckId) => {
      await Promise.all([ready, workspace.loaded()]);
      return traces(workspace, checks, id, tables.fileOf(id));
    });
    connection.onShutdown(() => {
      publisher.dispose();
      checks.dispose();
      tests.dispose();
    });
  };

  documents.listen(connection);
  connection.listen();
}

/**
 * The traces of a check, once its search is over; null where it has no current verdict then.
 * @param file the name under which the service has the check
 */
async function traces(
  workspace: Workspace,
  checks: CheckService,
  id: CheckId,
  file: string,
): Promise<TraceAnswer | null> {
  const find = () =>
    checks.report(file)?.checks.find(({ check }) => check.protocol === id.protocol && check.when === id.when);
  await checks.settled(file, () => {
    const report = find();
    return report?.status !== 'checking' && report?.refining !== true;
  });
  const document = workspace.get(id.uri);
  const verdict = find()?.verdict;
  if (!document || !verdict) return null;
  return { version: document.version, violations: verdict.violations, texts: Object.fromEntries(document.texts) };
}
