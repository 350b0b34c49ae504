import { isRefused, keywordsAt } from './keywords';
import { assembly, block, clauses, misspelt } from './parse-parts';
import type { TreeBuilder } from './tree-builder';

/** `stop_machine` within `stop_machine` within ...: deeper than this is refused, so that no text overflows a stack. */
const deepest = 16;

/** One operation of a patcher. `meant` stands for the word in the text where that was a slip of the pen. */
export function parseOperation(b: TreeBuilder, depth: number, meant: string | null = null): void {
  const word = meant ?? b.peek()?.text ?? '';
  if (isRefused('operation', word)) {
    b.skipStatement('unsupported');
    return;
  }
  if (depth > deepest) {
    b.problemHere('blocks are nested too deeply');
    b.skipStatement();
    return;
  }
  switch (word) {
    case 'write':
      b.node('write', () => operands(b));
      return;
    case 'store.b':
    case 'store.h':
    case 'store.w':
    case 'store.d':
      b.node('store', () => operands(b));
      return;
    case 'fence':
    case 'fence.tso':
      b.node('fence', () => operands(b));
      return;
    case 'fence.i':
      b.node('fence-i', () => b.bump());
      return;
    case 'sync':
      b.node('sync', () => {
        b.bump();
        if (!b.eat('fence.i') && !b.at('async') && (!b.atEnd() || b.peekSolid()?.text === '{'))
          block(b, 'step', fenceOnly);
        b.eat('async');
      });
      return;
    case 'stop_machine':
      b.node('stop', () => {
        b.bump();
        if (b.at('without')) switches(b);
        block(b, 'step', (inner) => parseOperation(inner, depth + 1));
      });
      return;
    case 'asm':
      b.node('asm', () => {
        b.bump();
        block(b, 'assembly', assembly);
      });
      return;
    case 'wait':
      b.node('wait', () => {
        b.bump();
        if (b.eat('rcu_tasks')) return;
        b.problemHere('what is waited for is `rcu_tasks`', b.peek()?.kind === 'word' ? 'rcu_tasks' : null);
        b.skipStatement();
      });
      return;
    case 'free':
      b.node('free', () => {
        b.bump();
        clauses.reference(b, 'what is freed', []);
      });
      return;
    case 'lock':
    case 'unlock':
      b.node('lock', () => {
        b.bump();
        clauses.reference(b, 'a lock', []);
      });
      return;
    case 'run':
      b.node('run', () => {
        b.bump();
        clauses.reference(b, 'a site', ['as']);
        if (b.eat('as')) clauses.reference(b, 'a version', []);
      });
      return;
    case 'migrate':
      b.node('migrate', () => {
        b.bump();
        if (b.eat('with') && !b.eat('fence.i'))
          misspelt(b, ['fence.i'], (guess) => `written \`migrate\` or \`migrate with fence.i\`${guess}`);
      });
      return;
    default: {
      const known = keywordsAt('operation');
      const guess = misspelt(b, known, (suffix) => `\`${word}\` is not an operation${suffix}`);
      if (guess === null) b.skipStatement();
      else parseOperation(b, depth, guess);
    }
  }
}

/** What a handler may do: fences. */
export function fenceOnly(b: TreeBuilder): void {
  const word = b.peek()?.text ?? '';
  if (word === 'fence' || word === 'fence.i' || word === 'fence.tso') {
    parseOperation(b, 0);
    return;
  }
  const meant = misspelt(
    b,
    ['fence', 'fence.i', 'fence.tso'],
    (guess) => `a handler consists of fences, not \`${word}\`${guess}`,
  );
  if (meant === null) b.skipStatement();
  else parseOperation(b, 0, meant);
}

/** The word, then operands between commas, then perhaps `by half`. */
function operands(b: TreeBuilder): void {
  b.bump();
  while (!b.atEnd() && !b.at('by')) {
    if (b.at(',')) b.problemHere('something is missing before this comma');
    else {
      b.node('operand', () => {
        while (!b.atEnd() && !b.at(',') && !b.at('by')) b.bump();
      });
    }
    if (b.eat(',') && (b.atEnd() || b.at('by'))) b.problemHere('something is missing after the comma');
  }
  if (b.at('by')) {
    b.node('granule', () => {
      b.bump();
      const known = keywordsAt('granule');
      const word = b.peek();
      if (word === null || !known.includes(word.text))
        misspelt(b, known, (guess) => `a store goes by ${known.join(', ')}${guess}`);
      if (!b.atEnd()) b.bump();
    });
  }
}

/** `without fence.i, release`. */
export function switches(b: TreeBuilder): void {
  const known = keywordsAt('switch');
  b.node('switches', () => {
    b.bump();
    do {
      const name = switchName(b, 0);
      if (!known.includes(name)) {
        misspelt(b, known, (guess) => `stop_machine can go without ${known.join(', ')}${guess}`);
      }
      if (!b.atEnd()) b.bump();
      if (b.eat('-') && !b.atEnd()) b.bump();
    } while (b.at(',') && known.includes(switchName(b, 1)) && b.eat(','));
  });
}

/** The switch that stands some tokens ahead; `irqs-off` is three. */
function switchName(b: TreeBuilder, ahead: number): string {
  const [first, dash, last] = [0, 1, 2].map((n) => b.peek(ahead + n)?.text ?? '');
  return dash === '-' ? `${first}-${last}` : (first ?? '');
}
