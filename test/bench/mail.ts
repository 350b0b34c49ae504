/** The mail's protocol, as the example has it and as the benchmarks vary it. */
import { analyze } from '../../server/src/language';
import type { Check } from '../../server/src/language/types';
import { example } from '../language/examples';

export const mailPath = 'ftrace/replay-auipc.cmodx';

/** The example's text, with the expectations of all its variants. */
export const mail = example(mailPath);

/** Replaces what must be there. */
export function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`examples/${mailPath} has no ${from} any more`);
  return text.replaceAll(from, () => to);
}

/** The protocol by itself: one check and no variants. */
export const protocol = mail
  .split('\n')
  .filter((line) => !line.includes(' when '))
  .join('\n');

/** The protocol for a number of executor harts in place of any. */
export function protocolFor(harts: number): string {
  return replaced(protocol, 'executors any', `executors ${harts}`);
}

/** The one check of a text. */
export function onlyCheck(text: string): Check & { readonly scenario: NonNullable<Check['scenario']> } {
  const { checks, diagnostics } = analyze(mailPath, text, () => null);
  const [check] = checks;
  if (checks.length !== 1 || !check?.scenario)
    throw new Error(`not one check: ${diagnostics.map(({ message }) => message).join('; ')}`);
  return { ...check, scenario: check.scenario };
}
