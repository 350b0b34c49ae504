import { expect, test } from 'vitest';
import { codeActions } from '../../server/src/features/code-actions';
import { completion } from '../../server/src/features/completion';
import { textDiagnostics, verdictDiagnostics } from '../../server/src/features/diagnostics';
import { folding } from '../../server/src/features/folding';
import { hover } from '../../server/src/features/hover';
import { inlayHints } from '../../server/src/features/inlay-hints';
import { lenses } from '../../server/src/features/lens';
import { definition, highlights, references } from '../../server/src/features/navigation';
import { outline } from '../../server/src/features/outline';
import { rename } from '../../server/src/features/rename';
import { semanticTokens } from '../../server/src/features/semantic-tokens';
import { analyzed, report, unsafe } from './support';

/** A file of 300 lines: twelve sites with two protocols each. */
const text = Array.from({ length: 12 }, (_, i) => {
  const address = `0x${(0x80000000 + 0x100 * i).toString(16)}`;
  const protocol = (name: string): string => `protocol ${name}${i} patches s${i} from old to new {
  step first { write NEW${i} ; fence w,w ; sync fence.i }
  step second { write HIGH${i}' ; fence w,w ; sync fence.i }
  expect safe
  expect unsafe when not ziccif
  expect unsafe when without first.sync
}
`;
  return `site s${i} at ${address} clobbers t0 {
  version old {
    OLD${i}: auipc t0, 0
    LOW${i}: jalr t0, 16(t0)
  }
  version new {
    NEW${i}: j .+8
    HIGH${i}': nop
  }
}
${protocol('a')}${protocol('b')}
`;
}).join('');

const analysis = analyzed(text);
const found = report(analysis, () => unsafe(text, 'write NEW0'));
const end = text.lastIndexOf('HIGH11');
const whole = { start: 0, end: text.length };

test.each<[string, () => unknown]>([
  ['diagnostics', () => [textDiagnostics(analysis), verdictDiagnostics(found)]],
  ['lenses', () => lenses(analysis, found)],
  ['hover on a write', () => hover(analysis, end, found)],
  ['hover on an instruction', () => hover(analysis, text.lastIndexOf('jalr'), found)],
  ['completion of a label', () => completion(analysis, end)],
  ['completion of an instruction', () => completion(analysis, text.lastIndexOf('jalr'))],
  ['semantic tokens', () => semanticTokens(analysis)],
  ['outline', () => outline(analysis)],
  ['folding', () => folding(analysis)],
  ['inlay hints', () => inlayHints(analysis, whole, { addresses: true, bytes: true })],
  ['definition', () => definition(analysis, end)],
  ['references', () => [references(analysis, end, true), highlights(analysis, end)]],
  ['rename', () => rename(analysis, end, 'OTHER')],
  ['code actions', () => codeActions(analysis, found, whole)],
])('%s within 5 ms on a file of 300 lines', (_, feature) => {
  expect(text.split('\n').length).toBeGreaterThan(295);
  // The best of some: other work on the machine only ever adds to the time.
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 30 && best >= 5; run++) {
    const start = performance.now();
    feature();
    best = Math.min(best, performance.now() - start);
  }
  expect(best).toBeLessThan(5);
});
