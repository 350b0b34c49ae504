import { describe, expect, test } from 'vitest';
import { diagnosticPages, repairOf, verdictOf } from '../../scripts/lib/diagnostic-pages';
import { lessons } from '../../scripts/lib/diagnostics/lessons';
import { violationKinds } from '../../server/src/checker/verdict';
import { checkerKinds, violationTexts } from '../../server/src/features/diagnostic-kinds';
import { verdictDiagnostics } from '../../server/src/features/diagnostics';
import { litmusResultDiagnostics } from '../../server/src/features/litmus/diagnostics';
import { diagnosticPage, documentedKinds } from '../../server/src/features/pages';
import { type DiagnosticKind, diagnosticKinds } from '../../server/src/language';
import { analyzeLitmus } from '../../server/src/language/litmus';
import { ran } from './litmus/support';
import { analyzed, checked } from './support';

/** What is told of a litmus test that was run. */
function litmusCodes(text: string): string[] {
  const analysis = analyzeLitmus('test.litmus', text);
  expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return litmusResultDiagnostics(analysis, ran(analysis)).map((diagnostic) => diagnostic.code);
}

test('every code has a page, where diagnostics link to, and the index names it', () => {
  const pages = diagnosticPages();
  const codes = [...violationKinds, ...Object.keys(checkerKinds), ...Object.keys(diagnosticKinds)];
  expect(new Set(codes).size).toBe(codes.length);
  expect([...pages.keys()].sort()).toEqual(['README.md', ...codes.map((code) => `${code}.md`)].sort());
  for (const code of codes) {
    expect(diagnosticPage(code).endsWith(`/docs/diagnostics/${code}.md`)).toBe(true);
    expect(pages.get('README.md')).toContain(`(${code}.md)`);
    expect(pages.get(`${code}.md`)).toMatch(/^# [\w-]+: .+\n\n(An error|A warning|A note)\.\n\n/);
  }
});

describe('the example of', () => {
  const all = Object.entries<DiagnosticKind>({ ...violationTexts, ...checkerKinds });
  test.each(all.filter(([, { example }]) => example !== ''))('%s shows it', (code, { example, language }) => {
    if (language === 'litmus') {
      expect(litmusCodes(example)).toContain(code);
      return;
    }
    const analysis = analyzed(example);
    expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(verdictDiagnostics(checked(analysis)).map((diagnostic) => diagnostic.code)).toContain(code);
  });

  test('what cannot be shown yet is named', () => {
    const without = all.filter(([, { example }]) => example === '').map(([code]) => code);
    expect(without).toEqual(['checker-failed']);
  });
});

describe('the page of', () => {
  test.each([...violationKinds])('%s tells the trace, the rule and a repair', (code) => {
    const page = diagnosticPages().get(`${code}.md`);
    const violation = verdictOf(violationTexts[code].example).violations.find((one) => one.code === code);
    expect(page).toContain(` ${violation?.message}\n`);
    for (const { text } of violation?.trace ?? []) expect(page).toContain(`: ${text}\n`);
    expect(page).toMatch(/## The rule behind it\n\n.*(ISA manual|SBI specification)/s);
    expect(page).toMatch(/Then it is \*\*safe\*\*.*\n\n```diff\n/);
  });

  const repairs = Object.entries(lessons).flatMap(([code, { repairs: its }]) =>
    its.map((repair) => ({ code, repair })),
  );
  test.each(repairs)('$code: $repair.how', ({ code, repair }) => {
    const kind = documentedKinds.find(([name]) => name === code);
    const text = repairOf(kind?.[1].example ?? '', repair);
    const analysis = analyzed(text);
    expect(analysis.diagnostics.map((diagnostic) => diagnostic.code)).not.toContain(code);
    expect(verdictDiagnostics(checked(analysis)).map((diagnostic) => diagnostic.code)).toEqual([]);
    expect(verdictOf(text).verdict).toBe('safe');
  });
});
