import type { Violation } from '../../server/src/checker/verdict';
import type { CheckReport, TraceAnswer } from '../../server/src/lsp/protocol';
import { command, escaped, memoryTable, page, stepsTable } from './page';

/** What the page shows: the reports of a file, one of them in full. */
export interface TracePage {
  readonly file: string;
  readonly reports: readonly CheckReport[];
  readonly selected: CheckReport;
  /** Null where there is no current verdict. */
  readonly answer: TraceAnswer | null;
}

/** The text of `headline` is the server's: every surface says the same words. */
export function tracePage({ file, reports, selected, answer }: TracePage): string {
  return page(
    title(selected),
    `<h1>${escaped(title(selected))}</h1>
<p class="headline ${selected.verdict?.verdict ?? selected.status}">${escaped(selected.headline)}</p>
${facts(selected)}
${(answer?.violations ?? []).map((violation, index) => violationSection(violation, index, selected)).join('\n')}
<h2>${escaped(file)}</h2>
<table class="checks">${reports.map((report) => checkRow(report, report === selected)).join('')}</table>`,
  );
}

/** `replay_auipc when ipi sbi`. */
export function title({ protocol, when }: Pick<CheckReport, 'protocol' | 'when'>): string {
  return when === null ? protocol : `${protocol} when ${when}`;
}

function facts({ verdict, expected, met }: CheckReport): string {
  if (verdict === null) return '';
  const rows: [string, string][] = [];
  if (expected !== null || met === false) {
    rows.push(['expected', `${expected ?? 'safe'}: ${met ? 'as found' : 'not what was found'}`]);
  }
  if (verdict.limit !== null) rows.push(['limit', verdict.limit]);
  if (verdict.rung !== null) rows.push(['fetch rules needed', verdict.rung]);
  if (verdict.reliesOn.length > 0) rows.push(['relies on', verdict.reliesOn.join('; ')]);
  for (const { name, holds, why } of verdict.claims) {
    rows.push([name, `${holds ? 'holds' : 'does not hold'}${why === null ? '' : `: ${why}`}`]);
  }
  return `<dl>${rows.map(([name, text]) => `<dt>${escaped(name)}</dt><dd>${escaped(text)}</dd>`).join('')}</dl>`;
}

function violationSection(violation: Violation, index: number, { uri, protocol, when }: CheckReport): string {
  const debug = command('cmodx.debug', { uri, protocol, when, violation: index });
  if (violation.trace.length === 0)
    return `<section>
<h2><code>${escaped(violation.code)}</code> ${escaped(violation.headline)}</h2>
<p>${escaped(violation.message)}</p>
</section>`;
  return `<section>
<h2><code>${escaped(violation.code)}</code> ${escaped(violation.headline)}</h2>
<p>${escaped(violation.message)} <a class="debug" href="${debug}">Debug these ${violation.trace.length} steps</a></p>
${stepsTable(violation)}
${memoryTable(violation, 'Memory then')}
</section>`;
}

function checkRow(report: CheckReport, selected: boolean): string {
  const { uri, protocol, when, verdict, status, met, headline } = report;
  const link = command('cmodx.showTrace', { uri, protocol, when });
  const mark = met === null ? '' : met ? 'as expected' : 'not as expected';
  return `<tr class="${selected ? 'selected' : ''}"><td><a href="${link}">${escaped(title(report))}</a></td><td class="${
    verdict?.verdict ?? status
  }">${escaped(headline)}</td><td>${mark}</td></tr>`;
}
