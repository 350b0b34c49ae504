import type { Recording, TraceStep } from '../../server/src/checker/verdict';
import type { CommandId } from './contributions';

/** What the pages beside the editor are made of: no scripts, links are commands. */

/** A place that a link of the page opens: the argument of `cmodx.reveal`. */
export interface Place {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
}

/** A whole page. @param body HTML */
export function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>`;
}

/** The steps of a recording, a column for each hart that acts. */
export function stepsTable(recording: Recording): string {
  const lanes = lanesOf(recording);
  return `<table class="trace${recording.code === null ? '' : ' violation'}">
<thead><tr><th></th>${lanes.map((lane) => `<th>${escaped(lane)}</th>`).join('')}</tr></thead>
<tbody>
${recording.trace.map((step, row) => stepRow(step, row + 1, lanes)).join('\n')}
</tbody>
</table>`;
}

/** The harts that act, the patcher first: a hart that never acts would be an empty column. */
function lanesOf(recording: Recording): string[] {
  const acting = new Set(recording.trace.map((step) => step.hart));
  const order = recording.before.harts.map((hart) => hart.name).filter((name) => acting.has(name));
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

/** Memory after the last step. */
export function memoryTable({ before, trace }: Recording, heading: string): string {
  const { memory } = trace.at(-1)?.after ?? before;
  if (memory.length === 0) return '';
  const cell = (text: string): string => `<td>${text === '' ? '' : `<code>${escaped(text)}</code>`}</td>`;
  const rows = memory.map(({ address, bytes, text }) => `<tr>${[address, bytes, text].map(cell).join('')}</tr>`);
  return `<h3>${escaped(heading)}</h3><table class="memory">${rows.join('')}</table>`;
}

/** A place of the server's as a link's argument. */
export function place({ file, start, end }: { file: string; start: number; end: number }): Place {
  return { uri: file, start, end };
}

/** The address of a link that runs a command. */
export function command(id: CommandId, argument: unknown): string {
  return escaped(`command:${id}?${encodeURIComponent(JSON.stringify([argument]))}`);
}

export function escaped(text: string): string {
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
.violation tbody tr:last-child { background: var(--vscode-inputValidation-errorBackground); }
.trace a { color: var(--vscode-foreground); text-decoration: none; font-family: var(--vscode-editor-font-family); }
.trace a:hover { text-decoration: underline; }
.row { opacity: 0.6; }
.effect { white-space: nowrap; }
.selected { font-weight: 600; }
.states td { font-family: var(--vscode-editor-font-family); }
.states a { color: var(--vscode-foreground); }
.wanted td { color: var(--vscode-textLink-foreground); }
`;
