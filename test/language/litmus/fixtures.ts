import { expect } from 'vitest';
import type { LitmusTest, Observable, Proposition } from '../../../server/src/checker/litmus/test';
import { analyzeLitmus } from '../../../server/src/language/litmus';
import { expectMarks } from '../marks';

/**
 * Checks all diagnostics of a litmus test against the marks in it: comments under the line that they are about, with
 * carets under the place, the code and the beginning of the message.
 *
 *     0:x6=z; uint46_t y;
 *     (*      ^^^^^^^^ type: no type that is known *)
 */
export function checkLitmus(text: string): void {
  expectMarks(text, analyzeLitmus('test.litmus', text).diagnostics);
}

/** The test of a text that must have no errors. */
export function testOf(text: string): LitmusTest {
  const { test, diagnostics } = analyzeLitmus('test.litmus', text);
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
  if (test === null) throw new Error('the text has no test');
  return test;
}

/** A test of these initial values and one thread, with a condition where one is given. */
export const small = (state: string, instructions: string, condition = ''): string =>
  `RISCV T\n{ ${state} }\n P0 ;\n${instructions
    .split(';')
    .map((instruction) => ` ${instruction.trim()} ;\n`)
    .join('')}${condition}\n`;

/** `0:x5 = 1 /\ [x] = 2`, fully in parentheses. */
export function propositionText(proposition: Proposition): string {
  switch (proposition.kind) {
    case 'constant':
      return `${proposition.value}`;
    case 'value':
      return `${proposition.of.name}=${proposition.value}`;
    case 'same':
      return `${proposition.a.name}=${proposition.b.name}`;
    case 'not':
      return `~${propositionText(proposition.a)}`;
    default: {
      const sign = { and: '/\\', or: '\\/', implies: '=>' }[proposition.kind];
      return `(${propositionText(proposition.a)} ${sign} ${propositionText(proposition.b)})`;
    }
  }
}

/** `0:x5 int32`, `[x] uint64`: what is shown, and how. */
export const shown = (observed: readonly Observable[]): string[] =>
  observed.map(({ name, size, signed }) => `${name} ${signed ? 'int' : 'uint'}${8 * size}`);
