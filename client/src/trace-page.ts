import type { Snapshot, TraceStep, Violation } from '../../server/src/checker/verdict';
import type { CheckReport, TraceAnswer } from '../../server/src/lsp/protocol';

/** A place that a link of the page opens: the argument of `cmodx.reveal`. */
export interface Place {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
}

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
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title(selected))}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title(selected))}</h1>
<p class="headline ${selected.verdict?.verdict ?? selected.status}">${escaped(selected.headline)}</p>
${facts(selected)}
${(answer?.violations ?? []).map((violation, index) => violationSection(violation, index, selected)).join('\n')}
<h2>${escaped(file)}</h2>
<table class="checks">${reports.map((report) => checkRow(report, report === selected)).join('')}</table>
</body>
</html>`;
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
  const lanes = lanesOf(violation);
  const debug = command('cmodx.debug', { uri, protocol, when, violation: index });
  return `<section>
<h2><code>${escaped(violation.code)}</code> ${escaped(violation.headline)}</h2>
<p>${escaped(violation.message)} <a class="debug" href="${debug}">Debug these ${violation.trace.length} steps</a></p>
<table class="trace">
<thead><tr><th></th>${lanes.map((lane) => `<th>${escaped(lane)}</th>`).join('')}</tr></thead>
<tbody>
${violation.trace.map((step, row) => stepRow(step, row + 1, lanes)).join('\n')}
</tbody>
</table>
${memoryTable(violation.trace.at(-1)?.after ?? violation.before)}
</section>`;
}

/** The harts that act, the patcher first: a hart that never acts would be an empty column. */
function lanesOf(violation: Violation): string[] {
  const acting = new Set(violation.trace.map((step) => step.hart));
  const order = violation.before.harts.map((hart) => hart.name).filter((name) => acting.has(name));
  return [...new Set([...order, ...acting])];
}

function stepRow(step: TraceStep, row: number, lanes: readonly string[]): string {
  const text = escaped(step.text);
  const cell =
    step.source === null
      ? text
      : `<a href="${command('cmodx.reveal', place(step.source))}" title="Go to the source line">${text}</a>`;
  return `<tr><td class="row">${row}</td>${lanes.map((lane) => `<td>${lane === step.hart ? cell : ''}</td>`).join('')}</tr>`;
}

function memoryTable({ memory }: Snapshot): string {
  if (memory.length === 0) return '';
  const rows = memory.map(
    ({ address, bytes, text }) =>
      `<tr><td><code>${escaped(address)}</code></td><td><code>${escaped(bytes)}</code></td><td><code>${escaped(text)}</code></td></tr>`,
  );
  return `<h3>Memory then</h3><table class="memory">${rows.join('')}</table>`;
}

function checkRow(report: CheckReport, selected: boolean): string {
  const { uri, protocol, when, verdict, status, met, headline } = report;
  const link = command('cmodx.showTrace', { uri, protocol, when });
  const mark = met === null ? '' : met ? 'as expected' : 'not as expected';
  return `<tr class="${selected ? 'selected' : ''}"><td><a href="${link}">${escaped(title(report))}</a></td><td class="${
    verdict?.verdict ?? status
  }">${escaped(headline)}</td><td>${mark}</td></tr>`;
}

function place({ file, start, end }: { file: string; start: number; end: number }): Place {
  return { uri: file, start, end };
}

function command(id: string, argument: unknown): string {
  return escaped(`command:${id}?${encodeURIComponent(JSON.stringify([argument]))}`);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const style = `
body { padding: 0 1.5em 2em; line-height: 1.4; }
h1 { font-size: 1.4em; font-weight: 600; margin-bottom: 0.2em; }
h2 { font-size: 1.1em; margin-top: 1.6em; }
h3 { font-size: 1em; margin-bottom: 0.2em; }
code { font-family: var(--vscode-editor-font-family); }
.headline { font-size: 1.1em; margin-top: 0; }
.safe { color: var(--vscode-testing-iconPassed); }
.unsafe, .invalid, .failed { color: var(--vscode-errorForeground); }
.inconclusive, .stale, .checking { color: var(--vscode-editorWarning-foreground); }
dl { display: grid; grid-template-columns: max-content auto; gap: 0.2em 1em; }
dt { opacity: 0.75; }
dd { margin: 0; }
table { border-collapse: collapse; }
th { text-align: left; font-weight: 600; }
td, th { padding: 0.25em 0.8em 0.25em 0; vertical-align: top; }
.trace td, .trace th { border-top: 1px solid var(--vscode-editorWidget-border); padding-left: 0.6em; }
.trace th { border-top: none; }
.trace tbody tr:last-child { background: var(--vscode-inputValidation-errorBackground); }
.trace a { color: var(--vscode-foreground); text-decoration: none; font-family: var(--vscode-editor-font-family); }
.trace a:hover { text-decoration: underline; }
.row { opacity: 0.6; }
.selected { font-weight: 600; }
`;
