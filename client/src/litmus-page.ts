import type { LitmusAnswer, WitnessAnswer } from '../../server/src/lsp/protocol';
import { command, escaped, memoryTable, page, stepsTable } from './page';

/** What the page of a litmus test shows: its final states, and how one of them comes about. */
export interface LitmusPage {
  readonly file: string;
  readonly answer: LitmusAnswer;
  /** Null: none is chosen, or it is still being searched for. */
  readonly witness: WitnessAnswer | null;
  /** The state that is chosen; null where none is. */
  readonly chosen: string | null;
}

/** The texts are the server's: every surface says the same words. */
export function litmusPage({ file, answer, witness, chosen }: LitmusPage): string {
  const { name, headline, holds, status, limit, condition, model } = answer;
  const mood = status !== 'current' ? status : limit !== null ? 'inconclusive' : holds === false ? 'unsure' : 'found';
  const facts = [
    ...(condition === null ? [] : [['condition', `${condition}${holdsText(holds)}`]]),
    ['model', model],
    ...(limit === null ? [] : [['limit', `${limit}: some final states may be missing`]]),
    ['file', file],
  ];
  return page(
    name ?? file,
    `<h1>${escaped(name ?? file)}</h1>
<p class="headline ${mood}">${escaped(headline)}</p>
<dl>${facts.map(([term = '', text = '']) => `<dt>${escaped(term)}</dt><dd>${escaped(text)}</dd>`).join('')}</dl>
${statesTable(answer, chosen)}
${witnessSection(answer, chosen, witness)}`,
  );
}

function holdsText(holds: boolean | null): string {
  return holds === null ? '' : holds ? ': holds' : ': does not hold';
}

/** One column for each register and location that a state shows. */
function statesTable({ uri, states, condition }: LitmusAnswer, chosen: string | null): string {
  if (states.length === 0) return '';
  const columns = [...new Set(states.flatMap(({ text }) => cellsOf(text).map(([name]) => name)))];
  const head = [...columns, ...(condition === null ? [] : ['condition']), ''];
  const rows = states.map(({ text, satisfies }) => {
    const values = new Map(cellsOf(text));
    const cells = columns.map((column) => `<td>${escaped(values.get(column) ?? '')}</td>`);
    const mark = condition === null ? '' : `<td>${satisfies ? 'satisfied' : ''}</td>`;
    const link = `<td><a href="${command('cmodx.litmus.showWitness', { uri, state: text })}">witness</a></td>`;
    const classes = [...(text === chosen ? ['selected'] : []), ...(satisfies ? ['wanted'] : [])].join(' ');
    return `<tr class="${classes}">${cells.join('')}${mark}${link}</tr>`;
  });
  return `<h2>Final states</h2>
<table class="states">
<thead><tr>${head.map((column) => `<th>${escaped(column)}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

/** `0:x5=1; [x]=2;` as pairs of name and value; a value may hold `=` and `;` in quotes. */
function cellsOf(state: string): [name: string, value: string][] {
  return [...state.matchAll(/\s*([^=;]+)=((?:"[^"]*"|[^;"])*);/g)].map(([, name = '', value = '']) => [name, value]);
}

function witnessSection({ uri }: LitmusAnswer, chosen: string | null, witness: WitnessAnswer | null): string {
  if (chosen === null) return '';
  const heading = `<h2><code>${escaped(chosen)}</code></h2>`;
  if (!witness) return `${heading}<p>Looking for a witness...</p>`;
  const { recording, reason } = witness;
  if (!recording)
    return `${heading}<p class="inconclusive">${escaped(`No witness: ${reason ?? 'none was found'}`)}</p>`;
  const debug = command('cmodx.litmus.debugWitness', { uri, state: chosen });
  return `${heading}
<p><a class="debug" href="${debug}">Debug these ${recording.trace.length} steps</a></p>
${stepsTable(recording)}
${memoryTable(recording, 'All stores, in the order of memory')}`;
}
