import { describe, expect, it } from 'vitest';
import { check, defaultOptions } from '../../server/src/checker';
import { format, judge } from '../../server/src/language';
import { analyzeText, checkDiagnostics, checkOf, operationsOf, scenarioOf } from './fixtures';

const site = `site entry at 0x80001000 {
  version off { A: nop ; B: nop }
  version on { A': nop ; B': addi a0, a0, 1 }
}
data slot at 0x80002000 { .dword 0x1122334455667788, entry }
data fixed at 0x80003000 { .byte 0x80, 0xff }
`;
const asm = (lines: string, rest = ''): string =>
  `${site}protocol p patches entry from off {\n  asm {\n${lines}\n  }\n${rest}}\n`;
const deeds = (lines: string): string[] => operationsOf(scenarioOf(asm(lines)));
const verdict = (text: string, when: string | null = null) =>
  check(scenarioOf(text, when), { ...defaultOptions, explain: false });

describe('a patcher in plain assembly does', () => {
  const of: readonly (readonly [string, string, readonly string[]])[] = [
    ['a store of a word', 'la a0, B\n li a1, 0x00150513\n sw a1, (a0)', ['0x80001004 <- 0x00150513 by word']],
    ['a store of a byte', 'li a0, 0x80001004\n li a1, 0x1ff\n sb a1, 3(a0)', ['0x80001007 <- 0xff by byte']],
    ['a store of zero', 'la a0, entry\n sh zero, 2(a0)', ['0x80001002 <- 0x0000 by half']],
    [
      'a store of eight bytes',
      'la a0, entry\n li a1, -1\n sd a1, (a0)',
      ['0x80001000 <- 0xffffffffffffffff by double'],
    ],
    ['a compressed store', 'la a0, slot\n li a1, 5\n c.sd a1, 8(a0)', ['0x80002008 <- 0x0000000000000005 by double']],
    [
      'fences',
      'fence w, w\n fence rw, o\n fence.tso\n fence\n fence.i',
      ['fence w,w', 'fence rw,o', 'fence.tso', 'fence iorw,iorw', 'fence.i'],
    ],
    [
      'what a loop does, round by round',
      'la a0, slot\n li a1, 2\n 1: sb a1, (a0)\n addi a0, a0, 1\n addi a1, a1, -1\n bnez a1, 1b',
      ['0x80002000 <- 0x02 by byte', '0x80002001 <- 0x01 by byte'],
    ],
    [
      'what stands behind a branch that is not taken',
      'la a0, slot\n li a1, 1\n beqz a1, 1f\n sb a1, (a0)\n 1:',
      ['0x80002000 <- 0x01 by byte'],
    ],
    ['nothing behind its return', 'la a0, slot\n sb zero, (a0)\n ret\n sb zero, 1(a0)', ['0x80002000 <- 0x00 by byte']],
    ['nothing behind a jump over it', 'fence.i\n j 1f\n fence w, w\n 1:', ['fence.i']],
    [
      'arithmetic of the ISA',
      'la a0, slot\n li a1, -8\n srai a1, a1, 1\n sext.w a1, a1\n sw a1, (a0)',
      ['0x80002000 <- 0xfffffffc by word'],
    ],
    ['nothing where it only computes', 'li a0, 3\n mul a0, a0, a0', []],
  ];
  it.each(of)('%s', (_what, lines, operations) => {
    expect(deeds(lines)).toEqual(operations);
  });
  it('loads of words in the block, signed and unsigned', () => {
    const words =
      'la a0, slot\n la a1, WORD\n lh a2, (a1)\n sd a2, (a0)\n lhu a2, (a1)\n sd a2, (a0)\n j 1f\n WORD: .half 0x8000\n .balign 4\n 1:';
    expect(deeds(words)).toEqual([
      '0x80002000 <- 0xffffffffffff8000 by double',
      '0x80002000 <- 0x0000000000008000 by double',
    ]);
  });
  it('loads of data that nobody changes', () => {
    expect(deeds('la a0, fixed\n lb a1, (a0)\n lbu a2, 1(a0)\n add a1, a1, a2\n la a0, slot\n sw a1, (a0)')).toEqual([
      '0x80002000 <- 0x0000007f by word',
    ]);
  });
  it('what a prologue keeps on its stack', () => {
    const kept =
      'addi sp, sp, -16\n sd ra, 8(sp)\n sd s0, 0(sp)\n la s0, slot\n sb zero, (s0)\n ld s0, 0(sp)\n ld ra, 8(sp)\n addi sp, sp, 16\n ret\n fence.i';
    expect(deeds(kept)).toEqual(['0x80002000 <- 0x00 by byte']);
  });
  it('the same wherever a label of the versions stands', () => {
    const store = 'la a0, B\n lw a1, 1f\n sw a1, (a0)\n j 2f\n 1: addi a0, a0, 1\n 2:';
    const moved = checkOf(asm(store, '  expect safe when entry at 2 mod 4\n'), 'entry at 2 mod 4').scenario;
    expect(moved && operationsOf(moved)).toEqual(['0x80001006 <- 0x00150513 by word']);
  });
});

describe('an operation of a patcher in plain assembly', () => {
  const patch = `step patch {
    asm {
      la     a0, B
      lw     a1, WORD
      sw     a1, (a0)
      fence  w, w
      ret
      WORD: addi a0, a0, 1
    }
    sync fence.i
  }`;
  const text = (more: string): string => `${site}protocol p patches entry from off to on {\n  ${patch}\n${more}}\n`;

  it('stands at its line', () => {
    const [store, fence] = scenarioOf(text('')).patchers[0]?.operations ?? [];
    const at = (source?: { start: number; end: number }) => text('').slice(source?.start, source?.end);
    expect([at(store?.source), at(fence?.source)]).toEqual(['sw     a1, (a0)', 'fence  w, w']);
    expect([store?.text, store?.step]).toEqual(['sw a1, (a0)', 'patch']);
  });
  it('writes instructions that nobody calls torn', () => {
    const other = `${site}protocol p patches entry from off {\n  asm {\n la a0, B\n li a1, 0x00250513\n sw a1, (a0)\n }\n}\n`;
    expect(verdict(other).violations.map(({ code }) => code)).toEqual(['mixed']);
  });
  it('is left out, changed and split by conditions', () => {
    const lines = [
      'expect safe, effective',
      'expect safe, not effective when without patch.write',
      'expect safe, not effective when without patch.sync',
      'expect safe when patch.fence = w,o',
      'expect safe when without patch.fence',
      'expect unsafe torn when patch.write by half',
      'expect unsafe torn when entry at 2 mod 4',
    ];
    const { checks, diagnostics } = analyzeText(text(`  ${lines.join('\n  ')}\n`));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    for (const { scenario, expectations, when } of checks) {
      if (scenario === null) throw new Error(`no scenario when ${when}`);
      expect([when, judge(expectations, check(scenario)).problems]).toEqual([when, []]);
    }
  });
  it('is exactly as the same words of the language', () => {
    const words = `${site}protocol p patches entry from off to on {\n  step patch { write B' by word ; fence w,w ; sync fence.i }\n}\n`;
    expect(operationsOf(scenarioOf(words))).toEqual(operationsOf(scenarioOf(text(''))));
  });
});

describe('what cannot be followed is refused at its line', () => {
  it('what rests on what is not known', () => {
    checkDiagnostics(`${site}protocol p patches entry from off {
  asm { sw a1, 0(a0) }
//      ^^^^^^^^^^^^ not-followed: this stores to a0, which nothing in the block has set
  asm { la a0, slot ; sd a1, (a0) }
//                    ^^^^^^^^^^^ not-followed: this stores a1, which
  asm { beqz a0, 1f ; 1: fence.i }
//      ^^^^^^^^^^^ not-followed: nothing says which way \`beq\` goes
  asm { jr t1 }
//      ^^^^^ not-followed: this jumps to t1 & ~1, which
  asm { la a0, entry ; lw a1, (a0) ; sw a1, 4(a0) }
//                                   ^^^^^^^^^^^^ not-followed: this stores what \`lw a1, (a0)\` loads, which
  asm { la a0, slot ; auipc a1, 0 ; sd a1, (a0) }
//^^^ not-followed: what this stores depends on where its own instructions stand
}
`);
  });
  it('what leaves the block, or never ends', () => {
    checkDiagnostics(`${site}protocol p patches entry from off {
  asm { call entry }
//      ^^^^^^^^^^ not-followed: this jumps out of the block, to 0x80001000
  asm { 1: j 1b }
//         ^^^^ not-followed: this does not come to its end within 100,000 instructions
}
`);
  });
  it('instructions whose doings are not decided', () => {
    checkDiagnostics(`${site}protocol p patches entry from off {
  asm { la a0, slot ; amoswap.w a1, a1, (a0) }
//                    ^^^^^^^^^^^^^^^^^^^^^^ not-followed: an atomic instruction
  asm { ecall }
//      ^^^^^ not-followed: what \`ecall\` does is not known here
  asm { csrci sstatus, 2 }
//      ^^^^^^^^^^^^^^^^ not-followed: \`csrrci\` changes a CSR
  asm { ebreak }
//      ^^^^^^ not-followed: \`ebreak\` is not supported
  asm { .word 0 }
//      ^^^^^^^ not-followed: this is an illegal instruction
}
`);
  });
  it('stores to where nothing is patched', () => {
    checkDiagnostics(`${site}protocol p patches entry from off {
  asm { la a0, entry ; sw zero, 8(a0) }
//                     ^^^^^^^^^^^^^^ outside-site: 0x80001008 to 0x8000100c is not within
}
`);
  });
  it('a load from what the protocol changes, wherever it does', () => {
    checkDiagnostics(`${site}protocol p patches entry from off {
  asm { la a0, slot ; ld a1, (a0) }
//                    ^^^^^^^^^^^ not-followed: what this loads is not known: \`slot\` is changed by \`store.b slot+7, 1\`
  store.b slot+7, 1
}
`);
  });
  it('errors of the assembler', () => {
    checkDiagnostics(`${site}protocol p patches entry from off {
  asm { ld a1, nowhere }
//             ^^^^^^^ unknown-name
}
`);
  });
  it('leaves the checks that it touches without a scenario', () => {
    expect(analyzeText(asm(' sw a1, 0(a0)')).checks.map(({ scenario }) => scenario)).toEqual([null]);
  });
  it('two loads of one place need not be equal', () => {
    const text = asm(' la a0, slot\n la a1, entry\n lw a2, (a1)\n lw a3, (a1)\n sub a2, a2, a3\n sw a2, (a0)');
    expect(analyzeText(text).diagnostics.map(({ code }) => code)).toEqual(['not-followed']);
  });
});

describe('the layout of `asm`', () => {
  it('is that of other assembly, and stays as it is', () => {
    const text = `site entry at 0x80001000 { version off { A: nop } }

protocol p patches entry from off {
  step one {
    asm {
            la     a0, A
      1:    sw     zero, (a0)
            fence  w, w
    }
    sync fence.i
  }
}
`;
    const laidOut = format(text);
    expect(format(laidOut)).toBe(laidOut);
    expect(laidOut.replace(/ +/g, ' ')).toBe(text.replace(/ +/g, ' '));
  });
});

describe('`on ipi`', () => {
  const patch = `site entry at 0x80001000 { version off { NOP: nop } version on { INC: addi a0, a0, 1 } }\n`;
  const bodies = (text: string): string[] => operationsOf(scenarioOf(text)).filter((one) => one.startsWith('sync'));
  it('is the handler of each `sync` that has none of its own', () => {
    const text = `${patch}on ipi { fence rw,rw ; fence.i }\nprotocol p patches entry from off {\n sync ; sync async ; sync fence.i ; sync { fence r,r }\n}\n`;
    expect(bodies(text)).toEqual(['sync fence fence.i', 'sync fence fence.i async', 'sync fence.i', 'sync fence']);
  });
  it('of the protocol goes before that of the file', () => {
    const text = `${patch}on ipi { fence.i }\nprotocol p patches entry from off {\n on ipi { }\n sync\n}\n`;
    expect(bodies(text)).toEqual(['sync ']);
  });
  it('is asked for where there is none', () => {
    checkDiagnostics(`${patch}protocol p patches entry from off {
  sync
//^^^^ operation: nothing says what the other harts do
}
`);
  });
  it('is said once', () => {
    checkDiagnostics(`${patch}on ipi { fence.i }
  on ipi { fence.i }
//^^^^^^^^^^^^^^^^^^ handler: what a hart does at an interrupt is said already
`);
  });
  it('decides as the same handler of the `sync` itself', () => {
    const of = (handler: string, sync: string): string =>
      `${patch}${handler}protocol p patches entry from off to on {\n write INC ; fence w,w ; ${sync}\n}\n`;
    const effective = (text: string) => verdict(text).claims.find(({ name }) => name === 'effective')?.holds;
    expect(effective(of('on ipi { fence.i }\n', 'sync'))).toBe(true);
    expect(effective(of('on ipi { fence rw,rw }\n', 'sync'))).toBe(false);
    expect(effective(of('on ipi { fence rw,rw }\n', 'sync fence.i'))).toBe(true);
  });
});
