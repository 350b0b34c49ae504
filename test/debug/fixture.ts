import type { HartState, Snapshot, Violation } from '../../server/src/checker/verdict';
import type { TraceSource } from '../../server/src/debug/adapter';

/** The name under which the checker knows the fixture's text. */
export const program = 'file:///patches/naive.cmodx';

const text = `site entry at 0x1000 clobbers t0 {
  version old { AUIPC: auipc t0, 1 ; JALR: jalr t0, 0(t0) }
  version new { AUIPC': auipc t0, 2 ; JALR': jalr t0, 4(t0) }
}
protocol naive patches entry from old to new {
  step both {
    write AUIPC'
    write JALR'
  }
}
`;

/** The place of the `nth` occurrence (from 0) of some words in the fixture's text. */
function at(words: string, nth = 0): { file: string; start: number; end: number } {
  let start = text.indexOf(words);
  for (; nth > 0; nth--) start = text.indexOf(words, start + 1);
  if (start < 0) throw new Error(`no ${words} in the fixture`);
  return { file: program, start, end: start + words.length };
}

const old = { auipc: '0x00001297 auipc t0, 0x1', jalr: '0x000282e7 jalr t0, 0(t0)' };
const fresh = { auipc: '0x00002297 auipc t0, 0x2', jalr: '0x004282e7 jalr t0, 4(t0)' };

function word(line: string): { bytes: string; text: string } {
  const [bytes = '', ...rest] = line.split(' ');
  return { bytes, text: rest.join(' ') };
}

function state(patcher: string, activity: string, pc: string | null, t0: string | null, first: string): Snapshot {
  const executor: HartState = {
    name: 'hart 1',
    pc,
    activity,
    source: at('entry'),
    registers: t0 === null ? [] : [{ name: 't0', value: t0 }],
    fetch: [
      {
        address: '0x1000',
        words: [
          { ...word(old.auipc), from: 'old' },
          ...(first === fresh.auipc ? [{ ...word(first), from: 'patcher' }] : []),
        ],
      },
    ],
  };
  return {
    harts: [
      { name: 'patcher', pc: null, activity: patcher, source: at('step both'), registers: [], fetch: [] },
      ...(pc === null ? [] : [executor]),
    ],
    memory: [
      { address: '0x1000', ...word(first) },
      { address: '0x1004', ...word(old.jalr) },
    ],
  };
}

const violation: Violation = {
  code: 'mixed',
  message: "0x000282e7 = jalr t0, 0(t0) (old) after AUIPC' (new): jumps to 0x3000, which no version does",
  headline: "JALR with AUIPC''s t0",
  source: at("write AUIPC'"),
  before: state('is to write', 'has not begun', null, null, old.auipc),
  trace: [
    {
      hart: 'patcher',
      text: "writes AUIPC' at entry",
      source: at("write AUIPC'"),
      after: state("has written AUIPC'", 'begins a pass', '0x1000', null, fresh.auipc),
    },
    {
      hart: 'hart 1',
      text: "executes AUIPC': auipc t0, 0x2 (new)",
      source: at("AUIPC': auipc t0, 2"),
      after: state("has written AUIPC'", 'runs a pass', '0x1004', '0x3000', fresh.auipc),
    },
    {
      hart: 'hart 1',
      text: 'is interrupted at entry+4 and returns',
      source: null,
      after: state("has written AUIPC'", 'runs a pass', '0x1004', '0x3000', fresh.auipc),
    },
    {
      hart: 'hart 1',
      text: 'executes JALR: jalr t0, 0(t0) (old)',
      source: at('JALR: jalr t0, 0(t0)'),
      after: state("has written AUIPC'", 'jumped to 0x3000', '0x3000', '0x1008', fresh.auipc),
    },
  ],
};

export const trace: TraceSource = { recording: violation, texts: { [program]: text } };
