import { ImportError, importText, readProgram, summarize } from '../import';
import { type ParsedArguments, parseArguments, UsageError } from './arguments';
import { readProgram as readBytes } from './elf-file';
import { type CliHost, type ExitCode, exitCodes, FileError } from './host';
import { summaryJson, summaryText } from './import-summary';
import { deliver, namedTemplate } from './new';
import { ProgressLine } from './progress';

/** Options about one place, and those about all: they do not go together. */
const [ofOne, ofAll] = [
  ['--function', '--as'],
  ['--reach', '--auipc', '--json'],
];

/** `cmodx import`: a `.cmodx` file for a patchable place of a program, or with `--all` what all its entries have in common. */
export function importCommand(args: readonly string[], host: CliHost): ExitCode {
  const parsed = parseArguments(args, {
    '--all': 'flag',
    '--as': 'text',
    '--auipc': 'text',
    '--function': 'text',
    '--json': 'flag',
    '--reach': 'text',
    '-o': 'text',
  });
  const [file, ...more] = parsed.operands;
  if (file === undefined || more.length > 0) throw new UsageError('`cmodx import` needs one ELF file or disassembly');
  const work = parsed.flags.has('--all') ? summaryOf(parsed) : siteOf(parsed);
  const progress = new ProgressLine(host);
  try {
    progress.tell('reading');
    const text = work(readBytes(host, file), file, progress);
    progress.clear();
    return deliver(text, parsed.texts.get('-o'), host);
  } catch (error) {
    progress.clear();
    if (!(error instanceof FileError) && !(error instanceof ImportError)) throw error;
    host.stderr(`cmodx: ${file} ${error.message}\n`);
    return exitCodes.cannotCheck;
  }
}

type Work = (bytes: Uint8Array, file: string, progress: ProgressLine) => string;

/** @throws UsageError */
function siteOf({ flags, texts }: ParsedArguments): Work {
  const wrong = ofAll.find((option) => flags.has(option) || texts.has(option));
  if (wrong !== undefined) throw new UsageError(`\`${wrong}\` is about all entries: it goes with \`--all\``);
  const template = namedTemplate(texts.get('--as') ?? 'none');
  return (bytes, file) => importText(readProgram(bytes), file, template, texts.get('--function') ?? null);
}

/** @throws UsageError */
function summaryOf({ flags, texts }: ParsedArguments): Work {
  const wrong = ofOne.find((option) => texts.has(option));
  if (wrong !== undefined) throw new UsageError(`\`${wrong}\` is about one place: it does not go with \`--all\``);
  const [target, base = null] = [texts.get('--reach'), texts.get('--auipc')];
  if (target === undefined && base !== null)
    throw new UsageError('`--auipc` says where `--reach` begins: it needs one');
  const show = flags.has('--json') ? summaryJson : summaryText;
  return (bytes, file, progress) => {
    const program = readProgram(bytes);
    return show(summarize(program, target === undefined ? null : { target, base }, progress.count), file);
  };
}
