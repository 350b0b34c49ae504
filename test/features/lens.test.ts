import { describe, expect, test } from 'vitest';
import { type Lens, lenses } from '../../server/src/features/lens';
import { invalidVerdict } from '../../server/src/service/report';
import { mail } from '../mail';
import { analyzed, checked, report, safe, unsafe } from './support';

/** The line above a protocol, as the editor draws it. */
function check(found: readonly Lens[]): string {
  return found.map(({ title }) => title).join(' | ');
}

const withoutFixup = (text: string): string => text.replace(/on trap return.*\n/, '');

describe('the line above a protocol', () => {
  test('says how far `safe` reaches', () => {
    const analysis = analyzed(mail());
    expect(check(lenses(analysis, checked(analysis)))).toMatch(
      /^safe: any harts, any passes, [\d,]+ states \| 1 of 1 expectation met$/,
    );
  });

  test('says why a protocol is unsafe, and debugs the trace', () => {
    const analysis = analyzed(withoutFixup(mail('')));
    const found = lenses(analysis, checked(analysis));
    expect(check(found)).toMatch(/^unsafe: .+, \d+ steps.* \| Debug$/);
    expect(found.at(-1)).toMatchObject({ action: 'debug', protocol: 'replay', when: null });
  });

  test('counts the expectations, and leads to the first that is not met', () => {
    const text = mail('expect safe\n  expect unsafe mixed when ipi sbi\n  expect safe when not ziccif');
    const analysis = analyzed(text);
    const verdicts = report(analysis, (scenario) => (scenario?.when ? unsafe(text, "write JALR'") : safe));
    const found = lenses(analysis, verdicts);
    expect(check(found)).toMatch(/\| 2 of 3 expectations met$/);
    expect(found.at(-1)).toMatchObject({ action: 'show', when: 'not ziccif' });
  });

  test('says that a check is under way, or was stopped, in words', () => {
    const analysis = analyzed(mail());
    const state = (more: Parameters<typeof report>[1]): string => check(lenses(analysis, report(analysis, more)));
    expect(state(() => ({ status: 'checking' }))).toBe('checking... | 0 of 1 expectation met, 1 not checked yet');
    expect(state(() => ({ status: 'checking', previous: 'safe' }))).toMatch(
      /^checking\.\.\. \(safe before this edit\)/,
    );
    expect(state(() => ({ status: 'stale', previous: 'unsafe' }))).toMatch(/^stale: .*unsafe/);
    expect(state(() => ({ status: 'failed', failure: 'no memory' }))).toMatch(/^failed: no memory/);
    const limit = { ...invalidVerdict, verdict: 'inconclusive', limit: 'time limit of 30 s' } as const;
    expect(state(() => limit)).toBe('inconclusive: time limit of 30 s | 0 of 1 expectation met, 1 undecided');
  });

  test('says what is wrong with the text', () => {
    const analysis = analyzed(mail('expect sfae'));
    expect(check(lenses(analysis, checked(analysis)))).toMatch(/^invalid: .*`safe` or `unsafe`/);
  });

  test('is there before anything is known', () => {
    expect(check(lenses(analyzed(mail()), null))).toBe('checking...');
  });
});

describe('each protocol has one line at any time', () => {
  const whole = `${mail('')}\nprotocol second patches entry from new to old {\n  write AUIPC\n}\n`;
  const states: readonly ((text: string) => Lens[])[] = [
    (text) => lenses(analyzed(text), null),
    (text) =>
      lenses(
        analyzed(text),
        report(analyzed(text), () => ({ status: 'checking' })),
      ),
    (text) =>
      lenses(
        analyzed(text),
        report(analyzed(text), () => invalidVerdict),
      ),
  ];
  /** The lines of a text that have something above them. */
  const lines = (text: string, found: readonly Lens[]): number[] => [
    ...new Set(found.map(({ span }) => text.slice(0, span.start).split('\n').length)),
  ];
  const wanted = ['protocol replay', 'protocol second'].map(
    (start) => whole.slice(0, whole.indexOf(start)).split('\n').length,
  );

  test('whatever is known', () => {
    for (const state of states) expect(lines(whole, state(whole))).toEqual(wanted);
  });

  test('while any character behind its first word is typed or deleted', () => {
    const start = whole.indexOf('protocol replay') + 'protocol '.length;
    const end = whole.indexOf('\n}\n', start);
    for (let at = start; at < end; at += 3) {
      for (const text of [whole.slice(0, at) + whole.slice(at + 1), `${whole.slice(0, at)}x${whole.slice(at)}`]) {
        if (text.split('\n').length !== whole.split('\n').length) continue;
        expect(lines(text, lenses(analyzed(text), null))).toEqual(wanted);
      }
    }
  });

  test('while its name is missing', () => {
    const text = whole.replace('replay', '');
    expect(lines(text, lenses(analyzed(text), null))).toEqual(wanted);
    const nameless = 'protocol ';
    expect(
      check(
        lenses(
          analyzed(nameless),
          report(analyzed(nameless), () => invalidVerdict),
        ),
      ),
    ).toMatch(/^invalid: /);
  });
});
