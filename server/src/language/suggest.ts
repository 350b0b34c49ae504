import { editDistance, nearest } from '../isa/suggest';

/** The candidate that a misspelt `word` most likely means, or null. */
export function closest(word: string, candidates: Iterable<string>): string | null {
  const found = nearest(word, candidates);
  // A word that shares no letter with the candidate is not a slip of it.
  if (found === undefined || editDistance(word.toLowerCase(), found.toLowerCase(), word.length) >= word.length)
    return null;
  return found;
}

/** `; did you mean \`x\`?` or nothing, to end a message with. */
export function didYouMean(suggestion: string | null): string {
  return suggestion === null ? '' : `; did you mean \`${suggestion}\`?`;
}
