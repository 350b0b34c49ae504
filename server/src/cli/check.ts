import { analyze } from '../language';
import type { ReadImport } from '../language/types';
import { CheckService, defaultLimits, type Limits } from '../service';
import { parseArguments, UsageError } from './arguments';
import {
  type CheckedFile,
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
type Prepared = Omit<CheckedFile, 'report'>;

/** `cmodx check`: a verdict for each protocol and each `when` of the files, in order, as they come. */
export async function checkCommand(args: readonly string[], host: CliHost): Promise<ExitCode> {
  const { flags, numbers, operands } = parseArguments(args, {
    '--json': 'flag',
    '--trace': 'flag',
    '--sarif': 'flag',
    '--max-states': 'number',
    '--max-seconds': 'number',
  });
  if (operands.length === 0) throw new UsageError('`cmodx check` needs a file to check');
  const [json, sarif] = [flags.has('--json'), flags.has('--sarif')];
  if (json && sarif) throw new UsageError('`--json` and `--sarif` do not go together');
  const limits: Limits = {
    ...defaultLimits,
    maxStates: numbers.get('--max-states') ?? defaultLimits.maxStates,
    maxSeconds: numbers.get('--max-seconds') ?? defaultLimits.maxSeconds,
  };
  const forPeople = !json && !sarif;
  const style = styleFor(host.colour && forPeople);
  const places = new Places();
  const service = new CheckService(host.workers(limits), { limits, workers: host.cores, quickFirst: false });
  try {
    const prepared = [...new Set(operands)].map((file) => prepare(file, host, places, service));
    const outcomes: Outcome[] = [];
    const messages: PlacedDiagnostic[] = [];
    const checked: CheckedFile[] = [];
    for (const { file, diagnostics, notes } of prepared) {
      await service.settled(file);
      const report = service.report(file);
      checked.push({ file, diagnostics, notes, report });
      const ofFile = (report?.checks ?? []).map((check) => outcomeOf(file, check, places));
      const ofText = [...diagnostics.map((diagnostic) => placeDiagnostic(diagnostic, places)), ...notes];
      outcomes.push(...ofFile);
      messages.push(...ofText);
      if (!forPeople) continue;
      if (ofFile.length > 0) host.stdout(`${style.strong(file)}\n`);
      for (const outcome of ofFile) host.stdout(outcomeText(outcome, flags.has('--trace'), style));
      for (const message of ofText) host.stdout(diagnosticText(message, style));
    }
    const broken = new Set(messages.filter(({ severity }) => severity === 'error').map(({ file }) => file));
    const exitCode = worst([
      ...outcomes.map((outcome) => outcome.exitCode),
      broken.size > 0 ? exitCodes.cannotCheck : exitCodes.ok,
    ]);
    if (json) {
      const answer: CheckJson = { version: 1, results: outcomes.map(({ result }) => result), diagnostics: messages };
      host.stdout(`${JSON.stringify(answer)}\n`);
    } else if (sarif) {
      const { sarifLog } = await import('./sarif');
      const log = sarifLog({ version: host.version, files: checked, exitCode }, { places, uri: host.uri });
      host.stdout(`${JSON.stringify(log)}\n`);
    } else host.stdout(summaryText(outcomes, broken.size, style));
    return exitCode;
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
    return { file, diagnostics, notes: checks.length > 0 ? [] : [nothingChecked(file)] };
  } catch (error) {
    if (error instanceof FileError)
      return { file, diagnostics: [], notes: [unreadable(file, `${file} ${error.message}`)] };
    throw error;
  }
}
