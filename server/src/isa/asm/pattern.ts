import { missingOf, needs } from '../decode';
import { insert, operandKinds } from '../operands';
import type { Isa, TextProblem } from '../types';
import { report, type Scope } from './evaluate';
import { splitOrdering } from './forms';
import { bindPattern } from './instruction';
import { parseStatement } from './statement';
import type { InstructionPattern } from './types';

export type PatternResult =
  | { readonly ok: true; readonly pattern: InstructionPattern }
  | { readonly ok: false; readonly problems: readonly TextProblem[] };

/**
 * Parses an instruction in which `*` stands for any register or immediate: `jalr t0, *(t0)` is mask 0x000fffff, match
 * 0x000282e7. Offsets of problems are in `text`. Symbols are unknown here; targets are written `.+8`.
 */
export function parsePattern(text: string, isa: Isa, start = 0, end = text.length): PatternResult {
  const statement = parseStatement(text, start, end);
  const problems: TextProblem[] = [...statement.problems];
  const scope: Scope = {
    isa,
    address: 0n,
    symbol: () => undefined,
    without: () => undefined,
    local: () => undefined,
    pcrelHi: () => undefined,
    names: () => [],
    problems: [],
  };
  const fail = (message: string): PatternResult => {
    if (message !== '') report(scope, 'pattern', message, statement.body ?? { start, end });
    return { ok: false, problems: [...problems, ...scope.problems] };
  };
  if (problems.length > 0) return fail('');
  if (statement.body?.k !== 'instruction' || statement.labels.length > 0)
    return fail('a pattern is one instruction, with `*` for what may be anything');
  const { body } = statement;
  const bound = bindPattern(body, scope);
  if (bound?.form.target.k !== 'instruction') return fail('');
  const { form, binding } = bound;
  const { spec, fields, kindsOf } = bound.form.target;
  const missing = missingOf(spec, isa);
  if (missing.length > 0) return fail(`\`${body.mnemonic.name}\` ${needs(missing)}`);
  const wildKinds = [...binding.wild].flatMap((name) => {
    const kinds = kindsOf(name);
    if (kinds.length > 1) fail(`\`${form.mnemonic}\` uses \`${name}\` twice: write it out`);
    return kinds;
  });
  if (scope.problems.length > 0) return fail('');
  const values = { ...fields(binding.values), ...splitOrdering(body.mnemonic.name).ordering };
  let mask = (spec.length === 2 ? 0xffff : 0xffffffff) >>> 0;
  let match = spec.match;
  for (const operand of spec.operands) {
    const kind = operandKinds.get(operand.kind);
    if (!kind) continue;
    if (wildKinds.includes(kind)) mask = (mask & ~kind.mask) >>> 0;
    else match = (match | insert(kind, values[kind.name] ?? kind.omitted ?? 0)) >>> 0;
  }
  return { ok: true, pattern: { mask, match, length: spec.length, text: statement.text.replace(/\s+/g, ' ') } };
}
