import { describe, expect, it } from 'vitest';
import { analyze, type DiagnosticKind, diagnosticKinds } from '../../server/src/language';
import { analyzeLitmus } from '../../server/src/language/litmus';
import { analyzeText, checkDiagnostics, checkOf } from './fixtures';

describe('every kind of message', () => {
  for (const [code, kind] of Object.entries<DiagnosticKind>(diagnosticKinds)) {
    it(`${code}: its example has it, at its severity`, () => {
      const { diagnostics: found } =
        kind.language === 'litmus'
          ? analyzeLitmus('example.litmus', kind.example)
          : analyze('example.cmodx', kind.example, () => null);
      expect(found.map((diagnostic) => diagnostic.code)).toContain(code);
      expect(found.find((diagnostic) => diagnostic.code === code)?.severity).toBe(kind.severity);
    });
  }
});

/** A site and the beginning of a protocol, for faults within it. */
const site = `
site entry at 0x80001000 clobbers t0 {
  version old { A: nop }
  version new { B: j .+8 }
}
`;

describe('syntax', () => {
  it('a missing sign', () => {
    checkDiagnostics(`
      symbol target 0x80002000
      //            ^^^^^^^^^^ syntax: a symbol needs an address
    `);
  });
  it('a misspelt keyword, once', () => {
    checkDiagnostics(`
      machnie { memory tso }
    //^^^^^^^ syntax: \`machnie\` is not a declaration; did you mean \`machine\`?
      sit entry at 0x80001000 {
    //^^^ syntax: \`sit\` is not a declaration; did you mean \`site\`?
        verison old { nop }
      //^^^^^^^ syntax: a site holds versions, \`version NAME { ... }\`, not \`verison\`; did you mean \`version\`?
      }
    `);
  });
  it('misspelt operations and lines of a protocol', () => {
    checkDiagnostics(`${site}
      protocol p patches entry from old to new {
        stpe one { wriet B ; snyc fence.i }
      //^^^^ syntax: \`stpe\` is neither an operation nor a line of a protocol; did you mean \`step\`?
        //         ^^^^^ syntax: \`wriet\` is not an operation; did you mean \`write\`?
        //                   ^^^^ syntax: \`snyc\` is not an operation; did you mean \`sync\`?
      }
    `);
  });
  it('a missing brace, where it was opened', () => {
    checkDiagnostics(`
      site entry at 0x80001000 {
        version old { nop
        //          ^ syntax: this \`{\` has no \`}\`
        version new { j .+8 }
      }
    `);
  });
  it('a brace too many', () => {
    checkDiagnostics(`
      machine { }
      }
    //^ syntax: this \`}\` closes nothing
    `);
  });
  it('two statements on a line', () => {
    checkDiagnostics(`${site}
      protocol p patches entry from old to new {
        fence.i write B
        //      ^^^^^ syntax: unexpected \`write\`: one statement a line, or \`;\` between them
      }
    `);
  });
  it('what is missing at the end of a line', () => {
    checkDiagnostics(`${site}
      protocol p patches entry from old to {
        //                                 ^ syntax: a version is missing here
        write B
        expect safe when
        //              ^ syntax: a condition is missing
      }
    `);
  });
  it('comments and strings without an end', () => {
    checkDiagnostics(`
      import "machine.cmodx
      //     ^^^^^^^^^^^^^^ syntax: this string has no closing
      //     ^^^^^^^^^^^^^^ import: there is no file
    `);
    checkDiagnostics(`
      machine { }  /* for ever
    //             ^^ syntax: this comment has no
    `);
  });
});

describe('names', () => {
  it('that nothing has', () => {
    checkDiagnostics(`${site}
      protocol p patches entyr from old to new { fence.i }
      //                 ^^^^^ unknown-name: there is no site \`entyr\`; did you mean \`entry\`?
      protocol q patches entry from odl to new {
        //                          ^^^ unknown-name: site \`entry\` has no version \`odl\`; did you mean \`old\`?
        write BB
        //    ^^ unknown-name: nothing is called \`BB\`
        write entry.C
        //    ^^^^^^^ unknown-name: nothing is called \`entry.C\`
      }
    `);
  });
  it('that two labels have', () => {
    checkDiagnostics(`
      site entry at 0x80001000 {
        version old { A: nop }
        version new { A: j .+8 }
      }
      protocol p patches entry from old to new {
        write A
        //    ^ ambiguous-name: \`A\` may be \`entry.old.A\` or \`entry.new.A\`
        write new.A
        write entry.new.A
      //^^^^^^^^^^^^^^^^^ no-change
      }
    `);
  });
  it('that are taken or reserved', () => {
    checkDiagnostics(`
      symbol a = 1
      symbol a = 2
      //     ^ duplicate-name: \`a\` is a symbol already
      symbol ra = 4
      //     ^^ reserved-name: \`ra\` is a register
      site entry at 0x80001000 {
        version old { A: nop }
        version old { B: nop }
        //      ^^^ duplicate-name: \`old\` is a version already
      }
      protocol p patches entry from old {
        step s { write A }
        //       ^^^^^^^ no-change
        step s { write A }
        //   ^ duplicate-name: \`s\` is a step already
        //       ^^^^^^^ no-change
      }
    `);
  });
  it('with primes as word processors write them', () => {
    checkDiagnostics(`
      site entry at 0x80001000 { version old { A\u2019: nop } }
      //                                        ^ syntax: a prime is written \`'\`
    `);
  });
  it('of registers', () => {
    checkDiagnostics(`
      symbol g = 0x80003000 returns ra, t0
      //                    ^^^^^^^^^^^^^^ unknown-name: a call returns through one register
      symbol f = 0x80002000 returns zero clobbers a0, b1
      //                            ^^^^ unknown-name: \`zero\` is always 0
      //                                              ^^ unknown-name: \`b1\` is no integer register
    `);
  });
});

describe('the machine', () => {
  it('unknown choices', () => {
    checkDiagnostics(`
      machine {
        isa    rv64gc_zicifc
        //            ^^^^^^ machine: unknown extension \`zicifc\`
        memory rvwm
        //     ^^^^ machine: the memory model is rvwmo, tso, sc: \`rvwm\` is not one; did you mean \`rvwmo\`?
        fetch  isa+decode-x
        //     ^^^^^^^^^^^^ machine: the rung of the fetch rules is
        ipi    mailbox
        //     ^^^^^^^ machine: the way of IPIs is memory, device, sbi: \`mailbox\` is not one
        memory tso
      //^^^^^^ machine: \`memory\` is given twice
        cache  none
      //^^^^^ syntax: a machine has \`isa\`, \`memory\`, \`fetch\`, \`ipi\`, not \`cache\`
      }
    `);
  });
});

describe('addresses and layout', () => {
  it('numbers and expressions', () => {
    checkDiagnostics(`
      symbol big = 0x10000000000000000
      //           ^^^^^^^^^^^^^^^^^^^ address: the number does not fit 64 bits
      symbol loop = loop + 4
      //            ^^^^ address: \`loop\` is defined through itself
      symbol lost = nowhere + 4
      //            ^^^^^^^ unknown-name: nothing is called \`nowhere\`
      symbol zero_by_zero = 4 / 0
      //                    ^^^^^ address: division by zero
    `);
  });
  it('beyond the end of the address space', () => {
    checkDiagnostics(`
      site entry at 0xfffffffffffffffe { version v { nop } }
      //            ^^^^^^^^^^^^^^^^^^ address: this goes beyond the end of the address space
    `);
  });
  it('placements', () => {
    checkDiagnostics(`
      site a at 4 mod 4 { version v { nop } }
      //        ^^^^^^^ address: a placement \`A mod M\` has a modulus from 1 to 4096 and a remainder below it
      site b at x mod 4 { version v { nop } }
      //        ^^^^^^^ address: a placement is written \`0 mod 4\`
    `);
  });
  it('alignment', () => {
    checkDiagnostics(`
      site odd at 0x80001001 { version v { nop } }
      //          ^^^^^^^^^^ alignment: instructions start at an even address, not at 0x80001001
    `);
    checkDiagnostics(`
      machine { isa rv64ima }
      site half at 0x80001002 { version v { nop } }
      //           ^^^^^^^^^^ alignment: instructions start at a multiple of 4, as the ISA string has no C
    `);
  });
  it('two things at one place', () => {
    checkDiagnostics(`
      site a at 0x80001000 { version v { nop ; nop } }
      site b at 0x80001004 { version v { nop } }
      //   ^ overlap: \`b\` (0x80001004, 4 bytes) overlaps \`a\` (0x80001000, 8 bytes)
      symbol inside = 0x80001002
      //     ^^^^^^ overlap: \`inside\` (0x80001002) lies within \`a\` (0x80001000, 8 bytes)
      data d at 0x80001007 { .dword 0 }
      //   ^ overlap: \`d\` (0x80001007, 8 bytes) overlaps \`a\` (0x80001000, 8 bytes)
    `);
  });
  it('nothing where something must be', () => {
    checkDiagnostics(`
      site a at 0x80001000 { }
      //   ^ empty-site: site \`a\` has no version
      site b at 0x80002000 { version v { } version w { A: .option rvc } }
      //                             ^ empty-site: version \`v\` holds no instruction
      //                                           ^ empty-site: version \`w\` holds no instruction
    `);
  });
  it('a first version that does not fill the site', () => {
    checkDiagnostics(`
      site entry at 0x80001000 {
        version skip { A: j .+8 }
        version old { nop ; nop }
      }
      protocol p patches entry from skip to old { fence.i }
      //                            ^^^^ unfilled: 4 bytes of \`entry\` from 0x80001004 on are not listed: \`from skip over old\`
      protocol q patches entry from skip over old to old { fence.i }
    `);
  });
});

describe('assembly', () => {
  it('mnemonics, operands, ranges, extensions', () => {
    checkDiagnostics(`
      machine { isa rv64i }
      symbol far = 0x90000000
      site entry at 0x80001000 {
        version v {
          adid a0, a0, 1
        //^^^^ assembly: unknown instruction \`adid\`
          addi a0, a0, 4096
          //           ^^^^ assembly
          mul  a0, a0, a0
        //^^^ extension
          j    far
          //   ^^^ reach
          j    fra
          //   ^^^ unknown-name
        }
      }
    `);
  });
});

describe('operations', () => {
  it('writes outside of what the protocol patches', () => {
    checkDiagnostics(`
      site a at 0x80001000 { version v { A: nop } }
      site b at 0x80002000 { version v { B: nop } }
      data slot at 0x80003000 { .dword 0 }
      protocol p patches a from v {
        write a+4, nop
        //         ^^^ outside-site: 0x80001004 to 0x80001008 is not within \`a\` (0x80001000, 4 bytes)
        write b.B
        //    ^^^ outside-site: the protocol does not patch \`b\`
        store.d slot, 1
        store.d a, 1
        //      ^ outside-site: 0x80001000 is not within \`data\`
        store.b slot, 256
        //            ^^^ operation: the value does not fit 1 byte
      }
    `);
  });
  it('sizes', () => {
    checkDiagnostics(`${site}
      protocol p patches entry from old to new {
        write B by double
        //      ^^^^^^^^^ granule: 4 bytes cannot be stored by double of 8
        write A, B by double
        //         ^^^^^^^^^ granule: these instructions do not stand side by side
        write B by quad
        //         ^^^^ syntax: a store goes by byte, half, word, double
      }
    `);
  });
  it('fences', () => {
    checkDiagnostics(`${site}
      protocol p patches entry from old to new {
        fence w,x
        //      ^ operation: \`x\` is no set of \`i o r w\`
        fence w
      //^^^^^^^ operation: a fence has two sets
      }
    `);
  });
  it('`forbid` and `allow` of what is no instruction, or of no site', () => {
    checkDiagnostics(`${site}
      code tramp at 0x80004000 { GO: nop ; end: }
      protocol p patches entry from old to new {
        write B
        forbid A then end
        //            ^^^ operation: there is no instruction at \`end\`
        forbid A
      //^^^^^^^^ operation: written \`forbid A then B\`
        allow GO then GO
      //^^^^^^^^^^^^^^^^ operation: what is allowed stands in a site that the protocol patches
        allow A then B
      //^^^^^^^^^^^^^^ operation: two of these instructions stand at the same address
      }
    `);
  });
  it('what is waited for, and what is freed', () => {
    checkDiagnostics(`${site}
      protocol p patches entry from old to new {
        write B
        wait rcu ; wait
        //   ^^^ syntax: what is waited for is \`rcu_tasks\`
        //             ^ syntax: what is waited for is \`rcu_tasks\`
        free entry ; free nobody
        //   ^^^^^ unknown-name: \`entry\` is a site: code, data or a symbol can be freed
        //                ^^^^^^ unknown-name: code, data or a symbol can be freed, and none is called \`nobody\`
      }
    `);
  });
  it('`forbid` across two sites, which no pass is in both of', () => {
    checkDiagnostics(`
      site callee at 0x80002000 { version old { X: mv a2, a0 } ; version new { X': mv a2, a1 } }
      site caller at 0x80001000 { version old { B: j callee } }
      code after at 0x80003000 { END: nop }
      protocol together patches callee from old to new, caller from old {
        write X'
        forbid B then X'
      //^^^^^^^^^^^^^^^^ operation: no pass is in \`caller\` and in \`callee\`, so this would never be seen: write them as one site, or the \`thread\` that goes through both
        forbid X then END
      }
      protocol seen patches callee from old to new, caller from old {
        write X'
        forbid B then X'
        thread caller_of_both { j caller }
      }
    `);
  });
  it('`fence.i` where the ISA string has none', () => {
    checkDiagnostics(`
      machine { isa rv64ima }
      ${site.trim()}
      protocol p patches entry from old to new {
        fence.i
      //^^^^^^^ operation: this executes \`fence.i\`, and \`rv64ima\` has no Zifencei
        sync fence.i
      //^^^^^^^^^^^^ operation
        sync { fence }
        stop_machine { write B }
      //^^^^^^^^^^^^ operation
        stop_machine without fence.i { write A }
      }
    `);
  });
  it('a write that changes nothing is only told', () => {
    checkDiagnostics(`${site}
      protocol p patches entry from old to new {
        write A
      //^^^^^^^ no-change: these bytes stand there already
        write B
        write A
      }
      protocol several patches entry from old to new {
        patcher back { lock text ; write A ; unlock text }
        patcher forth { lock text ; write B ; unlock text }
      }
    `);
  });
});

describe('handlers', () => {
  it('that do what is not supported', () => {
    checkDiagnostics(`
      on trap return if jalr t0, *(t0) { sepc = 4 }
      //                                 ^^^^^^^^ handler: \`sepc = 4\` is not supported
      on trap return if jalr t0, *(t0) { sepc -= 3 }
      //                                         ^ handler: sepc moves by an even number of bytes
      on trap return if jlar t0, *(t0) { sepc -= 4 }
      //                ^^^^ handler: unknown instruction \`jlar\`
    `);
  });
});

describe('expectations and conditions', () => {
  it('kinds and claims', () => {
    checkDiagnostics(`${site}
      protocol p patches entry from old to new {
        write B
        expect unsafe tron
        //            ^^^^ expectation: kinds of violation are
        expect unsafe wild-jump wild-jmup
        //                      ^^^^^^^^^ expectation: kinds of violation are
        expect safe torn
        //          ^^^^ expectation: \`torn\` is a kind of violation: it goes with \`unsafe\`
        expect sfae
        //     ^^^^ expectation: \`expect\` is followed by \`safe\` or \`unsafe\`; did you mean \`safe\`?
      }
    `);
  });
  it('conditions that name nothing', () => {
    checkDiagnostics(`${site}
      protocol p patches entry from old to new {
        step activate { write B ; fence w,w }
        expect safe when without activte
        //                       ^^^^^^^ condition: there is no step \`activte\`; did you mean \`activate\`?
        expect safe when without activate.sync
        //               ^^^^^^^^^^^^^^^^^^^^^ condition: step \`activate\` has no \`sync\`
        expect safe when without activate.fence.2
        //               ^^^^^^^^^^^^^^^^^^^^^^^^ condition: step \`activate\` has only 1 of \`fence\`
        expect safe when entyr at 2 mod 4
        //               ^^^^^ condition: the protocol has no site or data \`entyr\`; did you mean \`entry\`?
        expect safe when not zicifc
        //                   ^^^^^^ condition: \`zicifc\` is no assumption that can be changed; did you mean \`ziccif\`?
        expect safe when without "on trap return"
        //               ^^^^^^^^^^^^^^^^^^^^^^^^ condition: there is no \`on trap return\` to leave out
        expect safe when ipi mail
        //                   ^^^^ condition: the way of IPIs is
        expect safe when activate.fence = w,q
        //               ^^^^^^^^^^^^^^^^^^ condition: a fence is changed by
      }
    `);
  });
  it('conditions about operations that are not there, or not one', () => {
    checkDiagnostics(`${site}
      protocol p patches entry from old to new {
        step s { write B ; fence w,w ; fence r,r ; sync fence.i ; stop_machine { write A } }
        expect safe when swap s s.sync
        //                      ^^^^^^ condition: \`swap\` exchanges two steps, or two operations
        expect safe when swap s.write s.sync
        //               ^^^^^^^^^^^^^^^^^^^ condition: there are 2 of \`s.write\`: say which, \`s.write.1\`
        expect safe when swap s.sync sync
        //               ^^^^^^^^^^^^^^^^ condition: \`swap\` wants two different operations
        expect safe when swap s.stop s.write.2
        //               ^^^^^^^^^^^^^^^^^^^^^ condition: one of these operations stands within the other
        expect safe when swap s.sync s.sync.fence.i
        //               ^^^^^^^^^^^^^^^^^^^^^^^^^^ condition: \`swap\` exchanges steps or operations, not parts of a handler
        expect safe when without s.sync.fence
        //               ^^^^^^^^^^^^^^^^^^^^ condition: the handler has no \`fence\`
        expect safe when without s.sync.fence.i.2
        //               ^^^^^^^^^^^^^^^^^^^^^^^^ condition: the handler has only 1 of \`fence.i\`
        expect safe when s.sync.fence.i async
        //               ^^^^^^^^^^^^^^^^^^^^ condition: of a handler, fences are changed or left out
        expect safe when without s.write.fence
        //                       ^^^^^^^^^^^^^ condition: step \`s\` has no such part
        expect safe when s.sync not waiting
        //                          ^^^^^^^ condition: a sync is told to wait by \`STEP.sync not async\`
        expect safe when s.fence.1 not async
        //               ^^^^^^^^^^^^^^^^^^^ condition: \`s.fence.1\` is no \`sync\`
        expect safe when without "on trap return".1
        //               ^^^^^^^^^^^^^^^^^^^^^^^^^^ condition: there is no \`on trap return\` to leave out
        expect safe when without "on trap return" 1
        //                                        ^ condition: one of several handlers is left out by
      }
    `);
  });
  it('conditions of one `when` that decide the same', () => {
    checkDiagnostics(`${site}
      protocol p patches entry from old to new {
        step s { write B }
        expect safe when ipi sbi, ipi device
        //                        ^^^^^^^^^^ condition: another condition of this \`when\` decides this already
        expect safe when ziccid, not ziccid
        //                       ^^^^^^^^^^ condition: another
        expect safe when pinned, executors 2 migrating
        //                       ^^^^^^^^^^^^^^^^^^^^^ condition: another
        expect safe when entry at 2 mod 4, entry at 0 mod 8
        //                                 ^^^^^^^^^^^^^^^^ condition: another
        expect safe when swap s s
        //                      ^ condition: \`swap\` wants two different steps
      }
    `);
  });
  it('an error that only the condition causes is told at the condition', () => {
    checkDiagnostics(`
      site entry at 0x80001000 {
        version old { A: nop }
        version new { B: c.j .+4 }
      }
      protocol p patches entry from old to new {
        write B
        expect safe when not c
        //               ^^^^^ extension: under this condition
      }
    `);
  });
});

describe('which checks an error takes with it', () => {
  const protocols = `
    protocol good patches entry from old to new {
      write B
      expect safe when ipi sbi
    }
    protocol bad patches entry from old to new {
      write C
    }`;
  const valid = (text: string): Record<string, boolean> =>
    Object.fromEntries(
      analyzeText(text).checks.map(({ protocol, when, scenario }) => [
        when === null ? protocol : `${protocol} when ${when}`,
        scenario !== null,
      ]),
    );
  it('one in a protocol: those of the protocol', () => {
    expect(valid(site + protocols)).toEqual({ good: true, 'good when ipi sbi': true, bad: false });
  });
  it('one outside of protocols: all', () => {
    expect(valid(`${site}symbol x\n${protocols}`)).toEqual({ good: false, 'good when ipi sbi': false, bad: false });
  });
  it('one in a condition: that one', () => {
    const text = `${site}protocol p patches entry from old to new {\n write B\n expect safe when without x\n expect safe when ipi sbi\n}`;
    expect(valid(text)).toEqual({ p: true, 'p when without x': false, 'p when ipi sbi': true });
  });
  it('one in an `expect` without condition: the protocol as it stands, and its variants', () => {
    const text = `${site}protocol p patches entry from old to new {\n write B\n expect sfae\n expect safe when ipi sbi\n}`;
    expect(valid(text)).toEqual({ p: false, 'p when ipi sbi': false });
  });
  it('one in an imported file: all, told at the `import`', () => {
    const text = 'import "other.cmodx"\nprotocol p patches entry from old to new { write B }\n';
    const files = { 'other.cmodx': `${site}symbol x\n` };
    expect(checkOf(text, null, files).scenario).toBeNull();
    expect(analyzeText(text, files).diagnostics.map(({ code, source }) => [source.file, code])).toContainEqual([
      'test.cmodx',
      'import',
    ]);
  });
});

describe('what is not supported yet is refused by name', () => {
  const refused: readonly (readonly [string, string])[] = [['`exists`', 'exists (a0 = 1)']];
  for (const [name, line] of refused) {
    it(name, () => {
      const text = `${site}protocol p patches entry from old to new {\n  write B\n  ${line}\n}\n`;
      const { diagnostics, checks } = analyzeText(text);
      expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
        ['unsupported', expect.stringMatching(new RegExp(`^${name.replace(/[()]/g, '.')}.* is not supported yet$`))],
      ]);
      expect(checks.map(({ scenario }) => scenario)).toEqual([null]);
    });
  }
});
