import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { check, defaultOptions } from '../../server/src/checker';
import type { Verdict, ViolationKind } from '../../server/src/checker/verdict';
import { type Analysis, analyze } from '../../server/src/language';
import { type CheckReport, type FileReport, invalidVerdict } from '../../server/src/service/report';

export const file = 'patch.cmodx';

/** A text without its `$0`, and where that stood. */
export function cursorIn(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('$0');
  if (offset < 0 || marked.indexOf('$0', offset + 1) >= 0) throw new Error('one `$0` is wanted');
  return { text: marked.slice(0, offset) + marked.slice(offset + 2), offset };
}

/** The text with `$0` put before or, with a second argument, within the first occurrence of `place`. */
export function markAt(text: string, place: string, within = 0): string {
  const start = text.indexOf(place);
  if (start < 0) throw new Error(`there is no \`${place}\``);
  return `${text.slice(0, start + within)}$0${text.slice(start + within)}`;
}

/** The analysis of a text, which may import the given others by name. */
export function analyzed(text: string, imports: Readonly<Record<string, string>> = {}): Analysis {
  return analyze(file, text, (path) => {
    const imported = imports[path];
    return imported === undefined ? null : { file: path, text: imported };
  });
}

/** What the service would report once every check has ended; what a safe verdict relies on is left out, to be quick. */
export function checked(analysis: Analysis): FileReport {
  const options = { ...defaultOptions, explain: false };
  return report(analysis, (scenario) => (scenario ? check(scenario, options, {}) : invalidVerdict));
}

/** A report with verdicts, or other states of a check, of one's own making. */
export function report(
  analysis: Analysis,
  verdict: (scenario: Analysis['checks'][number]['scenario']) => Verdict | Partial<CheckReport>,
): FileReport {
  const checks = analysis.checks.map((own): CheckReport => {
    const found = verdict(own.scenario);
    const base = {
      check: own,
      status: 'current',
      verdict: null,
      refining: false,
      previous: null,
      states: 0,
      ms: 1,
      failure: null,
    } as const;
    return 'violations' in found ? { ...base, verdict: found, states: found.states } : { ...base, ...found };
  });
  return { file, version: 1, checks };
}

/** A verdict without a search. */
export const safe: Verdict = {
  ...invalidVerdict,
  verdict: 'safe',
  bounds: { harts: 'any', passes: 'any' },
  reliesOn: ['Ziccif'],
  rung: 'isa',
  claims: [{ name: 'effective', holds: true, why: null }],
  states: 1108,
};

/** A verdict without a search: one violation where `place` stands in the text, after two steps. */
export function unsafe(text: string, place: string, code: ViolationKind = 'mixed'): Verdict {
  const start = text.indexOf(place);
  const source = { file, start, end: start + place.length };
  const nothing = { harts: [], memory: [] };
  const step = (words: string) => ({ hart: 'hart 1', text: words, source, after: nothing });
  const trace = [step('executes AUIPC'), step("executes JALR'")];
  const message = "JALR' jumps through the t0 of AUIPC.";
  return {
    ...safe,
    verdict: 'unsafe',
    claims: [],
    violations: [{ code, message, headline: "JALR' with AUIPC's t0", source, before: nothing, trace }],
  };
}

/** The text with one line of carets under each line on which a range lies: `^^^ words`. Ranges of one line only. */
export function underlined(
  text: string,
  ranges: readonly { readonly start: number; readonly end: number; readonly words: string }[],
): string {
  let start = 0;
  const lines = text.split('\n').flatMap((line) => {
    const end = start + line.length;
    const under = ranges
      .filter((range) => range.start >= start && range.start <= end)
      .sort((a, b) => a.start - b.start)
      .map(
        (range) =>
          `${' '.repeat(range.start - start)}${'^'.repeat(Math.max(1, Math.min(range.end, end) - range.start))} ${range.words}`,
      );
    start = end + 1;
    return [line, ...under];
  });
  return lines.join('\n');
}

/** Compares with the golden file of this name; `UPDATE_EXPECT=1` rewrites it. */
export function expectGolden(name: string, text: string): void {
  const golden = new URL(`golden/${name}`, import.meta.url);
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  if (process.env.UPDATE_EXPECT === '1') writeFileSync(golden, whole);
  expect(whole).toBe(existsSync(golden) ? readFileSync(golden, 'utf8') : '');
}
