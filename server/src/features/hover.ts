import { isRegisterName, xRegister } from '../isa/registers';
import type { Analysis, InstructionInfo, NameInfo, WriteInfo } from '../language/analysis';
import { nodesOf, textOf, tokenAt, tokensOf, wordsOf } from '../language/syntax';
import type { CheckReport, FileReport } from '../service/report';
import { reportHeadline, verdictNotes } from '../service/words';
import { enclosing, leadingWord, termAt } from './context';
import { hoverDirective } from './directives';
import { hoverInstruction, hoverMnemonic } from './hover-instruction';
import { hoverWrite } from './hover-write';
import { code } from './markdown';
import { nameAt, qualifiedName } from './names';
import { outcomes } from './outcome';
import { overlaps, type Span, spanOf, touches } from './text';
import { fenceText, type Term } from './vocabulary';

export interface Hover {
  /** What the text is about. */
  readonly span: Span;
  /** Markdown. */
  readonly markdown: string;
}

function termMarkdown({ word, summary, detail }: Term): string {
  return `**${code(word)}**: ${summary}${detail ? `\n\n${detail}` : ''}`;
}

/** The instructions of the statement at an offset: several where a pseudo-instruction stands for them. */
function instructionsAt(analysis: Analysis, offset: number): InstructionInfo[] {
  const { file } = analysis.tree;
  return analysis.instructions.filter(({ source }) => source.file === file && touches(source, offset));
}

/** The instruction behind a label's definition, in its own block. */
function instructionOf(analysis: Analysis, info: NameInfo): InstructionInfo[] {
  if (info.kind !== 'label') return [];
  return analysis.instructions.filter(
    ({ label, container, address }) => label === info.name && container === info.container && address === info.address,
  );
}

function instructionsMarkdown(analysis: Analysis, instructions: readonly InstructionInfo[]): string {
  return instructions.map((instruction) => hoverInstruction(analysis, instruction)).join('\n\n---\n\n');
}

const kindNames: Readonly<Partial<Record<NameInfo['kind'], string>>> = { code: 'code', data: 'data' };

function nameMarkdown(analysis: Analysis, info: NameInfo): string {
  const kind = kindNames[info.kind] ?? info.kind;
  const elsewhere = info.definition.file === analysis.tree.file ? '' : `\n\nDefined in ${code(info.definition.file)}`;
  const head = `${kind} **${code(qualifiedName(info))}**${info.detail && info.detail !== kind ? `: ${info.detail}` : ''}${elsewhere}`;
  const instruction = instructionOf(analysis, info);
  return instruction.length > 0 ? `${head}\n\n---\n\n${instructionsMarkdown(analysis, instruction)}` : head;
}

/** What is known of a check: its headline, what it rests on, what was expected. */
function checkMarkdown(report: CheckReport): string {
  const { check, status, verdict } = report;
  const subject = check.when === null ? code(check.protocol) : `${code(check.protocol)} when ${code(check.when)}`;
  const lines = [`${subject}: **${reportHeadline(report)}**`];
  if (status === 'current' && verdict) {
    lines.push(...verdictNotes(verdict).map((note) => `- ${note}`));
    lines.push(...verdict.violations.map(({ code: kind, message }) => `- ${code(kind)}: ${message}`));
    lines.push(...outcomes(report).flatMap(({ why, outcome }) => (outcome === 'unmet' ? [`- not met: ${why}`] : [])));
  }
  return lines.join('\n');
}

/** More stores of one instruction than this are not listed. */
const mostStores = 8;

/** The stores to sites of a patcher's instruction: several where it stands in a loop. */
function storesAt(analysis: Analysis, offset: number): WriteInfo[] {
  if (!enclosing(analysis.tree, offset, 'asm')) return [];
  const { file } = analysis.tree;
  return analysis.writes.filter(({ source }) => source.file === file && touches(source, offset)).slice(0, mostStores);
}

function writeHover(analysis: Analysis, offset: number): Hover | null {
  const node = enclosing(analysis.tree, offset, 'write');
  if (!node) return null;
  const { file } = analysis.tree;
  const all = analysis.writes.filter(({ source }) => source.file === file && overlaps(source, node));
  const own = all.filter(({ source }) => touches(source, offset));
  const shown = own.length > 0 ? own : all;
  if (shown.length === 0) return null;
  const term = termAt(analysis.tree, offset);
  const parts = [...shown.map((write) => hoverWrite(analysis, write)), ...(term ? [termMarkdown(term.term)] : [])];
  return { span: spanOf(node), markdown: parts.join('\n\n---\n\n') };
}

function fenceHover(analysis: Analysis, offset: number): Hover | null {
  const node = enclosing(analysis.tree, offset, 'fence');
  if (!node) return null;
  if (leadingWord(node) !== 'fence') return null;
  const sets = nodesOf(node, 'operand').map((operand) => textOf(analysis.tree, operand));
  const [pred = 'iorw', succ = 'iorw'] = sets;
  if (!/^[iorw]+$/.test(pred) || !/^[iorw]+$/.test(succ)) return null;
  const term = termAt(analysis.tree, offset);
  return {
    span: spanOf(node),
    markdown: `${code(`fence ${pred},${succ}`)}: ${fenceText(pred, succ)}${term ? `\n\n${termMarkdown(term.term)}` : ''}`,
  };
}

/** The check that an `expect` line or a protocol's name is about. */
function reportAt(analysis: Analysis, offset: number, report: FileReport | null): CheckReport | null {
  if (!report) return null;
  const byExpectation = report.checks.find(({ check }) =>
    check.expectations.some(({ source }) => source.file === analysis.tree.file && touches(source, offset)),
  );
  if (byExpectation) return byExpectation;
  const protocol = analysis.protocols.find(({ source }) => touches(source, offset));
  return (
    (protocol && report.checks.find(({ check }) => check.protocol === protocol.name && check.when === null)) ?? null
  );
}

function registerMarkdown(name: string): string {
  const number = xRegister(name);
  if (number === undefined) return `${code(name)}: a floating-point register`;
  const uses: readonly (readonly [RegExp, string])[] = [
    [/^(zero|x0)$/, 'always 0'],
    [/^(ra|x1)$/, 'return address'],
    [/^(sp|x2)$/, 'stack pointer'],
    [/^(gp|x3)$/, 'global pointer'],
    [/^(tp|x4)$/, 'thread pointer'],
  ];
  const special = uses.find(([pattern]) => pattern.test(name))?.[1];
  const isSaved = number === 8 || number === 9 || (number >= 18 && number <= 27);
  const isArgument = number >= 10 && number <= 17;
  const role = special ?? (isSaved ? 'saved by the callee' : isArgument ? 'argument' : 'temporary');
  const link = number === 5 ? ', alternate link register' : '';
  return `${code(name)}: register x${number}, ${role}${link}`;
}

function isaMarkdown(analysis: Analysis): string {
  const { isa } = analysis.machine;
  const ziccif = isa.extensions.has('ziccif')
    ? `With Ziccif${isa.profile ? ` (from profile ${isa.profile})` : ''}: aligned 4-byte fetches are atomic.`
    : 'Without Ziccif: every 16-bit parcel is fetched by itself.';
  return `RV${isa.xlen} with ${[...isa.extensions].map(code).join(' ')}\n\n${ziccif}`;
}

/** What there is to say of the text at an offset; null where there is nothing. `report`: for verdicts. */
export function hover(analysis: Analysis, offset: number, report: FileReport | null): Hover | null {
  const { tree } = analysis;
  const token = tokenAt(tree, offset);
  if (!token || token.kind === 'comment' || token.kind === 'newline' || token.kind === 'whitespace') return null;
  const special = writeHover(analysis, offset) ?? fenceHover(analysis, offset);
  if (special) return special;
  const use = nameAt(analysis, offset);
  const check = reportAt(analysis, offset, report);
  const verdict = check ? checkMarkdown(check) : null;
  if (use) {
    const markdown = [verdict, nameMarkdown(analysis, use.info)].filter((part) => part !== null).join('\n\n');
    return { span: use.span, markdown };
  }
  const instructions = instructionsAt(analysis, offset);
  const [first] = instructions;
  const directive = enclosing(tree, offset, 'assembly') && hoverDirective(token.text);
  if (directive) {
    const made = token.text === '.insn' && first ? [instructionsMarkdown(analysis, instructions)] : [];
    return { span: spanOf(token), markdown: [directive, ...made].join('\n\n---\n\n') };
  }
  if (first) {
    const stores = storesAt(analysis, offset).map((write) => hoverWrite(analysis, write));
    const markdown = [...stores, instructionsMarkdown(analysis, instructions)].join('\n\n---\n\n');
    return { span: spanOf(first.source), markdown };
  }
  const statement = enclosing(tree, offset, 'assembly', 'pattern');
  if (statement && wordsOf(statement)[0] === token) {
    const markdown = hoverMnemonic(token.text, analysis.machine.isa);
    if (markdown !== null) return { span: spanOf(token), markdown };
  }
  const term = termAt(tree, offset);
  if (term) {
    const markdown = [termMarkdown(term.term), ...(verdict ? [verdict] : [])].join('\n\n');
    return { span: spanOf(term.word), markdown };
  }
  if (verdict) return { span: spanOf(token), markdown: verdict };
  const setting = enclosing(tree, offset, 'setting');
  if (setting && leadingWord(setting) === 'isa' && token !== [...tokensOf(setting)][0]) {
    return { span: spanOf(token), markdown: isaMarkdown(analysis) };
  }
  if (isRegisterName(token.text)) return { span: spanOf(token), markdown: registerMarkdown(token.text) };
  return null;
}
