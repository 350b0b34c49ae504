import type { LitmusOptions } from '../checker/litmus/test';
import { fetchRuleNames } from '../checker/rules';
import { analyzeLitmus } from '../language/litmus';
import { closest, didYouMean } from '../language/suggest';
import {
  defaultLimits,
  errorText,
  Inquiries,
  type Limits,
  litmusOptions,
  type ModelChoice,
  parseLitmusFetch,
  parseMemory,
} from '../service';
import { type ParsedArguments, parseArguments, UsageError } from './arguments';
import { type PlacedDiagnostic, Places, placeDiagnostic, unreadable } from './check-results';
import { diagnosticText } from './check-text';
import { type CliHost, type ExitCode, exitCodes, FileError, readText, worst } from './host';
import { litmusFiles, type NamedFile } from './litmus-files';
import { type LitmusOutcome, ranOutcome, refusedOutcome } from './litmus-results';
import { styleFor } from './style';

/** Files that may be read ahead of the first whose result is still to come: a slow one does not keep the others waiting. */
const ahead = 256;

/** @throws UsageError */
function choiceOf(texts: ParsedArguments['texts']): ModelChoice {
  const [fetchText, memoryText] = [texts.get('--fetch'), texts.get('--memory')];
  const fetch = fetchText === undefined ? null : parseLitmusFetch(fetchText);
  if (fetchText !== undefined && fetch === null) {
    const known = ['none', ...fetchRuleNames];
    const meant = didYouMean(closest(fetchText, known));
    throw new UsageError(`\`--fetch ${fetchText}\` is no set of fetch rules${meant}; there are ${known.join(', ')}`);
  }
  const memory = memoryText === undefined ? null : parseMemory(memoryText);
  if (memoryText !== undefined && memory === null) {
    throw new UsageError(`\`--memory ${memoryText}\` is no memory model; there are rvwmo, tso, sc`);
  }
  return { memory, fetch };
}

/** `cmodx litmus`: the final states of each test, as herd7 prints them, in the order given, as they come. */
export async function litmusCommand(args: readonly string[], host: CliHost): Promise<ExitCode> {
  const { flags, numbers, texts, operands } = parseArguments(args, {
    '--json': 'flag',
    '--fetch': 'text',
    '--memory': 'text',
    '--max-steps': 'number',
    '--max-stores': 'number',
    '--max-turns': 'number',
    '--max-seconds': 'number',
  });
  if (operands.length === 0) throw new UsageError('`cmodx litmus` needs a file to run');
  const choice = choiceOf(texts);
  const limits: Limits = { ...defaultLimits, maxSeconds: numbers.get('--max-seconds') ?? defaultLimits.maxSeconds };
  const bounded = (options: LitmusOptions): LitmusOptions => ({
    ...options,
    maxSteps: numbers.get('--max-steps') ?? options.maxSteps,
    maxStores: numbers.get('--max-stores') ?? options.maxStores,
    maxTurns: numbers.get('--max-turns') ?? options.maxTurns,
  });
  const inquiries = new Inquiries(host.workers(limits), limits, host.cores);

  /** Reads and analyses a file, at once, and has it run. Never rejects: one file that breaks us is not the end of all. */
  const outcomeOf = async (named: NamedFile): Promise<LitmusOutcome> => {
    try {
      return await run(named);
    } catch (error) {
      const { file } = named;
      const message = `this file cannot be run, which is a fault of cmodx: ${errorText(error)}`;
      const start = { file, line: 1, column: 1, severity: 'error' } as const;
      return refusedOutcome(file, null, [{ ...start, code: 'checker-failed', message }]);
    }
  };
  const run = async ({ file, problem }: NamedFile): Promise<LitmusOutcome> => {
    if (problem !== null) return refusedOutcome(file, null, [unreadable(file, `${file} ${problem}`)]);
    const text = read(file, host);
    if (text instanceof FileError) return refusedOutcome(file, null, [unreadable(file, `${file} ${text.message}`)]);
    const places = new Places();
    places.add(file, text);
    const { test, name, diagnostics } = analyzeLitmus(file, text);
    const placed = diagnostics.map((diagnostic) => placeDiagnostic(diagnostic, places));
    if (!test) return refusedOutcome(file, name, placed);
    const options = bounded(litmusOptions(test, choice));
    const { answer } = inquiries.ask({ kind: 'litmus', test, options });
    return ranOutcome(file, test, options, await answer, placed, places);
  };

  const printer = flags.has('--json') ? jsonPrinter(host) : textPrinter(host);
  const codes = new Set<ExitCode>([exitCodes.ok]);
  const waiting: Promise<LitmusOutcome>[] = [];
  const tell = async (outcome: Promise<LitmusOutcome> | undefined): Promise<void> => {
    if (!outcome) return;
    const known = await outcome;
    codes.add(known.exitCode);
    printer.print(known);
  };
  try {
    for (const named of litmusFiles(operands, host)) {
      waiting.push(outcomeOf(named));
      if (waiting.length > ahead) await tell(waiting.shift());
      // Answers come in between files, and the threads get new work at once.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    for (const outcome of waiting) await tell(outcome);
    printer.end();
    return worst(codes);
  } finally {
    inquiries.dispose();
  }
}

function read(file: string, host: CliHost): string | FileError {
  try {
    return readText(host, file);
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
}

interface Printer {
  print(outcome: LitmusOutcome): void;
  end(): void;
}

/** herd7's text on standard output, messages on standard error. */
function textPrinter(host: CliHost): Printer {
  return {
    print({ text, diagnostics }) {
      if (text !== null) host.stdout(`${text}\n`);
      for (const diagnostic of diagnostics) host.stderr(diagnosticText(diagnostic, styleFor(false)));
    },
    end() {},
  };
}

/** One line of JSON (`LitmusJson`), written as the results come. */
function jsonPrinter(host: CliHost): Printer {
  const all: PlacedDiagnostic[] = [];
  let separator = '';
  host.stdout('{"version":1,"results":[');
  return {
    print({ result, diagnostics }) {
      all.push(...diagnostics);
      host.stdout(`${separator}${JSON.stringify(result)}`);
      separator = ',';
    },
    end() {
      host.stdout(`],"diagnostics":${JSON.stringify(all)}}\n`);
    },
  };
}
