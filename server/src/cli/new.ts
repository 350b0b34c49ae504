import { newText, type Template, templateOf, templates } from '../import';
import { closest, didYouMean } from '../language/suggest';
import { parseArguments, UsageError } from './arguments';
import { type CliHost, type ExitCode, exitCodes, FileError } from './host';

/** `cmodx new`: a template as a new file; without a name, which there are. */
export function newCommand(args: readonly string[], host: CliHost): ExitCode {
  const { texts, operands } = parseArguments(args, { '-o': 'text' });
  const [name, ...more] = operands;
  if (more.length > 0) throw new UsageError('`cmodx new` takes one template');
  return deliver(name === undefined ? listText() : newText(namedTemplate(name)), texts.get('-o'), host);
}

/** @throws UsageError where there is none of this name */
export function namedTemplate(name: string): Template {
  const template = templateOf(name);
  if (template !== null) return template;
  const names = templates.map((one) => one.name);
  const meant = didYouMean(closest(name, names));
  throw new UsageError(`there is no template \`${name}\`${meant || `; there are ${names.join(', ')}`}`);
}

/** Writes a whole text to a file, or to standard output; why a file cannot be written is told. */
export function deliver(text: string, file: string | undefined, host: CliHost): ExitCode {
  try {
    if (file === undefined) host.stdout(text);
    else host.write(file, text);
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    host.stderr(`cmodx: ${file} ${error.message}\n`);
    return exitCodes.cannotCheck;
  }
}

function listText(): string {
  const width = Math.max(...templates.map(({ name }) => name.length));
  return templates.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`).join('');
}
