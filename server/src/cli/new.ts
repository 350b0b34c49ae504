import { newText, type Template, templateOf, templates } from '../import';
import { closest, didYouMean } from '../language/suggest';
import { parseArguments, UsageError } from './arguments';
import { type CliHost, type ExitCode, exitCodes, FileError } from './host';

/** `cmodx new`: a template as a new file; without a name, which there are. */
export function newCommand(args: readonly string[], host: CliHost): ExitCode {
  const { texts, operands } = parseArguments(args, { '-o': 'text' });
  const [name, ...more] = operands;
  if (more.length > 0) throw new UsageError('`cmodx new` takes one template');
  const output = texts.get('-o');
  try {
    deliver(name === undefined ? listText() : newText(namedTemplate(name)), output, host);
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    host.stderr(`cmodx: ${output} ${error.message}\n`);
    return exitCodes.cannotCheck;
  }
}

/** @throws UsageError where there is none of this name */
export function namedTemplate(name: string): Template {
  const template = templateOf(name);
  if (template !== null) return template;
  const names = templates.map((one) => one.name);
  const meant = didYouMean(closest(name, names));
  throw new UsageError(`there is no template \`${name}\`${meant || `; there are ${names.join(', ')}`}`);
}

/** Writes a whole text to a file, or to standard output. @throws FileError */
export function deliver(text: string, file: string | undefined, host: CliHost): void {
  if (file === undefined) host.stdout(text);
  else host.write(file, text);
}

function listText(): string {
  const width = Math.max(...templates.map(({ name }) => name.length));
  return templates.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`).join('');
}
