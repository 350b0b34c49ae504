import { mnemonicCompletions } from '../isa/completions';
import type { Isa } from '../isa/types';
import type { Analysis } from '../language/analysis';
import { cursorAt } from './cursor';

/** One way to write an instruction, with the places of its operands in `label`. */
export interface Signature {
  /** `jalr rd, imm(rs1)`. */
  readonly label: string;
  readonly summary: string;
  readonly operands: readonly { readonly start: number; readonly end: number }[];
}

export interface SignatureHelp {
  readonly signatures: readonly Signature[];
  /** The first signature that has room for what is written. */
  readonly active: number;
  /** The operand that the cursor is in, counted from 0. */
  readonly operand: number;
}

function signatureOf(mnemonic: string, syntax: string, summary: string): Signature {
  const operands: { start: number; end: number }[] = [];
  let start = mnemonic.length + 1;
  for (const operand of syntax === '' ? [] : syntax.split(', ')) {
    operands.push({ start, end: start + operand.length });
    start += operand.length + 2;
  }
  return { label: `${mnemonic} ${syntax}`.trim(), summary, operands };
}

/** The words of an instruction before the cursor: in a block of assembly, or behind the place of a `write`. */
function instructionWords(analysis: Analysis, offset: number): readonly string[] | null {
  const cursor = cursorAt(analysis.tree, offset);
  if (!cursor) return null;
  if (cursor.block === 'assembly') return cursor.words;
  const comma = cursor.words.indexOf(',');
  return cursor.words[0] === 'write' && comma > 0 ? cursor.words.slice(comma + 1) : null;
}

/** How the instruction at an offset is written, and which operand comes next; null outside of operands. */
export function signatureHelp(analysis: Analysis, offset: number): SignatureHelp | null {
  const [mnemonic, ...before] = instructionWords(analysis, offset) ?? [];
  if (mnemonic === undefined) return null;
  return signaturesOf(mnemonic, before.filter((word) => word === ',').length, analysis.machine.isa);
}

/** The ways to write an instruction; `operand`: the one that the cursor is in, counted from 0. */
export function signaturesOf(mnemonic: string, operand: number, isa: Isa): SignatureHelp | null {
  const signatures = mnemonicCompletions(isa)
    .filter(({ label }) => label === mnemonic)
    .map(({ detail, summary }) => signatureOf(mnemonic, detail, summary))
    .filter(({ operands }) => operands.length > 0);
  if (signatures.length === 0) return null;
  const active = signatures.findIndex(({ operands }) => operand < operands.length);
  return { signatures, active: Math.max(0, active), operand };
}
