import { describe, expect, it } from 'vitest';
import { lintKinds } from '../../server/src/language/lints';
import { analyzeText, checkDiagnostics } from './fixtures';

/** A site of some versions at an address, on a machine. */
const site = (versions: string, address = '0x80001000', machine = 'isa rv64gc_zifencei_ziccif'): string => `
machine { ${machine} }
site entry at ${address} clobbers t0 {
${versions}
}`;

const word = `version old { A: nop }
  version new { B: j .+0x100 }`;

const toggle = `version old { A: auipc t0, 0 ; B: nop }
  version new { A: auipc t0, 0 ; C: jalr t0, 256(t0) }`;

describe('straddling', () => {
  it('an instruction across two fetch units', () => {
    checkDiagnostics(`${site(word, '0x80001002')}
      protocol p patches entry from old to new {
        write B ; fence w,w ; sync fence.i
      //^^^^^^^ straddle: the instruction at \`entry\` crosses a 4-byte boundary, so that a hart fetches its halves apart, and this write is 2 stores of 2 bytes
      }
    `);
  });
  it('without Ziccif, every instruction of 4 bytes', () => {
    checkDiagnostics(`${site(word, '0x80001000', 'isa rv64gc_zifencei')}
      protocol p patches entry from old to new {
        write B ; fence w,w ; sync fence.i
      //^^^^^^^ straddle: without Ziccif a hart fetches the halves of the instruction at \`entry\` apart
      }
    `);
  });
  it('not while the harts are stopped, and not where nobody else runs the code', () => {
    checkDiagnostics(`${site(word, '0x80001002')}
      protocol stopped patches entry from old to new {
        stop_machine { write B }
        executors any not preemptible
      }
      protocol alone patches entry from old to new {
        write B ; fence.i
        run entry
        executors 0
      }
    `);
  });
  it('not a short breakpoint over the first half, nor what stands behind it', () => {
    checkDiagnostics(`${site('version old { A: nop }\n version trap { T: c.ebreak }\n version new { B: j .+0x200 }', '0x80001002')}
      on ebreak at entry { run A }
      protocol p patches entry from old to new {
        write T                         ; fence w,w ; sync fence.i
        write entry+2, .half 0x2000     ; fence w,w ; sync fence.i
        write entry, .half 0x006f       ; fence w,w ; sync fence.i
      }
    `);
  });
  it('not where a change lies in one of the two units', () => {
    checkDiagnostics(`${site('version old { A: addi a0, a0, 1 }\n version new { B: addi a0, a0, 2 }', '0x80001002')}
      protocol p patches entry from old to new {
        write B ; fence w,w ; sync fence.i
      }
    `);
  });
  it('not what a jump leads around, once all harts have seen it', () => {
    const skipped = `version old { A: c.nop ; B: nop ; C: c.nop }
  version skip { J: c.j .+6 }
  version new { D: c.nop ; E: auipc t0, 16 ; F: c.nop }`;
    checkDiagnostics(`${site(skipped)}
      protocol synced patches entry from old to new {
        write J ; fence w,w ; sync fence.i
        write E ; fence w,w ; sync fence.i
        write D ; fence w,w ; sync fence.i
      }
      protocol hasty patches entry from old to new {
        write J
        write E ; fence w,w ; sync fence.i
      //^^^^^^^ straddle: the instruction at \`entry+2\` crosses a 4-byte boundary
        write D ; fence w,w ; sync fence.i
      }
    `);
  });
});

describe('stores', () => {
  it('a word by halves', () => {
    checkDiagnostics(`${site(word)}
      protocol p patches entry from old to new {
        write B by half ; fence w,w ; sync fence.i
      //^^^^^^^^^^^^^^^ split-store: this write is 2 stores of 2 bytes
      }
    `);
  });
  it('two words by one store that is not aligned', () => {
    checkDiagnostics(`${site('version old { A: nop ; B: nop }\n version new { C: auipc t0, 1 ; D: jalr t0, 0(t0) }', '0x80001004')}
      protocol p patches entry from old to new {
        write C, D by double ; fence w,w ; sync fence.i
      //^^^^^^^^^^^^^^^^^^^^ split-store: this write is 2 stores of 4 bytes
      }
    `);
  });
  it('not where one of them changes nothing', () => {
    checkDiagnostics(`${site('version old { A: addi a0, a0, 1 }\n version new { B: addi a0, a0, 2 }')}
      protocol p patches entry from old to new {
        write B by half ; fence w,w ; sync fence.i
      }
    `);
  });
});

describe('lengths', () => {
  const small = `version small { A: c.nop ; B: c.nop }
  version large { C: nop }`;
  it('two instructions that become one', () => {
    checkDiagnostics(`${site(small)}
      protocol p patches entry from small to large {
        write C ; fence w,w ; sync fence.i
      //^^^^^^^ combine: this makes one instruction of two at \`entry\`: a hart that stands before the second
      }
      protocol stopped patches entry from small to large {
        stop_machine { write C }
        //             ^^^^^^^ combine: this makes one instruction of two at \`entry\`: a thread that was preempted
      }
      protocol quiet patches entry from small to large {
        stop_machine { write C }
        executors any not preemptible
      }
    `);
  });
  it('one instruction that becomes two, unless fetches are in order', () => {
    const body = `
      protocol p patches entry from large to small {
        write A, B by word ; fence w,w ; sync fence.i`;
    checkDiagnostics(`${site(small)}${body}
      //^^^^^^^^^^^^^^^^^^ divide: this makes two instructions of one at \`entry\`
      }
    `);
    checkDiagnostics(`${site(small, '0x80001000', 'isa rv64gc_zifencei_ziccif_ziccid')}${body}
      }
    `);
  });
});

describe('messages', () => {
  it('by a device: `o` in the successor set', () => {
    for (const ipi of ['device', 'sbi'])
      checkDiagnostics(`${site(toggle, '0x80001000', `ipi ${ipi}`)}
      protocol p patches entry from old to new {
        write C ; fence w,w ; sync fence.i
        //        ^^^^^^^^^ unordered-sync: \`fence w,w\` does not order \`write C\` before the message of \`sync fence.i\`
      }
      protocol right patches entry from old to new {
        write C ; fence w,w ; fence w,o ; sync fence.i
      }
    `);
  });
  it('by memory: a fence at all, with `w` on both sides', () => {
    checkDiagnostics(`${site(toggle)}
      protocol none patches entry from old to new {
        write C ; sync fence.i
        //        ^^^^^^^^^^^^ unordered-sync: nothing orders \`write C\` before the message of \`sync fence.i\`, a store
      }
      protocol other patches entry from old to new {
        write C ; fence w,o ; sync fence.i
        //        ^^^^^^^^^ unordered-sync: \`fence w,o\` does not order \`write C\`
      }
      protocol before patches entry from old to new {
        fence w,w ; write C ; sync fence.i
        //                    ^^^^^^^^^^^^ unordered-sync
      }
    `);
  });
  it('not behind what orders them too: a `fence.i` of the own hart, a switch to another', () => {
    checkDiagnostics(`${site(toggle)}
      protocol fenced patches entry from old to new {
        write C ; fence.i ; sync fence.i
      }
      protocol moved patches entry from old to new {
        write C ; migrate ; sync fence.i
      }
      protocol stopped patches entry from old to new {
        stop_machine { write C }
        sync fence.i
      }
    `);
  });
  it('not where the memory model keeps stores in order', () => {
    checkDiagnostics(`${site(toggle, '0x80001000', 'memory tso')}
      protocol p patches entry from old to new {
        write C ; sync fence.i
      }
    `);
  });
  it('are repaired by what is offered', () => {
    const text = `${site(toggle, '0x80001000', 'ipi sbi')}
      protocol p patches entry from old to new { write C ; fence w,w ; sync fence.i }
      protocol q patches entry from old to new { write C ; sync fence.i }
    `;
    const { diagnostics } = analyzeText(text);
    expect(diagnostics.map(({ code }) => code)).toEqual(['unordered-sync', 'unordered-sync']);
    const repaired = diagnostics
      .flatMap(({ fixes }) => fixes.flatMap(({ edits }) => edits))
      .toSorted((a, b) => b.source.start - a.source.start)
      .reduce((now, { source, newText }) => now.slice(0, source.start) + newText + now.slice(source.end), text);
    expect(repaired).toContain('write C ; fence w,o ; sync fence.i }\n      protocol q');
    expect(analyzeText(repaired).diagnostics).toEqual([]);
  });
});

describe('the end', () => {
  it('a write behind the last sync', () => {
    checkDiagnostics(`${site(toggle)}
      protocol p patches entry from old to new {
        write C ; fence w,w ; sync fence.i
        write B
      //^^^^^^^ unsynced: nothing after \`write B\` makes the other harts execute \`fence.i\`
      }
    `);
  });
  it('a `fence.i` of the own hart alone', () => {
    checkDiagnostics(`${site(toggle)}
      protocol p patches entry from old to new {
        write C ; fence w,w ; fence.i
      //^^^^^^^ unsynced
      }
    `);
  });
  it('not where it is meant, and not where nothing is ever flushed', () => {
    checkDiagnostics(`${site(toggle)}
      protocol meant patches entry from old to new {
        write C ; fence w,w ; fence.i
        expect safe, not effective
      }
      protocol lazy patches entry from old to new {
        write C
      }
    `);
  });
});

describe('fences', () => {
  it('a `fence.i` with nothing before it, under `letter`', () => {
    const code = site(
      'version old { A: fence.i ; B: nop }\n  version new { C: lw a0, 0(a1) ; D: fence.i }',
      '0x80001000',
      'fetch letter',
    );
    const { diagnostics } = analyzeText(`${code}\nprotocol p patches entry from old to new { write C }\n`);
    expect(diagnostics.map(({ code: its }) => its)).toEqual(['unanchored']);
    checkDiagnostics(`${site(toggle, '0x80001000', 'fetch letter')}
      protocol p patches entry from old to new {
        fence.i ; write C ; fence w,w ; sync fence.i
      //^^^^^^^ unanchored: no load or store comes before this \`fence.i\`
      }
    `);
    checkDiagnostics(`${site(toggle)}
      protocol p patches entry from old to new {
        fence.i ; write C ; fence w,w ; sync fence.i
      }
    `);
  });
});

describe('handlers', () => {
  const body = `${site(toggle)}
      protocol p patches entry from old to new { write C ; fence w,w ; sync fence.i }`;
  it('an instruction that compilers emit', () => {
    checkDiagnostics(`
      on trap return if jalr t0, *(t0) { sepc -= 4 }
    //^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ broad-handler: without an address this matches \`call t0, __riscv_save_N\`
      on ebreak if ebreak { sepc += 4 }
    //^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ broad-handler: without an address this matches \`BUG()\`
      ${body}
    `);
  });
  it('not with an address, and not an instruction that nobody emits', () => {
    checkDiagnostics(`
      on trap return to entry+4 if jalr t0, *(t0) { sepc -= 4 }
      on trap return if jalr t2, *(t2) { sepc -= 4 }
      ${body}
    `);
  });
});

describe('all of them', () => {
  it('are silent where a text has errors: what those leave out would be missed', () => {
    const { diagnostics } = analyzeText(`${site(word, '0x80001002')}
      protocol p patches entry from old to new { write B ; fence w,w ; sync fence.i ; wirte A }
    `);
    expect(diagnostics.map(({ code }) => code)).toEqual(['syntax']);
  });
  it('never take a scenario away', () => {
    for (const { example } of Object.values(lintKinds))
      expect(analyzeText(example).checks.map(({ scenario }) => scenario === null)).toEqual([false]);
  });
});
