import { parseArguments, UsageError } from './arguments';
import type { CliHost, ExitCode } from './host';

/** `cmodx table`: what one pass may execute, row by row of where it falls among the syncs. */
export function tableCommand(args: readonly string[], _host: CliHost): ExitCode {
  const { operands } = parseArguments(args, { '--json': 'flag', '--protocol': 'text' });
  if (operands.length === 0) throw new UsageError('`cmodx table` needs a file');
  throw new UsageError('`cmodx table` is not available yet');
}
