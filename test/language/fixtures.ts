import { expect } from 'vitest';
import type { Scenario } from '../../server/src/checker';
import { type Analysis, analyze, type Check } from '../../server/src/language';
import { expectMarks } from './marks';

/** Other files by name, for `import`. */
export type Files = Readonly<Record<string, string>>;

export function analyzeText(text: string, files: Files = {}): Analysis {
  return analyze('test.cmodx', text, (path) => {
    const found = files[path];
    return found === undefined ? null : { file: path, text: found };
  });
}

/**
 * Checks all diagnostics of a text against the marks in it. A mark is a comment under the line that it is about, with
 * carets under the place, the code and the beginning of the message:
 *
 *     symbol target 0x80
 *     //            ^^^^ syntax: a symbol needs an address
 */
export function checkDiagnostics(text: string, files: Files = {}): void {
  expectMarks(text, analyzeText(text, files).diagnostics);
}

/** The one check of a text with this `when` (null: the protocol as it stands). */
export function checkOf(text: string, when: string | null = null, files: Files = {}): Check {
  const found = analyzeText(text, files).checks.filter((check) => check.when === when);
  expect(found).toHaveLength(1);
  return found[0] as Check;
}

/** The scenario of a text that must have no errors. */
export function scenarioOf(text: string, when: string | null = null, files: Files = {}): Scenario {
  const { diagnostics } = analyzeText(text, files);
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
  const { scenario } = checkOf(text, when, files);
  if (scenario === null) throw new Error('the check has no scenario');
  return scenario;
}

/** `0x0080006f`: the little-endian number that bytes are. */
export function word(bytes: Uint8Array): string {
  return `0x${[...bytes]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')}`;
}

/** A scenario's patcher in short: `0x80001000 <- 0x0080006f`, `fence w,o`, `sync fence.i`. */
export function operationsOf(scenario: Scenario): string[] {
  return scenario.patchers.flatMap(({ operations }) => operations.flatMap(describeOperation));
}

type Operation = Scenario['patchers'][number]['operations'][number];

function describeOperation(operation: Operation): string[] {
  switch (operation.kind) {
    case 'store': {
      const granule = operation.granule === 'natural' ? '' : ` by ${operation.granule}`;
      return [`0x${operation.address.toString(16)} <- ${word(operation.bytes)}${granule}`];
    }
    case 'fence':
      return [operation.tso ? 'fence.tso' : `fence ${set(operation.pred)},${set(operation.succ)}`];
    case 'fence.i':
      return ['fence.i'];
    case 'sync':
      return [`sync ${operation.body.map(({ kind }) => kind).join(' ')}${operation.async ? ' async' : ''}`];
    case 'lock':
    case 'unlock':
      return [`${operation.kind} ${operation.name}`];
    case 'wait':
      return ['wait rcu_tasks'];
    case 'free':
      return [`free ${operation.name}: ${operation.size} bytes at 0x${operation.address.toString(16)}`];
    case 'run':
      return [`run ${operation.site} as ${operation.version ?? 'to'}`];
    case 'migrate':
      return [`migrate${operation.fenceI ? ' with fence.i' : ''}`];
    case 'stop_machine': {
      const off = (['park', 'irqsOff', 'release', 'acquire', 'fenceI'] as const).filter((name) => !operation[name]);
      return [
        `stop_machine${off.length === 0 ? '' : ` without ${off.join(' ')}`} {`,
        ...operation.body.flatMap(describeOperation),
        '}',
      ];
    }
  }
}

function set(letters: { readonly i: boolean; readonly o: boolean; readonly r: boolean; readonly w: boolean }): string {
  return (['i', 'o', 'r', 'w'] as const).filter((letter) => letters[letter]).join('');
}
