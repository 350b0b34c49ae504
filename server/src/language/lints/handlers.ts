/** Handlers that go by an instruction alone: in a whole program other code has it too. */
import type { Pattern, Scenario } from '../../checker/scenario';
import type { Lint } from './kinds';

/** Instructions that compilers emit everywhere: those bits that are always so, and where they are found. */
const emitted: readonly {
  readonly mask: number;
  readonly match: number;
  readonly length: 2 | 4;
  readonly by: string;
}[] = [
  {
    mask: 0xfffff,
    match: 0x282e7,
    length: 4,
    by: '`call t0, __riscv_save_N`, which compilers emit with `-msave-restore`',
  },
  { mask: 0xfff, match: 0x297, length: 4, by: '`call t0, __riscv_save_N`, which compilers emit with `-msave-restore`' },
  { mask: 0xfffff, match: 0x80e7, length: 4, by: 'every `call`' },
  { mask: 0xfffff, match: 0x30067, length: 4, by: 'every `tail`' },
  { mask: 0xffffffff, match: 0x8067, length: 4, by: 'every `ret`' },
  { mask: 0xffff, match: 0x8082, length: 2, by: 'every `ret`' },
  { mask: 0xffffffff, match: 0x13, length: 4, by: 'the padding between functions' },
  { mask: 0xffff, match: 0x1, length: 2, by: 'the padding between functions' },
  { mask: 0xffffffff, match: 0x100073, length: 4, by: "`BUG()` and other breakpoints of the program's own" },
  { mask: 0xffff, match: 0x9002, length: 2, by: "`BUG()` and other breakpoints of the program's own" },
];

/** Handlers without an address whose instruction is found elsewhere, or which ask for none. */
export function broadHandlers({ fixups, breakpoints }: Scenario): Lint[] {
  const handlers = [
    ...fixups.map((fixup) => ({ ...fixup, word: 'trap return' })),
    ...breakpoints.map((breakpoint) => ({ ...breakpoint, word: 'ebreak' })),
  ];
  return handlers.flatMap(({ addresses, patterns, source, word }): Lint[] => {
    if (addresses !== null) return [];
    const by =
      patterns.length === 0 ? 'whatever stands there' : patterns.flatMap((pattern) => emitter(pattern) ?? [])[0];
    if (by === undefined) return [];
    return [
      {
        code: 'broad-handler',
        source,
        message: `without an address this matches ${by}: the checker tries it at the sites alone, a machine at every ${word}`,
        replacement: null,
      },
    ];
  });
}

/** What else in a program the pattern matches; undefined where nothing common does. */
const emitter = ({ mask, match, length }: Pattern): string | undefined =>
  emitted.find((one) => one.length === length && ((one.match ^ match) & one.mask & mask) === 0)?.by;
