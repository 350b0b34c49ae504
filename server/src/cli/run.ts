import { type HtifHost, loadMachine, type Machine, type RunEnd, Tracer } from '../machine/system';
import { parseArguments, UsageError } from './arguments';
import { elfOf, isaOfProgram, isaOfText, readProgram } from './elf-file';
import { type CliHost, FileError } from './host';

/** Exit codes beside the program's own, as `timeout` and `env` have them. */
const [limitReached, refused] = [124, 125];
const defaultSteps = 1_000_000_000;
/** Of the memory between `begin_signature` and `end_signature`, in bytes. */
const largestSignature = 16 << 20;
/** Trace lines are written in pieces of so many characters. */
const pieceLength = 1 << 16;

/**
 * `cmodx run`: runs a bare-metal program.
 * @returns the program's exit code (255 for those that do not fit), 124 at the step limit, 125 where anything is refused
 */
export async function runCommand(args: readonly string[], host: CliHost): Promise<number> {
  try {
    return await run(args, host);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.stderr(`cmodx: ${error.message}\nSee \`cmodx run --help\`.\n`);
    return refused;
  }
}

async function run(args: readonly string[], host: CliHost): Promise<number> {
  const { flags, numbers, texts, operands } = parseArguments(args, {
    '--isa': 'text',
    '--log': 'text',
    '--max-steps': 'number',
    '--misaligned': 'text',
    '--signature': 'text',
    '--signature-granularity': 'number',
    '--trace': 'flag',
  });
  const [file, ...more] = operands;
  if (file === undefined || more.length > 0) throw new UsageError('`cmodx run` needs one ELF program');
  const steps = numbers.get('--max-steps') ?? defaultSteps;
  const granularity = granularityOf(numbers.get('--signature-granularity') ?? 4);
  const misaligned = misalignedOf(texts.get('--misaligned') ?? 'allow');
  const tell = (message: string): number => {
    host.stderr(`cmodx: ${file}: ${message}\n`);
    return refused;
  };
  try {
    const elf = elfOf(readProgram(host, file));
    const isa = texts.has('--isa') ? isaOfText(texts.get('--isa') ?? '') : isaOfProgram(elf);
    const out = new Console(host);
    const loaded = loadMachine(elf, { isa, misaligned }, out);
    if (!loaded.ok) return tell(loaded.message);
    const { machine } = loaded;
    const signatureFile = texts.get('--signature');
    const signature = signatureFile === undefined ? null : machine.symbolRange('begin_signature', 'end_signature');
    if (signatureFile !== undefined && signature === null)
      return tell('has no memory between symbols `begin_signature` and `end_signature`');
    if (signature !== null && signature.size > largestSignature)
      return tell(`has a signature of ${signature.size} bytes, more than ${largestSignature}`);
    if (!machine.canEnd) host.stderr(`cmodx: ${file}: has no symbol \`tohost\`: it cannot end by itself\n`);
    const log = texts.get('--log');
    const write = log !== undefined ? host.open(log) : flags.has('--trace') ? host.stderr : null;
    const pause = async (): Promise<void> => {
      out.pause();
      await host.drained();
    };
    const end = await (write === null ? runInSlices(machine, steps, pause) : traced(machine, steps, pause, write));
    if (signatureFile !== undefined && signature !== null && end.kind !== 'refused')
      host.write(signatureFile, signatureText(machine.memory.bytes(signature.start, signature.size), granularity));
    return exitCodeOf(end, steps, tell);
  } catch (error) {
    if (error instanceof FileError) return tell(error.message);
    throw error;
  }
}

/** How a program ends for good. */
type End = Exclude<RunEnd, { readonly kind: 'paused' }>;

function exitCodeOf(end: End, steps: number, tell: (message: string) => number): number {
  switch (end.kind) {
    case 'exited':
      if (end.code > 255n) tell(`ended with exit code ${end.code}`);
      return end.code > 255n ? 255 : Number(end.code);
    case 'limit':
      tell(`not ended after ${steps.toLocaleString('en-US')} steps (\`--max-steps\`)`);
      return limitReached;
    case 'stuck':
      tell(end.what);
      return limitReached;
    case 'refused':
      return tell(`refused: ${end.what}`);
  }
}

function misalignedOf(text: string): boolean {
  if (text !== 'allow' && text !== 'trap')
    throw new UsageError(`\`--misaligned\` is \`allow\` or \`trap\`, not \`${text}\``);
  return text === 'allow';
}

function granularityOf(bytes: number): number {
  if (![1, 2, 4, 8, 16].includes(bytes))
    throw new UsageError(`\`--signature-granularity\` is 1, 2, 4, 8 or 16 bytes, not ${bytes}`);
  return bytes;
}

/** Steps between two looks at the world outside: at signals, and at whether anybody still reads the output. */
const [sliceSteps, tracedSliceSteps] = [1_000_000, 20_000];

/** @param pause hands over what was written, and waits until it is taken */
async function runInSlices(
  machine: Machine,
  steps: number,
  pause: () => Promise<void>,
  stepped?: () => void,
): Promise<End> {
  const slice = stepped === undefined ? sliceSteps : tracedSliceSteps;
  for (let left = steps; ; ) {
    const allowed = Math.min(left, slice);
    const end = machine.run(allowed, stepped);
    await pause();
    if (end.kind !== 'limit' && end.kind !== 'paused') return end;
    left -= allowed - (end.kind === 'paused' ? end.left : 0);
    if (left === 0) return { kind: 'limit' };
  }
}

/** @param write takes the pieces of the trace */
async function traced(
  machine: Machine,
  steps: number,
  pause: () => Promise<void>,
  write: (text: string) => void,
): Promise<End> {
  const tracer = new Tracer(machine.hart);
  let piece = '';
  const flush = (): void => {
    write(piece);
    piece = '';
  };
  const end = await runInSlices(machine, steps, pause, () => {
    const line = tracer.line();
    if (line === null) return;
    piece += `${line}\n`;
    if (piece.length >= pieceLength) flush();
  });
  flush();
  return end;
}

/** As Spike writes it: so many bytes a line in hex, the one at the highest address first, zeros behind the last. */
function signatureText(bytes: Uint8Array | null, granularity: number): string {
  const all = bytes ?? new Uint8Array(0);
  return Array.from({ length: Math.ceil(all.length / granularity) }, (_, line) => {
    const digits = Array.from({ length: granularity }, (_, i) => {
      const byte = all[line * granularity + granularity - 1 - i] ?? 0;
      return byte.toString(16).padStart(2, '0');
    });
    return `${digits.join('')}\n`;
  }).join('');
}

/** A run pauses after it has written so many bytes. */
const pauseAfter = 1 << 20;

/** What a program writes, byte for byte: gathered, for it mostly comes one by one. */
class Console implements HtifHost {
  private readonly gathered = new Uint8Array(1 << 16);
  private length = 0;
  private stream: 1 | 2 = 1;
  private written = 0;

  constructor(private readonly host: CliHost) {}

  write(stream: 1 | 2, bytes: Uint8Array): void {
    this.written += bytes.length;
    if (stream !== this.stream || this.length + bytes.length > this.gathered.length) this.flush();
    this.stream = stream;
    // `bytes` may be memory, which the program goes on to change.
    if (bytes.length > this.gathered.length) this.put(bytes.slice());
    else {
      this.gathered.set(bytes, this.length);
      this.length += bytes.length;
    }
  }

  full(): boolean {
    return this.written >= pauseAfter;
  }

  /** Hands over what is there, and pauses. */
  pause(): void {
    this.flush();
    this.written = 0;
  }

  private flush(): void {
    if (this.length > 0) this.put(this.gathered.slice(0, this.length));
    this.length = 0;
  }

  private put(bytes: Uint8Array): void {
    if (this.stream === 1) this.host.stdout(bytes);
    else this.host.stderr(bytes);
  }
}
