import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeLitmus, type LitmusAnalysis } from '../../../server/src/language/litmus';

/** What litmus files are made of, so that wrong texts get far. */
const pieces = [
  ...['RISCV ', 'T', '\n', ' ', '{', '}', ';', '|', '(', ')', '[', ']', '=', ':', ',', '"', '&', '*', '~', '%', '`'],
  ...['(*', '*)', '/\\', '\\/', '=>', '!=', '<<', 'P0', 'P1', ' P0 | P1 ;', '0:x5', '1:a0', 'x', 'y[1]', '-1', '0x'],
  ...[
    'exists ',
    'forall ',
    'filter ',
    'locations ',
    'not ',
    'true',
    'int ',
    'uint64_t ',
    'instr:"nop"',
    'label:"P0:L"',
  ],
  ...['lw x5,0(x6)', 'sw.rl x5,4(x6)', 'L: ', 'bne x5,x0,L', 'li x5,0x12345678', '.word 1', '18446744073709551616'],
];
const litmus = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''));
const headed = litmus.map((text) => `RISCV T\n{ 0:x6=x; }\n P0 | P1 ;\n L: nop | nop ;\n${text}`);
const stated = litmus.map((text) => `RISCV T\n{ ${text} }\n P0 ;\n nop ;\nexists (x=1)`);

/** Every place lies in the text; a test stands only where there is no error. */
function sound({ text, test, diagnostics, references, cells, locations, condition }: LitmusAnalysis): void {
  for (const { source } of [...diagnostics, ...references, ...cells, ...locations, ...(condition ? [condition] : [])]) {
    expect(source.start).toBeGreaterThanOrEqual(0);
    expect(source.end).toBeGreaterThanOrEqual(source.start);
    expect(source.end).toBeLessThanOrEqual(text.length);
  }
  expect(test === null).toBe(diagnostics.some(({ severity }) => severity === 'error'));
}

describe('any text', () => {
  it('is analysed, and every message has a place in it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), litmus, headed, stated), (text) =>
        sound(analyzeLitmus('t.litmus', text)),
      ),
      { numRuns: 600, seed: 1 },
    );
  });
  it('cut off anywhere', () => {
    const whole =
      'RISCV T\n"doc"\nKey=v\n{ int x[2]={1,2}; 0:x6=x; 1:x5=instr:"nop"; }\n P0 | P1 ;\n L0: lw x5,0(x6) | sw x5,4(x6) ;\nfilter (x[0]=1)\nexists (0:x5=1 /\\ ~(1:x6=P0:L0))\n';
    for (let end = 0; end <= whole.length; end++) sound(analyzeLitmus('t.litmus', whole.slice(0, end)));
  });
});

describe('a megabyte', () => {
  const million = (unit: string): string => unit.repeat(Math.ceil(1_000_000 / unit.length));
  const table = 'RISCV T\n{ 0:x6=x; }\n P0 ;\n';
  const texts: readonly (readonly [string, string])[] = [
    ['of one letter', million('x')],
    ['of zeros', million('\0')],
    ['of comments that open', `RISCV T\n${million('(*')}`],
    ['of open comments in lines', `RISCV T\n${million('(*\n')}`],
    ['of braces', `RISCV T\n${million('{')}`],
    ['of keys', `RISCV T\n${million('a=b\n')}`],
    ['of initial values', `RISCV T\n{ ${million('0:x5=1; ')} }\n P0 ;\n nop ;`],
    ['of locations', `RISCV T\n{ ${Array.from({ length: 100_000 }, (_, i) => `x${i}=1;`).join(' ')} }\n P0 ;\n nop ;`],
    ['of digits', `RISCV T\n{ x=${million('9')}; }\n P0 ;\n nop ;`],
    ['of rows', table + million('lw x5,0(x6);\n')],
    ['of wrong rows', table + million('q ;')],
    ['of cells', table + million('|')],
    ['of threads', `RISCV T\n{}\n${million('P0|')};`],
    ['of lines without an end', table + million('nop\n')],
    ['of labels', table + million('L:')],
    ['of parentheses', `${table} nop ;\nexists ${million('(')}`],
    ['of negations', `${table} nop ;\nexists ${million('~')}`],
    ['of comparisons', `${table} nop ;\nexists ${million('0:x5=1 /\\ ')}x=1`],
    ['of implications', `${table} nop ;\nexists ${million('x=1 => ')}x=1`],
    ['of unknown names', `${table} nop ;\nexists ${Array.from({ length: 60_000 }, (_, i) => `y${i}=1`).join(' /\\ ')}`],
    ['of locations shown', `${table} nop ;\nlocations [${million('x;')}]`],
    ['of spaces', `RISCV T\n{}\n P0 ;\n${million(' \n')}`],
  ];
  // The runner's own limit for a test ends what is not about linear in the text.
  it.each(texts)('%s is analysed to its end', (_, text) => {
    sound(analyzeLitmus('t.litmus', text));
  });
});
