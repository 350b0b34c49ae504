import { expect, test } from 'vitest';
import { summarizeCheck } from '../../server/src/features/summary';
import { invalidVerdict } from '../../server/src/service/report';
import { mail } from '../mail';
import { analyzed, report, safe, unsafe } from './support';

test('a check as a list of tests shows it', () => {
  const text = mail('expect safe, effective\n  expect safe when ipi sbi');
  const found = report(analyzed(text), (scenario) => (scenario?.when ? unsafe(text, 'write JUMP') : safe));
  expect(found.checks.map(summarizeCheck)).toMatchObject([
    {
      label: 'replay',
      expected: 'safe, effective',
      met: true,
      why: null,
      headline: 'safe: any harts, any passes, 1,108 states',
    },
    {
      label: 'when ipi sbi',
      when: 'ipi sbi',
      expected: 'safe',
      met: false,
      why: 'expected `safe`, found `unsafe mixed`',
      headline: "unsafe: JALR' with AUIPC's t0, 2 steps",
    },
  ]);
});

test('without an `expect` a protocol is expected to be safe', () => {
  const text = mail('');
  const [own] = report(analyzed(text), () => safe).checks.map(summarizeCheck);
  expect(own).toMatchObject({ expected: null, met: true });
});

test('what is not known is not judged, and a limit or a faulty text is never met', () => {
  const analysis = analyzed(mail());
  const met = (verdict: Parameters<typeof report>[1]) => summarizeCheck(report(analysis, verdict).checks[0]!).met;
  expect(met(() => ({ status: 'checking' }))).toBe(null);
  expect(met(() => ({ status: 'stale', previous: 'safe' }))).toBe(null);
  expect(met(() => invalidVerdict)).toBe(false);
  expect(met(() => ({ ...invalidVerdict, verdict: 'inconclusive', limit: 'time limit of 30 s' }))).toBe(false);
});
