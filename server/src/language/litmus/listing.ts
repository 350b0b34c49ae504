import { type Expression, parseStatement, type Statement } from '../../isa';
import type { LitmusContext } from './context';
import type { CellNode, Program, Word } from './syntax';

/** Longer threads are refused: no search would end, and messages would take for ever. */
const MAX_CELLS = 400;

/** herd7's ordered loads and stores beyond Zalasr: an offset, or a load that does not extend the sign. */
const ORDERED = /^(l[bhwd]|l[bhw]u|s[bhwd])\.(aq|rl|aqrl|aq\.rl)$/;

/** What Zalasr cannot encode; the statement itself then reads without it. */
export interface HerdOrdering {
  readonly aq: boolean;
  readonly rl: boolean;
}

/** One cell as a statement of the assembler. */
export interface ListedCell {
  readonly node: CellNode;
  readonly statement: Statement;
  readonly ordering: HerdOrdering | null;
}

/** A thread's cells from top to bottom, and its labels: where each stands. */
export interface Listing {
  readonly cells: readonly ListedCell[];
  readonly labels: ReadonlyMap<string, Word>;
}

/** The names in a statement's operands: registers, labels, locations; not the sets of fences, nor CSRs. */
export function operandNames({ body }: Statement): Word[] {
  if (body?.k !== 'instruction' || /^(?:fence|csr)/.test(body.mnemonic.name)) return [];
  return body.operands.flatMap((operand) => {
    if (operand.k === 'expression') return expressionNames(operand.value);
    if (operand.k === 'list') return operand.values.flatMap(expressionNames);
    if (operand.k === 'empty') return [];
    return [...(operand.offset ? expressionNames(operand.offset) : []), ...expressionNames(operand.base)];
  });
}

function expressionNames(expression: Expression): Word[] {
  switch (expression.k) {
    case 'name':
      return [{ text: expression.name, start: expression.start, end: expression.end }];
    case 'unary':
    case 'relocation':
      return expressionNames(expression.a);
    case 'binary':
      return [...expressionNames(expression.a), ...expressionNames(expression.b)];
    default:
      return [];
  }
}

/** Parses the cells of each thread. */
export function listThreads(context: LitmusContext, program: Program): Listing[] {
  return program.threads.map((_, column) => listThread(context, program, column));
}

function listThread(context: LitmusContext, program: Program, column: number): Listing {
  const cells: ListedCell[] = [];
  const labels = new Map<string, Word>();
  for (const node of program.cells) {
    if (node.column !== column || context.full) continue;
    if (cells.length === MAX_CELLS) {
      context.add('unsupported', node, `threads of more than ${MAX_CELLS} instructions are not supported`);
      break;
    }
    const cell = listCell(context, node);
    cells.push(cell);
    for (const label of cell.statement.labels) addLabel(context, labels, { ...label, text: label.name });
  }
  return { cells, labels };
}

function listCell(context: LitmusContext, node: CellNode): ListedCell {
  const { masked } = context;
  let statement = parseStatement(masked, node.start, node.end);
  const ordering = herdOrdering(statement);
  if (ordering !== null && statement.body?.k === 'instruction') {
    const { mnemonic } = statement.body;
    const [name = ''] = mnemonic.name.split('.');
    const problems = statement.problems.filter(({ start }) => start !== mnemonic.start);
    statement = { ...statement, body: { ...statement.body, mnemonic: { ...mnemonic, name } }, problems };
  }
  for (const { message, start, end, suggestion } of statement.problems) {
    context.add('assembly', { start, end }, message, suggestion ?? null);
  }
  if (statement.body?.k === 'directive') {
    context.add(
      'unsupported',
      statement.body.name,
      `directives (\`${statement.body.name.name}\`) are not supported here`,
    );
  }
  // Told here, they need not be told again where it is assembled.
  return { node, statement: { ...statement, problems: [] }, ordering };
}

/** The ordering of a load or store that only herd7 can write; null for all others. */
function herdOrdering({ body }: Statement): HerdOrdering | null {
  if (body?.k !== 'instruction') return null;
  const [, access = '', ordering = ''] = ORDERED.exec(body.mnemonic.name) ?? [];
  const address = body.operands.at(-1);
  if (access === '' || address?.k !== 'memory') return null;
  if (access.startsWith('l') ? ordering === 'rl' : ordering === 'aq') return null;
  const zero = address.offset === null || (address.offset.k === 'number' && address.offset.value === 0n);
  if (zero && !access.endsWith('u')) return null;
  return { aq: ordering.startsWith('aq'), rl: ordering.endsWith('rl') };
}

function addLabel(context: LitmusContext, labels: Map<string, Word>, label: Word): void {
  const first = labels.get(label.text);
  // Numeric labels are the assembler's own, and may come again.
  if (/^[0-9]/.test(label.text)) return;
  if (first !== undefined) {
    const related = [{ message: 'the first', source: context.source(first) }];
    context.add('duplicate-name', label, `this thread has a label \`${label.text}\` already`, null, related);
  } else labels.set(label.text, label);
}
