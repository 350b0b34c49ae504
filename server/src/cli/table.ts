import { type TableRow, table } from '../checker';
import { analyze } from '../language';
import { closest, didYouMean } from '../language/suggest';
import type { Check } from '../language/types';
import { parseArguments, UsageError } from './arguments';
import { importReader } from './check';
import { Places, placeDiagnostic } from './check-results';
import { diagnosticText } from './check-text';
import { type CliHost, type ExitCode, exitCodes, FileError, readText } from './host';
import { type Style, styleFor } from './style';

/** `cmodx table --json`, version 1: fields may be added, never changed. */
export interface TableJson {
  readonly version: 1;
  readonly protocol: string;
  readonly rows: readonly TableRow[];
}

/** The check that a table is made of: the protocol of that name as it stands, or the file's only one. */
function chooseProtocol(file: string, checks: readonly Check[], wanted: string | undefined): Check {
  const protocols = checks.filter(({ when }) => when === null);
  const names = protocols.map(({ protocol }) => protocol);
  const [first, second] = protocols;
  if (!first) throw new UsageError(`${file} has no protocol`);
  if (wanted === undefined) {
    if (!second) return first;
    throw new UsageError(`${file} has several protocols; choose one: --protocol ${names.join(' | ')}`);
  }
  const found = protocols.find(({ protocol }) => protocol === wanted);
  if (found) return found;
  throw new UsageError(`${file} has no protocol \`${wanted}\`${didYouMean(closest(wanted, names))}`);
}

/** `ff0f4  ff0f04  new  AUIPC, AUIPC', JALR'`: a line for each sequence, the placement before the first. */
function rowText({ placement, sequences }: TableRow, widths: { word: number; kind: number }, style: Style): string {
  if (sequences.length === 0) return `  ${placement}  ${style.faint('cannot happen')}\n`;
  return sequences
    .map(({ word, executed, class: kind }, index) => {
      const first = index === 0 ? placement : ' '.repeat(placement.length);
      const paint = kind === 'forbidden' ? style.bad : style.good;
      const padding = ' '.repeat(widths.kind - kind.length);
      return `  ${first}  ${word.padEnd(widths.word)}  ${paint(kind)}${padding}  ${executed.join(', ')}\n`;
    })
    .join('');
}

/** `cmodx table`: what one pass executes, for each way in which it can fall among the `fence.i` of its hart. */
export function tableCommand(args: readonly string[], host: CliHost): ExitCode {
  const { flags, texts, operands } = parseArguments(args, { '--json': 'flag', '--protocol': 'text' });
  const [file] = operands;
  if (file === undefined) throw new UsageError('`cmodx table` needs a file');
  if (operands.length > 1) throw new UsageError('`cmodx table` takes one file');
  const style = styleFor(host.colour);
  const places = new Places();
  const text = readFile(host, file);
  places.add(file, text);
  const { checks, diagnostics } = analyze(file, text, importReader(host, places));
  const { protocol, scenario } = chooseProtocol(file, checks, texts.get('--protocol'));
  if (!scenario) {
    for (const diagnostic of diagnostics)
      host.stderr(diagnosticText(placeDiagnostic(diagnostic, places), styleFor(false)));
    return exitCodes.cannotCheck;
  }
  const result = table(scenario);
  if (!result.ok) {
    host.stderr(`cmodx: there is no table of ${protocol}: ${result.reason}\n`);
    return exitCodes.cannotCheck;
  }
  const { rows } = result;
  if (flags.has('--json')) {
    const answer: TableJson = { version: 1, protocol, rows };
    host.stdout(`${JSON.stringify(answer)}\n`);
    return exitCodes.ok;
  }
  const all = rows.flatMap(({ sequences }) => sequences);
  const widths = {
    word: Math.max(0, ...all.map(({ word }) => word.length)),
    kind: Math.max(0, ...all.map(({ class: kind }) => kind.length)),
  };
  host.stdout(`${style.strong(protocol)}\n${rows.map((row) => rowText(row, widths, style)).join('')}`);
  return exitCodes.ok;
}

/** @throws UsageError in words with the file's name */
function readFile(host: CliHost, file: string): string {
  try {
    return readText(host, file);
  } catch (error) {
    throw error instanceof FileError ? new UsageError(`${file} ${error.message}`) : error;
  }
}
