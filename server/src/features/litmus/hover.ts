import type { Observable, Quantifier } from '../../checker/litmus/test';
import { decode } from '../../isa';
import { type LitmusAnalysis, type LitmusCell, litmusIsa } from '../../language/litmus';
import { conditionText, type LitmusReport, litmusReportHeadline, modelName } from '../../service';
import type { Hover } from '../hover';
import { hoverMnemonic, instructionMarkdown } from '../hover-instruction';
import type { NameOf } from '../image';
import { code } from '../markdown';
import { spanOf, touches } from '../text';
import { testSpan } from './diagnostics';
import { cellAt, type NamePlace, placeAt } from './places';

/** Names of addresses: labels, locations, and places in a thread as `P0+8`. */
function addressNames({ test }: LitmusAnalysis): NameOf {
  return (address) => {
    const label = test?.labels.find((candidate) => candidate.address === address);
    if (label) return `P${label.thread}:${label.name}`;
    const location = test?.locations.find((candidate) => candidate.address === address);
    if (location) return location.name;
    const thread = test?.threads.find(({ start, end }) => start <= address && address <= end);
    return thread ? `${thread.name}+${address - thread.start}` : null;
  };
}

function bytesOf(word: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (word >>> (8 * index)) & 0xff);
}

/** What a cell executes as. */
function cellMarkdown(analysis: LitmusAnalysis, cell: LitmusCell): string | null {
  const nameOf = addressNames(analysis);
  const parts = cell.instructions.map(({ address, length, decoded, text }) =>
    decoded
      ? instructionMarkdown({ address, bytes: bytesOf(decoded.word, length), decoded }, litmusIsa, nameOf)
      : `${code(text)}\n\nherd7's way to write an access with ordering; no encoding has it, so it cannot be fetched as data.`,
  );
  if (parts.length > 0) return parts.join('\n\n---\n\n');
  const { body } = cell.statement;
  return body?.k === 'instruction' ? hoverMnemonic(body.mnemonic.name, litmusIsa) : null;
}

/** The instruction of an `instr:"..."` around an offset. */
function codeValueHover(analysis: LitmusAnalysis, offset: number): Hover | null {
  for (const match of analysis.text.matchAll(/instr:"([^"\n]*)"/g)) {
    const span = { start: match.index, end: match.index + match[0].length };
    if (!touches(span, offset)) continue;
    const word = analysis.test?.words.find(({ text }) => text.replace(/\s+/g, '') === match[1]?.replace(/\s+/g, ''));
    if (!word) return null;
    const decoded = decode(word.bits, litmusIsa);
    const length = decoded.length === 2 ? 2 : 4;
    const info = { address: 0n, bytes: bytesOf(word.bits, length), decoded };
    const head = 'The instruction as a value: stored to code, it is executed from there once it is fetched.';
    return { span, markdown: `${head}\n\n${instructionMarkdown(info, litmusIsa, () => null)}` };
  }
  return null;
}

function numberText(value: bigint, { size, signed }: Pick<Observable, 'size' | 'signed'>): string {
  return `${signed ? BigInt.asIntN(8 * size, value) : value}`;
}

function nameMarkdown(analysis: LitmusAnalysis, { kind, name }: NamePlace): string | null {
  const { test, locations, registers, cells } = analysis;
  if (kind === 'location') {
    const info = locations.find((candidate) => candidate.name === name);
    const location = test?.locations.find((candidate) => candidate.name === name);
    if (!info) return null;
    const values = location?.initial.map((value) => numberText(value, location)).join(', ');
    const type = info.count === 1 ? info.type : `${info.type}[${info.count}]`;
    return `location **${code(name)}**: ${code(type)}${values === undefined ? '' : `, initially ${code(values)}`}`;
  }
  if (kind === 'register') {
    const [thread = '', register = ''] = name.split(':');
    const own = registers.filter((info) => `${info.thread}:x${info.register}` === name);
    const value = own.find((info) => info.value !== null)?.value ?? '0';
    const type = own.find((info) => info.type !== '')?.type ?? 'int';
    return `register **${code(register)}** of P${thread}: initially ${code(value)}, shown as ${code(type)}`;
  }
  if (kind === 'label') {
    const [thread = '', label = ''] = name.split(':');
    const cell = cells.find(
      (candidate) => `P${candidate.thread}` === thread && candidate.statement.labels.some((one) => one.name === label),
    );
    const text = cell?.statement.text ?? '';
    return `label **${code(label)}** of ${thread}${text === '' ? '' : `: ${code(text)}`}`;
  }
  return null;
}

const questions: Readonly<Record<Quantifier, string>> = {
  exists: 'asks whether some final state satisfies it',
  'not-exists': 'claims that no final state satisfies it',
  forall: 'claims that every final state satisfies it',
};

function resultLines(report: LitmusReport | null): string[] {
  if (!report?.test) return [];
  const lines = [`**${litmusReportHeadline(report)}** under ${modelName(report.options)}`];
  const { result, test } = report;
  if (report.status === 'current' && result && result.holds !== null && test.condition) {
    lines.push(result.holds ? 'The condition holds.' : 'The condition does not hold.');
  }
  return lines;
}

/** What is known of the place at an offset. */
export function litmusHover(analysis: LitmusAnalysis, offset: number, report: LitmusReport | null): Hover | null {
  const { condition, test } = analysis;
  if (touches(testSpan(analysis), offset)) {
    const lines = resultLines(report);
    return lines.length > 0 ? { span: testSpan(analysis), markdown: lines.join('\n\n') } : null;
  }
  const inCode = codeValueHover(analysis, offset);
  if (inCode) return inCode;
  if (condition && test?.condition && touches(condition.quantifier, offset)) {
    const question = `${code(conditionText(test))} ${questions[test.condition.quantifier]}.`;
    return { span: spanOf(condition.quantifier), markdown: [question, ...resultLines(report)].join('\n\n') };
  }
  const place = placeAt(analysis, offset);
  const cell = cellAt(analysis, offset);
  const name = place && nameMarkdown(analysis, place);
  const instruction = cell && cellMarkdown(analysis, cell);
  if (place && name && !instruction) return { span: spanOf(place.source), markdown: name };
  if (!cell || !instruction) return null;
  const parts = name ? [name, instruction] : [instruction];
  return { span: spanOf(cell.source), markdown: parts.join('\n\n---\n\n') };
}
