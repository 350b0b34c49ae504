import { type DiagnosticKind, diagnosticKinds } from '../language/diagnostics';
import { lintKinds } from '../language/lints';
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

/** All pages of docs/diagnostics, in their order; `scripts/lib/diagnostic-pages.ts` writes them. */
export const documentedSections: readonly Section[] = [
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

/** Every code with what is known of it, in the order of the pages. */
export const documentedKinds = documentedSections.flatMap(({ kinds }) => kinds);
