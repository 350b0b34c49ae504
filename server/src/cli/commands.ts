import { closest, didYouMean } from '../language/suggest';
import { parseArguments, UsageError } from './arguments';
import { type CliHost, type ExitCode, exitCodes } from './host';

interface Command {
  readonly usage: string;
  readonly summary: string;
  /** The exit code; `run` hands through that of a program. */
  readonly run: (args: readonly string[], host: CliHost) => Promise<number> | number;
}

/**
 * The one table of commands: dispatch, help and "did you mean" come from it. What a command is made of is loaded when it
 * is wanted: most of the time of a short command would go into what the others need.
 */
const commands: Readonly<Record<string, Command>> = {
  check: {
    usage: 'check [--json | --sarif] [--trace] [--max-states N] [--max-seconds N] FILE...',
    summary: 'a verdict for each protocol and each `when`; traces of what is not as expected, or of all',
    run: async (args, host) => (await import('./check')).checkCommand(args, host),
  },
  litmus: {
    usage: 'litmus [--json] [--fetch none|RULES] [--memory rvwmo|tso|sc] [--max-seconds N] FILE|DIRECTORY|@LIST...',
    summary: 'the final states of herd7 litmus tests, as herd7 prints them; RULES as isa+decode-w+ziccid',
    run: async (args, host) => (await import('./litmus')).litmusCommand(args, host),
  },
  vary: {
    usage: 'vary [--json] [--trace] [--protocol NAME] [--max-states N] [--max-seconds N] FILE',
    summary: 'what may be left out or weakened: the verdicts of all neighbours of a protocol',
    run: async (args, host) => (await import('./vary')).varyCommand(args, host),
  },
  table: {
    usage: 'table [--json] [--protocol NAME] FILE',
    summary: 'what one pass may execute, for each placement of it among the syncs',
    run: async (args, host) => (await import('./table')).tableCommand(args, host),
  },
  decode: {
    usage: 'decode [--json] [--isa ISA] WORD...',
    summary: 'instructions of words and parcels in hex',
    run: async (args, host) => (await import('./decode')).decodeCommand(args, host),
  },
  disasm: {
    usage: 'disasm [--json] [--base ADDRESS] [--isa ISA] FILE',
    summary: 'the instructions of an ELF file or a raw binary, as objdump prints them',
    run: async (args, host) => (await import('./disasm')).disasmCommand(args, host),
  },
  run: {
    usage:
      'run [--isa ISA] [--max-steps N] [--misaligned allow|trap] [--trace] [--log FILE] [--signature FILE] [--signature-granularity BYTES] PROGRAM',
    summary: "runs a bare-metal ELF program in M-mode until it ends through `tohost`; its exit code is the command's",
    run: async (args, host) => (await import('./run')).runCommand(args, host),
  },
  import: {
    usage:
      'import [--function NAME] [--as TEMPLATE] [-o FILE] PROGRAM | --all [--reach TARGET [--auipc BASE]] [--json] PROGRAM',
    summary:
      'a `.cmodx` file from an ELF file or from the text of `objdump -d`; or what all its patchable entries are like',
    run: async (args, host) => (await import('./import')).importCommand(args, host),
  },
  new: {
    usage: 'new [-o FILE] [TEMPLATE]',
    summary: 'a protocol from a template; without one, the list of them',
    run: async (args, host) => (await import('./new')).newCommand(args, host),
  },
  format: {
    usage: 'format [--check] FILE...',
    summary: 'rewrites files in the usual layout; with --check only says which would change',
    run: async (args, host) => (await import('./format')).formatCommand(args, host),
  },
};

/** Commands that are promised but not there: refused by name, never mistaken for a file. */
const planned = new Set(['mcp']);

/** The usage text. */
export function helpText(): string {
  const lines = Object.values(commands).map(({ usage, summary }) => `  cmodx ${usage}\n      ${summary}`);
  return `cmodx: is this patching of running RISC-V code safe?

${lines.join('\n')}
  cmodx --help | --version

Exit codes: 0 every expectation is met, 1 one is not, 2 something cannot be checked or understood,
3 a limit was hit; 2 goes over 1 and 1 over 3. \`run\`: the program's, 124 at the step limit, 125 refused.
`;
}

/** Runs one command line (without the program's name) to its exit code. */
export async function runCli(args: readonly string[], host: CliHost): Promise<number> {
  try {
    const [name, ...rest] = args;
    if (name === undefined) throw new UsageError('what shall be done?');
    if (name.startsWith('-')) return aboutProgram(args, host);
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw unknownCommand(name);
    if (rest.includes('--help') || rest.includes('-h')) {
      host.stdout(`cmodx ${command.usage}\n    ${command.summary}\n`);
      return exitCodes.ok;
    }
    return await command.run(rest, host);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.stderr(`cmodx: ${error.message}\nSee \`cmodx --help\`.\n`);
    return exitCodes.cannotCheck;
  }
}

function aboutProgram(args: readonly string[], host: CliHost): ExitCode {
  const { flags } = parseArguments(args, { '--help': 'flag', '-h': 'flag', '--version': 'flag' });
  host.stdout(flags.has('--version') ? `cmodx ${host.version}\n` : helpText());
  return exitCodes.ok;
}

function unknownCommand(name: string): UsageError {
  if (planned.has(name)) return new UsageError(`\`cmodx ${name}\` is not available yet`);
  if (/\.cmodx$/.test(name))
    return new UsageError(`unknown command \`${name}\`; did you mean \`cmodx check ${name}\`?`);
  if (/\.litmus$/.test(name))
    return new UsageError(`unknown command \`${name}\`; did you mean \`cmodx litmus ${name}\`?`);
  return new UsageError(`unknown command \`${name}\`${didYouMean(closest(name, Object.keys(commands)))}`);
}
