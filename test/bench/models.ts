import { analyze } from '../../server/src/language';
import type { Check } from '../../server/src/language/types';
import { example, readExample } from '../language/examples';
import type { Defines } from './spin';

/** Passes of each thread; 0: any number. */
export type Passes = 0 | 1 | 2 | 3;

/** A protocol of the examples of which a Promela model was written by hand. */
export interface Model {
  /** Under `examples/`. */
  readonly path: string;
  readonly protocol: string;
  /** The model, in this folder. */
  readonly promela: string;
  /** What the model leaves out or takes for granted, in words. */
  readonly built: string;
  /** For which numbers of passes the model can be made. */
  readonly passes: readonly Passes[];
  /** What both are asked; the first is the protocol as it stands. */
  readonly variants: readonly Variant[];
}

/** A way to change a protocol that both models know. */
export interface Variant {
  /** For cmodx; null for the protocol as it stands. */
  readonly when: string | null;
  /** For the Promela model. */
  readonly defines: Defines;
  readonly verdict: 'safe' | 'unsafe';
}

const safe = (when: string | null, ...defines: string[]): Variant => ({ when, defines, verdict: 'safe' });
const unsafe = (when: string, ...defines: string[]): Variant => ({ when, defines, verdict: 'unsafe' });

export const models: readonly Model[] = [
  {
    path: 'ftrace/replay-auipc.cmodx',
    protocol: 'replay_auipc',
    promela: 'replay-auipc.pml',
    built: 'Ziccif, the rung `isa`',
    passes: [1, 2, 3, 0],
    variants: [
      safe(null),
      unsafe('without "on trap return"', 'NO_FIXUP'),
      unsafe('without redirect.fence, without retarget.fence, without activate.fence', 'NO_FENCE'),
      unsafe('without redirect.sync', 'NO_SYNC1'),
      unsafe('without retarget.sync', 'NO_SYNC2'),
      safe('without activate.sync', 'NO_SYNC3'),
    ],
  },
  {
    path: 'ftrace/stop-machine.cmodx',
    protocol: 'enable',
    promela: 'stop-machine.pml',
    built: 'Ziccif, the rung `isa+decode-w`, that `t0` is free',
    passes: [0],
    variants: [
      safe(null),
      unsafe('preemptible', 'PREEMPTIBLE'),
      unsafe('without patch.stop', 'NO_STOP'),
      unsafe('patch.stop without irqs-off', 'IRQS'),
      unsafe('patch.stop without fence.i', 'NO_FENCE_I'),
      unsafe('patch.stop without release', 'NO_RELEASE'),
    ],
  },
  {
    path: 'kprobes/breakpoint-first.cmodx',
    protocol: 'poke',
    promela: 'breakpoint-first.pml',
    built: 'that each half is fetched at once, the rung `isa`, what the handler does',
    passes: [0],
    variants: [
      safe(null),
      unsafe('without trap', 'NO_TRAP'),
      unsafe('without trap.sync', 'NO_SYNC1'),
      unsafe('without tail.sync', 'NO_SYNC2'),
      safe('without head.sync', 'NO_SYNC3'),
      unsafe('swap tail head', 'SWAP'),
    ],
  },
];

/** The protocol by itself, without variants, for any number of executor harts or for so many. */
export function textOf({ path, protocol }: Model, harts: 'any' | number = 'any'): string {
  const [declarations = '', ...protocols] = example(path).split(/^(?=protocol )/m);
  const own = protocols.find((text) => text.startsWith(`protocol ${protocol} `));
  if (own === undefined) throw new Error(`examples/${path} has no protocol ${protocol} any more`);
  const [body = ''] = own.split(/^\}/m);
  const plain = `${declarations}${body.replace(/^ *expect .* when .*\n/gm, '')}}\n`;
  if (harts === 'any') return plain;
  const text = plain.replace('executors any', `executors ${harts}`);
  return text === plain ? plain.replace(/^protocol .*\{$/m, (line) => `${line}\n  executors ${harts}`) : text;
}

/** What cmodx is asked of a variant. */
export function checkOf(
  model: Model,
  when: string | null,
): Check & { readonly scenario: NonNullable<Check['scenario']> } {
  const asked = textOf(model).replace(/\}\n$/, when === null ? '}\n' : `  expect safe when ${when}\n}\n`);
  const { checks, diagnostics } = analyze(model.path, asked, readExample);
  const check = checks.find((one) => one.when === when);
  if (!check?.scenario)
    throw new Error(`${model.path} when ${when ?? '-'}: ${diagnostics.map(({ message }) => message).join('; ')}`);
  return { ...check, scenario: check.scenario };
}
