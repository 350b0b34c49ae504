import { describe, expect, test } from 'vitest';
import { mail, patch, verdictOf } from './support';

/** What is said of the first violation. */
const told = (text: string, when: string | null = null): string =>
  verdictOf(text, when).violations[0]?.message ?? 'nothing';

/** The mail's protocol under a condition, whatever is expected of it. */
const mailWhen = (when: string): string => told(mail(`expect unsafe mixed when ${when}`), when);

const off = 'AUIPC: auipc t0, 0\nNOP: nop';
const on = 'AUIPC: auipc t0, 0\nJALR: jalr t0, 256(t0)';

describe('a violation is told by its path', () => {
  test('an interrupt between two instructions, and what was written meanwhile', () => {
    expect(mailWhen('without "on trap return"')).toBe(
      "Hart 1 executes AUIPC of old, is interrupted at entry+4 by `sync fence.i` of redirect and comes back to JALR' of new (written meanwhile by `write JALR'` of retarget), with the t0 of AUIPC: the pass ends at 0xffffffff80012680, no symbol there, as none of the versions old, skip, new alone does.",
    );
  });

  test('a message that overtakes the store before it', () => {
    expect(mailWhen('ipi device')).toContain(
      "Hart 1, after its answer to `sync fence.i` of redirect, executes AUIPC of old (stale: the message of `sync fence.i` of redirect has overtaken `write JUMP` of redirect), then JALR' of new",
    );
  });

  test('a fetch of what its own hart still holds up', () => {
    expect(mailWhen('fetch letter')).toContain(
      "then JALR' of new (fetched ahead of time: `write JALR'` of retarget waits for this very hart)",
    );
  });

  test('a stale word', () => {
    expect(mailWhen('without retarget.sync')).toContain(
      "then JALR of old (stale: from before `write JALR'` of retarget)",
    );
  });

  test('a torn word, by its halves', () => {
    expect(told(patch({ off, on }, 'write JALR by half'))).toBe(
      'Hart 1 executes AUIPC, then 0x000082e7 = jalr t0, ra at here+4 (lower half of `write JALR by half`, upper half from before), which no version and no write has there; it returns to the caller.',
    );
  });

  test('a thread that goes on elsewhere', () => {
    const text = patch(
      { small: 'LOW: c.nop\nHIGH: c.nop', large: 'WIDE: nop' },
      'step stop { stop_machine { write WIDE } }',
      'machine { isa rv64gc_zifencei_ziccif }',
    );
    expect(told(text)).toBe(
      'Hart 1 executes LOW of small and is preempted at here+2; the thread is resumed on hart 2, after `stop_machine` of stop, at here+2 and executes 0x0000 = unimp at here+2, which raises an illegal-instruction exception (defined as illegal).',
    );
  });

  test('a fix-up that matches', () => {
    const text = patch(
      { old: 'A: nop\nADD: addi a0, a0, 1\nB: nop', new: 'A: nop\nADD: addi a0, a0, 1\nJUMP: j .+4' },
      'write JUMP',
      'on trap return to here+4 if addi a0, a0, 1 { sepc += 4 }',
    );
    expect(told(text)).toBe(
      'Hart 1 executes A, is interrupted at here+4, is sent on to here+8 (the fix-up reads ADD) and executes B of old: the pass ends at here+12 (0xffffffff80a0000c), as none of the versions old, new alone does.',
    );
  });

  test('a fix-up that does not match', () => {
    expect(told(mail().replace('jalr t0, *(t0)', 'nop'))).toContain(
      'is interrupted at entry+4 by `sync fence.i` of redirect, is let go on at entry+4 (the fix-up reads JALR: no match) and executes',
    );
  });

  test('a long pass, by its beginning and its end', () => {
    const nops = Array.from({ length: 30 }, (_, i) => `N${i}: nop`).join('\n');
    const text = patch({ old: `${nops}\nZ: nop`, new: `${nops}\nZ: .word 0` }, 'write new.Z');
    const message = told(text);
    expect(message).toContain('N0, N1, N2, 25 more, and N28, N29');
    expect(message.length).toBeLessThan(400);
  });
});
