import { describe, expect, test } from 'vitest';
import { completion } from '../../server/src/features/completion';
import { mail } from '../mail';
import { analyzed, cursorIn } from './support';

/** What is proposed at `$0`, in order; the text before it is `mail()` where `marked` begins a line of its own. */
function check(marked: string): string[] {
  const { text, offset } = cursorIn(marked);
  return completion(analyzed(text), offset).map(({ label }) => label);
}

/** At the end of the mail's protocol, within its braces. */
function inProtocol(line: string): string[] {
  return check(mail(line));
}

/** In a version of its own. */
function inVersion(line: string): string[] {
  return check(`${mail()}\nsite other at 0x80000000 {\n  version v {\n    ${line}\n  }\n}\n`);
}

describe('instructions', () => {
  test('at the beginning of a statement, also after a label', () => {
    for (const line of ['$0', 'au$0', 'nop; $0', 'HERE: $0', '1: $0']) {
      expect(inVersion(line)).toEqual(expect.arrayContaining(['auipc', 'jalr', 'fence.i', 'nop', 'c.j', '.word']));
    }
  });

  test('only those that the ISA string has', () => {
    const text = `machine { isa rv64i_zifencei }\nsite s at 0x80000000 {\n  version v { $0 }\n}\n`;
    expect(check(text)).toContain('addi');
    expect(check(text)).not.toContain('mul');
    expect(check(text)).not.toContain('c.j');
  });

  test('come with their operands', () => {
    const { text, offset } = cursorIn('site s at 0x80000000 {\n  version v { jal$0 }\n}\n');
    const jalr = completion(analyzed(text), offset).find(({ label }) => label === 'jalr');
    expect(jalr?.detail).toMatch(/^rd, /);
    expect(jalr?.documentation).toContain('pc');
    expect(jalr?.span).toEqual({ start: offset - 3, end: offset });
  });
});

describe('directives', () => {
  test('those that do something, with their operands', () => {
    const found = inVersion('.$0');
    expect(found).toEqual(expect.arrayContaining(['.word', '.octa', '.macro', '.rept', '.if', '.option']));
    for (const nothing of ['.globl', '.cfi_startproc', '.comm', '.incbin', '.dc.q'])
      expect(found).not.toContain(nothing);
    const { text, offset } = cursorIn('site s at 0x80000000 {\n  version v { .bal$0 }\n}\n');
    const balign = completion(analyzed(text), offset).find(({ label }) => label === '.balign');
    expect(balign).toMatchObject({ kind: 'directive', detail: 'bytes[, value[, most]]' });
    expect(balign?.span).toEqual({ start: offset - 4, end: offset });
  });

  test('what `.option` takes', () => {
    expect(inVersion('.option $0')).toEqual(expect.arrayContaining(['rvc', 'norvc', 'push', 'pop']));
  });

  test('none where one instruction is meant', () => {
    expect(inProtocol('write entry, $0')).not.toContain('.macro');
  });
});

describe('operands', () => {
  test('registers, relocations, and the labels and symbols of the file', () => {
    const found = inVersion('HERE: auipc t0, $0');
    expect(found).toEqual(expect.arrayContaining(['t0', '%pcrel_hi', 'old_tramp', 'entry', 'HERE']));
    expect(found).not.toContain('addi');
    expect(found).not.toContain('mstatus');
  });

  test('CSRs where the instruction has one', () => {
    expect(inVersion('csrr t0, $0')).toContain('sepc');
  });

  test('integer registers that a clause may name', () => {
    const found = check('symbol s = 0x80000000 returns $0');
    expect(found).toContain('ra');
    expect(found).not.toContain('zero');
    expect(found).not.toContain('ft0');
  });
});

describe('names', () => {
  test('labels to write, with no other words', () => {
    expect(inProtocol('write $0')).toEqual(['entry', 'AUIPC', 'JALR', 'JUMP', "AUIPC'", "JALR'"]);
  });

  test('dotted ones behind a dot', () => {
    expect(inProtocol('write entry.$0')).toEqual([
      'entry.AUIPC',
      'entry.JALR',
      'entry.JUMP',
      "entry.AUIPC'",
      "entry.JALR'",
    ]);
    expect(inProtocol('write new.$0')).toEqual(["new.AUIPC'", "new.JALR'"]);
  });

  test('a label that two sites have is written with its site', () => {
    const sites = ['a', 'b']
      .map((name, i) => `site ${name} at 0x8000000${8 * i} {\n  version v { X: nop }\n}\n`)
      .join('');
    expect(check(`${sites}protocol p patches a from v to v, b from v to v {\n  write $0\n}\n`)).toEqual([
      'a',
      'a.X',
      'b',
      'b.X',
    ]);
  });

  test('an instruction behind a place', () => {
    expect(inProtocol('write entry+4, $0')).toContain('nop');
    expect(inProtocol('write entry+4, jalr t0, $0')).toContain('t0');
  });

  test('sites, then their versions', () => {
    expect(check(`${mail()}\nprotocol p patches $0`)).toEqual(['entry']);
    expect(check(`${mail()}\nprotocol p patches entry from $0`)).toEqual(['old', 'skip', 'new']);
    expect(check(`${mail()}\nprotocol p patches entry from old $0`)).toEqual(['over', 'to']);
    expect(check(`${mail()}\nprotocol p patches entry from old to $0`)).toEqual(['old', 'skip', 'new']);
  });
});

describe('words by their place', () => {
  test.each<[string, string[]]>([
    ['fence $0', ['w,w', 'w,o', 'rw,rw']],
    ['fence w,$0', ['w', 'o', 'rw']],
    ['sync $0', ['fence.i']],
    ['sync fence.i $0', ['async']],
    ['write JALR by $0', ['byte', 'half', 'word', 'double']],
    ['stop_machine without $0', ['park', 'irqs-off', 'release', 'acquire', 'fence.i']],
    ['executors $0', ['any', 'preemptible', 'pinned', 'masked']],
    ['forbid AUIPC $0', ['then']],
    ['forbid AUIPC then $0', ["JALR'"]],
    ['expect $0', ['safe', 'unsafe']],
    ['expect unsafe $0', ['torn', 'mixed', 'when']],
    ['expect safe, $0', ['effective', 'not']],
    ['expect safe when $0', ['without', 'not', 'ipi', 'swap', 'entry']],
    ['expect safe when ipi $0', ['memory', 'device', 'sbi']],
    ['expect safe when fetch $0', ['letter', 'isa', 'isa+decode-w']],
    ['expect safe when not $0', ['ziccif']],
    ['expect safe when without $0', ['redirect', 'redirect.sync', 'activate.fence', '"on trap return"', '"on ebreak"']],
    ['expect safe when swap $0', ['redirect', 'retarget', 'activate', 'redirect.write']],
    ['expect safe when swap redirect.write $0', ['redirect.fence']],
    ['expect safe when without redirect.sync.$0', ['redirect.sync.fence.i']],
    ['expect safe when redirect.sync $0', ['async', 'not']],
    ['expect safe when redirect.sync not $0', ['async']],
    ['expect safe when entry $0', ['at 2 mod 4']],
    ['expect safe when ipi sbi, $0', ['without', 'memory']],
    ['$0', ['step', 'expect', 'write', 'sync']],
    ['step x {\n $0', ['write', 'fence', 'stop_machine']],
  ])('%s', (line, wanted) => {
    expect(inProtocol(line)).toEqual(expect.arrayContaining(wanted));
  });

  test('steps are not offered where they cannot stand', () => {
    expect(inProtocol('step x {\n $0')).not.toContain('expect');
    expect(check('$0')).not.toContain('write');
  });

  test.each<[string, string[]]>([
    ['$0', ['site', 'protocol', 'symbol', 'machine', 'on trap return']],
    ['machine {\n $0', ['isa', 'memory', 'fetch', 'ipi']],
    ['machine { isa $0', ['rva22s64']],
    ['machine { fetch isa+$0', ['decode-w', 'decode']],
    ['site s $0', ['at']],
    ['site s at 0x80000000 {\n  $0', ['version']],
    ['on $0', ['trap return']],
    ['on trap return to 4 if $0', ['jalr']],
  ])('%s', (text, wanted) => {
    expect(check(text)).toEqual(expect.arrayContaining(wanted));
  });
});

test('nothing in comments and strings', () => {
  expect(check('# write $0')).toEqual([]);
  expect(check('import "s$0"')).toEqual([]);
});
