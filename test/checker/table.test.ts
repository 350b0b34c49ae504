import { describe, expect, it } from 'vitest';
import { table } from '../../server/src/checker';
import { mail, patch, scenarioOf } from './support';

const rows = (text: string, when: string | null = null): string[] => {
  const result = table(scenarioOf(text, when));
  if (!result.ok) return [result.reason];
  return result.rows.map(
    ({ placement, sequences }) =>
      `${placement}: ${sequences.map(({ word, executed, class: kind }) => `${word} ${kind} (${executed.join(' ')})`).join(', ')}`,
  );
};

describe("the mail's table", () => {
  // The mail's own list is imprecise in five rows; docs/semantics.md says which and why.
  it('has ten rows, none forbidden', () => {
    expect(rows(mail())).toEqual([
      "fff04: fff04 new (AUIPC' JALR')",
      "ff0f4: ff0f04 new (AUIPC' AUIPC' JALR')",
      "ff04f: ff04f new (AUIPC' JALR'), ff08f skip (JUMP)",
      'f0ff4: f08ff skip (JUMP)',
      'f0f4f: f08ff skip (JUMP)',
      'f04ff: f08ff skip (JUMP)',
      "0fff4: 0fff04 new (AUIPC AUIPC' JALR')",
      "0ff4f: 0ff04f new (AUIPC AUIPC' JALR'), 0ff08f skip (AUIPC JUMP), 0ff0f04 new (AUIPC AUIPC' AUIPC' JALR')",
      '0f4ff: 0f08ff skip (AUIPC JUMP)',
      '04fff: 04fff old (AUIPC JALR), 08fff skip (JUMP)',
    ]);
  });

  it('ends in the forbidden pair without the fix-up', () => {
    const all = rows(mail('expect unsafe mixed when without "on trap return"'), 'without "on trap return"');
    expect(all.filter((row) => row.includes('forbidden'))).toEqual([
      "0fff4: 0fff4 forbidden (AUIPC JALR')",
      "0ff4f: 0ff4f forbidden (AUIPC JALR')",
      "0f4ff: 0f4ff old (AUIPC JALR), 0f4ff forbidden (AUIPC JALR')",
    ]);
  });

  it('is made for any number of syncs', () => {
    const one = patch(
      { off: '    nop\n    A: nop', on: '    nop\n    B: addi a0, a0, 1' },
      '  write B; fence w,w; sync fence.i',
    );
    expect(rows(one)).toEqual([
      'f04: f048 on (nop B)',
      '0f4: 0f48 on (nop B)',
      '04f: 048f off (nop A), 048f on (nop B)',
    ]);
  });

  it('is refused where it means nothing', () => {
    const narrow = patch({ a: '    A: c.nop\n    c.nop', b: '    B: c.j .+2\n    c.nop' }, '  write B; sync fence.i');
    expect(rows(narrow)).toEqual(['a table needs a site of two 4-byte fetch units, with 4-byte instructions only']);
    const still = patch({ off: '    nop\n    A: nop', on: '    nop\n    B: addi a0, a0, 1' }, '  write B');
    expect(rows(still)).toEqual(['the protocol has no sync']);
    const stopped = patch(
      { off: '    nop\n    A: nop', on: '    nop\n    B: addi a0, a0, 1' },
      '  stop_machine { write B }',
    );
    expect(rows(stopped)).toEqual(['a table needs a protocol whose only waits are `sync fence.i`']);
  });
});
