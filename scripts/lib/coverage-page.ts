import { extensionTitle } from '../../server/src/isa/extensions';
import { instructions } from '../../server/src/isa/tables/index';
import type { InstructionSpec } from '../../server/src/isa/types';
import { decoders, encoders, type Judge } from '../../test/isa/oracle/judges';
import { type Executor, executorOf } from '../../test/machine/judges';

const JUDGES: Readonly<Record<Judge, string>> = { gnu: 'GNU', llvm: 'LLVM' };
const EXECUTORS: Readonly<Record<Executor, string>> = { qemu: 'QEMU', manual: 'manual', none: 'not executed' };

const needs = ({ extensions }: InstructionSpec): string =>
  extensions.map((all) => all.map(extensionTitle).join(' and ')).join(' or ');

const names = (judges: readonly Judge[]): string => judges.map((judge) => JUDGES[judge]).join(', ');

/** What is said of an instruction: of its disassembly, of its assembly, of what it does. */
function verdicts(spec: InstructionSpec): readonly [string, string, string] {
  return [names(decoders(spec)), names(encoders(spec)), EXECUTORS[executorOf(spec)]];
}

function row(spec: InstructionSpec): string {
  const xlen = spec.xlens.length === 2 ? '' : ` (RV${spec.xlens[0]})`;
  return `| ${[`\`${spec.mnemonic}\`${xlen}`, needs(spec), ...verdicts(spec)].join(' | ')} |`;
}

/** How many instructions each judge judges in one respect. */
function totals(title: string, at: 0 | 1 | 2): string[] {
  const counts = new Map<string, number>();
  for (const spec of instructions) {
    const who = verdicts(spec)[at];
    counts.set(who, (counts.get(who) ?? 0) + 1);
  }
  return [...counts].map(([who, count]) => `| ${title} | ${who} | ${count} |`);
}

/** docs/coverage.md: who beside our own tests says that an instruction is decoded, encoded and executed rightly. */
export function coveragePage(): string {
  const sections = new Map<string, InstructionSpec[]>();
  for (const spec of instructions) sections.set(spec.section, [...(sections.get(spec.section) ?? []), spec]);
  const head = ['| instruction | needs | decoding | encoding | execution |', '|---|---|---|---|---|'];
  return [
    '# Judges',
    '',
    'Which independent program judges what is made of each instruction. **Decoding**: the disassembly is that of GNU objdump',
    '2.40 and of llvm-objdump 22, for every 16-bit parcel and for random words stratified over all instructions',
    '(`CMODX_WORDS=10000000 npx vitest run test/isa/oracle/disassembly`). **Encoding**: the bytes and the refusals are those of',
    'GNU as 2.40, or of llvm-mc 22 where GNU as has not the instruction, for random legal operands and for each operand just',
    'outside what is legal (`CMODX_STATEMENTS=100 npx vitest run test/isa/oracle/assembly`); pseudo-instructions and macros are',
    'held to GNU as in the same way. **Execution**: registers, memory and flags are those of QEMU 7.2; or there is no second',
    'judge, and the tests are made from the manual ("manual"); or the instruction is decoded and refused by name when it is run.',
    'Each difference from a judge is listed by its kind, with a reason, in `test/isa/oracle/explained-*.ts`.',
    '',
    'A test fails where this table names a judge that was not asked, or did not once agree.',
    '',
    '| respect | judge | instructions |',
    '|---|---|---|',
    ...totals('decoding', 0),
    ...totals('encoding', 1),
    ...totals('execution', 2),
    '',
    ...[...sections].flatMap(([title, specs]) => [`## ${title}`, '', ...head, ...specs.map(row), '']),
    'Written by `npm run generate` from the instruction tables and from what the tests ask of whom.',
    '',
  ].join('\n');
}
