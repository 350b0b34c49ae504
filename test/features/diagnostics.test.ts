import { describe, expect, test } from 'vitest';
import { type EditorDiagnostic, textDiagnostics, verdictDiagnostics } from '../../server/src/features/diagnostics';
import { invalidVerdict } from '../../server/src/service/report';
import { mail } from '../mail';
import { analyzed, checked, file, report, safe, underlined, unsafe } from './support';

function check(text: string, messages: readonly EditorDiagnostic[]): string {
  return underlined(
    text,
    messages.map(({ span, severity, code, message }) => ({ ...span, words: `${severity} ${code}: ${message}` })),
  );
}

describe('of the text', () => {
  test('stand where the fault is, with a page that explains the code', () => {
    const text = 'symbol target = 0x80002000\nsite a at 0x80001000 {\n  version v { nop; jal ra, targt }\n}\n';
    const [first, ...others] = textDiagnostics(analyzed(text));
    expect(others).toEqual([]);
    expect(check(text, [first!])).toContain('^^^^^ error unknown-name: ');
    expect(first?.page).toMatch(/\/docs\/diagnostics\/unknown-name\.md$/);
  });

  test('of an import are told at the import', () => {
    const analysis = analyzed('import "sites.cmodx"\n', { 'sites.cmodx': 'symbol a 3\n' });
    expect(textDiagnostics(analysis).map(({ span, code }) => [span.start, code])).toEqual([[0, 'import']]);
  });
});

describe('of verdicts', () => {
  test('a safe protocol that is expected to be has none', () => {
    expect(verdictDiagnostics(checked(analyzed(mail())))).toEqual([]);
  });

  test('a violation stands where it is caused, its trace with it', () => {
    const text = mail('expect safe').replace(/on trap return.*\n/, '');
    const messages = verdictDiagnostics(checked(analyzed(text)));
    expect(check(text, messages)).toMatch(
      /\n {2}step retarget .*\n {18}\^{11} error mixed: replay: .*\n(?:.*\n)*? {2}expect safe\n {2}\^{11} error expectation-not-met: replay: expected `safe`, found `unsafe mixed`/,
    );
    const [violation] = messages;
    expect(violation?.related.length).toBeGreaterThan(3);
    expect(violation?.related[0]?.message).toMatch(/^1\. \w/);
    expect(violation?.related.every(({ source }) => source.file === file && source.end > source.start)).toBe(true);
  });

  test('an unsafe protocol with no `expect` is an error: `safe` is expected', () => {
    const text = mail('');
    const messages = verdictDiagnostics(report(analyzed(text), () => unsafe(text, "write JALR'")));
    expect(messages.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['error mixed']);
  });

  test('a violation that is expected is a hint and no error', () => {
    const text = mail('expect unsafe mixed');
    const messages = verdictDiagnostics(report(analyzed(text), () => unsafe(text, "write JALR'")));
    expect(messages.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['hint mixed']);
  });

  test('an unmet `when` is an error at its line alone, with the trace', () => {
    const text = mail('expect safe\n  expect safe when without "on trap return"');
    const messages = verdictDiagnostics(
      report(analyzed(text), (scenario) => (scenario?.when ? unsafe(text, "write JALR'") : safe)),
    );
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ severity: 'error', code: 'expectation-not-met' });
    expect(text.slice(messages[0]!.span.start, messages[0]!.span.end)).toBe(
      'expect safe when without "on trap return"',
    );
    expect(messages[0]?.related.map(({ message }) => message)).toEqual([
      "mixed: JALR' jumps through the t0 of AUIPC.",
      '1. hart 1: executes AUIPC',
      "2. hart 1: executes JALR'",
    ]);
  });

  test('a met `when` says nothing', () => {
    const text = mail('expect safe\n  expect unsafe mixed when without "on trap return"');
    const found = report(analyzed(text), (scenario) => (scenario?.when ? unsafe(text, "write JALR'") : safe));
    expect(verdictDiagnostics(found)).toEqual([]);
  });

  test('expecting a violation that cannot happen is an error', () => {
    const text = mail('expect unsafe');
    expect(check(text, verdictDiagnostics(report(analyzed(text), () => safe)))).toContain(
      '  ^^^^^^^^^^^^^ error expectation-not-met: replay: expected `unsafe`, found `safe`',
    );
  });

  test('a claim that does not hold is an error', () => {
    const text = mail('expect safe, not effective');
    expect(check(text, verdictDiagnostics(report(analyzed(text), () => safe)))).toContain(
      'error expectation-not-met: replay: effective',
    );
    const missing = mail('expect safe, effective');
    const late = { ...safe, claims: [{ name: 'effective', holds: false, why: 'a late pass runs old' }] };
    expect(check(missing, verdictDiagnostics(report(analyzed(missing), () => late)))).toContain(
      'error expectation-not-met: replay: not effective: a late pass runs old',
    );
  });

  test('a limit is a warning that names it', () => {
    const text = mail();
    const limited = report(analyzed(text), () => ({
      ...invalidVerdict,
      verdict: 'inconclusive',
      limit: 'state limit of 2,000,000',
      states: 2_000_001,
    }));
    const messages = verdictDiagnostics(limited);
    expect(messages.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'inconclusive']]);
    expect(messages[0]?.message).toContain('state limit of 2,000,000');
    expect(text.slice(messages[0]!.span.start, messages[0]!.span.end)).toBe('replay');
  });

  test.each(['checking', 'stale'] as const)('nothing is said of a text that is %s', (status) => {
    expect(verdictDiagnostics(report(analyzed(mail()), () => ({ status, previous: 'unsafe' })))).toEqual([]);
  });

  test('a checker that broke is an error that says how', () => {
    const [message] = verdictDiagnostics(
      report(analyzed(mail()), () => ({ status: 'failed', failure: 'out of cheese' })),
    );
    expect(message).toMatchObject({ severity: 'error', code: 'checker-failed' });
    expect(message?.message).toContain('out of cheese');
  });

  test('a text with errors has no verdict to show', () => {
    expect(verdictDiagnostics(report(analyzed(mail('expect sfae')), () => invalidVerdict))).toEqual([]);
  });

  test('a violation in an imported file is told here, and points there', () => {
    const [sites, protocol] = mail('').split('protocol');
    const unsafeSites = sites!;
    const analysis = analyzed(`import "sites.cmodx"\nprotocol${protocol}`, { 'sites.cmodx': unsafeSites });
    const verdict = unsafe(unsafeSites, "jalr  t0, %pcrel_lo(AUIPC')(t0)");
    const [violation] = verdict.violations;
    const elsewhere = { ...violation!, source: { ...violation!.source, file: 'sites.cmodx' } };
    const messages = verdictDiagnostics(report(analysis, () => ({ ...verdict, violations: [elsewhere] })));
    expect(check(analysis.tree.text, messages)).toContain(
      'protocol replay patches entry from old to new {\n         ^^^^^^ error mixed',
    );
    expect(messages[0]?.related[0]).toMatchObject({
      message: "the cause: JALR' with AUIPC's t0",
      source: elsewhere.source,
    });
  });
});
