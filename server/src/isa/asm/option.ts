import { extensions } from '../extensions';
import { parseIsa, withExtension } from '../isa-string';
import { nearest } from '../suggest';
import type { Isa } from '../types';
import { isOption, OPTIONS } from './directives';
import type { DirectiveBody } from './emit';
import { report, type Scope } from './evaluate';
import type { Expression } from './types';

/** What `.option` changes: which instructions there are, and whether short ones are taken. */
export interface AssemblerState {
  readonly isa: Isa;
  readonly rvc: boolean;
  /** `.option pic`: `la` goes through the global offset table. */
  readonly pic: boolean;
}

const compressed = (isa: Isa): boolean => isa.extensions.has('zca');

/** `+zba`, `-c` or a whole ISA string; null with a problem noted. */
function changed(isa: Isa, expression: Expression, scope: Scope): Isa | null {
  const sign = expression.k === 'unary' ? expression.op : null;
  const word = expression.k === 'unary' ? expression.a : expression;
  if (word.k !== 'name' || sign === '~')
    return report(scope, 'operand', '`.option arch` takes `+zba`, `-c` or an ISA string', expression);
  if (sign === null) {
    const parsed = parseIsa(word.name);
    if (parsed.ok) return parsed.isa;
    for (const { message } of parsed.problems) report(scope, 'operand', message, word);
    return null;
  }
  const name = word.name.toLowerCase();
  const unversioned = extensions.has(name) ? name : name.replace(/\d+(p\d+)?$/, '');
  if (extensions.has(unversioned)) return withExtension(isa, unversioned, sign === '+');
  const near = nearest(name, extensions.keys());
  return report(
    scope,
    'operand',
    `unknown extension \`${word.name}\`${near ? `: did you mean \`${near}\`?` : ''}`,
    word,
    near,
  );
}

function architecture(body: DirectiveBody, state: AssemblerState, scope: Scope): AssemblerState {
  let { isa } = state;
  for (const operand of body.operands.slice(1)) {
    if (operand.k !== 'expression') {
      report(scope, 'operand', '`.option arch` takes `+zba`, `-c` or an ISA string', operand);
      continue;
    }
    isa = changed(isa, operand.value, scope) ?? isa;
  }
  if (body.operands.length < 2) report(scope, 'operand', '`.option arch` takes extensions: `.option arch, +zba`', body);
  return { ...state, isa, rvc: compressed(isa) };
}

/** The state after an `.option`; `saved` are the states that `push` has put by. */
export function applyOption(
  body: DirectiveBody,
  state: AssemblerState,
  saved: AssemblerState[],
  scope: Scope,
): AssemblerState {
  const operand = body.operands[0];
  const name = operand?.k === 'expression' && operand.value.k === 'name' ? operand.value.name : '';
  if (!isOption(name) || (body.operands.length > 1 && name !== 'arch')) {
    const near = nearest(name, OPTIONS);
    report(scope, 'operand', `\`.option\` takes one of ${OPTIONS.join(', ')}`, operand ?? body, near);
    return state;
  }
  switch (name) {
    case 'arch':
      return architecture(body, state, scope);
    case 'rvc':
      if (!compressed(state.isa)) report(scope, 'excluded', '`.option rvc` needs C', body);
      return { ...state, rvc: compressed(state.isa) };
    case 'norvc':
      return { ...state, rvc: false };
    case 'pic':
    case 'nopic':
      return { ...state, pic: name === 'pic' };
    case 'push':
      saved.push(state);
      return state;
    case 'pop': {
      const before = saved.pop();
      if (before === undefined) report(scope, 'operand', '`.option pop` without a `.option push` before it', body);
      return before ?? state;
    }
    default:
      return state;
  }
}
