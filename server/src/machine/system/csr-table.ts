import { csrNumber } from '../../isa/index';
import type { Isa } from '../../isa/types';
import type { Counters } from './counters';
import { pmpEntries } from './pmp';
import { envcfg, interrupt, machine, type PrivilegedState, status, supervisor, type TrapRegisters } from './state';

/** One CSR: how it is read, and written if at all. Values beyond XLEN bits are cut off by the reader. */
export interface CsrRegister {
  readonly read: (state: PrivilegedState) => bigint;
  /** Without it, writes are ignored. */
  readonly write?: (state: PrivilegedState, value: bigint) => void;
  /** Whether it is locked, so that a write does nothing and is not told. */
  readonly locked?: (state: PrivilegedState) => boolean;
  /** Whether it may be accessed, where the mode alone does not say. */
  readonly guard?: (state: PrivilegedState) => boolean;
  /** The registers that hold what is written, where it is not this one. */
  readonly tells?: readonly number[];
}

interface Row extends CsrRegister {
  /** The only width that has it; both by default. */
  readonly xlen?: 32 | 64;
  /** The extension that brings it. */
  readonly needs?: string;
}

/** The register of a number on such a hart; null where there is none. */
export function registerAt(csr: number, isa: Isa): CsrRegister | null {
  const row = rows.get(csr);
  if (row === undefined) return null;
  if (row.xlen !== undefined && row.xlen !== isa.xlen) return null;
  return row.needs === undefined || isa.extensions.has(row.needs) ? row : null;
}

const upper = (value: bigint): bigint => BigInt.asUintN(32, value >> 32n);
const withLower = (old: bigint, value: bigint, { isa }: PrivilegedState): bigint =>
  isa.xlen === 64 ? value : (old & ~0xffff_ffffn) | value;
const withUpper = (old: bigint, value: bigint): bigint => BigInt.asUintN(32, old) | (value << 32n);
/** The bits of `mask` from `value`, the others as they were. */
const masked = (old: bigint, value: bigint, mask: bigint): bigint => (old & ~mask) | (value & mask);

const zero: Row = { read: () => 0n };

const statusBits = status.sie | status.spie | status.spp | status.sum | status.mxr;
const machineStatusBits = statusBits | status.mie | status.mpie | status.mprv | status.tvm | status.tw | status.tsr;
/** UXL and SXL. */
const widths = { u: 3n << 32n, s: 3n << 34n };

function readStatus({ mstatus, isa }: PrivilegedState): bigint {
  const wide = isa.xlen === 64;
  const dirty = (mstatus & status.fs) === status.fs ? 1n << (wide ? 63n : 31n) : 0n;
  return mstatus | dirty | (wide ? (2n << 32n) | (2n << 34n) : 0n);
}

function writeStatus(state: PrivilegedState, value: bigint, mask: bigint): void {
  const fields = mask | (state.has('f') ? status.fs : 0n);
  state.mstatus = masked(state.mstatus, value, fields);
  // MPP holds only modes that there are.
  if (mask === machineStatusBits && (value & status.mpp) !== 2n << 11n)
    state.mstatus = masked(state.mstatus, value, status.mpp);
}

function readIsa({ isa }: PrivilegedState): bigint {
  let bits = (isa.xlen === 32 ? 1n : 2n) << BigInt(isa.xlen - 2);
  // `b` is a name of its own, and of its parts together; S and U are always there.
  const b = ['zba', 'zbb', 'zbs'].every((name) => isa.extensions.has(name)) ? ['b'] : [];
  for (const name of [...isa.extensions, ...b, 's', 'u']) {
    if (/^[a-z]$/.test(name)) bits |= 1n << BigInt(name.charCodeAt(0) - 'a'.charCodeAt(0));
  }
  return bits;
}

/** Exceptions that can come from below M-mode: all but its own environment calls, and what is reserved. */
const delegable = 0xb3ffn;
const supervisorInterrupts = interrupt.ssi | interrupt.sti | interrupt.sei;
const allInterrupts = supervisorInterrupts | interrupt.msi | interrupt.mti | (1n << 11n);

/** What software may set in `mip` from M-mode: with Sstc on, the timer's bit is the timer's. */
const settable = (state: PrivilegedState): bigint =>
  state.supervisorTimer ? supervisorInterrupts & ~interrupt.sti : supervisorInterrupts;

function trapRegisters(prefix: string, of: (state: PrivilegedState) => TrapRegisters): [string, Row][] {
  return [
    // The mode is direct (0) or vectored (1).
    [
      `${prefix}tvec`,
      {
        read: (s) => of(s).tvec,
        write: (s, value) => {
          of(s).tvec = value & ~2n;
        },
      },
    ],
    [
      `${prefix}epc`,
      {
        read: (s) => of(s).epc,
        write: (s, value) => {
          of(s).epc = value & (s.has('zca') || s.has('c') ? ~1n : ~3n);
        },
      },
    ],
    [
      `${prefix}cause`,
      {
        read: (s) => of(s).cause,
        write: (s, value) => {
          of(s).cause = value;
        },
      },
    ],
    [
      `${prefix}tval`,
      {
        read: (s) => of(s).tval,
        write: (s, value) => {
          of(s).tval = value;
        },
      },
    ],
    [
      `${prefix}scratch`,
      {
        read: (s) => of(s).scratch,
        write: (s, value) => {
          of(s).scratch = value;
        },
      },
    ],
    [
      `${prefix}counteren`,
      {
        read: (s) => BigInt(of(s).counteren),
        write: (s, value) => {
          of(s).counteren = Number(BigInt.asUintN(32, value));
        },
      },
    ],
  ];
}

/** Whether a counter may be read: in S-mode `mcounteren` says so, in U-mode `scounteren` too. */
function mayCount({ privilege, m, s }: PrivilegedState, bit: number): boolean {
  const enabled = (privilege === machine ? ~0 : m.counteren) & (privilege >= supervisor ? ~0 : s.counteren);
  return ((enabled >>> bit) & 1) !== 0;
}

/** A machine counter with its upper half on RV32, and the user's view of it. */
function counter(name: 'cycle' | 'instret', bit: number): [string, Row][] {
  const get = ({ counters }: PrivilegedState): bigint => counters.read(name);
  const put = (counters: Counters, value: bigint): void => counters.write(name, value);
  const guard = (s: PrivilegedState): boolean => mayCount(s, bit);
  return [
    [`m${name}`, { read: get, write: (s, value) => put(s.counters, withLower(get(s), value, s)) }],
    [`m${name}h`, { xlen: 32, read: (s) => upper(get(s)), write: (s, v) => put(s.counters, withUpper(get(s), v)) }],
    [name, { read: get, guard }],
    [`${name}h`, { xlen: 32, read: (s) => upper(get(s)), guard }],
  ];
}

/** Counters of events: none is counted. */
function eventCounters(): [string, Row][] {
  return Array.from({ length: 29 }, (_, i) => i + 3).flatMap((i): [string, Row][] => {
    const guard = (s: PrivilegedState): boolean => mayCount(s, i);
    return [
      [`mhpmcounter${i}`, zero],
      [`mhpmcounter${i}h`, { ...zero, xlen: 32 }],
      [`mhpmevent${i}`, zero],
      [`hpmcounter${i}`, { ...zero, guard }],
      [`hpmcounter${i}h`, { ...zero, xlen: 32, guard }],
    ];
  });
}

/** The base of Zcmt's table; its mode, bits 5:0, is 0. */
const jumpTable: Row = {
  needs: 'zcmt',
  read: (s) => s.jvt,
  write: (s, value) => {
    s.jvt = value & ~0x3fn;
  },
};

function protection(): [string, Row][] {
  const config = Array.from({ length: 16 }, (_, i): [string, Row] => [
    `pmpcfg${i}`,
    {
      read: (s) => s.pmp.readConfig(4 * i),
      ...(4 * i < pmpEntries ? { write: (s, value) => s.pmp.writeConfig(4 * i, value) } : {}),
      // On RV64 a register has eight entries, and the odd ones are not there.
      ...(i % 2 === 1 ? { xlen: 32 } : {}),
    },
  ]);
  const addresses = Array.from({ length: 64 }, (_, i): [string, Row] => [
    `pmpaddr${i}`,
    {
      read: (s) => s.pmp.readAddress(i),
      ...(i < pmpEntries ? { write: (s, value) => s.pmp.writeAddress(i, value) } : {}),
      locked: (s) => s.pmp.isAddressLocked(i),
    },
  ]);
  return [...config, ...addresses];
}

/** Translation modes by number, with the extension that an ISA string names them by; Bare and the basic one are there. */
const modes64: ReadonlySet<bigint> = new Set([0n, 8n, 9n, 10n]);

function writeTranslation(state: PrivilegedState, value: bigint): void {
  // A mode that is not there leaves everything as it was.
  if (state.isa.xlen === 64 && !modes64.has(value >> 60n)) return;
  state.satp = value;
}

/** What `senvcfg` has, and `menvcfg` too. */
function lowerEnvironmentBits(state: PrivilegedState): bigint {
  return (
    envcfg.fiom | (state.has('zicbom') ? envcfg.cbie | envcfg.cbcfe : 0n) | (state.has('zicboz') ? envcfg.cbze : 0n)
  );
}

/** `10` in CBIE is reserved: the field then stays as it is. */
function withLegalBlocks(value: bigint, old: bigint): bigint {
  const reserved = (value & envcfg.cbie) === 2n << 4n;
  return reserved ? (value & ~envcfg.cbie) | (old & envcfg.cbie) : value;
}

function environmentBits(state: PrivilegedState): bigint {
  return (
    lowerEnvironmentBits(state) |
    (state.has('sstc') ? envcfg.stce : 0n) |
    (state.has('svadu') ? envcfg.adue : 0n) |
    (state.has('svpbmt') ? envcfg.pbmte : 0n)
  );
}

/** `fflags`, `frm` and `fcsr` trap while floating point is off. */
function float(name: 'fflags' | 'frm' | 'fcsr'): [string, Row] {
  const csr = numberOf(name);
  const row: Row = {
    needs: 'f',
    read: (s) => s.float.readCsr(csr) ?? 0n,
    write: (s, value) => void s.float.writeCsr(csr, value),
    guard: (s) => !s.floatOff,
    ...(name === 'fcsr' ? { tells: [numberOf('fflags'), numberOf('frm')] } : {}),
  };
  return [name, row];
}

const table: readonly [string, Row][] = [
  ['mvendorid', zero],
  ['marchid', zero],
  ['mimpid', zero],
  ['mconfigptr', zero],
  ['mhartid', { read: (s) => s.hartId }],
  // What it says cannot be changed, which a write does not tell.
  ['misa', { read: readIsa, write: () => undefined }],
  ['mstatus', { read: readStatus, write: (s, value) => writeStatus(s, value, machineStatusBits) }],
  ['mstatush', { ...zero, xlen: 32 }],
  [
    'sstatus',
    {
      read: (s) => readStatus(s) & (statusBits | status.fs | widths.u | (1n << BigInt(s.isa.xlen - 1))),
      write: (s, value) => writeStatus(s, value, statusBits),
      tells: [numberOf('mstatus')],
    },
  ],
  [
    'medeleg',
    {
      read: (s) => s.medeleg,
      write: (s, value) => {
        s.medeleg = value & delegable;
      },
    },
  ],
  ['medelegh', { ...zero, xlen: 32 }],
  [
    'mideleg',
    {
      read: (s) => s.mideleg,
      write: (s, value) => {
        s.mideleg = value & supervisorInterrupts;
      },
    },
  ],
  [
    'mie',
    {
      read: (s) => s.mie,
      write: (s, value) => {
        s.mie = value & allInterrupts;
      },
    },
  ],
  [
    'mip',
    {
      read: (s) => s.pending,
      write: (s, value) => {
        s.mip = masked(s.mip, value, settable(s));
      },
    },
  ],
  [
    'sie',
    {
      read: (s) => s.mie & s.mideleg,
      write: (s, value) => {
        s.mie = masked(s.mie, value, s.mideleg);
      },
      tells: [numberOf('mie')],
    },
  ],
  [
    'sip',
    {
      read: (s) => s.pending & s.mideleg,
      write: (s, value) => {
        s.mip = masked(s.mip, value, s.mideleg & interrupt.ssi);
      },
      tells: [numberOf('mip')],
    },
  ],
  ...trapRegisters('m', (s) => s.m),
  ...trapRegisters('s', (s) => s.s),
  [
    'satp',
    {
      read: (s) => s.satp,
      write: writeTranslation,
      guard: (s) => s.privilege === machine || (s.mstatus & status.tvm) === 0n,
    },
  ],
  [
    'menvcfg',
    {
      read: (s) => s.menvcfg,
      write: (s, value) => {
        const lower = withLegalBlocks(value, s.menvcfg);
        s.menvcfg = masked(s.menvcfg, withLower(s.menvcfg, lower, s), environmentBits(s));
      },
    },
  ],
  [
    'menvcfgh',
    {
      xlen: 32,
      read: (s) => upper(s.menvcfg),
      write: (s, value) => {
        s.menvcfg = masked(s.menvcfg, withUpper(s.menvcfg, value), environmentBits(s));
      },
    },
  ],
  [
    'senvcfg',
    {
      read: (s) => s.senvcfg,
      write: (s, value) => {
        s.senvcfg = withLegalBlocks(value, s.senvcfg) & lowerEnvironmentBits(s);
      },
    },
  ],
  ...timer(),
  ...counter('cycle', 0),
  ...counter('instret', 2),
  ['time', { read: (s) => s.counters.time, guard: (s) => mayCount(s, 1) }],
  ['timeh', { xlen: 32, read: (s) => upper(s.counters.time), guard: (s) => mayCount(s, 1) }],
  [
    'mcountinhibit',
    {
      read: (s) => (s.counters.isInhibited('cycle') ? 1n : 0n) | (s.counters.isInhibited('instret') ? 4n : 0n),
      write: (s, value) => {
        s.counters.inhibit('cycle', (value & 1n) !== 0n);
        s.counters.inhibit('instret', (value & 4n) !== 0n);
      },
    },
  ],
  ...eventCounters(),
  ...protection(),
  ['jvt', jumpTable],
  // No trigger is there.
  ['tselect', zero],
  ['tdata1', zero],
  ['tdata2', zero],
  ['tdata3', zero],
  ['tinfo', { read: () => 1n }],
  float('fflags'),
  float('frm'),
  float('fcsr'),
];

/** Sstc: reachable from S-mode once M-mode has switched it on. */
function timer(): [string, Row][] {
  const guard = (s: PrivilegedState): boolean => s.privilege === machine || (s.supervisorTimer && mayCount(s, 1));
  return [
    [
      'stimecmp',
      {
        needs: 'sstc',
        guard,
        read: (s) => s.stimecmp,
        write: (s, v) => {
          s.stimecmp = withLower(s.stimecmp, v, s);
        },
      },
    ],
    [
      'stimecmph',
      {
        needs: 'sstc',
        xlen: 32,
        guard,
        read: (s) => upper(s.stimecmp),
        write: (s, v) => {
          s.stimecmp = withUpper(s.stimecmp, v);
        },
      },
    ],
  ];
}

function numberOf(name: string): number {
  const number = csrNumber(name);
  if (number === undefined) throw new Error(`no CSR is named ${name}`);
  return number;
}

const rows: ReadonlyMap<number, Row> = new Map(table.map(([name, row]) => [numberOf(name), row]));
