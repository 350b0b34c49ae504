import { expect, test } from 'vitest';
import { signatureHelp } from '../../server/src/features/signature';
import { mail } from '../mail';
import { analyzed, cursorIn } from './support';

/** The active signature with its current operand in brackets. */
function check(marked: string): string | null {
  const { text, offset } = cursorIn(marked);
  const help = signatureHelp(analyzed(text), offset);
  const signature = help?.signatures[help.active];
  if (!help || !signature) return null;
  const operand = signature.operands[help.operand];
  if (!operand) return signature.label;
  const { label } = signature;
  return `${label.slice(0, operand.start)}[${label.slice(operand.start, operand.end)}]${label.slice(operand.end)}`;
}

const inVersion = (line: string): string => `site s at 0x80000000 {\n  version v {\n    ${line}\n  }\n}\n`;

test.each([
  ['addi $0', 'addi [rd], rs1, imm'],
  ['HERE: addi t0, $0', 'addi rd, [rs1], imm'],
  ['addi t0, t1, $0', 'addi rd, rs1, [imm]'],
  ['nop; add t0, t1, $0', 'add rd, rs1, [rs2]'],
])('%s', (line, signature) => {
  expect(check(inVersion(line))).toBe(signature);
});

test('the form with room for what is written is the active one', () => {
  expect(check(inVersion('jalr t0, $0'))).toMatch(/^jalr rd, \[/);
});

test('behind the place of a `write`', () => {
  expect(check(mail('write entry, addi $0'))).toBe('addi [rd], rs1, imm');
});

test.each(['$0', 'ad$0', 'nop $0', 'nonsense $0', '# addi $0'])('nothing at: %s', (line) => {
  expect(check(inVersion(line))).toBe(null);
});
