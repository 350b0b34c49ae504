import { check, type Verdict, type Violation } from '../../server/src/checker';
import { documentedSections } from '../../server/src/features/pages';
import { analyze, type DiagnosticKind } from '../../server/src/language';
import type { Severity } from '../../server/src/language/types';
import { verdictNotes } from '../../server/src/service/words';
import { lessons, type Repair } from './diagnostics/lessons';

const severities: Readonly<Record<Severity, string>> = {
  error: 'An error',
  warning: 'A warning',
  information: 'A note',
  hint: 'A hint',
};

const written = 'Written by `npm run generate` from the tables of diagnostics.';
const computed =
  'Written by `npm run generate` from the tables of diagnostics; trace and verdicts by running the checker.';

/** The pages of docs/diagnostics by file name. */
export function diagnosticPages(): Map<string, string> {
  const pages = documentedSections.flatMap(({ kinds }) =>
    kinds.map(([code, kind]): [string, string] => [`${code}.md`, page(code, kind)]),
  );
  return new Map([['README.md', index()], ...pages]);
}

function index(): string {
  const lines = documentedSections.flatMap(({ title, intro, kinds }) => [
    `## ${title}`,
    '',
    intro,
    '',
    ...kinds.map(([code, kind]) => `- [\`${code}\`](${code}.md): ${kind.title}`),
    '',
  ]);
  return ['# Diagnostics', '', written, '', ...lines].join('\n');
}

function page(code: string, { title, severity, explanation, example, repair, language }: DiagnosticKind): string {
  const shown = example === '' ? [] : ['## Example', '', ...fenced(language ?? 'cmodx', example), ''];
  const lesson = lessons[code as keyof typeof lessons];
  const lines = [`# ${code}: ${title}`, '', `${severities[severity]}.`, '', explanation, '', ...shown];
  if (lesson === undefined) return [...lines, '## Repair', '', repair, '', written, ''].join('\n');
  return [
    ...lines,
    ...happened(code, example),
    ...(lesson.rule === null ? [] : ['## The rule behind it', '', lesson.rule, '']),
    '## Repair',
    '',
    repair,
    '',
    ...lesson.repairs.flatMap((one) => repaired(example, one)),
    computed,
    '',
  ].join('\n');
}

const fenced = (language: string, text: string): string[] => [`\`\`\`${language}`, text.trimEnd(), '```'];

/** The shortest trace, in one sentence and step by step. */
function happened(code: string, example: string): string[] {
  const verdict = verdictOf(example);
  const own = verdict.violations.find((one) => one.code === code);
  const [first] = verdict.violations;
  if (own !== undefined && own.trace.length > 0)
    return ['## The shortest trace', '', `> ${own.message}`, '', ...steps(own)];
  const violation = own ?? first;
  const found = violation === undefined ? told(verdict) : `${told(verdict)} ${violation.message}`;
  return ['## What the checker says', '', `> ${found}`, ''];
}

function steps({ trace }: Violation): string[] {
  return [...trace.map(({ hart, text }, i) => `${i + 1}. ${hart}: ${text}`), ''];
}

/** What to change, as a patch, and what the verdict is then. */
function repaired(example: string, repair: Repair): string[] {
  const before = changedLines(example, repair.from);
  const after = changedLines(repairOf(example, repair), repair.to);
  let head = 0;
  while (head < before.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const lines = [
    ...before.slice(0, head).map((line) => ` ${line}`),
    ...before.slice(head, before.length - tail).map((line) => `-${line}`),
    ...after.slice(head, after.length - tail).map((line) => `+${line}`),
    ...before.slice(before.length - tail).map((line) => ` ${line}`),
  ];
  return [
    `${repair.how} Then it is ${told(verdictOf(repairOf(example, repair)))}`,
    '',
    ...fenced('diff', lines.join('\n')),
    '',
  ];
}

/** The whole lines in which a part of a text stands. */
function changedLines(text: string, part: string): string[] {
  const at = text.indexOf(part);
  const end = text.indexOf('\n', at + part.length);
  return text.slice(text.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end).split('\n');
}

/** The example as a repair changes it. */
export function repairOf(example: string, { from, to }: Repair): string {
  const parts = example.split(from);
  if (parts.length !== 2) throw new Error(`the example does not have \`${from}\` once`);
  return parts.join(to);
}

/** The verdict of the one protocol of a text. */
export function verdictOf(text: string): Verdict {
  const { checks, diagnostics } = analyze('example.cmodx', text, () => null);
  const scenario = checks[0]?.scenario;
  if (!scenario) throw new Error(`no scenario: ${diagnostics.map(({ message }) => message).join('; ')}\n${text}`);
  return check(scenario);
}

/** A verdict in words that do not change with the number of states. */
function told(verdict: Verdict): string {
  const notes = verdict.verdict === 'unsafe' ? [] : verdictNotes(verdict).map((note) => `; ${note}`);
  const limit = verdict.limit === null ? '' : `: ${verdict.limit}`;
  return `**${verdict.verdict}**${limit}${notes.join('')}.`;
}
