import type { Limits, SpawnWorker } from '../service';

/** All that the commands know of the world: files, terminal and threads. */
export interface CliHost {
  /** A file's bytes, `maxFileBytes` at most unless another limit is given. @throws FileError, in words for people */
  readonly read: (path: string, limit?: number) => Uint8Array;
  /** @throws FileError */
  readonly write: (path: string, text: string) => void;
  /** The files below a directory whose names end so, by name; null where `path` is no directory. @throws FileError */
  readonly filesBelow: (path: string, suffix: string) => string[] | null;
  /** `path` as written in the file `importer`. */
  readonly resolve: (path: string, importer: string) => string;
  /** A file's path as a URI reference: relative where it lies below the working directory, else with `file:`. */
  readonly uri: (path: string) => string;
  /** Opens a file to be written in pieces. @throws FileError, and so does what it gives back */
  readonly open: (path: string) => (text: string) => void;
  /** Text in UTF-8, or bytes as they are, which are not changed afterwards. */
  readonly stdout: (text: string | Uint8Array) => void;
  readonly stderr: (text: string | Uint8Array) => void;
  /** Waits until those who read stdout and stderr have taken nearly all, and sees whether they are still there. */
  readonly drained: () => Promise<void>;
  /** Whether stdout shows ANSI colours. */
  readonly colour: boolean;
  /** Whether stderr is a terminal, where progress may be shown. */
  readonly watched: boolean;
  /** Starts checker threads for jobs with these limits. */
  readonly workers: (limits: Limits) => SpawnWorker;
  readonly cores: number;
  readonly version: string;
}

/** A file that cannot be read or written; `message` says why without naming the file. */
export class FileError extends Error {}

/** Larger files are refused: no scenario is near it, and a mistaken argument (an image, a core) is. */
export const maxFileBytes = 1 << 20;

/** A file's text. @throws FileError where it is unreadable, too large or not UTF-8 */
export function readText(host: CliHost, path: string): string {
  const bytes = host.read(path);
  if (bytes.length > maxFileBytes) throw tooLarge(bytes.length);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FileError('is not UTF-8 text');
  }
}

/** The refusal of a file of that many bytes. */
export function tooLarge(bytes: number, limit = maxFileBytes): FileError {
  const megabytes = (size: number): string => (size / (1 << 20)).toLocaleString('en-US', { maximumFractionDigits: 1 });
  return new FileError(`is too large (${megabytes(bytes)} MB; up to ${megabytes(limit)} MB is read)`);
}

/** Exit codes, the weightiest first where several apply. */
export const exitCodes = { cannotCheck: 2, notMet: 1, limit: 3, ok: 0 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The one exit code of several outcomes. */
export function worst(codes: Iterable<ExitCode>): ExitCode {
  const all = new Set(codes);
  return Object.values(exitCodes).find((code) => all.has(code)) ?? exitCodes.ok;
}
