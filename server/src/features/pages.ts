import { type DiagnosticKind, diagnosticKinds } from '../language/diagnostics';
import { lintKinds } from '../language/lints';
import type { Severity } from '../language/types';
import { checkerKinds, violationTexts } from './diagnostic-kinds';

/** Where the project is published. */
export const projectPage = 'https://github.com/cmodx/cmodx';
const documentation = `${projectPage}/blob/main/docs`;

/** The page that explains a diagnostic's code: `docs/diagnostics/CODE.md`. */
export function diagnosticPage(code: string): string {
  return `${documentation}/diagnostics/${encodeURIComponent(code)}.md`;
}

/** What is known of a page's subject. */
interface Section {
  readonly title: string;
  readonly intro: string;
  readonly kinds: readonly (readonly [code: string, kind: DiagnosticKind])[];
}

const sections: readonly Section[] = [
  {
    title: 'Violations',
    intro: 'What the checker finds: the words after `expect unsafe`. One event has one code, the first that fits.',
    kinds: Object.entries(violationTexts),
  },
  { title: 'Verdicts', intro: 'What the checker tells beyond violations.', kinds: Object.entries(checkerKinds) },
  {
    title: 'Lints',
    intro:
      "What is known to go wrong with patching on RISC-V, found while typing and without a search. A lint decides nothing: the verdict is the checker's.",
    kinds: Object.entries(lintKinds),
  },
  {
    title: 'The text',
    intro: 'What is found while typing.',
    kinds: Object.entries(diagnosticKinds).filter(([code]) => !(code in lintKinds)),
  },
];

const severities: Readonly<Record<Severity, string>> = {
  error: 'An error',
  warning: 'A warning',
  information: 'A note',
  hint: 'A hint',
};

const written = 'Written by `npm run generate` from the tables of diagnostics.';

function page(code: string, { title, severity, explanation, example, repair, language }: DiagnosticKind): string {
  const shown = example === '' ? [] : ['## Example', '', `\`\`\`${language ?? 'cmodx'}`, example.trimEnd(), '```', ''];
  const lines = [`# ${code}: ${title}`, '', `${severities[severity]}.`, '', explanation, ''];
  return [...lines, ...shown, '## Repair', '', repair, '', written, ''].join('\n');
}

function index(): string {
  const lines = sections.flatMap(({ title, intro, kinds }) => [
    `## ${title}`,
    '',
    intro,
    '',
    ...kinds.map(([code, kind]) => `- [\`${code}\`](${code}.md): ${kind.title}`),
    '',
  ]);
  return ['# Diagnostics', '', written, '', ...lines].join('\n');
}

/** Every code with what is known of it, in the order of the pages. */
export const documentedKinds = sections.flatMap(({ kinds }) => kinds);

/** The pages of docs/diagnostics by file name. */
export function diagnosticPages(): Map<string, string> {
  const pages = documentedKinds.map(([code, kind]): [string, string] => [`${code}.md`, page(code, kind)]);
  return new Map([['README.md', index()], ...pages]);
}
