import type { ProtocolId, VaryAnswer, VaryRow } from '../../server/src/lsp/protocol';
import { command, escaped, page, place } from './page';

/** What the page of a protocol's variations shows. */
export interface VaryPage {
  readonly file: string;
  readonly id: ProtocolId;
  /** Null where the text has no such protocol any more. */
  readonly answer: VaryAnswer | null;
}

/** The texts are the server's: every surface says the same words. */
export function varyPage({ file, id, answer }: VaryPage): string {
  const heading = `<h1>${escaped(`${id.protocol} varied`)}</h1>`;
  if (!answer) {
    return page(
      id.protocol,
      `${heading}<p class="stale">${escaped(`${file} has no protocol ${id.protocol} now.`)}</p>`,
    );
  }
  const { base, summary, groups } = answer;
  const rows = groups.flatMap((group) => group.rows);
  const stale = rows.some(({ report }) => report.status === 'stale') || base.status === 'stale';
  const again = `<p class="stale">The text has changed. <a href="${command('cmodx.vary', id)}">Vary it again</a></p>`;
  return page(
    id.protocol,
    `${heading}
<p class="headline ${base.verdict?.verdict ?? base.status}">${escaped(base.headline)}</p>
<p>${escaped(summary)}</p>
${stale ? again : ''}
${groups
  .map(
    ({ heading: title, rows: ofGroup }) => `<h2>${escaped(title)}</h2>
<table class="checks">${ofGroup.map(rowOf).join('')}</table>`,
  )
  .join('\n')}
<h2>${escaped(file)}</h2>`,
  );
}

const icons: Readonly<Record<NonNullable<VaryRow['effect']>, readonly [icon: string, mood: string]>> = {
  'load-bearing': ['&#10007;', 'unsafe'],
  saves: ['&#10003;', 'safe'],
  changes: ['&#8800;', 'unsafe'],
  redundant: ['&#8801;', 'row'],
  open: ['?', 'inconclusive'],
};

function rowOf({ effect, label, found, why, place: where, written, report }: VaryRow): string {
  const { uri, protocol, when, verdict } = report;
  const [icon, mood] = effect === null ? ['&#8230;', report.status] : icons[effect];
  const link = command('cmodx.showTrace', { uri, protocol, when });
  const reason = found === null ? report.headline : `${found}${why === null ? '' : `: ${why}`}`;
  const traced = verdict?.violations.length ? `<a href="${link}">${escaped(reason)}</a>` : escaped(reason);
  const add =
    written || found === null
      ? ''
      : `<a href="${command('cmodx.addExpect', { uri, protocol, when })}">add as expect</a>`;
  return `<tr><td class="effect ${mood}">${icon} ${escaped(label)}</td><td><a href="${command('cmodx.reveal', place(where))}">${escaped(
    when ?? '',
  )}</a></td><td class="${verdict?.verdict ?? report.status}">${traced}</td><td>${written ? 'expected in the text' : add}</td></tr>`;
}
