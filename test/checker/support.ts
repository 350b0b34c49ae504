import { type CheckOptions, check, defaultOptions, type Scenario, type Verdict } from '../../server/src/checker';
import { analyze } from '../../server/src/language';
import { mail as mailText } from '../mail';

/** The scenario of a file's first protocol under a `when`; throws with the file's errors where it has any. */
export function scenarioOf(text: string, when: string | null = null): Scenario {
  const analysis = analyze('test.cmodx', text, () => null);
  const errors = analysis.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  const found = analysis.checks.find((one) => one.when === when)?.scenario;
  if (!found) throw new Error(`there is no check for ${when ?? 'the protocol itself'}`);
  return found;
}

export const verdictOf = (text: string, when: string | null = null, options: Partial<CheckOptions> = {}): Verdict =>
  check(scenarioOf(text, when), { ...defaultOptions, ...options });

/** `safe`, `unsafe mixed torn`, `inconclusive: limit of ...`. */
export function brief(verdict: Verdict): string {
  if (verdict.verdict === 'inconclusive') return `inconclusive: ${verdict.limit}`;
  return [verdict.verdict, ...verdict.violations.map(({ code }) => code).sort()].join(' ');
}

/** The shortest trace of a kind, one line a step. */
export const traceOf = (verdict: Verdict, code: string): string[] =>
  (verdict.violations.find((violation) => violation.code === code)?.trace ?? []).map(
    ({ hart, text }) => `${hart}: ${text}`,
  );

/** The mail's protocol, with whatever else stands in its block. */
export const mail = (extra = '', machine = 'isa rv64gc_zifencei_ziccif'): string =>
  mailText(extra, `machine { ${machine} }`);

/** One site of the given versions, patched from the first to the last, and a protocol's body. */
export const patch = (versions: Record<string, string>, body: string, rest = ''): string => {
  const names = Object.keys(versions);
  return `
${rest}
site here at 0xffffffff80a00000 clobbers t0 {
${Object.entries(versions)
  .map(([name, code]) => `  version ${name} {\n${code}\n  }`)
  .join('\n')}
}
protocol p patches here from ${names[0]} to ${names.at(-1)} {
${body}
}
`;
};
