import { switches } from './parse-operations';
import type { TreeBuilder } from './tree-builder';

/** `expect unsafe mixed, not effective when CONDITION, CONDITION`. A line may go on after a comma. */
export function parseExpect(b: TreeBuilder): void {
  b.node('expect', () => {
    b.bump();
    while (!b.atEnd() && !b.at('when')) {
      if (b.bump()?.text === ',') goOn(b);
    }
    if (!b.eat('when')) return;
    do {
      goOn(b);
      condition(b);
    } while (b.eat(','));
  });
}

/** After a comma the next line still belongs to the statement. */
function goOn(b: TreeBuilder): void {
  if (b.peek()?.kind === 'newline' && b.peekSolid()?.kind === 'word') b.skipNewlines();
}

/** One condition: up to the next comma, but for the commas of a fence's sets, of switches and of a pattern. */
function condition(b: TreeBuilder): void {
  if (b.atEnd() || b.at(',')) {
    b.problemHere('a condition is missing: `not ziccif`, `ipi sbi`, `without STEP.sync`');
    return;
  }
  b.node('condition', () => {
    const first = b.peek()?.text;
    if (first === 'match') {
      while (!b.atEnd() && !b.eat('too')) b.bump();
      return;
    }
    for (let words = 0; !b.atEnd() && !b.at(','); words++) {
      if (words > 0 && b.at('without')) return switches(b);
      if (b.eat('=')) {
        b.bump();
        if (b.at(',') && /^[iorw]+$/.test(b.peek(1)?.text ?? '')) {
          b.bump();
          b.bump();
        }
        return;
      }
      b.bump();
    }
  });
}
