import type { Scenario, Source } from '../../server/src/checker/scenario';
import type { Verdict, Violation } from '../../server/src/checker/verdict';
import type { Check } from '../../server/src/language/types';

/** A place in `a.cmodx` (or another file). */
export function at(start: number, end = start + 1, file = 'a.cmodx'): Source {
  return { file, start, end };
}

/** A scenario that says nothing but its protocol's name, its `when` (in its patcher's name too) and where its patcher is written. */
export function scenario(protocol: string, when: string | null = null, source: Source = at(0)): Scenario {
  const isa = { xlen: 64, extensions: new Set(['i', 'c']), text: 'rv64ic', profile: null } as const;
  return {
    protocol,
    when,
    machine: {
      isa,
      memory: 'rvwmo',
      fetch: { fenceiFetch: true, decodeW: true, decode: false },
      ipi: 'memory',
    },
    symbols: [],
    regions: [],
    sites: [],
    threads: [],
    fixups: [],
    breakpoints: [],
    patchers: [{ name: when ?? 'patcher', operations: [], source }],
    executors: {
      count: 'any',
      preemptible: true,
      migrating: true,
      masked: false,
      flushing: false,
      onlineLater: 'no',
      source: null,
    },
    forbids: [],
    reaches: [],
    source,
  };
}

/** One check with no expectation written. `null` for a scenario: the text has errors. */
export function checkOf(protocol: string, when: string | null = null, source: Source = at(0)): Check {
  return { protocol, when, expectations: [], scenario: scenario(protocol, when, source), source };
}

/** A check whose text has errors. */
export function brokenCheck(protocol: string): Check {
  return { ...checkOf(protocol), scenario: null };
}

export function safe(states = 7): Verdict {
  return {
    verdict: 'safe',
    bounds: { harts: 'any', passes: 'any' },
    reliesOn: ['Ziccif'],
    rung: 'isa',
    claims: [],
    limit: null,
    states,
    violations: [],
  };
}

/** `mixed`, caused by what is written at `source`, after two steps. */
export function violation(source: Source): Violation {
  const snapshot = (pc: string) => ({
    harts: [{ name: 'hart 1', pc, activity: 'runs a pass', source, registers: [], fetch: [] }],
    memory: [],
  });
  return {
    code: 'mixed',
    message: "executes JALR' with AUIPC's t0",
    headline: "JALR' with AUIPC's t0",
    source,
    before: snapshot('0x0'),
    trace: [
      { hart: 'hart 1', text: 'executes AUIPC', source, after: snapshot('0x4') },
      { hart: 'hart 1', text: "executes JALR'", source: null, after: snapshot('0x8') },
    ],
  };
}

export function unsafe(source: Source = at(0)): Verdict {
  return { ...safe(11), verdict: 'unsafe', reliesOn: [], rung: null, violations: [violation(source)] };
}

export function inconclusive(limit: string): Verdict {
  return { ...safe(), verdict: 'inconclusive', reliesOn: [], rung: null, limit };
}
