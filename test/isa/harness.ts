import {
  type AssembledBlock,
  assembleBlock,
  type Decoded,
  decode,
  type Isa,
  parseIsa,
  parseStatements,
  type TextProblem,
} from '../../server/src/isa/index';

/** The ISA of a string that is known to be one. */
export function isa(text: string): Isa {
  const result = parseIsa(text);
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join('; '));
  return result.isa;
}

export const rv64 = isa('rv64gc_zifencei_ziccif');
export const rv32 = isa('rv32gc');

/** Where the kernel's functions lie in the examples. */
export const KERNEL = 0xffffffff80a00000n;

export interface Assembly {
  readonly block: AssembledBlock;
  /** Words as they stand in memory, in hexadecimal: `ff945297 680282e7`. */
  readonly words: string;
  readonly problems: readonly TextProblem[];
  /** `"text": message` of each problem. */
  readonly said: readonly string[];
}

/** Assembles a text; `symbols` are what it may refer to. */
export function assemble(
  text: string,
  options: { readonly isa?: Isa; readonly base?: bigint; readonly symbols?: Record<string, bigint> } = {},
): Assembly {
  const statements = parseStatements(text);
  const symbols = options.symbols ?? {};
  const block = assembleBlock(statements, options.base ?? KERNEL, {
    isa: options.isa ?? rv64,
    symbol: (name) => (Object.hasOwn(symbols, name) ? symbols[name] : undefined),
    symbolNames: Object.keys(symbols),
  });
  const { problems } = block;
  const words = block.statements.flatMap((statement) => statement.pieces.map((piece) => hexOf(piece.bytes)));
  const said = problems.map(({ start, end, message }) => `${JSON.stringify(text.slice(start, end))}: ${message}`);
  return { block, words: words.join(' '), problems, said };
}

/** The number that bytes are, little-endian, in hexadecimal. */
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).reverse().toString('hex');

export const decoded = (word: number, of: Isa = rv64): Decoded => decode(word, of);
