/** The editor's server as VS Code runs it, over JSON-RPC: how soon an edit has its verdict, and how typing feels. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CheckReport } from '../../server/src/lsp/protocol';
import { Editor } from '../lsp/editor';
import { type Edit, editsOf } from './edits';
import { mail, mailPath } from './mail';
import type { Bench } from './options';
import { below, duration, type Section, tableText } from './report';
import { median, quantile } from './statistics';

const uri = `file:///examples/${mailPath}`;

/** From the edit, in milliseconds. */
interface Timing {
  readonly edit: Edit;
  /** Until the client knows the protocol's verdict. */
  readonly verdict: number;
  /** Until it knows that of every `when` too. */
  readonly all: number;
  /** Until nothing more is to be found out: shortest traces, lowest rungs, what they rely on. */
  readonly refined: number;
}

/** How long requests took that were answered while checks ran, in milliseconds. */
type Busy = Readonly<Record<'hover' | 'completion', number[]>>;

/** Verdict and typing latencies of the server on the mail's file with all its variants. */
export async function editing({ built, quick }: Bench): Promise<Section> {
  const server = spawn(process.execPath, [`${built}/server.js`, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const editor = await Editor.connect(server.stdout, server.stdin);
    const opened = performance.now();
    await editor.open(uri, mail);
    const first = (await until(editor, 1, 'verdict', 'safe')) - opened;
    await until(editor, 1, 'refined');
    const timings: Timing[] = [];
    const rounds = quick ? 2 : 10;
    for (let round = 0; round < rounds; round++)
      for (const edit of editsOf(round)) timings.push(await timed(editor, edit));
    const busy = await whileChecking(editor, rounds, quick ? 50 : 300);
    const ended = once(server, 'exit');
    await editor.stop();
    server.stdin.end();
    await ended;
    return {
      title: 'From an edit to its verdict',
      blocks: blocks(first, timings, busy),
      results: [
        below("From an edit to the mail's new verdict, p95 of all edits", p95(verdicts(timings)), 100, duration),
        below('The same, p95 of the edits that need a search', p95(verdicts(timings.filter(searched))), 100, duration),
        below('Hover while checks run, p95', p95(busy.hover), 20, duration),
        below('Completion while checks run, p95', p95(busy.completion), 20, duration),
      ],
    };
  } finally {
    server.kill();
  }
}

async function timed(editor: Editor, edit: Edit): Promise<Timing> {
  const start = performance.now();
  const version = await editor.edit(uri, edit.from, edit.to);
  const verdict = (await until(editor, version, 'verdict', edit.verdict)) - start;
  const all = (await until(editor, version, 'all')) - start;
  const refined = (await until(editor, version, 'refined')) - start;
  return { edit, verdict, all, refined };
}

/**
 * Asks for the reports whenever the server tells something, as VS Code asks for the lenses then.
 * @param expected the protocol's verdict, as it must be
 * @returns when the client knew
 */
async function until(
  editor: Editor,
  version: number,
  what: 'verdict' | 'all' | 'refined',
  expected?: Edit['verdict'],
): Promise<number> {
  const told = (): number => editor.published.length + editor.statuses.length;
  for (;;) {
    const before = told();
    const refining = editor.statuses.at(-1)?.refining ?? true;
    const reports = await editor.reports(uri);
    const now = performance.now();
    const own = reports.find(({ when }) => when === null);
    const known = (report: CheckReport): boolean => report.version === version && report.status === 'current';
    if (what === 'verdict' ? own && known(own) : reports.every(known) && (what === 'all' || !refining)) {
      if (expected !== undefined && own?.verdict?.verdict !== expected)
        throw new Error(`version ${version} should be ${expected}, and is ${own?.headline}`);
      return now;
    }
    await editor.until(() => told() > before);
  }
}

/** Hover and completion, one after another, while the checks of one fresh text after another run. */
async function whileChecking(editor: Editor, from: number, samples: number): Promise<Busy> {
  const busy: Busy = { hover: [], completion: [] };
  for (let round = from; busy.hover.length < samples; round++) {
    const [edit] = editsOf(round);
    if (edit) await editor.edit(uri, edit.from, edit.to);
    for (let checking = true; checking; ) {
      for (const [kind, words] of [
        ['hover', "jalr  t0, %pcrel_lo(AUIPC')"],
        ['completion', 'fence w,w'],
      ] as const) {
        const start = performance.now();
        await editor.at(`textDocument/${kind}`, uri, words);
        const ms = performance.now() - start;
        const reports = await editor.reports(uri);
        checking = reports.some(({ status }) => status === 'checking');
        if (checking) busy[kind].push(ms);
      }
    }
  }
  return busy;
}

const p95 = (values: readonly number[]): number => quantile(values, 0.95);
const verdicts = (timings: readonly Timing[]): number[] => timings.map(({ verdict }) => verdict);
const searched = ({ edit }: Timing): boolean => edit.searched;

function blocks(first: number, timings: readonly Timing[], busy: Busy): string[] {
  const both = (values: readonly number[]): string[] => [duration(median(values)), duration(p95(values))];
  const row = (name: string, of: readonly Timing[]): string[] => [
    name,
    ...both(verdicts(of)),
    ...both(of.map(({ all }) => all)),
    duration(median(of.map(({ refined }) => refined))),
  ];
  const kinds = [...new Set(timings.map(({ edit }) => edit.kind))];
  return [
    `\`examples/${mailPath}\` with its variants in the shipped server (\`dist/server.js\` on standard streams), from \`didChange\` until the client knows the verdict: ${timings.length} edits, each after all that the one before it set off is over. The first verdict after opening the file came after ${duration(first)}.`,
    tableText(
      ['edit', 'verdict', 'p95', 'every `when`', 'p95', 'all explained'],
      [
        ...kinds.map((kind) =>
          row(
            kind,
            timings.filter(({ edit }) => edit.kind === kind),
          ),
        ),
        row('**all that need a search**', timings.filter(searched)),
        row('**all**', timings),
      ],
    ),
    `While checks run (${busy.hover.length + busy.completion.length} requests):`,
    tableText(
      ['request', 'median', 'p95'],
      [
        ['hover', ...both(busy.hover)],
        ['completion', ...both(busy.completion)],
      ],
    ),
  ];
}
