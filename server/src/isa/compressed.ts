import { decode } from './decode';
import { encode } from './encode';
import { instructions } from './tables/index';
import { instantiate, templateOf, unify } from './template';
import type { Decoded, Isa } from './types';

/**
 * The base instruction that a C instruction stands for, with all its fields (`c.lwsp` gives `lw` with rs1 = 2). What stands
 * for nothing else is returned as it is. The result's `word` and `length` are the base instruction's: a link is still the
 * address after the *short* form, so take the length from `decoded`. Legality and reason stay those of `decoded`.
 */
export function expand(decoded: Decoded, isa: Isa): Decoded {
  if (!decoded.spec || decoded.spec.expandsTo === null) return decoded;
  const template = templateOf(decoded.spec.expandsTo, isa.xlen);
  if (!template) return decoded;
  const fields = instantiate(template, decoded.fields);
  const encoded = encode(template.spec, fields);
  if (!encoded.ok) return decoded;
  return { ...decoded, word: encoded.word, length: template.spec.length, spec: template.spec, fields };
}

/** Further instructions that a C form can stand in for, beside the one that it expands to. */
const ALSO: readonly (readonly [string, string])[] = [
  ['c.mv', 'addi rd, rs2, 0'],
  ['c.unimp', 'csrrw x0, cycle, x0'],
  ['c.add', 'add rd, rs2, rd'],
  ['c.addw', 'addw rd, rs2, rd'],
  ['c.and', 'and rd, rs2, rd'],
  ['c.or', 'or rd, rs2, rd'],
  ['c.xor', 'xor rd, rs2, rd'],
];

const FORMS = [
  ...instructions.filter((spec) => spec.length === 2).map((spec) => ({ spec, text: spec.expandsTo ?? '' })),
  ...ALSO.flatMap(([mnemonic, text]) =>
    instructions.filter((spec) => spec.mnemonic === mnemonic).map((spec) => ({ spec, text })),
  ),
].filter((form) => form.text !== '');

/** By mnemonic of what is compressed. `c.addi` is tried before `c.addi16sp`, as GNU as does. */
const formsByTarget = new Map<string, typeof FORMS>();
for (const form of FORMS.sort(
  (a, b) => Number(a.spec.mnemonic === 'c.addi16sp') - Number(b.spec.mnemonic === 'c.addi16sp'),
)) {
  const target = form.text.split(' ')[0] ?? '';
  formsByTarget.set(target, [...(formsByTarget.get(target) ?? []), form]);
}

/**
 * The 16-bit instruction that does the same, or null where there is none that is legal and no hint. With `only`, none but
 * these mnemonics are considered.
 */
export function compress(decoded: Decoded, isa: Isa, only?: readonly string[]): Decoded | null {
  if (!decoded.spec || decoded.length !== 4) return null;
  for (const { spec, text } of formsByTarget.get(decoded.spec.mnemonic) ?? []) {
    if (!spec.xlens.includes(isa.xlen) || (only && !only.includes(spec.mnemonic))) continue;
    const template = templateOf(text, isa.xlen);
    const bound = template && unify(template, decoded.fields);
    const encoded = bound && encode(spec, bound);
    if (!encoded?.ok) continue;
    const short = decode(encoded.word, isa);
    if (short.legality === 'legal' || (spec.illegal && only)) return short;
  }
  return null;
}
