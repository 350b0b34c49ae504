import { describe, expect, it } from 'vitest';
import { analyzeLitmus } from '../../../server/src/language/litmus';
import { checkLitmus, small } from './fixtures';

/** A text that has one message, of this code and beginning, at this place. */
function one(text: string, at: string, code: string, message: string): void {
  const { diagnostics, test } = analyzeLitmus('test.litmus', text);
  expect(
    diagnostics.map((found) => [
      text.slice(found.source.start, found.source.end),
      found.code,
      found.message.slice(0, message.length),
    ]),
  ).toEqual([[at, code, message]]);
  expect(test).toBeNull();
}

/** What a text becomes when each offered fix is applied. */
function fixed(text: string): string {
  const edits = analyzeLitmus('test.litmus', text).diagnostics.flatMap(({ fixes }) => fixes[0]?.edits ?? []);
  return [...edits]
    .sort((a, b) => b.source.start - a.source.start)
    .reduce((old, { source, newText }) => old.slice(0, source.start) + newText + old.slice(source.end), text);
}

describe('the head', () => {
  const rest = '\n{ }\n P0 ;\n nop ;\n';
  it('of another architecture is refused by name, and nothing more is said', () => {
    for (const name of ['PPC', 'AArch64', 'X86', 'C', 'LISA']) {
      one(`${name} MP${rest}`, name, 'unsupported', `\`${name}\` tests are not supported: only \`RISCV\` is`);
    }
  });
  it('misspelt can be mended', () => {
    one(`RISC-V MP${rest}`, 'RISC-V', 'unsupported', '`RISC-V` tests are not supported: only `RISCV` is; did you mean');
    expect(fixed(`riscv MP${rest}`)).toBe(`RISCV MP${rest}`);
    expect(fixed(`RISVC MP${rest}`)).toBe(`RISCV MP${rest}`);
  });
  it('of another text', () => {
    one('', '', 'syntax', 'a litmus test begins with `RISCV NAME`');
    one('hello world', 'hello', 'syntax', 'a litmus test begins with `RISCV NAME`, not with `hello`');
    one(`RISCV\n{ }`, 'RISCV', 'syntax', 'a name is missing behind `RISCV`');
    one('RISCV MP\nP0 ;\nnop ;\n', 'MP', 'syntax', 'the initial state `{ ... }` is missing behind this line');
  });
});

describe('the initial state', () => {
  it('declares names once, with types that are known', () => {
    checkLitmus(`
      RISCV T
      {
        uint46_t x;
  (*    ^^^^^^^^ type: \`uint46_t\` is no type that is known; did you mean \`uint64_t\`? *)
        unsigned long y;
  (*    ^^^^^^^^^^^^^ type: a type is one word, not \`unsigned long\`; did you mean \`uint64_t\`? *)
        double f;
  (*    ^^^^^^ unsupported: type \`double\`: floating point is not supported *)
        __int128 z;
  (*    ^^^^^^^^ unsupported: type \`__int128\`: 128-bit values are not supported *)
        int v; uint8_t v;
  (*                   ^ duplicate-name: \`v\` is declared already *)
        w=1; w=2;
  (*         ^ duplicate-name: \`w\` has a value already *)
        0:x5=1; 0:t0=2;
  (*            ^^^^ duplicate-name: \`0:x5\` has a value already *)
        int **q;
  (*         ^ unsupported: pointers to pointers are not supported as types: one \`*\` is enough *)
      }
       P0  ;
       nop ;
    `);
  });
  it('holds values that fit', () => {
    checkLitmus(`
      RISCV T
      {
        uint8_t x=256; int8_t y=-129; z=0x100000000;
  (*              ^^^ value: 256 does not fit \`x\`: uint8_t has 1 byte *)
  (*                            ^^^^ value: -129 does not fit \`y\`: int8_t has 1 byte *)
  (*                                    ^^^^^^^^^^^ value: 0x100000000 does not fit \`z\`: int has 4 bytes *)
        uint8_t 0:x5=300; 0:x6=0x10000000000000000;
  (*                 ^^^ value: 300 does not fit \`0:x5\`: uint8_t has 1 byte *)
  (*                           ^^^^^^^^^^^^^^^^^^^ syntax: \`0x10000000000000000\` does not fit 64 bits *)
        0:x7=12ab;
  (*         ^^^^ syntax: \`12ab\` is no number *)
        0:x0=1;
  (*    ^^^^ value: \`x0\` is always 0 *)
        int a[2]={1}; int b[2]=3; c={1,2}; int d[0];
  (*             ^^^ value: an array of 2 takes 2 values in braces: \`{...}\` *)
  (*                           ^ value: an array of 2 takes 2 values in braces: \`{...}\` *)
  (*                                ^^^^^ value: this is no array, and takes one value *)
  (*                                             ^ type: an array has 1 to 4096 elements *)
        e[1]=2;
  (*    ^^^^ type: an array is declared with its type and all its values: \`int e[2]={0,0}\` *)
        0:x8=a[2]; 0:x9=z[1];
  (*           ^ type: \`a\` has the elements 0 to 1 *)
  (*                      ^ type: \`z\` is no array *)
      }
       P0  ;
       nop ;
    `);
  });
  it('names threads, registers, labels and instructions', () => {
    checkLitmus(`
      RISCV T
      {
        1:x5=x; 0:x32=1; 0:y5=2; 0:fa0=1; 0:%a=x;
  (*    ^ unknown-name: there is no thread P1: there is only P0 *)
  (*              ^^^ unknown-name: \`x32\` is no register; did you mean \`x2\`? *)
  (*                       ^^ unknown-name: \`y5\` is no register; did you mean \`x5\`? *)
  (*                               ^^^ unsupported: \`fa0\`: floating-point registers are not supported *)
  (*                                        ^ unsupported: symbolic registers (\`%a\`) are not supported: name the register *)
        0:x5=P0:L1; 0:x6=P2:L0; 0:x7=label:"L0";
  (*            ^^ unknown-name: P0 has no label \`L1\`; did you mean \`L0\`? *)
  (*                     ^^ unknown-name: there is no thread P2: there is only P0 *)
  (*                                 ^^^^^^^^^^ syntax: a label is written \`label:"P0:L0"\` *)
        0:x8=instr:"adi x5,x5,1"; 0:x9=instr:"j L0"; 0:x10=instr:"li x5,0x12345678";
  (*                ^^^ assembly: unknown instruction \`adi\`: did you mean \`addi\`? *)
  (*                                            ^^ assembly: where this instruction will stand is not known: write the distance, as in \`j .+8\` *)
  (*                                                              ^^^^^^^^^^^^^^^^ assembly: \`li x5,0x12345678\` becomes 2 instructions *)
        0:x11=instr:"nop;
  (*          ^^^^^^^^^^ syntax: this string has no closing \`"\` *)
        0:x12=instr:"fadd.s fa0,fa1,fa2"; 0:x13=instr:"lw.aq x5,4(x6)"; 0:x14=instr:"L: nop";
  (*                 ^^^^^^^^^^^^^^^^^^ unsupported: \`fadd.s\` is not supported: the model does not cover it *)
  (*                                                            ^^^^^ assembly: an address such as \`(a0)\` is expected here: \`lw.aq rd, (rs1)\` *)
  (*                                                                                 ^^^^^^ assembly: one instruction is expected here *)
      }
       P0      ;
       L0: nop ;
    `);
  });
  it('refuses other architectures’ values by name, and reads on behind each item', () => {
    checkLitmus(`
      RISCV T
      {
        [PTE(x)]=1; x=(oa:PA(y), valid:0); 0:x5=PTE(x); 0:x6=x:green; y:red=1;
  (*     ^^^ unsupported: \`PTE(...)\`: virtual memory is not supported *)
  (*                  ^ unsupported: \`(...)\` values (page table entries) are not supported *)
  (*                                            ^^^ unsupported: \`PTE(...)\`: virtual memory is not supported *)
  (*                                                         ^ unsupported: \`x:\`: memory tags are not supported *)
  (*                                                                  ^ unsupported: \`y:\`: memory tags are not supported *)
        0:x7 1; =3; 0:x5=;
  (*         ^ syntax: \`;\` is expected here, not \`1\` *)
  (*            ^ syntax: a location or register is expected here, not \`=\` *)
  (*                     ^ syntax: a value is expected here, not \`;\` *)
        int a[;
  (*          ^ syntax: an index is expected here, not \`;\` *)
        z=1 w=2;
  (*        ^ syntax: \`;\` is expected here, not \`w\` *)
      }
       P0  ;
       nop ;
    `);
  });
  it('ends', () => {
    checkLitmus(`
      RISCV T
      {
  (*  ^ syntax: this \`{\` has no \`}\` *)
        0:x6=x;
       P0  ;
       nop ;
      exists (0:x5=1)
    `);
  });
});

describe('the table', () => {
  it('names its threads from left to right', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       P0 | P2 ;
  (*        ^^ syntax: the threads are P0, P1 and so on from left to right: this is \`P1\` *)
       nop ;
    `);
  });
  it('names its threads as herd7 does', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       p0 | P1 ;
  (*   ^^ syntax: the first row names the threads: \` P0 | P1 ;\`; did you mean \`P0\`? *)
       nop ;
    `);
  });
  it('is no C', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       P0 (volatile int* x) {
  (*   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unsupported: a thread with parameters, a scope or a body in C is not supported *)
         int r = *x;
       }
    `);
  });
  it('has no more cells than threads, and `;` behind each row', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       P0  | P1  ;
       nop | nop | nop ;
  (*               ^^^ syntax: this cell belongs to no thread: there are 2 threads *)
       nop | nop
  (*           ^ syntax: a \`;\` is missing at the end of this row *)
      exists (true)
    `);
  });
  it('is there', () => {
    checkLitmus(`
      RISCV T
      { }
  (*    ^ syntax: the program is missing behind this: \` P0 | P1 ;\` and its rows *)
      exists (true)
    `);
  });
  it('holds instructions that are executed here', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       P0              | P1           ;
       lww x5,0(x6)    | lw x5 0(x6)  ;
  (*   ^^^ assembly: unknown instruction \`lww\`: did you mean \`lw\`? *)
  (*                        ^^^^^^^^ assembly: \`lw\` does not take 1 operand: \`lw rd, imm(rs1)\` or \`lw rd, symbol\` *)
  (*                           ^ assembly: \`0\` is not expected here: a comma or the end of the statement is *)
       lw x5,4096(x6)  | addi x5,y5,1 ;
  (*         ^^^^ assembly: immediate 4096 is out of range: -2048 to 2047 *)
  (*                             ^^ assembly: an integer register (first source register) is expected here, not \`y5\`: did you mean \`x5\`?: \`addi rd, rs1, imm\` *)
       bne x5,x6,LOP   | LOP:         ;
  (*             ^^^ unknown-name: unknown symbol \`LOP\` *)
       fadd.s f0,f1,f2 | nop ;
  (*   ^^^^^^ unsupported: \`fadd.s\` is not supported: the model does not cover it *)
       .word 3         | LOP: nop     ;
  (*   ^^^^^ unsupported: directives (\`.word\`) are not supported here *)
  (*                     ^^^ duplicate-name: this thread has a label \`LOP\` already *)
       L1: 3           | LOOP: j LOP  ;
  (*       ^ assembly: an instruction or directive is expected here, not \`3\` *)
       j 0x40000000    | c.lbu x9,0(x8) ;
  (*     ^^^^^^^^^^ reach: 0x40000000 is 1071644664 bytes away: \`j\` reaches -1048576 to 1048574 *)
  (*                     ^^^^^ unsupported: \`c.lbu\` needs Zcb *)
    `);
  });
});

describe('the condition', () => {
  it('compares what can be equal', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; uint8_t y; int a[2]; }
       P0          ;
       lw x5,0(x6) ;
      exists (0:x5=5000000000 /\\ y=256 /\\ a=1 /\\ a={1} /\\ a[2]=1 /\\ x[0]=1
  (*               ^^^^^^^^^^ value: 5000000000 does not fit \`0:x5\`: int has 4 bytes *)
  (*                               ^^^ value: 256 does not fit \`[y]\`: uint8_t has 1 byte *)
  (*                                        ^ type: \`a\` has 2 elements: \`{...}\` *)
  (*                                               ^^^ type: \`a\` has 2 elements: \`{...}\` *)
  (*                                                        ^ type: \`a\` has the elements 0 to 1 *)
  (*                                                                  ^ type: \`x\` is no array *)
        /\\ 1:x5=1 /\\ 0:x55=1 /\\ 0:x0=0 /\\ 0:x5={1,2} /\\ a=[x] /\\ 0:x5=P0:L)
  (*       ^ unknown-name: there is no thread P1: there is only P0 *)
  (*                   ^^^ unknown-name: \`x55\` is no register; did you mean \`x5\`? *)
  (*                            ^^^^ value: \`x0\` is always 0: there is nothing to ask of it *)
  (*                                           ^^^^^ value: \`0:x5\` is no array, and takes one value *)
  (*                                                      ^^^ type: an array and a single value are never equal *)
  (*                                                                     ^ unknown-name: P0 has no label \`L\` *)
    `);
  });
  it('may speak of what nobody sets, with a warning', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; flag=0; }
       P0          ;
       lw x5,0(x6) ;
      exists (x5=1 /\\ flog=1 /\\ 0:x7=0)
  (*          ^^ never-written: \`x5\` is 0 for ever: the initial state gives no thread its address; did you mean \`0:x5\`? *)
  (*                  ^^^^ never-written: \`flog\` is 0 for ever: the initial state gives no thread its address; did you mean \`flag\`? *)
  (*                            ^^^^ never-written: \`0:x7\` is 0 for ever: nothing sets it *)
    `);
  });
  it('has no mode `observed`', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       P0          ;
       lw x5,0(x6) ;
      observed 0:x5=1;
  (*  ^^^^^^^^ unsupported: \`observed\` is not supported: write \`exists\`, \`~exists\` or \`forall\` *)
    `);
  });
  it('is whole', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       P0          ;
       lw x5,0(x6) ;
      exists (0:x5=1 /\\ x=1
  (*                      ^ syntax: \`)\`, \`/\\\` or \`\\/\` is missing behind this *)
    `);
  });
  it('has the signs of herd7', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       P0          ;
       lw x5,0(x6) ;
      exists (0:x5=1 & x=1)
  (*                 ^ syntax: \`)\`, \`/\\\` or \`\\/\` is expected here, not \`&\` *)
    `);
  });
  it('asks for no faults', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       P0          ;
       lw x5,0(x6) ;
      exists (fault(P0,x))
  (*          ^^^^^ unsupported: \`fault(...)\`: faults are not supported *)
    `);
  });
  it('is one', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       P0          ;
       lw x5,0(x6) ;
      exists (0:x5=1)
      exists (0:x5=2)
  (*  ^^^^^^ duplicate-name: there is a condition already *)
    `);
  });
  it('comes last, and `locations` gives types that fit', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       P0          ;
       lw x5,0(x6) ;
      locations [x int8_t; 0:x5 uint46_t; x uint64_t;]
  (*                            ^^^^^^^^ type: \`uint46_t\` is no type that is known; did you mean \`uint64_t\`? *)
  (*                                      ^ type: \`x\` has 4 bytes, \`uint64_t\` has 8 *)
      exists (0:x5=1) and more
  (*                  ^^^ syntax: \`locations\`, \`filter\`, \`exists\`, \`~exists\` or \`forall\` is expected here *)
    `);
  });
  it('misspelt is no row of the table', () => {
    checkLitmus(`
      RISCV T
      { 0:x6=x; }
       P0          ;
       lw x5,0(x6) ;
      exits (0:x5=1)
  (*  ^^^^^ syntax: \`locations\`, \`filter\`, \`exists\`, \`~exists\` or \`forall\` is expected here; did you mean \`exists\`? *)
    `);
  });
  it('behind an open comment is not read', () => {
    one(`${small('', 'nop')}(* a comment\nexists (true)`, '(*', 'syntax', 'this comment has no `*)`');
  });
});

describe('what is offered to mend', () => {
  const mended = (state: string, instructions: string, condition: string): string =>
    fixed(small(state, instructions, condition));
  it('types, registers, mnemonics, labels and names', () => {
    expect(mended('uint46_t x; 0:y5=x; 0:x7=P0:LO', 'L0: adi x5,x5,1', 'exits (flag=1 /\\ x=1)')).toBe(
      small('uint64_t x; 0:x5=x; 0:x7=P0:L0', 'L0: addi x5,x5,1', 'exists (flag=1 /\\ x=1)'),
    );
  });
  it('a register without its thread', () => {
    expect(mended('', 'li x5,1', 'exists (x5=1)')).toBe(small('', 'li x5,1', 'exists (0:x5=1)'));
  });
});

describe('a text of which much is wrong', () => {
  it('is told of by its first faults', () => {
    const { diagnostics } = analyzeLitmus('t', small('', 'bad x5; '.repeat(5000)));
    expect(diagnostics).toHaveLength(200);
  });
  it('has a test only without errors', () => {
    expect(analyzeLitmus('t', small('', 'nop', 'exists (0:x7=1)')).test).not.toBeNull();
    expect(analyzeLitmus('t', small('', 'nop', 'exists (0:x77=1)')).test).toBeNull();
  });
  it('may be too long, or too deep', () => {
    one(
      small('', 'nop; '.repeat(401).replace(/; $/, '')),
      'nop',
      'unsupported',
      'threads of more than 400 instructions',
    );
    const deep = `exists ${'('.repeat(300)}x=1${')'.repeat(300)}`;
    one(small('x=1', 'nop', deep), '(', 'syntax', 'the condition is nested too deeply');
    const threads = Array.from({ length: 33 }, (_, i) => `P${i}`).join(' | ');
    one(`RISCV T {}\n ${threads} ;\n nop ;\n`, 'P32', 'unsupported', 'more than 32 threads are not supported');
  });
});
