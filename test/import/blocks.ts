import { assembleBlock, parseIsa, parseStatements } from '../../server/src/isa';

/** The version `compiled` of a written file: its bytes as the assembler makes them, and its comments. */
export function compiledBytes(text: string): { readonly bytes: Uint8Array; readonly comments: readonly string[] } {
  const block = /version compiled \{\n([^}]*)\}/.exec(text)?.[1];
  const isaText = /^\s*isa\s+(\S+)$/m.exec(text)?.[1];
  if (block === undefined || isaText === undefined) throw new Error(`no version compiled, or no ISA:\n${text}`);
  const isa = parseIsa(isaText);
  if (!isa.ok) throw new Error(`no ISA string: ${isaText}`);
  const at = /^site \S+ at (0x[0-9a-f]+)/m.exec(text)?.[1] ?? '0';
  const env = { isa: isa.isa, symbol: () => undefined };
  const { statements, problems } = assembleBlock(parseStatements(block), BigInt(at), env);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
  const bytes = statements.flatMap((statement) => [...statement.bytes]);
  return {
    bytes: Uint8Array.from(bytes),
    comments: [...block.matchAll(/# (.*)/g)].map(([, comment]) => comment ?? ''),
  };
}
