import { analyze } from '../language';
import { type Variations, vary } from '../language/analyze';
import { closest, didYouMean } from '../language/suggest';
import {
  type CheckReport,
  CheckService,
  defaultLimits,
  type Limits,
  type VariationRow,
  variationRows,
} from '../service';
import { parseArguments, UsageError } from './arguments';
import { importReader } from './check';
import { Places, placeDiagnostic } from './check-results';
import { diagnosticText } from './check-text';
import { type CliHost, type ExitCode, exitCodes, FileError, readText, worst } from './host';
import { styleFor } from './style';
import { rowExitCode, type VaryJson, variedJson } from './vary-results';
import { VaryText } from './vary-text';

/** `cmodx vary`: the neighbours of a file's protocols, each with its verdict, in order, as they come. */
export async function varyCommand(args: readonly string[], host: CliHost): Promise<ExitCode> {
  const { flags, numbers, texts, operands } = parseArguments(args, {
    '--json': 'flag',
    '--trace': 'flag',
    '--protocol': 'text',
    '--max-states': 'number',
    '--max-seconds': 'number',
  });
  const [file] = operands;
  if (file === undefined) throw new UsageError('`cmodx vary` needs a file');
  if (operands.length > 1) throw new UsageError('`cmodx vary` takes one file');
  const json = flags.has('--json');
  const limits: Limits = {
    ...defaultLimits,
    maxStates: numbers.get('--max-states') ?? defaultLimits.maxStates,
    maxSeconds: numbers.get('--max-seconds') ?? defaultLimits.maxSeconds,
  };
  const places = new Places();
  const text = readFile(host, file);
  places.add(file, text);
  const readImport = importReader(host, places);
  const { diagnostics, protocols } = analyze(file, text, readImport);
  const names = chosen(
    file,
    protocols.map(({ name }) => name),
    texts.get('--protocol'),
  );
  const all = names.flatMap((name) => vary(file, text, readImport, name) ?? []);

  const service = new CheckService(host.workers(limits), { limits, workers: host.cores, quickFirst: false });
  const printer = json ? null : new VaryText(host, styleFor(host.colour), places, flags.has('--trace'));
  const answer: VaryJson = {
    version: 1,
    protocols: [],
    diagnostics: diagnostics.map((diagnostic) => placeDiagnostic(diagnostic, places)),
  };
  const codes = new Set<ExitCode>();
  try {
    for (const { base, variations } of all)
      service.update(base.protocol, 0, [base, ...variations.map(({ check }) => check)]);
    for (const varied of all) {
      const { base, rows } = await told(varied, service, (row) => printer?.row(row));
      printer?.end(base, rows);
      codes.add(rowExitCode(base));
      for (const { report } of rows) codes.add(rowExitCode(report));
      if (json) answer.protocols.push(variedJson(file, base, rows, places));
    }
  } finally {
    service.dispose();
  }
  if (json) host.stdout(`${JSON.stringify(answer)}\n`);
  else if (codes.has(exitCodes.cannotCheck)) {
    const errors = answer.diagnostics.filter(({ severity }) => severity === 'error');
    for (const diagnostic of errors) host.stderr(diagnosticText(diagnostic, styleFor(false)));
  }
  return worst(codes);

  /** Waits for each row in turn, and tells it. */
  async function told(
    { base: { protocol }, variations }: Variations,
    checks: CheckService,
    tell: (row: VariationRow) => void,
  ): Promise<{ base: CheckReport; rows: VariationRow[] }> {
    const reports = (): readonly CheckReport[] => checks.report(protocol)?.checks ?? [];
    const settled = (index: number): Promise<void> =>
      checks.settled(protocol, () => reports()[index]?.status !== 'checking');
    await settled(0);
    const [base] = reports();
    if (!base) throw new Error(`the protocol ${protocol} is not being checked`);
    printer?.begin(base, variations);
    for (const index of variations.keys()) {
      await settled(index + 1);
      const row = variationRows(variations, reports())[index];
      if (row) tell(row);
    }
    return { base, rows: variationRows(variations, reports()) };
  }
}

/** The protocols to vary: the one of that name, or all. @throws UsageError */
function chosen(file: string, names: readonly string[], wanted: string | undefined): readonly string[] {
  if (names.length === 0) throw new UsageError(`${file} has no protocol`);
  if (wanted === undefined) return names;
  if (names.includes(wanted)) return [wanted];
  throw new UsageError(`${file} has no protocol \`${wanted}\`${didYouMean(closest(wanted, names))}`);
}

/** @throws UsageError in words with the file's name */
function readFile(host: CliHost, file: string): string {
  try {
    return readText(host, file);
  } catch (error) {
    throw error instanceof FileError ? new UsageError(`${file} ${error.message}`) : error;
  }
}
