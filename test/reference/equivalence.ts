import type { Site, Version } from '../../server/src/checker/scenario';
import type { Data } from './data';
import {
  type Arrival,
  arrive,
  beginPass,
  comeBack,
  endsAtBreakpoint,
  execute,
  executeCopy,
  goesRound,
  outcomeOf,
  type Pass,
  type SharedMemory,
  type Step,
} from './pass';
import { handlersAt, type Look } from './trap';
import { byteOf, type World, within } from './world';

/** Whether a finished pass did what this version does alone, whatever the conditions that it never decided. */
export function equivalent(world: World, version: Version, at: string, pass: Pass): boolean {
  const wanted = outcomeOf(at, pass);
  return world.history.some((data) => {
    const outcomes = runAlone(world, version, { ...beginPass(pass.site), choices: pass.choices }, data);
    return outcomes.length > 0 && outcomes.every((outcome) => outcome === wanted);
  });
}

/** Where the instructions of a version lead when it runs alone. */
export function targetsOf(world: World, site: Site, version: Version): bigint[] {
  const targets = new Set<bigint>();
  const visit = (step: Arrival): void => {
    if (step.kind === 'next') targets.add(step.pass.pc);
    else if (step.kind === 'exit' && step.leads === 'somewhere' && /^[0-9a-f]+$/.test(step.at))
      targets.add(BigInt(`0x${step.at}`));
  };
  for (const data of world.history) runAlone(world, version, beginPass(site), data, visit);
  return [...targets].filter((at) => !within(at, site.address, site.size));
}

/** Every outcome of a version that nobody changes meanwhile; null for one that has none. Tells where its site leads. */
function runAlone(
  world: World,
  version: Version,
  start: Pass,
  data: Data,
  visit: (step: Arrival) => void = () => undefined,
): (string | null)[] {
  const byteAt = (address: bigint): number | undefined =>
    byteOf(version.instructions, address) ?? data.get(address) ?? world.initialByte(address);
  const shared: SharedMemory = {
    pre: 0,
    read: (address, size) => [
      { bytes: Array.from({ length: size }, (_, i) => byteAt(address + BigInt(i)) ?? 0), post: 0 },
    ],
  };
  const outcomes: (string | null)[] = [];
  const pending = [start];
  for (let pass = pending.pop(); pass !== undefined; pass = pending.pop()) {
    if (pass.held !== null) {
      pending.push(comeBack(pass));
      continue;
    }
    if (goesRound(pass)) {
      outcomes.push(null);
      continue;
    }
    const { pc } = pass;
    const low = byteAt(pc);
    const length = low !== undefined && (low & 3) !== 3 ? 2 : 4;
    const bytes = Array.from({ length }, (_, i) => byteAt(pc + BigInt(i)));
    const executed = bytes.includes(undefined) ? [] : execute(world, { ...pass, last: null }, bytes, shared);
    for (const step of executed.flatMap((each) => handled(world, each, shared, byteAt))) {
      if (within(pc, start.site.address, start.site.size)) visit(step);
      if (step.kind === 'next') pending.push(step.pass);
      else outcomes.push(step.kind === 'exit' && step.leads !== 'nowhere' ? outcomeOf(step.at, step.pass) : null);
    }
    if (bytes.includes(undefined)) outcomes.push(null);
  }
  return outcomes;
}

/** What the handler of a breakpoint makes of it, where the version itself is all that it can see. */
export function handled(
  world: World,
  step: Step,
  shared: SharedMemory,
  byteAt: (address: bigint) => number | undefined,
): Arrival[] {
  if (step.kind !== 'breakpoint') return [step];
  const { pass } = step;
  const { breakpoints, fixups, machine } = world.scenario;
  const look: Look<null> = (_, address, size) => [
    { bytes: Array.from({ length: size }, (__, i) => byteAt(address + BigInt(i))), context: null },
  ];
  return [...handlersAt(world, breakpoints, pass.pc, null, look)].flatMap(({ handler }) => {
    if (handler === null) return [endsAtBreakpoint(pass)];
    const { effect } = handler;
    const after =
      effect.kind === 'run'
        ? executeCopy(world, pass, effect.instruction, shared)
        : [arrive(world, pass, BigInt.asUintN(machine.isa.xlen, pass.pc + effect.delta))];
    return after.flatMap((next) => {
      if (next.kind !== 'next' || next.pass.held !== null) return [next];
      return [...handlersAt(world, fixups, next.pass.pc, null, look)].map(({ handler: fixup }) =>
        fixup === null
          ? next
          : arrive(world, next.pass, BigInt.asUintN(machine.isa.xlen, next.pass.pc + fixup.sepcDelta)),
      );
    });
  });
}
