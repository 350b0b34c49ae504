import type { Analysis } from '../language/analysis';
import { descendants, nodeOf, nodesOf } from '../language/syntax';
import { nameToken } from './context';
import type { TextEdit } from './text';

/**
 * Puts an `expect` line into a protocol: behind its last one, or at its end.
 * @param found what stands between `expect` and `when`
 * @returns null where there is no such protocol, or its block is not complete
 */
export function addExpect(analysis: Analysis, protocol: string, found: string, when: string): TextEdit | null {
  const { tree } = analysis;
  const node = [...descendants(tree.root, 'protocol')].find((one) => nameToken(one)?.text === protocol);
  const block = node ? nodeOf(node, 'block') : null;
  if (!block || tree.text[block.end - 1] !== '}') return null;
  const line = `expect ${found} when ${when}`;
  const eol = tree.text.includes('\r\n') ? '\r\n' : '\n';
  const last = nodesOf(block, 'expect').at(-1);
  const insert = (at: number, newText: string): TextEdit => ({
    source: { file: tree.file, start: at, end: at },
    newText,
  });
  if (last) return insert(endOfLine(tree.text, last.end), `${eol}${indentOf(tree.text, last.start)}${line}`);
  // A block that is closed on the line of something else gets a line of its own before the brace.
  const before = tree.text.slice(0, block.end - 1).trimEnd().length;
  return {
    source: { file: tree.file, start: before, end: block.end - 1 },
    newText: `${eol}  ${line}${eol}`,
  };
}

/** Where the line ends, a comment behind its statement included. */
function endOfLine(text: string, offset: number): number {
  const rest = /\r?\n|$/.exec(text.slice(offset));
  return offset + (rest?.index ?? 0);
}

function indentOf(text: string, offset: number): string {
  const start = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}
