import { analyze } from '../language';
import type { ReadImport } from '../language/types';
import { CheckService, defaultLimits, type Limits } from '../service';
import { parseArguments, UsageError } from './arguments';
import {
  type CheckJson,
  nothingChecked,
  type Outcome,
  outcomeOf,
  type PlacedDiagnostic,
  Places,
  placeDiagnostic,
  unreadable,
} from './check-results';
import { diagnosticText, outcomeText, summaryText } from './check-text';
import { type CliHost, type ExitCode, exitCodes, FileError, readText, worst } from './host';
import { styleFor } from './style';

/** Reads imports from the host's files; what was read is noted in `places`. */
export function importReader(host: CliHost, places: Places): ReadImport {
  return (path, importer) => {
    const file = host.resolve(path, importer);
    try {
      const text = readText(host, file);
      places.add(file, text);
      return { file, text };
    } catch (error) {
      if (error instanceof FileError) return null;
      throw error;
    }
  };
}

/** What is known of a file before any search. */
interface Prepared {
  readonly file: string;
  readonly diagnostics: readonly PlacedDiagnostic[];
}

/** `cmodx check`: a verdict for each protocol and each `when` of the files, in order, as they come. */
export async function checkCommand(args: readonly string[], host: CliHost): Promise<ExitCode> {
  const { flags, numbers, operands } = parseArguments(args, {
    '--json': 'flag',
    '--trace': 'flag',
    '--sarif': 'flag',
    '--max-states': 'number',
    '--max-seconds': 'number',
  });
  if (flags.has('--sarif')) throw new UsageError('`--sarif` is not available yet; use `--json`');
  if (operands.length === 0) throw new UsageError('`cmodx check` needs a file to check');
  const json = flags.has('--json');
  const limits: Limits = {
    ...defaultLimits,
    maxStates: numbers.get('--max-states') ?? defaultLimits.maxStates,
    maxSeconds: numbers.get('--max-seconds') ?? defaultLimits.maxSeconds,
  };
  const style = styleFor(host.colour && !json);
  const places = new Places();
  const service = new CheckService(host.workers(limits), { limits, workers: host.cores, quickFirst: false });
  try {
    const prepared = [...new Set(operands)].map((file) => prepare(file, host, places, service));
    const outcomes: Outcome[] = [];
    const diagnostics: PlacedDiagnostic[] = [];
    for (const { file, diagnostics: messages } of prepared) {
      await service.settled(file);
      const ofFile = (service.report(file)?.checks ?? []).map((report) => outcomeOf(file, report, places));
      outcomes.push(...ofFile);
      diagnostics.push(...messages);
      if (json) continue;
      if (ofFile.length > 0) host.stdout(`${style.strong(file)}\n`);
      for (const outcome of ofFile) host.stdout(outcomeText(outcome, flags.has('--trace'), style));
      for (const message of messages) host.stdout(diagnosticText(message, style));
    }
    const broken = new Set(diagnostics.filter(({ severity }) => severity === 'error').map(({ file }) => file));
    if (json) {
      const answer: CheckJson = { version: 1, results: outcomes.map(({ result }) => result), diagnostics };
      host.stdout(`${JSON.stringify(answer)}\n`);
    } else host.stdout(summaryText(outcomes, broken.size, style));
    return worst([...outcomes.map(({ exitCode }) => exitCode), broken.size > 0 ? exitCodes.cannotCheck : exitCodes.ok]);
  } finally {
    service.dispose();
  }
}

/** Reads and analyses one file and queues its checks. */
function prepare(file: string, host: CliHost, places: Places, service: CheckService): Prepared {
  try {
    const text = readText(host, file);
    places.add(file, text);
    const { checks, diagnostics } = analyze(file, text, importReader(host, places));
    service.update(file, 0, checks);
    const placed = diagnostics.map((diagnostic) => placeDiagnostic(diagnostic, places));
    return { file, diagnostics: checks.length > 0 ? placed : [...placed, nothingChecked(file)] };
  } catch (error) {
    if (error instanceof FileError) return { file, diagnostics: [unreadable(file, `${file} ${error.message}`)] };
    throw error;
  }
}
