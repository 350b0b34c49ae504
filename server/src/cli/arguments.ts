import { closest, didYouMean } from '../language/suggest';

/** A command line that cannot be understood; `message` is for people. */
export class UsageError extends Error {}

/** What one option takes: nothing, a whole number from 1 on, or a word named as in the usage text. */
export type OptionKind = 'flag' | 'number' | 'text';

export interface ParsedArguments {
  readonly flags: ReadonlySet<string>;
  readonly numbers: ReadonlyMap<string, number>;
  readonly texts: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/**
 * Parses `--name`, `--name value`, `--name=value` and operands; after `--` all are operands.
 * @param options by name, with the dashes
 * @throws UsageError for unknown options, and values that are missing, superfluous or not numbers
 */
export function parseArguments(
  args: readonly string[],
  options: Readonly<Record<string, OptionKind>>,
): ParsedArguments {
  const flags = new Set<string>();
  const numbers = new Map<string, number>();
  const texts = new Map<string, string>();
  const operands: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      operands.push(...rest.splice(0));
      continue;
    }
    if (!arg.startsWith('-') || arg === '-') {
      operands.push(arg);
      continue;
    }
    const equals = arg.indexOf('=');
    const name = equals < 0 ? arg : arg.slice(0, equals);
    const kind = options[name];
    if (kind === undefined) {
      throw new UsageError(`unknown option \`${name}\`${didYouMean(closest(name, Object.keys(options)))}`);
    }
    if (kind === 'flag') {
      if (equals >= 0) throw new UsageError(`\`${name}\` takes no value`);
      flags.add(name);
      continue;
    }
    const value = equals < 0 ? rest.shift() : arg.slice(equals + 1);
    if (value === undefined || value === '') throw new UsageError(`\`${name}\` needs a value`);
    if (kind === 'text') texts.set(name, value);
    else numbers.set(name, wholeNumber(name, value));
  }
  return { flags, numbers, texts, operands };
}

function wholeNumber(name: string, value: string): number {
  const number = /^[0-9][0-9_,]*$/.test(value) ? Number(value.replace(/[_,]/g, '')) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new UsageError(`\`${name}\` needs a whole number from 1 on, not \`${value}\``);
  }
  return number;
}
