import type { Source } from '../checker/scenario';

/**
 * What a scenario (or a litmus test) says, apart from where it is written. Two scenarios with one `key` have the same
 * verdict up to places, and `sources[i]` of one stands where `sources[i]` of the other stands: typing a comment or undoing an edit
 * costs no search.
 */
export interface Identity {
  /** The whole canonical text and not a hash of it: a collision would be a false verdict. */
  readonly key: string;
  readonly sources: readonly Source[];
}

function isSource(value: object): value is Source {
  return 'file' in value && 'start' in value && 'end' in value && Object.keys(value).length === 3;
}

function sourceKey(source: Source): string {
  return `${source.start}:${source.end}:${source.file}`;
}

/** The scenario, or any plain data with places in it, in canonical form. */
export function identify(scenario: object): Identity {
  const indices = new Map<string, number>();
  const sources: Source[] = [];
  const number = (source: Source): string => {
    const key = sourceKey(source);
    let index = indices.get(key);
    if (index === undefined) {
      index = sources.length;
      indices.set(key, index);
      sources.push(source);
    }
    return `@${index}`;
  };
  const write = (value: unknown): string => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
    if (value instanceof Uint8Array) return `<${[...value].join(' ')}>`;
    if (value instanceof Map) return `Map${write([...value])}`;
    if (value instanceof Set) return `Set[${[...value].map(write).sort().join()}]`;
    if (Array.isArray(value)) return `[${value.map(write).join()}]`;
    if (isSource(value)) return number(value);
    return `{${Object.entries(value)
      .map(([name, field]) => `${name}:${write(field)}`)
      .join()}}`;
  };
  return { key: write(scenario), sources };
}

/**
 * What was found (plain data) with each place moved from where it stood in `from` to where it stands in `to`; null where
 * a place of it is none of `from` (it cannot be moved then).
 */
export function moveSources<F>(found: F, from: readonly Source[], to: readonly Source[]): F | null {
  const moved = new Map<string, Source>();
  let same = from.length === to.length;
  from.forEach((source, index) => {
    const target = to[index];
    if (target === undefined) return;
    moved.set(sourceKey(source), target);
    same &&= sourceKey(source) === sourceKey(target);
  });
  if (same) return found;
  let known = true;
  const move = <T>(value: T): T => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(move) as T;
    if (isSource(value)) {
      const target = moved.get(sourceKey(value));
      known &&= target !== undefined;
      return (target ?? value) as T;
    }
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, move(field)])) as T;
  };
  const result = move(found);
  return known ? result : null;
}
