import { describe, expect, test } from 'vitest';
import { identify, moveSources } from '../../server/src/service';
import { at, scenario, unsafe } from './fixtures';

describe('the identity of a scenario', () => {
  test('is blind to places and sees everything else', () => {
    const base = scenario('p', null, at(3, 9));
    const key = (changed: object): string => identify({ ...base, ...changed }).key;
    expect(identify(scenario('p', null, at(13, 19))).key).toBe(key({}));
    const region = { name: 'd', kind: 'data', address: 16n, bytes: Uint8Array.of(1, 2), instructions: [] } as const;
    const keys = [
      key({}),
      key({ protocol: 'q' }),
      key({ machine: { ...base.machine, ipi: 'sbi' } }),
      key({ machine: { ...base.machine, isa: { ...base.machine.isa, extensions: new Set(['i']) } } }),
      key({ regions: [{ ...region, labels: new Map(), source: at(0) }] }),
      key({ regions: [{ ...region, address: 17n, labels: new Map(), source: at(0) }] }),
      key({ regions: [{ ...region, bytes: Uint8Array.of(1, 3), labels: new Map(), source: at(0) }] }),
      key({ regions: [{ ...region, labels: new Map([['x', 16n]]), source: at(0) }] }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('does not depend on the order in which an ISA names its extensions', () => {
    const { machine } = scenario('p');
    const isa = { ...machine.isa, extensions: new Set(['c', 'i']) };
    expect(identify({ ...scenario('p'), machine: { ...machine, isa } }).key).toBe(identify(scenario('p')).key);
  });
});

describe('moving a verdict', () => {
  test('moves each place, also to another file', () => {
    const moved = moveSources(unsafe(at(1)), [at(1)], [at(5, 6, 'b.cmodx')]);
    expect(moved).toEqual(unsafe(at(5, 6, 'b.cmodx')));
  });

  test('gives up where a place of it is not of the scenario', () => {
    expect(moveSources(unsafe(at(2)), [at(1)], [at(5)])).toBeNull();
  });
});
