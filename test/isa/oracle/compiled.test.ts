import { expect, test } from 'vitest';
import { ours, theirs, withoutPadding } from './blocks';
import { tool } from './tools';

/**
 * What compilers write, assembled here and by GNU as: functions with loops, calls, tables in the code, atomics, large frames and
 * floating point, as GCC and LLVM compile them, with the room for patching that the kernel has them leave.
 */

/** Data and tables aside: of a block there is only the code. */
const C = `
struct node { struct node *next; short key; char tag; long value; };
extern long ext(long, ...);
long total(const int *from, unsigned long count) {
  long all = 0;
  for (unsigned long i = 0; i < count; i++) all += from[i] * 3;
  return all;
}
struct node *found(struct node *at, short key) {
  while (at && at->key != key) at = at->next;
  if (at) at->value += at->tag, at->tag = -1;
  return at;
}
unsigned checksum(const unsigned char *at, unsigned long count) {
  unsigned sum = 0xffffffff;
  while (count--) {
    sum ^= *at++;
    for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (0x82f63b78 & -(sum & 1));
  }
  return ~sum;
}
int sign(long value) { return value < 0 ? -1 : value > 0; }
long chosen(int which, long a, long b) {
  switch (which) {
  case 3: return a + b;
  case 700: return a - b;
  case -90000: return a * b;
  case 0x12345678: return a ^ 0x7ff;
  default: return 0x1234567l & b;
  }
}
long outside(long a) { long first = ext(a, 1); return ext(first + a, 70000) - first; }
long onwards(long a) { return ext(a + 1); }
int pushed(int *lock) {
  while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE)) __asm__ volatile("nop");
  int old = __atomic_fetch_add(lock + 1, 5, __ATOMIC_SEQ_CST), wanted = 7;
  __atomic_compare_exchange_n(lock + 2, &wanted, old, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
  __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  return old + wanted;
}
long framed(int at) {
  volatile char room[5000];
  room[at] = 3;
  ext((long)room);
  return room[at + 4000] + room[4999];
}
void sorted(int *all, int count) {
  for (int i = 1; i < count; i++) {
    int value = all[i], j = i;
    for (; j > 0 && all[j - 1] > value; j--) all[j] = all[j - 1];
    all[j] = value;
  }
}
`;
const FLOATS = `
double length(const double *at, int count) {
  double sum = 0;
  for (int i = 0; i < count; i++) sum += at[i] * at[i];
  return __builtin_sqrt(sum);
}
float mixed(float a, double b, int c) { return c > 3 ? a + (float)b * c : (float)c - a; }
long rounded(double a, float b) { return (long)a + (int)b + (a < b) + (a != a); }
`;

const OPTIONS = [
  '-O2',
  '-Os -fno-jump-tables',
  '-O0 -fno-omit-frame-pointer',
  '-O2 -fpatchable-function-entry=8,4 -g -falign-functions=8',
];

test.each([
  ['rv64gc', 'lp64d', C + FLOATS],
  ['rv64g', 'lp64d', C + FLOATS],
  ['rv64imac', 'lp64', C],
  ['rv32imafdc', 'ilp32d', C + FLOATS],
  ['rv32ima', 'ilp32', C],
])('GCC for %s', (march, abi, source) => {
  for (const options of OPTIONS) {
    const machine = [`-march=${march}`, `-mabi=${abi}`, '-fno-pic', '-mno-relax', '-fno-math-errno'];
    const { stdout } = tool(
      'riscv64-unknown-elf-gcc',
      [...options.split(' '), ...machine, '-S', '-xc', '-', '-o', '-'],
      {
        input: source,
      },
    );
    const named = march.replace('imafdc', 'gc');
    const mine = ours(stdout, named);
    expect(mine).not.toMatch(/^refused/);
    expect(mine.length).toBeGreaterThan(900);
    expect(mine, options).toBe(withoutPadding(theirs(stdout, named), mine.length));
  }
});

const IR = `
declare i64 @ext(i64)
define i64 @total(ptr %from, i64 %count) {
start:
  br label %loop
loop:
  %i = phi i64 [ 0, %start ], [ %next, %loop ]
  %sum = phi i64 [ 0, %start ], [ %more, %loop ]
  %at = getelementptr i32, ptr %from, i64 %i
  %value = load i32, ptr %at
  %wide = sext i32 %value to i64
  %more = add i64 %sum, %wide
  %next = add i64 %i, 1
  %again = icmp ult i64 %next, %count
  br i1 %again, label %loop, label %done
done:
  ret i64 %more
}
define i64 @constants(i64 %a) {
  %b = mul i64 %a, 19088743
  %c = xor i64 %b, -305419896
  %d = add i64 %c, 4294965248
  ret i64 %d
}
define i64 @calls(i64 %a) "patchable-function-prefix"="4" "patchable-function-entry"="4" {
  %b = call i64 @ext(i64 %a)
  %c = add i64 %a, %b
  %d = tail call i64 @ext(i64 %c)
  ret i64 %d
}
define i32 @larger(i32 %a, i32 %b) {
  %c = icmp sgt i32 %a, %b
  %d = select i1 %c, i32 %a, i32 %b
  ret i32 %d
}
define i32 @atomics(ptr %at) {
  %old = atomicrmw add ptr %at, i32 5 seq_cst
  %pair = cmpxchg ptr %at, i32 %old, i32 7 acq_rel monotonic
  %value = extractvalue { i32, i1 } %pair, 0
  fence seq_cst
  ret i32 %value
}
`;

test.each([
  ['rv64imac', '-O2'],
  ['rv64ima', '-O2'],
  ['rv64imac_zba_zbb', '-O2'],
  ['rv64imac', '-O0'],
  ['rv32imac', '-O2'],
])('LLVM for %s, %s', (march, level) => {
  const [letters = '', ...names] = march.slice(5).split('_');
  const features = [...letters, ...names].map((name) => `+${name}`).join(',');
  const target = [`-mtriple=riscv${march.slice(2, 4)}`, `-mattr=${features}`, '-filetype=asm', '-o', '-'];
  // GNU as does not know all names of extensions that LLVM notes.
  const stdout = tool('llc-22', [level, ...target], { input: IR }).stdout.replaceAll(/^\s*\.attribute.*$/gm, '');
  const mine = ours(stdout, march);
  expect(mine).not.toMatch(/^refused/);
  expect(mine.length).toBeGreaterThan(250);
  expect(mine).toBe(withoutPadding(theirs(stdout, march), mine.length));
});
