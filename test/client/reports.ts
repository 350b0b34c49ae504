import type { CheckReport } from '../../server/src/lsp/protocol';

/** A report of a check of the protocol `replay`, current unless said otherwise. */
export function report(changes: Partial<CheckReport> = {}): CheckReport {
  return {
    uri: 'file:///replay.cmodx',
    protocol: 'replay',
    when: null,
    version: 1,
    status: 'current',
    expected: 'safe',
    met: true,
    verdict: null,
    headline: 'safe',
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 6 } },
    ...changes,
  };
}
