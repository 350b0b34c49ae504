import type { CodeFlow, Location, Log, Notification, PhysicalLocation, ReportingDescriptor, Result } from 'sarif';
import type { Source } from '../checker/scenario';
import type { Recording } from '../checker/verdict';
import { type EditorDiagnostic, failedCode, verdictDiagnostics } from '../features/diagnostics';
import { diagnosticPage, documentedKinds, projectPage } from '../features/pages';
import type { DiagnosticKind } from '../language/diagnostics';
import type { Severity } from '../language/types';
import type { CheckedFile, Places } from './check-results';
import { lineHashes } from './line-hashes';

/** All that is told of a run. */
export interface SarifRun {
  readonly version: string;
  readonly files: readonly CheckedFile[];
  readonly exitCode: number;
}

/** The texts, and how a path is written: relative to where the command runs, or as a `file:` URI. */
export interface SarifTexts {
  readonly places: Places;
  readonly uri: (path: string) => string;
}

/** What GitHub's code scanning takes of a file: it refuses one that has more, or shows the first of them. */
const most = { results: 25_000, steps: 1000, related: 100 };

const levels = { error: 'error', warning: 'warning', information: 'note', hint: 'note' } as const satisfies Record<
  Severity,
  Result.level
>;
const ranks: readonly (Result.level | undefined)[] = ['error', 'warning', 'note'];
const problems: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'recommendation',
  hint: 'recommendation',
};

const root = '%SRCROOT%';
const ruleIndices = new Map(documentedKinds.map(([code], index) => [code, index]));

/**
 * The run as a SARIF 2.1.0 log (https://docs.oasis-open.org/sarif/sarif/v2.1.0) within the limits of GitHub's code
 * scanning. What an `expect` line expects is no result: nothing is to be done about it.
 */
export function sarifLog({ version, files, exitCode }: SarifRun, texts: SarifTexts): Log {
  const writer = new ResultWriter(texts);
  const findings = files.flatMap(findingsOf);
  const results = mostSevere(findings).map((finding) => writer.result(finding));
  const notifications = files
    .flatMap(({ notes }) => notes)
    .map(
      ({ file, severity, message }): Notification => ({
        level: levels[severity],
        message: { text: message },
        locations: [{ physicalLocation: { artifactLocation: artifact(texts.uri(file)) } }],
      }),
    );
  if (results.length < findings.length) {
    const text = `${results.length} of ${findings.length} results are told, errors first`;
    notifications.push({ level: 'warning', message: { text } });
  }
  const broken =
    notifications.some(({ level }) => level === 'error') || findings.some(({ code }) => code === failedCode);
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'cmodx',
            version,
            semanticVersion: version,
            informationUri: projectPage,
            rules: documentedKinds.map(([code, kind]) => rule(code, kind)),
          },
        },
        invocations: [
          {
            executionSuccessful: !broken,
            exitCode,
            toolExecutionNotifications: notifications,
          },
        ],
        originalUriBaseIds: { [root]: { description: { text: 'The directory where cmodx was started.' } } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
}

function rule(id: string, { title, severity, explanation, repair }: DiagnosticKind): ReportingDescriptor {
  const page = diagnosticPage(id);
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    helpUri: page,
    help: {
      text: `${explanation}\n\nRepair: ${repair}`,
      markdown: `${explanation}\n\n**Repair.** ${repair}\n\n[More, with an example](${page})`,
    },
    defaultConfiguration: { level: levels[severity] },
    properties: { precision: 'very-high', 'problem.severity': problems[severity] },
  };
}

/** A message of the text or of the checker. */
type Finding = Pick<EditorDiagnostic, 'severity' | 'code' | 'message' | 'related' | 'about'> & {
  readonly source: Source;
};

function findingsOf({ file, diagnostics, report }: CheckedFile): Finding[] {
  const ofChecks = report ? verdictDiagnostics(report) : [];
  const unexpected = ofChecks.filter(({ severity }) => severity !== 'hint');
  return [...diagnostics, ...unexpected.map((told) => ({ ...told, source: { file, ...told.span } }))];
}

function mostSevere(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= most.results) return findings;
  const rank = ({ severity }: Finding): number => ranks.indexOf(levels[severity]);
  return [...findings].sort((a, b) => rank(a) - rank(b)).slice(0, most.results);
}

/** A long list's beginning and end. */
function ends<T>(list: readonly T[], longest: number): readonly T[] {
  return list.length <= longest ? list : [...list.slice(0, longest / 2), ...list.slice(-longest / 2)];
}

function same(one: Source, other: Source): boolean {
  return one.file === other.file && one.start === other.start && one.end === other.end;
}

function artifact(uri: string): { uri: string; uriBaseId?: string } {
  return uri.startsWith('file:') ? { uri } : { uri, uriBaseId: root };
}

/** Writes results; the lines of a file are hashed once. */
class ResultWriter {
  private readonly hashes = new Map<string, readonly string[]>();
  private readonly given = new Map<string, number>();

  constructor(private readonly texts: SarifTexts) {}

  result({ source, severity, code, message, related, about }: Finding): Result {
    const physicalLocation = this.physical(source);
    const line = this.lineHash(source);
    const check = about ? [about.check.protocol, ...(about.check.when === null ? [] : ['when', about.check.when])] : [];
    const ruleIndex = ruleIndices.get(code);
    const violation = about?.violation ?? null;
    const flow = violation && this.flow(violation, source);
    // The steps are in the flow.
    const cause = violation ? { message: `${violation.code}: ${violation.message}`, source: violation.source } : null;
    const elsewhere = cause ? (same(cause.source, source) ? [] : [cause]) : related;
    return {
      ruleId: code,
      ...(ruleIndex === undefined ? {} : { ruleIndex }),
      level: levels[severity],
      message: { text: message },
      locations: [
        {
          physicalLocation,
          ...(about ? { logicalLocations: [{ name: about.check.protocol, kind: 'function' }] } : {}),
        },
      ],
      partialFingerprints: {
        primaryLocationLineHash: line,
        'cmodxCheck/v1': this.numbered(source.file, [code, ...check, line].join(' ')),
      },
      ...(flow ? { codeFlows: [flow] } : {}),
      ...(elsewhere.length === 0 ? {} : { relatedLocations: this.related(elsewhere) }),
    };
  }

  private related(places: Finding['related']): Location[] {
    return ends(places, most.related).map(({ source, message }, id) => ({ id, ...this.location(source, message) }));
  }

  /** A trace: each hart's steps, numbered through all of them. What is written nowhere is told where the result is. */
  private flow({ message, trace }: Recording, otherwise: Source): CodeFlow | null {
    if (trace.length === 0) return null;
    const numbered = trace.map(({ hart, text, source }, index) => ({
      hart,
      executionOrder: index + 1,
      location: this.location(source ?? otherwise, `${index + 1}. ${hart}: ${text}`),
    }));
    const told = ends(numbered, most.steps);
    const harts = [...new Set(told.map(({ hart }) => hart))];
    return {
      message: { text: message },
      threadFlows: harts.map((id) => ({
        id,
        locations: told
          .filter(({ hart }) => hart === id)
          .map(({ executionOrder, location }) => ({ location, executionOrder })),
      })),
    };
  }

  private location(source: Source, text: string): Location {
    return { physicalLocation: this.physical(source), message: { text } };
  }

  private physical(source: Source): PhysicalLocation {
    const { places, uri } = this.texts;
    return { artifactLocation: artifact(uri(source.file)), region: places.region(source) };
  }

  /** Two results of a file with one fingerprint are told apart by their order. */
  private numbered(file: string, fingerprint: string): string {
    const key = `${file} ${fingerprint}`;
    const times = (this.given.get(key) ?? 0) + 1;
    this.given.set(key, times);
    return times === 1 ? fingerprint : `${fingerprint} ${times}`;
  }

  private lineHash(source: Source): string {
    const { places } = this.texts;
    const { file, line } = places.of(source);
    const hashes = this.hashes.get(file) ?? lineHashes(places.text(file));
    this.hashes.set(file, hashes);
    return hashes[line - 1] ?? '';
  }
}
