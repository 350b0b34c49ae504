import { describe, expect, test } from 'vitest';
import { hover } from '../../server/src/features/hover';
import { mail } from '../mail';
import { analyzed, cursorIn, expectGolden, markAt, report, safe, unsafe } from './support';

/** The hover at `$0`, and the text that it is about. */
function check(marked: string): { readonly markdown: string; readonly about: string } {
  const { text, offset } = cursorIn(marked);
  const found = hover(analyzed(text), offset, null);
  return { markdown: found?.markdown ?? '', about: found ? text.slice(found.span.start, found.span.end) : '' };
}

describe('on an instruction', () => {
  test('its operands, target, encoding and bits', () => {
    const { markdown, about } = check(markAt(mail(), 'auipc t0, %pcrel_hi(new_tramp)'));
    expect(about).toBe('auipc t0, %pcrel_hi(new_tramp)');
    expectGolden('hover-auipc.txt', markdown);
  });

  test('a jump names where it goes', () => {
    expect(check(markAt(mail(), 'j     .+8')).markdown).toContain('Target: `0xffffffff80a00008`, `entry+8`');
  });

  test('a pseudo-instruction of two shows both', () => {
    const { markdown } = check('symbol far = 0x90000000\nsite s at 0x80000000 {\n  version v { $0call far }\n}\n');
    expect(markdown.match(/extension I/g)).toHaveLength(2);
  });

  test('one with faulty operands shows how it is written', () => {
    const { markdown } = check('site s at 0x80000000 {\n  version v { $0addi t0, t1 }\n}\n');
    expect(markdown).toContain('`addi rd, rs1, imm');
  });

  test('one that the ISA string leaves out shows what it needs', () => {
    const { markdown } = check(
      'machine { isa rv64i_zifencei }\nsite s at 0x80000000 {\n  version v { $0mul t0, t1, t2 }\n}\n',
    );
    expect(markdown).toContain('not in `rv64i_zifencei`: needs extension M');
  });

  test('one in a `write`', () => {
    const { markdown } = check(mail().replace('write JUMP ', 'write entry, $0j .+8 '));
    expect(markdown).toContain('Stores `0x0080006f` at `entry (0xffffffff80a00000)`');
  });
});

describe('on a directive', () => {
  const over = (line: string) => check(`site s at 0x80000000 {\n  version v { ${line} }\n}\n`).markdown;

  test('how it is written, what it does, and what it has made', () => {
    const markdown = over('$0.balign 8 ; nop');
    expect(markdown).toContain('.balign bytes[, value[, most]]');
    expect(markdown).toContain('fills up to a multiple of bytes');
    expect(over('$0.word 0x13')).toContain('values of 4 bytes');
  });

  test('why it is refused', () => {
    expect(over('$0.incbin "x"')).toContain('a file: refused, a block is all there is: nothing is read from files');
  });

  test('that it changes nothing', () => {
    expect(over('$0.globl f')).toContain('changes no bytes of code');
  });
});

describe('on a write', () => {
  test('an instruction of a patcher in assembly: what it changes, and what it is', () => {
    const marked = `site entry at 0x80001000 { version off { A: nop } version on { B: addi a0, a0, 1 } }
protocol p patches entry from off to on {
  asm { la a0, entry ; li a1, 0x00150513 ; $0sw a1, (a0) }
}
`;
    const { markdown, about } = check(marked);
    expect(about).toBe('sw a1, (a0)');
    const [same] = check(marked.replace(/asm \{.*\}/, '$$0write B')).markdown.split('\n\n---\n\n');
    expect(same).toContain('entry');
    expect(markdown.startsWith(same ?? 'nothing')).toBe(true);
    expect(markdown).toContain('extension I');
  });

  test('none of instructions that store nothing to a site', () => {
    const marked = 'site s at 0x80000000 { version v { nop } }\nprotocol p patches s from v { asm { $0fence w, w } }\n';
    expect(check(marked).markdown).not.toContain('\n\n---\n\n');
  });

  test('old and new word, the bits that differ, and that one aligned store cannot tear', () => {
    expectGolden('hover-write.txt', check(markAt(mail(), 'write JUMP')).markdown);
  });

  test('the old word is what the steps before leave', () => {
    const { markdown } = check(markAt(mail(), "write AUIPC'"));
    expect(markdown).toContain('Over version `skip`');
    expect(markdown).not.toContain('version `old`');
  });

  test('by halves: the torn words, decoded', () => {
    const { markdown } = check(markAt(mail().replace('write JUMP ', 'write JUMP by half '), 'write JUMP'));
    expect(markdown).toContain('**Can tear**: 2 stores of 2 bytes.');
    expect(markdown).toContain('- `0xff61006f` = `j ');
    expect(markdown).toContain('- `0x00802297` = `auipc t0, 0x802`');
  });

  test('without Ziccif a word is fetched in halves', () => {
    const { markdown } = check(markAt(mail('', 'machine { isa rv64gc_zifencei }'), 'write JUMP'));
    expect(markdown).toContain('**Can tear**: without Ziccif each 16-bit parcel is fetched by itself.');
  });

  test('at 2 mod 4 it is stored and fetched in halves', () => {
    const { markdown } = check(markAt(mail().replace('0xffffffff80a00000', '0xffffffff80a00002'), 'write JUMP'));
    expect(markdown).toContain('2 stores of 2 bytes, and it lies across a 4-byte boundary: two fetches');
  });

  test('a change within one half cannot tear, however it is stored', () => {
    const { markdown } = check(markAt(mail().replace("write JALR' ", "write JALR' by half "), "write JALR'"));
    expect(markdown).toContain('Cannot tear: each instruction changes in one piece, though 2 stores of 2 bytes');
  });

  test('half of a `jalr` with half of a `nop`: returns to the caller', () => {
    const text = `site entry at 0x80000000 clobbers t0, ra {
  version off { auipc t0, 0; NOP: nop }
  version on { auipc t0, 0; JALR: jalr t0, 0(t0) }
}
protocol p patches entry from off to on { $0write JALR by half }
`;
    expect(check(text).markdown).toContain('`0x000082e7` = `jalr t0, 0(ra): returns to the caller`');
  });

  test('a larger instruction over two smaller ones: the second one may run into its middle', () => {
    const text = `site entry at 0x80000000 {
  version old { c.nop; c.nop }
  version new { JUMP: j .+8 }
}
protocol p patches entry from old to new { $0write JUMP }
`;
    expect(check(text).markdown).toContain('An old instruction begins within the new one');
  });

  test('one 8-byte store of both instructions: each in one piece, but not both together', () => {
    const text = mail().replace('write JUMP ', "write AUIPC', JALR' by double ");
    expect(check(markAt(text, 'write AUIPC')).markdown).toContain('fetched one by one');
  });
});

describe('on a name', () => {
  test.each([
    ['old_tramp)', 'symbol **`old_tramp`**: symbol at 0xffffffff80012000'],
    ['entry from', 'site **`entry`**: site of 8 bytes at 0xffffffff80a00000'],
    ['old to new', 'version **`entry.old`**'],
    ["JALR':", "label **`entry.new.JALR'`**"],
    ['redirect {', 'step **`replay.redirect`**'],
  ])('%s', (place, words) => {
    expect(check(markAt(mail(), place)).markdown).toContain(words);
  });

  test('a `when` that moves the site does not move what is told of it', () => {
    const text = mail('expect unsafe torn when entry at 2 mod 4');
    expect(check(markAt(text, 'entry from')).markdown).toContain('at 0xffffffff80a00000');
  });
});

describe('on a word of the language', () => {
  test.each([
    ['sync fence.i', 'Makes every other hart run a handler'],
    ['clobbers', 'Registers whose values are compared only through the exit'],
    ['preemptible', 'may be preempted'],
    ['effective', "A pass begun after the patcher's end"],
  ])('%s', (place, words) => {
    expect(check(markAt(mail(), place)).markdown).toContain(words);
  });

  test('a fence in words', () => {
    expect(check(markAt(mail().replace('fence w,w', 'fence w,ow'), 'fence w,ow', 6)).markdown).toContain(
      'All earlier writes before all later device writes and writes, of this hart.',
    );
  });

  test.each([
    ['machine { ipi $0device }', '`fence w,o` orders it'],
    ['machine { fetch isa+$0decode-w }', "A fetch comes before its hart's later stores"],
    ['machine { memory $0tso }', 'Total store order'],
    ['machine { isa $0rva22s64 }', 'With Ziccif (from profile rva22s64)'],
    ['machine { isa $0rv64gc }', 'Without Ziccif'],
  ])('%s', (marked, words) => {
    expect(check(`${marked}\n`).markdown).toContain(words);
  });

  test.each([
    ['expect unsafe $0torn', 'no version and no written instruction'],
    ['expect unsafe when ipi $0sbi', 'Firmware executes `fence.i` in M-mode'],
    ['expect unsafe when not $0ziccif', 'every 16-bit parcel is fetched by itself'],
  ])('%s', (line, words) => {
    expect(check(mail(line)).markdown).toContain(words);
  });

  test('a register has its role', () => {
    expect(check('site s at 0x80000000 clobbers $0ra {\n  version v { nop }\n}\n').markdown).toBe(
      '`ra`: register x1, return address',
    );
  });
});

describe('verdicts', () => {
  test('stand on the name of a protocol and on its expectations', () => {
    const text = mail('expect safe\n  expect unsafe mixed when ipi sbi');
    const analysis = analyzed(text);
    const verdicts = report(analysis, (scenario) => (scenario?.when ? unsafe(text, "write JALR'") : safe));
    const at = (place: string): string => hover(analysis, text.indexOf(place), verdicts)?.markdown ?? '';
    expect(at('replay patches')).toMatch(/^`replay`: \*\*safe: any harts, any passes, 1,108 states\*\*/);
    expect(at('replay patches')).toContain('relies on Ziccif');
    expect(at('unsafe mixed')).toContain("`replay` when `ipi sbi`: **unsafe: JALR' with AUIPC's t0, 2 steps**");
    expect(at('unsafe mixed')).toContain("- `mixed`: JALR' jumps through the t0 of AUIPC.");
  });

  test('an expectation that is not met says why', () => {
    const text = mail('expect unsafe');
    const analysis = analyzed(text);
    expect(
      hover(
        analysis,
        text.indexOf('expect'),
        report(analysis, () => safe),
      )?.markdown,
    ).toContain('- not met: expected `unsafe`, found `safe`');
  });
});

test('nothing is said of comments, blanks and half-typed text', () => {
  expect(check('# si$0te\n').markdown).toBe('');
  expect(check('\n$0\n').markdown).toBe('');
  expect(check('protocol p patches $0').markdown).toBe('');
});
