import { describe, expect, it } from 'vitest';
import { analyzeLitmus } from '../../../server/src/language/litmus';
import { small, testOf } from './fixtures';

/** Locations in short: `x int32 @100000 1`. */
const locations = (state: string, instructions = 'nop'): string[] =>
  testOf(small(state, instructions)).locations.map(
    ({ name, size, signed, address, initial }) =>
      `${name} ${signed ? 'int' : 'uint'}${8 * size} @${address.toString(16)} ${initial.join()}`,
  );

/** Initial registers of P0 in short: `x5=1`. */
const registers = (state: string, instructions = 'nop'): string[] =>
  (testOf(small(state, instructions)).threads[0]?.registers ?? []).map(
    ({ register, value }) => `x${register}=0x${value.toString(16)}`,
  );

describe('the head of a test', () => {
  const rest = '{ 0:x6=x; }\n P0          ;\n lw x5,0(x6) ;\nexists (0:x5=1)\n';
  const named = (head: string): string | undefined => testOf(`${head}\n${rest}`).name;
  it('names it', () => {
    expect(named('RISCV MP+fence.w.w+addr')).toBe('MP+fence.w.w+addr');
    expect(named('RISCV SB [x86]')).toBe('SB');
    expect(named('\ufeffRISCV SB')).toBe('SB');
    expect(named('RISCV --')).toBe('test');
  });
  it('may hold a description, keys with values, comments and plain text', () => {
    expect(named('RISCV T (SB) "PodWR Fre {"')).toBe('T');
    expect(named('RISCV T\n"PodWR Fre\nPodWR Fre"')).toBe('T');
    expect(named('RISCV T\nOrig=PodWR {Fre}\nCom = Fr Fr')).toBe('T');
    expect(named('RISCV T\r\n"PodWR"\r\nPrefetch=0:x=F\r')).toBe('T');
    expect(named('RISCV T\n(* of (* nested *) comments { } *)\nplain text')).toBe('T');
  });
  it('is read by lines where a comment in it does not end, as herd7 reads it', () => {
    const { test, diagnostics } = analyzeLitmus('t.litmus', `RISCV T\n(* of the manual\n${rest}(* end *)`);
    expect(diagnostics.map(({ code }) => code)).toEqual(['open-comment']);
    expect(test?.locations.map(({ name }) => name)).toEqual(['x']);
  });
});

describe('locations', () => {
  it('are `int` where no type is written, each in a place of its own', () => {
    expect(locations('x=1; [y]=2; z; 0:x5=w;')).toEqual([
      'x int32 @100000 1',
      'y int32 @100010 2',
      'z int32 @100020 0',
      'w int32 @100030 0',
    ]);
  });
  it('have the types of C99', () => {
    expect(
      locations(
        'int8_t a; uint8_t b=0xff; short c=-1; uint16_t d; int32_t e; uint32_t f=4294967295; long g; uint64_t h=-1; char i',
      ),
    ).toEqual([
      'a int8 @100000 0',
      'b uint8 @100010 255',
      'c int16 @100020 65535',
      'd uint16 @100030 0',
      'e int32 @100040 0',
      'f uint32 @100050 4294967295',
      'g int64 @100060 0',
      'h uint64 @100070 18446744073709551615',
      'i int8 @100080 0',
    ]);
  });
  it('may be declared first and given a value later', () => {
    expect(locations('uint64_t x; x=3; y=4; uint8_t y;')).toEqual(['x uint64 @100000 3', 'y uint8 @100010 4']);
  });
  it('that hold an address have eight bytes', () => {
    const both = ['p int64 @100000 1048592', 'y int32 @100010 0'];
    expect(locations('p=y;')).toEqual(both);
    expect(locations('int *p=&y;')).toEqual(['p uint64 @100000 1048592', 'y int32 @100010 0']);
    expect(locations('*p=y;')).toEqual(['p uint64 @100000 1048592', 'y int32 @100010 0']);
  });
  it('may be arrays', () => {
    expect(locations('int x[3]={1,-2,0x3}; uint64_t y[2]; p=x[2]')).toEqual([
      'x int32 @100000 1,4294967294,3',
      'y uint64 @100010 0,0',
      'p int64 @100030 1048584',
    ]);
  });
  it('without a type are as large as the accesses of the test, and shown as `int`', () => {
    const test = testOf(small('0:x6=x; x=-1; int y;', 'ld x5,0(x6)', 'exists (x=-1)'));
    expect(test.locations.map(({ name, size, initial }) => [name, size, initial])).toEqual([
      ['x', 8, [0xffffffffffffffffn]],
      ['y', 4, [0n]],
    ]);
    expect(test.observed).toEqual([expect.objectContaining({ name: '[x]', size: 4, signed: true })]);
  });
  it('may hold atomics, as C writes them', () => {
    expect(locations('_Atomic int x = 1; int y = ATOMIC_INIT(2)')).toEqual(['x int32 @100000 1', 'y int32 @100010 2']);
  });
});

describe('registers', () => {
  it('go by both of their names', () => {
    expect(registers('0:x5=1; 0:a0=2; P0:sp=-1; 0:fp=0x10')).toEqual([
      'x5=0x1',
      'x10=0x2',
      'x2=0xffffffffffffffff',
      'x8=0x10',
    ]);
  });
  it('are as their types make them', () => {
    expect(registers('int8_t 0:x5=0xff; uint8_t 0:x6=-1; uint32_t 0:x7=0xffffffff; uint64_t 0:x8;')).toEqual([
      'x5=0xffffffffffffffff',
      'x6=0xff',
      'x7=0xffffffff',
    ]);
  });
  it('hold addresses of locations, and of elements', () => {
    expect(registers('int x[2]; 0:x5=x; int *0:x6=&x; 0:x7=x[1]')).toEqual([
      'x5=0x100000',
      'x6=0x100000',
      'x7=0x100004',
    ]);
  });
  it('hold instructions, as words', () => {
    expect(registers('0:x5=instr:"nop"; 0:x6=nop; 0:x7=instr:"c.nop"; 0:x8=instr:"j .+8"')).toEqual([
      'x5=0x13',
      'x6=0x13',
      'x7=0x1',
      'x8=0x80006f',
    ]);
  });
  it('hold addresses of labels', () => {
    const code = 'nop; L0: nop; L1: L2: nop';
    expect(registers('0:x5=P0:L0; 0:x6=0:L1; 0:x7=label:"P0:L2"; 0:x8=L0', code)).toEqual([
      'x5=0x200004',
      'x6=0x200008',
      'x7=0x200008',
      'x8=0x200004',
    ]);
  });
  it('take a name for a location where both a location and a label have it', () => {
    expect(registers('L0=1; 0:x5=L0', 'L0: nop')).toEqual(['x5=0x100000']);
  });
});

describe('a test patches code', () => {
  const patches = (state: string, condition = ''): boolean => testOf(small(state, 'L: nop', condition)).patchesCode;
  it('where a value is an instruction or a label', () => {
    expect(patches('0:x5=instr:"nop"')).toBe(true);
    expect(patches('0:x5=P0:L')).toBe(true);
    expect(patches('x=instr:"nop"')).toBe(true);
    expect(patches('', 'exists (0:x5=instr:"nop")')).toBe(true);
  });
  it('and not otherwise', () => {
    expect(patches('0:x5=x; x=1', 'exists (0:x5=x)')).toBe(false);
  });
  it('and knows the words that it stores by what was written', () => {
    expect(testOf(small('0:x5=instr:"nop"; x=instr:"li x5,1"', 'nop')).words).toEqual([
      { bits: 0x00100293, text: 'li x5,1' },
      { bits: 0x13, text: 'nop' },
    ]);
  });
});
