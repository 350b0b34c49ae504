import { existsSync, openSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeWorkers } from '../worker/node';
import { type CliHost, FileError, maxFileBytes, tooLarge } from './host';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a directory',
  EACCES: 'may not be read',
  EISDIR: 'is a directory',
  ELOOP: 'is a loop of links',
  ENAMETOOLONG: 'has too long a name',
  EROFS: 'is on a read-only file system',
};

function fileError(error: unknown): FileError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new FileError(reasons[code ?? ''] ?? `cannot be used: ${message}`);
}

function read(path: string, limit = maxFileBytes): Uint8Array {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw new FileError('is a directory; name the files in it');
    // A pipe or a device might never end.
    if (!stat.isFile()) throw new FileError('is not a regular file');
    if (stat.size > limit) throw tooLarge(stat.size, limit);
    return readFileSync(path);
  } catch (error) {
    throw error instanceof FileError ? error : fileError(error);
  }
}

function filesBelow(path: string, suffix: string): string[] | null {
  try {
    if (!statSync(path).isDirectory()) return null;
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => name.endsWith(suffix))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw fileError(error);
  }
}

/** By the names that links lead to: a reader of what is written may not follow links. */
function uri(path: string): string {
  const real = existsSync(path) ? realpathSync(path) : resolve(path);
  const below = relative(realpathSync('.'), real);
  if (isAbsolute(below) || below.split(sep)[0] === '..') return pathToFileURL(real).href;
  return below.split(sep).map(encodeURIComponent).join('/');
}

/** The file is closed when the process ends. */
function open(path: string): (text: string) => void {
  const guarded = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw fileError(error);
    }
  };
  const file = guarded(() => openSync(path, 'w'));
  return (text) => guarded(() => writeFileSync(file, text));
}

async function drained(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableNeedDrain) await new Promise((resolve) => stream.once('drain', resolve));
  }
  // Signals and errors of the streams come between two turns of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
}

/** Colours where a person looks on: a terminal, and no wish to the contrary (https://no-color.org). */
function wantsColour(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** This process' files, terminal and threads. The checker's bundle lies beside the running script's. */
export function nodeHost(version: string): CliHost {
  return {
    version,
    read,
    filesBelow,
    write(path, text) {
      try {
        writeFileSync(path, text);
      } catch (error) {
        throw fileError(error);
      }
    },
    open,
    uri,
    resolve: (path, importer) => (isAbsolute(path) ? path : join(dirname(importer), path)),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    drained,
    colour: wantsColour(),
    watched: process.stderr.isTTY === true && process.env.TERM !== 'dumb',
    workers: (limits) =>
      nodeWorkers(join(dirname(realpathSync(process.argv[1] ?? '.')), 'checker-worker.js'), () => limits),
    cores: availableParallelism(),
  };
}
