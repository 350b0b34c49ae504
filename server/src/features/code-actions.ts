import type { Analysis } from '../language/analysis';
import { foundText } from '../language/expectation';
import type { Diagnostic } from '../language/types';
import type { FileReport } from '../service/report';
import type { CheckerCode } from './diagnostic-kinds';
import { outcomes } from './outcome';
import { overlaps, type Span, spanOf, type TextEdit } from './text';

export interface CodeAction {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** The diagnostic that it repairs, as `diagnostics` gives it. */
  readonly repairs: { readonly code: string; readonly span: Span };
  /** True where it is the one obvious repair. */
  readonly preferred: boolean;
}

/** The repairs that a text's diagnostics bring with them: "did you mean". */
export function repairs(file: string, diagnostics: readonly Diagnostic[], span: Span): CodeAction[] {
  return diagnostics
    .filter(({ source }) => source.file === file && overlaps(source, span))
    .flatMap(({ source, code, fixes }) =>
      fixes.map(({ title, edits }) => ({
        title,
        edits,
        repairs: { code, span: spanOf(source) },
        preferred: fixes.length === 1,
      })),
    );
}

/** Where an `expect` line is refuted by what it says of kinds: write down what was found instead. */
function expectFound(analysis: Analysis, report: FileReport | null, span: Span): CodeAction[] {
  if (!report) return [];
  return report.checks.flatMap((entry) => {
    const { verdict } = entry;
    return outcomes(entry).flatMap(({ expectation, outcome }): CodeAction[] => {
      if (!verdict || !expectation || outcome !== 'unmet' || !overlaps(expectation.source, span)) return [];
      const { source } = expectation;
      const written = analysis.tree.text.slice(source.start, source.end);
      const clause = /\b(safe|unsafe)\b[^,#;\n]*?(?=\s*(,|\bwhen\b|$))/.exec(written);
      if (!clause || clause[0].trim() === foundText(verdict)) return [];
      const start = source.start + clause.index;
      return [
        {
          title: `Expect what was found: \`${foundText(verdict)}\``,
          edits: [{ source: { file: source.file, start, end: start + clause[0].length }, newText: foundText(verdict) }],
          repairs: { code: unmet, span: spanOf(source) },
          preferred: false,
        },
      ];
    });
  });
}

const unmet: CheckerCode = 'expectation-not-met';

/** The protocols, by name, that a range touches: those that can be varied from there. */
export function varied({ protocols }: Analysis, span: Span): string[] {
  return protocols.filter(({ extent }) => overlaps(extent, span)).map(({ name }) => name);
}

/** What can be done about the diagnostics that touch a range. */
export function codeActions(analysis: Analysis, report: FileReport | null, span: Span): CodeAction[] {
  return [...repairs(analysis.tree.file, analysis.diagnostics, span), ...expectFound(analysis, report, span)];
}
