import { describe, expect, it } from 'vitest';
import { brief, patch, verdictOf } from './support';

const verdict = (text: string): string => brief(verdictOf(text));
const headlines = (text: string): string[] => verdictOf(text).violations.map(({ headline }) => headline);
const flush = '  fence w,w; sync fence.i';

describe('one word patched in place', () => {
  const toggle = (rest: string): string =>
    patch({ off: '    A: nop', on: '    B: addi a0, a0, 1' }, `  write B${rest}`);

  it('is safe at 0 mod 4 with Ziccif: either value is a version', () => {
    expect(verdict(toggle(`;${flush}`))).toBe('safe');
  });
  it('is torn without Ziccif, where only the low half decides: 0x0015 then nop’s or addi’s low half', () => {
    expect(verdict(toggle(`;${flush}; expect unsafe`).replace('site', 'machine { isa rv64gc_zifencei }\nsite'))).toBe(
      'unsafe torn',
    );
  });
  it('is torn by halves, whatever the fetch', () => {
    expect(verdict(toggle(` by half;${flush}`))).toBe('unsafe torn');
  });
  it('is safe by double where both words change at once and nobody stands between them', () => {
    const both = patch(
      { off: '    A: addi a0, a0, 1\n    C: nop', on: '    B: nop\n    D: addi a0, a0, 1' },
      '  write B, D by double; fence w,w; sync fence.i',
    );
    // One message, but two fetch units: a hart may fetch the first before and the second after.
    expect(verdict(both)).toBe('unsafe mixed');
  });
});

describe('decoded torn words', () => {
  it('low half of a jalr on a nop returns to the caller', () => {
    const text = patch({ off: '    N: nop', on: '    J: jalr t0, 256(t0)' }, '  write J by half');
    expect(headlines(text)).toContain('torn 0x000082e7 jalr t0, ra');
  });
  it('half of an ebreak on a nop is an ecall', () => {
    const text = patch({ off: '    N: nop', on: '    E: ebreak' }, '  write E by half');
    expect(
      verdictOf(text)
        .violations.map(({ message }) => message)
        .join(),
    ).toMatch(/0x00000073 = ecall|0x00100013/);
  });
  it('two 2-byte nops that become one 4-byte nop: a hart between them runs 0x0000', () => {
    const text = patch({ two: '    c.nop\n    c.nop', one: '    N: nop' }, `  write N;${flush}`);
    const found = verdictOf(text);
    expect(brief(found)).toBe('unsafe illegal');
    expect(found.violations[0]?.headline).toBe('illegal 0x0000 at here+2');
  });
  it('one byte of a breakpoint is another instruction', () => {
    const text = patch({ off: '    N: nop', on: '    E: ebreak' }, '  write here+0, .byte 0x73');
    expect(verdict(text)).toBe('unsafe torn');
  });
  it('c.ebreak over the head of a 4-byte instruction at 2 mod 4 does not tear', () => {
    const text = patch({ insn: '    N: addi a0, a0, 1', probe: '    E: c.ebreak' }, `  write E;${flush}`).replace(
      '00000 clobbers',
      '00002 clobbers',
    );
    expect(verdict(text)).toBe('safe');
  });
});

describe('where a pass ends', () => {
  it('a jump to an address that nobody declares, by a version’s own instruction, is wild', () => {
    const text = patch({ off: '    nop', on: '    J: j 0xffffffff80a00100' }, '  write J');
    expect(verdict(text)).toBe('unsafe wild-jump');
  });
  it('returning to the caller, through ra or t0, ends a pass; a register that nobody set leads anywhere', () => {
    expect(verdict(patch({ off: '    A: nop', on: '    B: jr ra' }, '  write B'))).toBe('safe');
    expect(verdict(patch({ off: '    A: nop', on: '    B: jr t0' }, '  write B'))).toBe('safe');
    expect(verdict(patch({ off: '    A: jr t3', on: '    B: jr t3' }, '  write B'))).toBe('unsafe wild-jump');
  });
  it('thread-local memory is the thread’s own, as its stack is', () => {
    const text = patch(
      {
        off: '    A: lw t1, 8(tp)\n    B: addi t1, t1, 1\n    C: sw t1, 8(tp)',
        on: '    J: j .+12\n    K: nop\n    L: nop',
      },
      `  write J; ${flush}`,
    );
    expect(verdict(text)).toBe('safe');
    expect(verdict(text.replace('write J;', 'write L;'))).toBe('unsafe mixed');
  });
  it('memory through a pointer that nobody set is refused, but for the stack and tp', () => {
    expect(verdict(patch({ off: '    A: nop', on: '    B: sd a0, 0(a1)' }, '  write B'))).toMatch(
      /^inconclusive: .*through a1@entry, a pointer that nobody set/,
    );
    expect(verdict(patch({ off: '    A: nop', on: '    B: ld t0, 0(t1)' }, '  write B'))).toMatch(
      /^inconclusive: .*through t1@entry/,
    );
    expect(verdict(patch({ off: '    A: nop', on: '    B: ld t0, 8(sp)' }, '  write B'))).toBe('safe');
  });
  it('a fix-up may lead to the end of the site', () => {
    const text = patch(
      { off: '    A: nop\n    B: nop', on: '    C: nop\n    D: addi a0, a0, 1' },
      '  write D\n  on trap return to here+4 if addi a0, a0, 1 { sepc += 4 }',
    );
    // Skipping the second instruction is what `off` does.
    expect(verdict(text)).toBe('safe');
  });
  it('a loop whose counter is unknown has no end of ways: refused, and soon', () => {
    const text = patch(
      { off: '    A: addi a0, a0, -1\n    bnez a0, A', on: '    B: addi a0, a0, -1\n    bnez a0, B' },
      '  write B',
    );
    expect(verdict(text)).toBe('inconclusive: a pass branches on more than 12 unknown conditions');
  });
  it('one hart is one hart: a thread that may migrate has nowhere to go', () => {
    const text = (executors: string): string =>
      patch(
        { old: '    J: j .+8\n    B: li a0, 1', new: '    N: nop\n    C: li a0, 2' },
        `  write C; fence w,w; write N; fence w,w; executors ${executors}`,
        'machine { isa rv64gc_ziccif_ziccid }',
      );
    // Ziccid orders the two fetches of one hart, and the fence orders the two stores.
    expect(verdict(text('1'))).toBe('safe');
    expect(verdict(text('2'))).toBe('unsafe mixed');
    expect(verdict(text('2 pinned'))).toBe('safe');
  });
  it('a pass that loops for ever hangs', () => {
    expect(verdict(patch({ off: '    nop', on: '    J: j .' }, '  write J'))).toBe('unsafe hang');
  });
  it('registers that are not clobbered are compared', () => {
    const half = patch(
      { off: '    A: addi a0, a0, 1\n    nop', on: '    nop\n    B: addi a1, a1, 1' },
      '  write here+4, addi a1, a1, 1',
    );
    expect(verdict(half)).toBe('unsafe mixed');
  });
  it('a stack frame that is taken down again leaves no mark', () => {
    const text = patch(
      { off: '    nop\n    nop\n    nop\n    nop', on: '    addi sp, sp, -16\n    nop\n    nop\n    addi sp, sp, 16' },
      '  write on.entry',
    );
    expect(() => verdictOf(text)).toThrow();
    const labelled = patch(
      { off: '    nop\n    nop', on: '    A: addi sp, sp, -16\n    B: addi sp, sp, 16' },
      `  stop_machine { write A; write B }; executors any not preemptible`,
    );
    expect(verdict(labelled)).toBe('safe');
  });
  it('stores to the thread’s own stack are part of what a pass does', () => {
    const text = patch({ off: '    A: sd a0, -8(sp)', on: '    B: sd a1, -8(sp)' }, '  write B');
    expect(verdict(text)).toBe('safe');
    const lost = patch({ off: '    A: sd a0, -8(sp)\n    nop', on: '    nop\n    B: sd a1, -8(sp)' }, '  write B');
    expect(verdict(lost)).toBe('unsafe mixed');
  });
  it('branches on unknown values go both ways, and a pass keeps to its way', () => {
    const text = patch(
      { off: '    beqz a0, .+8\n    A: addi a1, a1, 1', on: '    beqz a0, .+8\n    B: addi a1, a1, 2' },
      '  write B',
    );
    expect(verdict(text)).toBe('safe');
  });
});

describe('calls that come back', () => {
  const called = (protocol: string): string =>
    patch(
      { off: '    nop\n    nop', on: '    A: auipc t0, %pcrel_hi(tramp)\n    J: jalr t0, %pcrel_lo(A)(t0)' },
      protocol,
      'symbol tramp = 0xffffffff80012000 returns t0 clobbers t1',
    );
  it('a thread inside a call may be preempted there; the pass goes on at its link', () => {
    expect(verdict(called('  stop_machine { write A; write J }; executors any not preemptible'))).toBe('safe');
  });
  it('writing the jump before its auipc is unsafe', () => {
    expect(verdict(called('  write J; write A'))).toBe('unsafe mixed');
  });
});

describe('trampolines in memory', () => {
  const through = (store: string, align: string): string => `
symbol one = 0xffffffff80012000
symbol two = 0x80345680
data slot at 0xffffffff80b0000${align} { .dword one }
code tramp at 0xffffffff80c00000 {
  A: auipc t1, %pcrel_hi(slot)
     ld    t1, %pcrel_lo(A)(t1)
     jr    t1
}
site here at 0xffffffff80a00000 clobbers t0, t1 {
  version on {
    B: auipc t0, %pcrel_hi(tramp)
    J: jalr t0, %pcrel_lo(B)(t0)
  }
}
protocol retarget patches here from on to on { ${store} }
`;
  it('one aligned data store retargets them while threads run there', () => {
    expect(verdict(through('store.d slot, two', '0'))).toBe('safe');
  });
  it('a slot at 4 mod 8 is stored in two halves: a thread may jump to a mixture', () => {
    expect(verdict(through('store.d slot, two', '4'))).toBe('unsafe wild-jump');
  });
});

describe('data that a pass loads more than once', () => {
  const record = (order: string): string => `
data first at 0x80500000 { .dword 3 }
data second at 0x80500008 { .dword 0 }
data slot at 0x80500100 { .dword first }
site here at 0x80001000 clobbers t1 {
  version on {
    A: ld t1, slot
    B: ld a0, 0(t1)
  }
}
protocol publish patches here from on { store.d second, 5; ${order} store.d slot, second }
`;
  it('a record that is published through a pointer is seen as a whole: an address orders loads', () => {
    expect(verdict(record('fence w,w;'))).toBe('safe');
  });
  it('without a fence the new pointer may lead to the old record, which was so at no moment', () => {
    expect(verdict(record(''))).toBe('unsafe mixed');
  });

  const pair = (between: string): string => `
symbol before = 0x80300000
symbol after = 0x80400000
data slot at 0x80500000 { .dword before }
data argument at 0x80500100 { .dword 1 }
site here at 0x80001000 clobbers t0 {
  version on {
    A: ld a2, argument
    B: ld t0, slot
    C: jr t0
  }
}
protocol both patches here from on { store.d argument, 2; ${between} store.d slot, after }
`;
  it('two words that belong together: a thread that holds the old one when all have answered goes on with the new', () => {
    expect(verdict(pair('fence w,w; sync fence.i;'))).toBe('unsafe mixed');
  });
  it('stored one after the other they are both old, one new, or both new', () => {
    const waited = pair('wait rcu_tasks;');
    expect(verdict(waited)).toBe('safe');
  });
});

describe('forbid', () => {
  it('names a pair at its addresses, executed one after the other in one pass', () => {
    const text = patch(
      { off: '    A: nop\n    B: nop', on: '    C: addi a0, a0, 0\n    D: addi a1, a1, 0' },
      '  write D; write C; forbid A then D',
    );
    expect(verdict(text)).toBe('unsafe forbidden');
  });
});

describe('stop_machine', () => {
  const two = (how: string, executors: string): string =>
    patch(
      { off: '    A: nop\n    B: nop', on: '    C: auipc t0, 1\n    D: jalr x0, 0(t0)' },
      `  stop_machine ${how} { write C; write D }\n  executors any ${executors}`,
      'symbol there = 0xffffffff80a01000',
    );
  it('is safe where nobody can be preempted between the two', () => {
    const verdict = verdictOf(two('', 'not preemptible'));
    expect(brief(verdict)).toBe('safe');
    expect(verdict.rung).toBe('isa+decode-w');
  });
  it.each([
    ['', 'preemptible', 'unsafe mixed'],
    ['without fence.i', 'not preemptible', 'unsafe mixed'],
    ['without release', 'not preemptible', 'unsafe mixed'],
    ['without park', 'not preemptible', 'unsafe mixed'],
    ['without irqs-off', 'not preemptible', 'unsafe mixed'],
    ['without acquire', 'not preemptible', 'safe'],
  ])('stop_machine %s, %s: %s', (how, executors, expected) => {
    expect(verdict(two(how, executors))).toBe(expected);
  });
  it('with a synchronous S-mode interrupt inside deadlocks; through the firmware it does not', () => {
    const inside = (machine: string): string =>
      patch({ off: '    A: nop', on: '    B: addi a0, a0, 1' }, '  stop_machine { write B; sync fence.i }', machine);
    expect(verdict(inside(''))).toBe('unsafe deadlock');
    expect(verdict(inside('machine { ipi sbi }'))).toBe('safe');
  });
  it('inside stop_machine never begins', () => {
    expect(
      verdict(patch({ off: '    A: nop', on: '    B: addi a0, a0, 1' }, '  stop_machine { stop_machine { write B } }')),
    ).toBe('unsafe deadlock');
  });
});

describe('floating point', () => {
  it('is done in order, and compared', () => {
    const two = (write: string): string =>
      patch(
        {
          off: '    A: fadd.d fa0, fa1, fa2\n    B: fcvt.d.l fa3, a0',
          on: '    C: fsub.d fa0, fa1, fa2\n    D: fcvt.d.l fa4, a0',
        },
        `  ${write};${flush}`,
      );
    expect(verdict(two('stop_machine { write C, D }; executors any not preemptible'))).toBe('safe');
    expect(verdict(two('write C, D'))).toBe('unsafe mixed');
  });
  it('goes on in integer registers and on the stack: equal after the same instructions', () => {
    const text = (second: string): string =>
      patch(
        {
          off: '    A: fmv.x.d t1, fa0\n    nop\n    fsd fa0, -8(sp)\n    ld t2, -8(sp)',
          on: `    B: fmv.x.d t1, ${second}\n    nop\n    fsd fa0, -8(sp)\n    ld t2, -8(sp)`,
        },
        `  write B; ${flush}`,
      );
    expect(verdict(text('fa0'))).toBe('safe');
    expect(verdict(text('fa1'))).toBe('safe');
    const late = `${text('fa1').replace('write B', 'run here as off')}`;
    expect(verdict(late.replace('run here as off', 'run here as on'))).toBe('unsafe mixed');
  });
  it('the second half of a jump is often a c.fld: no version loads through that pointer', () => {
    const text = patch(
      { two: '    N: c.nop\n    c.nop', skip: '    S: c.j .+4', one: '    J: j far' },
      `  step skip { write S; ${flush} }; step quiet { wait rcu_tasks }; step jump { write J; ${flush} }
       expect safe; expect unsafe mixed when without quiet`,
      'symbol far = 0xffffffff80a20234',
    );
    expect(verdict(text)).toBe('safe');
    expect(brief(verdictOf(text, 'without quiet'))).toBe('unsafe mixed');
  });
});

describe('what is not decided', () => {
  it.each([
    ['amoadd.w a0, a1, (a2)', 'an executor uses an atomic instruction (amoadd.w)'],
    ['csrr a0, cycle', 'an executor accesses a CSR (csrrs)'],
    ['lw a0, 0(zero)', 'an executor loads from 0x0, where no data is declared'],
    ['sw a0, 0(zero)', 'an executor stores to the shared address 0x0'],
  ])('%s is refused by name', (instruction, limit) => {
    expect(verdict(patch({ off: '    A: nop', on: `    B: ${instruction}` }, '  write B'))).toBe(
      `inconclusive: ${limit}`,
    );
  });
  it('only where it can happen: nobody is at the second word when it is written', () => {
    const text = patch(
      { old: '    N: nop\n    nop', skip: '    S: j .+8', new: '    J: j far\n    X: csrr a0, cycle' },
      `  step skip { write S; ${flush} }; step quiet { wait rcu_tasks }; step second { write X; ${flush} }; write J
       expect safe; expect safe when without quiet`,
      'symbol far = 0xffffffff80a01000',
    );
    expect(verdict(text)).toBe('safe');
    expect(brief(verdictOf(text, 'without quiet'))).toBe('inconclusive: an executor accesses a CSR (csrrs)');
  });
  it('a word that may be an instruction of an extension which is not decoded', () => {
    // fadd.q fa0, fa1, fa2: Q has no tables.
    const text = patch(
      { off: '    A: nop', on: '    B: .word 0x06c5f553' },
      '  write B',
      'machine { isa rv64gcq_ziccif }',
    );
    expect(verdict(text)).toMatch(/^inconclusive: an executor runs 0x06c5f553: no instruction that is known here/);
    expect(verdict(text.replace('rv64gcq', 'rv64gc'))).toBe('unsafe illegal');
  });
  it('a fence with reserved fields is a fence', () => {
    expect(
      verdict(
        patch({ off: '    A: nop', on: '    B: .word 0x0000108f' }, '  write B', 'machine { isa rv64gc_ziccif }'),
      ),
    ).toBe('safe');
  });
  it('a search that is interrupted says so', async () => {
    const { check, defaultOptions } = await import('../../server/src/checker');
    const { mail, scenarioOf } = await import('./support');
    const verdict = check(scenarioOf(mail()), defaultOptions, { interrupt: () => 'cancelled' });
    expect(brief(verdict)).toBe('inconclusive: cancelled');
  });
});

describe('instructions of several parts', () => {
  const table = (target: string, operations: string): string => `
machine { isa rv64ima_zca_zcmt_zifencei_ziccif }
symbol here = 0x80004000
symbol near = 0x80005000
symbol far = 0x100005000
data jvt at 0x80003000 { .dword here ; .dword near }
site caller at 0x80001000 { version on { JUMP: cm.jt 0 } }
protocol p patches caller from on { store.d jvt, ${target} ; ${operations} }
`;

  it.each([
    ['an entry whose low half changes', 'near', 'fence.i', 'safe'],
    ['one whose halves both change: new and old may meet', 'far', 'fence w,w ; sync fence.i', 'unsafe wild-jump'],
    ['an entry that is not changed', 'here', 'fence.i', 'safe'],
  ])('Zcmt: %s', (_name, target, operations, verdict) => {
    expect(brief(verdictOf(table(target, operations)))).toBe(verdict);
  });

  it('Zcmt: a new entry is seen from the fence.i on', () => {
    const text = (operations: string): string => table('near', operations).replace('from on', 'from on to on');
    // Both targets are what the version may do: the entry is data of the protocol.
    expect(brief(verdictOf(text('fence w,w ; sync fence.i')))).toBe('safe');
  });

  it.each([
    [
      'no table',
      (text: string) => text.replace('data jvt', 'data other').replace('jvt,', 'other,'),
      /no jump table is declared/,
    ],
    ['a table that is too short', (text: string) => text.replace('cm.jt 0', 'cm.jt 2'), /is shorter/],
    ['a table out of line', (text: string) => text.replace('0x80003000', '0x80003010'), /not 64-byte aligned/],
  ])('Zcmt: %s is refused by name', (_name, change, message) => {
    const { verdict, limit } = verdictOf(change(table('near', 'fence.i')));
    expect(verdict).toBe('inconclusive');
    expect(limit).toMatch(message);
  });

  it('Zcmp: a frame that is pushed and popped leaves the registers as they were', () => {
    const text = (pop: string): string => `
machine { isa rv64ima_zca_zcmp_zifencei_ziccif }
site function at 0x80001000 {
  version old { PUSH: cm.push {ra, s0}, -16 ; POP: ${pop} }
  version new { NOP: c.nop ; NOP2: c.nop }
}
protocol p patches function from old to new { write NOP, NOP2 by word }
`;
    expect(brief(verdictOf(text('cm.pop {ra, s0}, 16'))).startsWith('unsafe')).toBe(true);
    const { claims } = verdictOf(text('cm.popret {ra, s0}, 16'));
    expect(claims.map(({ name }) => name)).toContain('retires old');
  });
});
