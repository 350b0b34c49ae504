import { format } from '../language';
import { parseArguments, UsageError } from './arguments';
import { type CliHost, type ExitCode, exitCodes, FileError, readText, worst } from './host';

/** `cmodx format`: rewrites each file that is not in the usual layout; with `--check` only names it (exit code 1). */
export function formatCommand(args: readonly string[], host: CliHost): ExitCode {
  const { flags, operands } = parseArguments(args, { '--check': 'flag' });
  if (operands.length === 0) throw new UsageError('`cmodx format` needs a file to format');
  return worst(
    [...new Set(operands)].map((file) => {
      try {
        const text = readText(host, file);
        const formatted = format(text);
        if (formatted === text) return exitCodes.ok;
        if (flags.has('--check')) {
          host.stdout(`${file} would change\n`);
          return exitCodes.notMet;
        }
        host.write(file, formatted);
        host.stdout(`${file} formatted\n`);
        return exitCodes.ok;
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        host.stderr(`cmodx: ${file} ${error.message}\n`);
        return exitCodes.cannotCheck;
      }
    }),
  );
}
