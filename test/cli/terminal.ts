import { posix } from 'node:path';
import { runCli } from '../../server/src/cli/commands';
import { type CliHost, FileError } from '../../server/src/cli/host';
import { inlineWorkers } from '../service/inline-workers';

/** What a command line printed, and how it ended. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The bytes of `out`. */
  readonly bytes: Uint8Array;
  /** The most bytes that were written without waiting for those who read them. */
  readonly unread: number;
  /** The files afterwards. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Runs `cmodx ...` over files in memory.
 * @param line the arguments, separated by blanks
 */
export async function cmodx(
  line: string | readonly string[],
  files: Readonly<Record<string, string | Uint8Array>> = {},
  { colour = false, watched = false } = {},
): Promise<Run> {
  const disk = new Map(Object.entries(files));
  const written = { out: [] as Uint8Array[], err: [] as Uint8Array[] };
  let [unread, mostUnread] = [0, 0];
  const writer = (stream: 'out' | 'err') => (text: string | Uint8Array) => {
    const piece = typeof text === 'string' ? new TextEncoder().encode(text) : text.slice();
    written[stream].push(piece);
    unread += piece.length;
    mostUnread = Math.max(mostUnread, unread);
  };
  const host: CliHost = {
    version: '1.2.3',
    read(path) {
      const content = disk.get(path);
      if (content === undefined) throw new FileError('does not exist');
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
    filesBelow(path, suffix) {
      const below = [...disk.keys()].filter((file) => file.startsWith(`${path}/`));
      return below.length === 0 ? null : below.filter((file) => file.endsWith(suffix)).sort();
    },
    write: (path, text) => void disk.set(path, text),
    resolve: (path, importer) => posix.join(posix.dirname(importer), path),
    uri: (path) => (path.startsWith('/') ? `file://${path}` : posix.normalize(path)),
    open(path) {
      disk.set(path, '');
      return (text) => void disk.set(path, `${disk.get(path)}${text}`);
    },
    stdout: writer('out'),
    stderr: writer('err'),
    async drained() {
      unread = 0;
    },
    colour,
    watched,
    workers: () => inlineWorkers,
    cores: 2,
  };
  const args = typeof line === 'string' ? line.split(' ').filter(Boolean) : line;
  const code = await runCli(args, host);
  const texts = [...disk].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const bytes = Buffer.concat(written.out);
  const err = Buffer.concat(written.err).toString();
  return { code, out: bytes.toString(), err, bytes, unread: mostUnread, files: Object.fromEntries(texts) };
}

const machineAndSite = `
machine { isa rv64gc_zifencei_ziccif }
symbol old_tramp = 0xffffffff80012000
symbol new_tramp = 0xffffffff80345680
site entry at 0xffffffff80a00000 clobbers t0 {
  version old {
    AUIPC:   auipc t0, %pcrel_hi(old_tramp)
    JALR:    jalr  t0, %pcrel_lo(AUIPC)(t0)
  }
  version new {
    AUIPC':  auipc t0, %pcrel_hi(new_tramp)
    JALR':   jalr  t0, %pcrel_lo(AUIPC')(t0)
  }
}
`;

/** Both instructions of a pair rewritten in place: a pass between the two stores mixes them. */
export const naive = `${machineAndSite}
protocol naive patches entry from old to new {
  write AUIPC'
  write JALR'
}
`;

/** The same, with its verdict written down. */
export const knownUnsafe = naive.replace(/\}\n$/, '  expect unsafe mixed\n}\n');

/** One aligned 4-byte store: nothing to mix. */
export const safePatch = `
symbol f = 0xffffffff80a00400
site entry at 0xffffffff80a00000 {
  version off { NOP:  nop }
  version on  { JUMP: j f }
}
protocol toggle patches entry from off to on {
  write JUMP
}
`;
