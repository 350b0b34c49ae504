import { type ViolationKind, violationKinds } from '../checker/verdict';
import { type Located, normalised, sourceOf } from './declarations';
import type { DiagnosticSink } from './diagnostics';
import { closest, didYouMean } from './suggest';
import { nodesOf, type SyntaxNode, type Token, wordsOf } from './syntax';
import type { Expectation } from './types';

const claims = ['effective'] as const;

/** An `expect` line, with the nodes of its conditions. */
export interface ReadExpectation extends Expectation, Located {
  readonly conditions: readonly SyntaxNode[];
}

/** `wild-jump` is three tokens to the lexer, since `-` is also a sign; here it is one word. */
function hyphenated(tokens: readonly Token[]): Token[] {
  const words: Token[] = [];
  let joins = false;
  for (const token of tokens) {
    const last = words.at(-1);
    if (last !== undefined && last.end === token.start && (joins || token.text === '-')) {
      words[words.length - 1] = { ...last, end: token.end, text: last.text + token.text };
      joins = token.text === '-';
    } else {
      words.push(token);
      joins = false;
    }
  }
  return words;
}

/** Reads an `expect` line; null with a message where it cannot be understood. */
export function readExpectation({ unit, node }: Located, sink: DiagnosticSink): ReadExpectation | null {
  const conditions = nodesOf(node, 'condition');
  const words = hyphenated(wordsOf(node));
  const when = words.findIndex(({ text }) => text === 'when');
  const [verdict, ...rest] = words.slice(1, when < 0 ? undefined : when);
  const fail = (place: Token | SyntaxNode, message: string, suggestion: string | null = null): null => {
    sink.add('expectation', sourceOf(unit, place), message, suggestion);
    return null;
  };
  if (verdict?.text !== 'safe' && verdict?.text !== 'unsafe') {
    const meant = verdict === undefined ? null : closest(verdict.text, ['safe', 'unsafe']);
    return fail(verdict ?? node, `\`expect\` is followed by \`safe\` or \`unsafe\`${didYouMean(meant)}`, meant);
  }
  const codes: ViolationKind[] = [];
  const found: { readonly name: string; readonly holds: boolean }[] = [];
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] as Token;
    if (word.text === ',') continue;
    const kind = violationKinds.find((candidate) => candidate === word.text);
    if (kind !== undefined) {
      if (verdict.text === 'safe') return fail(word, `\`${kind}\` is a kind of violation: it goes with \`unsafe\``);
      if (!codes.includes(kind)) codes.push(kind);
      continue;
    }
    const holds = word.text !== 'not';
    const claim = holds ? word : rest[++i];
    if (claim?.text === 'retires') {
      const version = rest[++i];
      if (version?.kind !== 'word') return fail(claim, 'written `retires VERSION`');
      found.push({ name: `retires ${version.text}`, holds });
      continue;
    }
    const name = claims.find((candidate) => candidate === claim?.text);
    if (name === undefined) {
      const meant = claim === undefined ? null : closest(claim.text, [...claims, ...violationKinds]);
      return fail(
        claim ?? word,
        `kinds of violation are ${violationKinds.join(', ')}; claims are ${claims.join(', ')}${didYouMean(meant)}`,
        meant,
      );
    }
    found.push({ name, holds });
  }
  const last = words[when < 0 ? words.length - 1 : when - 1] ?? verdict;
  const [firstCondition] = conditions;
  const lastCondition = conditions.at(-1);
  return {
    unit,
    node,
    conditions,
    when:
      firstCondition && lastCondition
        ? normalised(unit, { start: firstCondition.start, end: lastCondition.end })
        : null,
    text: normalised(unit, { start: verdict.start, end: last.end }),
    verdict: verdict.text,
    codes,
    claims: found,
    source: sourceOf(unit, node),
  };
}
