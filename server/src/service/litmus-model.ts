import { defaultLitmusOptions } from '../checker/litmus';
import type { LitmusFetch, LitmusOptions, LitmusTest } from '../checker/litmus/test';
import { rungName } from '../checker/rules';
import { defaultMachine, memoryModels } from '../language/machine';

/** What a user chooses of the model; null: as the test has it. */
export interface ModelChoice {
  readonly memory: LitmusOptions['memory'] | null;
  /** `none`: fetch is no event, and `fence.i` no fence. */
  readonly fetch: LitmusFetch | 'none' | null;
}

/** `isa+decode-w+ziccid`: a base, then any of `+fencei-fetch` (`letter` with it is `isa`), `+decode-w`, `+decode`, `+ziccid`; null where it is none. */
export function parseLitmusFetch(text: string): LitmusFetch | 'none' | null {
  if (text === 'none') return 'none';
  const [base, ...added] = text.split('+');
  const rules = new Set(added);
  const known = ['fencei-fetch', 'decode-w', 'decode', 'ziccid'];
  if ((base !== 'letter' && base !== 'isa') || added.some((rule) => !known.includes(rule))) return null;
  const decode = rules.has('decode');
  return {
    fenceiFetch: base === 'isa' || rules.has('fencei-fetch'),
    decodeW: decode || rules.has('decode-w'),
    decode,
    ziccid: rules.has('ziccid'),
  };
}

/** `rvwmo`, `tso` or `sc`; null where it is none. */
export function parseMemory(text: string): LitmusOptions['memory'] | null {
  return memoryModels.find((model) => model === text) ?? null;
}

/** `none`, or the rules' name. */
export function fetchName(fetch: LitmusFetch | null): string {
  return fetch === null ? 'none' : rungName(fetch);
}

/** `rvwmo, fetch isa+decode-w`; without the fetch where it is no part of the model. */
export function modelName({ memory, fetch }: Pick<LitmusOptions, 'memory' | 'fetch'>): string {
  return fetch === null ? memory : `${memory}, fetch ${fetchName(fetch)}`;
}

/** The model that a test is run under by default: fetch takes part where code is patched, by the default rung. */
export function defaultModel({ isa, patchesCode }: LitmusTest): Pick<LitmusOptions, 'memory' | 'fetch'> {
  return {
    memory: isa.extensions.has('ztso') ? 'tso' : defaultMachine.memory,
    fetch: patchesCode ? { ...defaultMachine.fetch, ziccid: isa.extensions.has('ziccid') } : null,
  };
}

/** The options for a test (null: for a text that has errors): what is chosen over what the test has by default. */
export function litmusOptions(test: LitmusTest | null, { memory, fetch }: ModelChoice): LitmusOptions {
  const own = test ? defaultModel(test) : defaultLitmusOptions;
  return {
    ...defaultLitmusOptions,
    memory: memory ?? own.memory,
    fetch: fetch === null ? own.fetch : fetch === 'none' ? null : fetch,
  };
}
