import { check } from '../../server/src/checker';
import { headOf } from '../../server/src/import/head';
import { templateTable } from '../../server/src/import/template-table';
import { analyze, type Check, descendants } from '../../server/src/language';
import { example, readExample } from '../../test/language/examples';
import { fieldSystems } from './systems/field';
import { mailSystems } from './systems/mail';
import type { System } from './systems/system';

const written =
  'Written by `npm run generate`: the introduction from `scripts/lib/systems`, the rest from the examples.';
const folder = '../../examples';

/** The pages of docs/systems by file name: one for each system, and the list of them. */
export function systemPages(): Map<string, string> {
  const systems = [...mailSystems, ...fieldSystems];
  const pages = systems.map((system): [string, string] => [`${system.file}.md`, page(system)]);
  return new Map([['README.md', index()], ...pages]);
}

function index(): string {
  return [
    '# Ways to patch code',
    '',
    'Each is an example that anyone can open, change and check; a test holds every example to the verdicts that it states.',
    '`cmodx new TEMPLATE` writes one to begin with, `cmodx import` one for a function of your own program. How each is read:',
    '[the language](../language.md); what a verdict means: [semantics](../semantics.md).',
    '',
    '## The systems of the mail',
    '',
    ...mailSystems.flatMap(section),
    '## The field around it',
    '',
    ...fieldSystems.flatMap(section),
    written,
    '',
  ].join('\n');
}

function section({ file, title, summary, examples }: System): string[] {
  return [
    `### [${title}](${file}.md)`,
    '',
    summary,
    '',
    '| example | verdicts | teaches |',
    '|---|---|---|',
    ...examples.map((path) => `| ${link(path)} | ${verdictsOf(path)} | ${headOf(example(path)).teaches} |`),
    '',
  ];
}

const link = (path: string): string => `[${path.slice(path.indexOf('/') + 1)}](${folder}/${path})`;

/** The verdict of each protocol as it stands, and how many more there are. */
function verdictsOf(path: string): string {
  const checks = checksOf(path);
  const plain = checks.filter(({ when }) => when === null);
  const changed = checks.length - plain.length;
  const told = plain.map((one) => `\`${one.protocol}\` ${verdict(one)}`).join(', ');
  return changed === 0 ? told : `${told}; under changed assumptions ${changed} more`;
}

/** What is expected, which tests hold the checker to. */
function verdict({ expectations }: Check): string {
  const text = expectations.map((one) => one.text).join('; ') || 'safe';
  return text.replace(/^(safe|unsafe)/, '**$1**');
}

const checksOf = (path: string): readonly Check[] => analyze(path, example(path), readExample).checks;

function page(system: System): string {
  const lines = [`# ${system.title}`, '', ...system.introduction, ''];
  const told = new Set(system.told);
  for (const path of system.examples) lines.push(...chapter(path, told));
  if (told.size > 0) throw new Error(`docs/systems/${system.file}.md: no example has ${[...told].join(', ')}`);
  return [...lines, written, ''].join('\n');
}

function chapter(path: string, told: Set<string>): string[] {
  const text = example(path);
  const { what, from, teaches, end } = headOf(text);
  const names = templateTable.filter((row) => row.example === path || row.short === path).map(({ name }) => name);
  const template = names.map((name) => `, template \`${name}\``).join('');
  const { code, notes } = withoutExpectations(path, text);
  return [
    `## ${what.replace(/\.$/, '')}`,
    '',
    `${link(path)}${template}. From: ${from}`,
    '',
    `Teaches: ${teaches}`,
    '',
    '```cmodx',
    code.slice(end).trim(),
    '```',
    '',
    ...table(checksOf(path), notes),
    ...violations(checksOf(path), told),
  ];
}

/** The text without its `expect` lines, and what the comments above them say, by where the line begins. */
function withoutExpectations(path: string, text: string): { code: string; notes: ReadonlyMap<number, string> } {
  const notes = new Map<number, string>();
  const { tree } = analyze(path, text, readExample);
  let code = text;
  for (const { start, end } of [...descendants(tree.root, 'expect')].reverse()) {
    const line = text.lastIndexOf('\n', start) + 1;
    const [comment = ''] = /(?: *\/\/[^\n]*\n)*$/.exec(text.slice(0, line)) ?? [];
    const note = comment
      .replace(/^ *\/\/ ?/gm, '')
      .replace(/\n/g, ' ')
      .trim();
    if (note !== '') notes.set(start, note);
    code = code.slice(0, line - comment.length) + code.slice(text.indexOf('\n', end) + 1);
  }
  return { code: code.replace(/\n\n+/g, '\n\n').replace(/\n\n\}/g, '\n}'), notes };
}

function table(checks: readonly Check[], notes: ReadonlyMap<number, string>): string[] {
  const rows = checks.map((one) => {
    const note = one.expectations.flatMap(({ source }) => notes.get(source.start) ?? []).join(' ');
    return [`\`${one.protocol}\``, one.when === null ? '' : `\`${one.when}\``, verdict(one), note];
  });
  const columns = rows.some(([, , , note]) => note !== '') ? 4 : 3;
  return ['protocol,when,verdict,'.split(','), Array<string>(4).fill('---'), ...rows]
    .map((row) => `| ${row.slice(0, columns).join(' | ')} |`)
    .concat('');
}

/** What happens in protocols that are unsafe as they stand, and in those that the system asks to tell. */
function violations(checks: readonly Check[], told: Set<string>): string[] {
  const lines = checks.flatMap(({ protocol, when, scenario, expectations }) => {
    const name = when === null ? protocol : `${protocol} when ${when}`;
    const asked = told.delete(name);
    if (!asked && (when !== null || !expectations.some((one) => one.verdict === 'unsafe'))) return [];
    const [violation] = scenario === null ? [] : check(scenario).violations;
    return violation === undefined ? [] : [`- \`${name}\`: \`${violation.code}\`. ${violation.message}`];
  });
  return lines.length === 0 ? [] : ['What goes wrong:', '', ...lines, ''];
}
