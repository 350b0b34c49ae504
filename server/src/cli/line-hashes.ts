/** Characters that are hashed from a line's start on. */
const length = 100;
const base = 37n;

/**
 * For each line of a text what GitHub's upload action writes as a result's `primaryLocationLineHash`, so that the two
 * agree: a polynomial over the next 100 characters, blanks and tabs left out, and which of the lines with this hash it is.
 * It stays the same where lines are put in before, and where the layout changes.
 */
export function lineHashes(text: string): string[] {
  const codes: bigint[] = [];
  const starts: number[] = [];
  let atStart = true;
  // The end of a text counts as a character, 0xffff, and begins a line where the one before is ended.
  for (const character of `${text.replace(/\r\n?/g, '\n').replace(/[ \t]/g, '')}\uffff`.split('')) {
    if (atStart) starts.push(codes.length);
    codes.push(BigInt(character.charCodeAt(0)));
    atStart = character === '\n';
  }
  const seen = new Map<string, number>();
  return starts.map((start) => {
    let hash = 0n;
    for (let i = start; i < start + length; i++) hash = BigInt.asUintN(64, hash * base + (codes[i] ?? 0n));
    const digits = hash.toString(16);
    const times = (seen.get(digits) ?? 0) + 1;
    seen.set(digits, times);
    return `${digits}:${times}`;
  });
}
