/** A violation in words: what happened, in one sentence and in a few words, and which line caused it. */
import { members } from '../memory/order';
import { entrancesOf } from './entrances';
import { hex, type Layout, wordText } from './layout';
import type { Program } from './program';
import type { Scenario, Source } from './scenario';
import type { Found } from './search';
import type { Action } from './state';
import { story } from './story';
import { baseOf, registerName, type Words } from './words';

export interface Explanation {
  readonly message: string;
  readonly headline: string;
  readonly source: Source;
}

type Step = Extract<Action, { kind: 'step' }>;

export function explain(scenario: Scenario, layout: Layout, program: Program, words: Words, found: Found): Explanation {
  const { wrong } = found;
  const steps = found.path.flatMap(({ action }) => (action.kind === 'step' ? [action] : []));
  const source = cause(scenario, program, steps);
  const last = steps.at(-1);
  const told = story(scenario, layout, program, words, found.path);
  switch (wrong.code) {
    case 'forbidden':
      return {
        headline: wrong.text,
        message: `${told}: that is what \`${wrong.text}\` rules out.`,
        source,
      };
    case 'torn': {
      const what = `${wordText(wrong.bytes)} ${words.decoded(wrong.address, wrong.bytes)}`;
      const does = words.consequence(wrong.address, wrong.bytes);
      return {
        headline: `torn ${what}`,
        message: `${told}, which no version and no write has there${does === '' ? '' : `; it ${does}`}.`,
        source,
      };
    }
    case 'illegal':
      return {
        headline: `illegal ${wordText(wrong.bytes)} at ${layout.name(wrong.address)}`,
        message:
          words.known(wrong.address, wrong.bytes) === null
            ? `${told}, which raises an illegal-instruction exception (${wrong.reason}).`
            : `${told}: ${wordText(wrong.bytes)} at ${layout.name(wrong.address)} raises an illegal-instruction exception (${wrong.reason}).`,
        source,
      };
    case 'freed': {
      const { address, how } = wrong;
      const place = layout.name(address);
      const [headline, sentence] = {
        loads: [`reads freed data at ${place}`, `the load at ${place} reads data that has been freed`],
        inside: [`still inside ${place}`, `it is still inside ${place} when that is freed, and goes on there`],
        executes: [`runs freed code at ${place}`, `it runs into ${place}, which has been freed`],
      }[how] as [string, string];
      return { headline, message: `${told}: ${sentence}.`, source };
    }
    case 'misaligned':
      return {
        headline: `misaligned jump at ${layout.name(wrong.address)}`,
        message: `${told}: the jump at ${layout.name(wrong.address)} raises a misaligned-fetch exception: ${wrong.reason}.`,
        source,
      };
    case 'hang':
      return {
        headline: `loops for ever at ${layout.name(wrong.address)}`,
        message: `${told}: the pass may run in a loop at ${layout.name(wrong.address)} for ever. Nothing that can still happen ends it.`,
        source,
      };
    case 'wild-jump': {
      const target =
        wrong.exit === null
          ? words.place(wrong.address)
          : typeof wrong.exit.target === 'bigint'
            ? words.place(wrong.exit.target)
            : words.value(wrong.exit.target);
      const by =
        wrong.exit === null
          ? 'the pass'
          : `${words.label(wrong.address, last?.bytes ?? [])} at ${layout.name(wrong.address)}`;
      return {
        headline: `wild jump to ${wrong.exit === null ? hex(wrong.address) : words.value(wrong.exit.target)}`,
        message: `${told}: ${by} leads to ${target}${target.endsWith('no symbol there') ? '' : ` (${wrong.reason})`}.`,
        source,
      };
    }
    case 'mixed': {
      const { headline, using } = mixture(words, steps);
      const exit = wrong.exit;
      const where =
        exit.kind === 'trap'
          ? `ends with ${exit.at}`
          : typeof exit.target === 'bigint'
            ? `ends at ${words.place(exit.target)}`
            : `jumps to ${callers(words.value(exit.target))}, an address that nobody has set`;
      const start = found.path[0]?.state;
      const site = entrancesOf(scenario)[start?.site ?? 0];
      const must = start?.must ?? null;
      const wanted =
        must === null
          ? site?.thread
            ? `as thread ${site.name} alone does at no moment of the protocol`
            : `as none of the versions ${site?.versions.map(({ name }) => name).join(', ') ?? ''} alone does`
          : `and it must be version ${must} here, which does something else`;
      return {
        headline,
        message: `${told}${using}: the pass ${where}, ${wanted}.`,
        source,
      };
    }
  }
}

/** `JALR' with AUIPC's t0`: the last instruction, and where what it uses came from. */
function mixture(words: Words, steps: readonly Step[]): { headline: string; using: string } {
  const last = steps.at(-1);
  if (last === undefined) return { headline: 'mixed pass', using: '' };
  const label = words.label(last.address, last.bytes);
  const effect = words.effect(last.bytes);
  const register = effect.kind === 'jump' ? baseOf(effect) : null;
  if (register === null || register === 0)
    return { headline: steps.map(({ address, bytes }) => words.label(address, bytes)).join(', '), using: '' };
  const writer = steps.slice(0, -1).findLast(({ bytes }) => {
    const its = words.effect(bytes);
    return 'rd' in its && its.rd === register;
  });
  const name = registerName(register);
  if (writer === undefined)
    return { headline: `${label} with the caller's ${name}`, using: `, with the ${name} of whoever called` };
  const source = words.label(writer.address, writer.bytes);
  return { headline: `${label} with ${source}'s ${name}`, using: `, with the ${name} of ${source}` };
}

/** A register that a pass found set is named by the checker `t0@entry`. */
const callers = (value: string): string => value.replace(/\b(\w+)@entry/g, "the caller's $1");

/** The write whose word the pass executed last; where it executed none, the protocol itself. */
function cause(scenario: Scenario, program: Program, steps: readonly Step[]): Source {
  let latest = -1;
  for (const { fetches, loads } of steps)
    for (const id of [
      ...fetches.flatMap(({ reading }) => reading.from.filter((from): from is number => from !== null)),
      ...loads.flatMap(members),
    ])
      latest = Math.max(latest, id);
  const operation = program.operations[program.messages[latest]?.operation ?? -1];
  return operation?.source ?? scenario.patchers[0]?.source ?? scenario.source;
}
