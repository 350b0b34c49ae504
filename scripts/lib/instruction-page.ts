import { extensionTitle } from '../../server/src/isa/extensions';
import { operandKinds } from '../../server/src/isa/operands';
import { aliases } from '../../server/src/isa/tables/aliases';
import { instructions } from '../../server/src/isa/tables/index';
import type { InstructionSpec } from '../../server/src/isa/types';
import { executed } from '../../server/src/machine/index';
import { blockOperation } from '../../server/src/machine/system/cache-blocks';
import { privilegedInstructions } from '../../server/src/machine/system/privileged';

/** In a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${cell(text)}\``;

/** Operands by their names, as hovers and completions show them. */
function syntaxOf({ mnemonic, syntax }: InstructionSpec): string {
  const operands = syntax.replace(/[\w']+/g, (word) => operandKinds.get(word)?.name ?? word);
  return `${mnemonic} ${operands}`.trim();
}

/** `Zcb and Zbb`, `Zbb or Zbkb`. */
const needs = (spec: InstructionSpec): string =>
  spec.extensions.map((all) => all.map(extensionTitle).join(' and ')).join(' or ');

const hex = (value: number, { length }: InstructionSpec): string => value.toString(16).padStart(2 * length, '0');

/** What a compressed instruction stands for runs as that does. */
const runs = (spec: InstructionSpec): boolean =>
  executed.has(spec.mnemonic) ||
  privilegedInstructions.has(spec.mnemonic) ||
  blockOperation(spec.mnemonic) !== null ||
  (spec.expandsTo !== null && executed.has(spec.expandsTo.split(' ')[0] ?? ''));

function row(spec: InstructionSpec): string {
  const xlen = spec.xlens.length === 2 ? '' : ` (RV${spec.xlens[0]})`;
  const cells = [
    code(syntaxOf(spec)),
    cell(spec.summary),
    `${needs(spec)}${xlen}`,
    code(`${hex(spec.mask, spec)} ${hex(spec.match, spec)}`),
    runs(spec) ? 'yes' : '',
  ];
  return `| ${cells.join(' | ')} |`;
}

const HEAD = ['| instruction | meaning | needs | mask, match | runs |', '|---|---|---|---|---|'];

/** docs/instructions.md: every instruction and pseudo-instruction of the tables, by section of the manual. */
export function instructionPage(): string {
  const sections = new Map<string, InstructionSpec[]>();
  for (const spec of instructions) sections.set(spec.section, [...(sections.get(spec.section) ?? []), spec]);
  const tables = [...sections].flatMap(([title, specs]) => [`## ${title}`, '', ...HEAD, ...specs.map(row), '']);
  const pseudo = aliases.map(
    ({ mnemonic, syntax, template, summary }) =>
      `| ${[code(`${mnemonic} ${syntax}`.trim()), code(template), cell(summary)].join(' | ')} |`,
  );
  return [
    '# Instructions',
    '',
    'Every instruction that is decoded, assembled and described, by section of the ISA manual. A word is the instruction where',
    'the bits of `mask` are those of `match`. The emulator executes those that *run*, and refuses the others by name.',
    '',
    ...tables,
    '## Pseudo-instructions',
    '',
    '| written | stands for | meaning |',
    '|---|---|---|',
    ...pseudo,
    '',
    'Written by `npm run generate` from the instruction tables.',
    '',
  ].join('\n');
}
