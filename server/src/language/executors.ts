import type { Executors } from '../checker/scenario';
import { sourceOf, type Unit } from './declarations';
import type { DiagnosticSink } from './diagnostics';
import { closest, didYouMean } from './suggest';
import type { Token } from './syntax';

export const defaultExecutors: Executors = {
  count: 'any',
  preemptible: true,
  migrating: true,
  masked: false,
  flushing: false,
  onlineLater: 'no',
  source: null,
};

/** More are refused: what holds for them is asked by `any`. */
const mostExecutors = 64;

type Settings = Partial<Omit<Executors, 'source'>>;

/** What each word says, and its opposite. */
const settings: Readonly<Record<string, readonly [yes: Settings, no: Settings]>> = {
  preemptible: [{ preemptible: true }, { preemptible: false }],
  migrating: [{ migrating: true }, { migrating: false }],
  pinned: [{ migrating: false }, { migrating: true }],
  masked: [{ masked: true }, { masked: false }],
  interruptible: [{ masked: false }, { masked: true }],
};

const withFenceI = (words: readonly Token[], i: number): boolean =>
  words[i + 1]?.text === 'with' && words[i + 2]?.text === 'fence.i';

/** Reads `2 not preemptible, pinned`; null with a message where it cannot be understood. */
export function readExecutorWords(
  unit: Unit,
  words: readonly Token[],
  sink: DiagnosticSink,
  code: 'executors' | 'condition',
): Settings | null {
  let result: Settings = {};
  let ok = true;
  const fail = (word: Token, message: string, suggestion: string | null = null): void => {
    sink.add(code, sourceOf(unit, word), message, suggestion);
    ok = false;
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as Token;
    if (word.text === ',') continue;
    let next: Settings;
    if (word.text === 'any') next = { count: 'any' };
    else if (word.text === 'online') {
      if (words[i + 1]?.text !== 'later') fail(word, 'written `online later`', 'online later');
      else i++;
      next = { onlineLater: withFenceI(words, i) ? 'fence.i' : 'plain' };
    } else if (word.text === 'with') {
      const subject = words[i - 1]?.text;
      if ((subject !== 'migrating' && subject !== 'later') || !withFenceI(words, i - 1))
        fail(word, 'written `migrating with fence.i` or `online later with fence.i`');
      i++;
      next = {};
    } else if (word.kind === 'number') {
      const count = /^[0-9]{1,3}$/.test(word.text) ? Number(word.text) : -1;
      if (count < 0 || count > mostExecutors) fail(word, `executors are \`any\` or a number up to ${mostExecutors}`);
      next = { count };
    } else {
      const negated = word.text === 'not';
      const named = negated ? words[++i] : word;
      const setting = named !== undefined && Object.hasOwn(settings, named.text) ? settings[named.text] : undefined;
      if (setting === undefined) {
        const meant = named === undefined ? null : closest(named.text, Object.keys(settings));
        fail(
          named ?? word,
          `executors are a number or \`any\`, and ${Object.keys(settings).join(', ')}, or \`not\` one of them${didYouMean(meant)}`,
          meant,
        );
        continue;
      }
      const own = setting[negated ? 1 : 0];
      // Who says that threads migrate says how.
      next = own.migrating === true ? { ...own, flushing: withFenceI(words, i) } : own;
    }
    for (const key of Object.keys(next) as (keyof Settings)[]) {
      if (result[key] !== undefined && result[key] !== next[key])
        fail(word, `\`${word.text}\` contradicts what stands before it`);
    }
    result = { ...result, ...next };
  }
  return ok ? result : null;
}
