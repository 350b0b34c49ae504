import { type Description, describe } from '../isa/describe';
import { extensionTitle } from '../isa/extensions';
import { specOf } from '../isa/tables/index';
import type { InstructionSpec, Isa } from '../isa/types';
import type { Analysis, InstructionInfo } from '../language/analysis';
import { addressNames, consequenceOf, type NameOf, placeText } from './image';
import { code, table } from './markdown';
import { mnemonics } from './mnemonics';
import { bytesText, hex } from './numbers';

/** `I`, `C and D, or Zcd`. */
export function extensionText(spec: InstructionSpec): string {
  return spec.extensions.map((all) => all.map(extensionTitle).join(' and ')).join(', or ');
}

function bitTable({ fields }: Description): string {
  const rows = fields.map(({ name, hi, lo, value, meaning }) => [
    hi === lo ? `${hi}` : `${hi}:${lo}`,
    name,
    code(value.toString(2).padStart(hi - lo + 1, '0')),
    meaning ? code(meaning) : '',
  ]);
  return table(['bits', 'field', 'value', ''], rows);
}

function targetLine(target: bigint | null, nameOf: NameOf): string[] {
  if (target === null) return [];
  const name = nameOf(target);
  return [`Target: ${code(hex(target))}${name ? `, ${code(name)}` : ''}`];
}

function legalityLine({ legality, reason }: Description): string[] {
  if (legality === 'legal') return [];
  return [`**${legality === 'excluded' ? 'Not in the ISA string' : legality}**${reason ? `: ${reason}` : ''}`];
}

/** What the machine's ISA makes of an instruction: operands in words, target, encoding and bit fields, as Markdown. */
export function instructionMarkdown(
  info: Pick<InstructionInfo, 'address' | 'bytes' | 'decoded'>,
  isa: Isa,
  nameOf: NameOf,
): string {
  const { address, bytes, decoded } = info;
  const description = describe(decoded, { address, symbol: nameOf, xlen: isa.xlen });
  const { spec } = decoded;
  const consequence = consequenceOf(decoded);
  const operands = description.operands.map(({ name, text, words }) => `- ${code(text)}: ${words} (${name})`);
  return [
    `${code(description.text)}${description.alias === description.text ? '' : `, written ${code(description.alias)}`}`,
    [description.summary && code(description.summary), consequence].filter(Boolean).join(': '),
    operands.join('\n'),
    ...targetLine(description.target, nameOf),
    ...legalityLine(description),
    `${code(`0x${bytesText(bytes)}`)} at ${code(placeText(address, nameOf))}, ${bytes.length} bytes${spec ? `, extension ${extensionText(spec)}` : ''}`,
    bitTable(description),
    description.section && `ISA manual: ${description.section}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The hover of one instruction of a file. */
export function hoverInstruction(analysis: Analysis, info: InstructionInfo): string {
  return instructionMarkdown(info, analysis.machine.isa, addressNames(analysis));
}

/** How a mnemonic is written, where there are no operands yet, or wrong ones; null where it is none. */
export function hoverMnemonic(mnemonic: string, isa: Isa): string | null {
  const known = mnemonics(isa).find(({ label }) => label === mnemonic);
  if (known) return known.documentation;
  const spec = specOf(mnemonic, isa.xlen);
  if (!spec) return null;
  const lines = [code(`${mnemonic} ${spec.syntax}`), code(spec.summary)];
  return [...lines, `not in ${code(isa.text)}: needs extension ${extensionText(spec)}`].join('\n\n');
}
