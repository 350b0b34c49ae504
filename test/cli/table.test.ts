import { describe, expect, test } from 'vitest';
import type { TableJson } from '../../server/src/cli/table';
import { example } from '../language/examples';
import { cmodx, safePatch } from './terminal';

const files = { 'mail.cmodx': example('ftrace/replay-auipc.cmodx'), 'a.cmodx': safePatch };

describe('cmodx table', () => {
  test("gives the mail's ten rows, as the model has them", async () => {
    const { code, out } = await cmodx('table --json --protocol replay_auipc mail.cmodx', files);
    expect(code).toBe(0);
    const { version, protocol, rows } = JSON.parse(out) as TableJson;
    expect({ version, protocol }).toEqual({ version: 1, protocol: 'replay_auipc' });
    const words = Object.fromEntries(
      rows.map(({ placement, sequences }) => [placement, [...new Set(sequences.map(({ word }) => word))].sort()]),
    );
    expect(words).toEqual({
      fff04: ['fff04'],
      ff0f4: ['ff0f04'],
      ff04f: ['ff04f', 'ff08f'],
      f0ff4: ['f08ff'],
      f0f4f: ['f08ff'],
      f04ff: ['f08ff'],
      '0fff4': ['0fff04'],
      '0ff4f': ['0ff04f', '0ff08f', '0ff0f04'],
      '0f4ff': ['0f08ff'],
      '04fff': ['04fff', '08fff'],
    });
    expect(rows[0]?.sequences).toEqual([{ word: 'fff04', executed: ["AUIPC'", "JALR'"], class: 'new' }]);
    expect(rows.flatMap(({ sequences }) => sequences).filter((one) => one.class === 'forbidden')).toEqual([]);
  });

  test('for people has a line for each sequence', async () => {
    const { out } = await cmodx('table --protocol replay_auipc mail.cmodx', files);
    const [title, first] = out.split('\n');
    expect(title).toBe('replay_auipc');
    expect(first?.trim().split(/\s{2,}/)).toEqual(['fff04', 'fff04', 'new', "AUIPC', JALR'"]);
  });

  test.each([
    ['a.cmodx', 'there is no table of toggle: a table needs a site of two 4-byte fetch units'],
    ['--protocol togle a.cmodx', 'a.cmodx has no protocol `togle`; did you mean `toggle`?'],
    ['none.cmodx', 'none.cmodx does not exist'],
    ['a.cmodx a.cmodx', 'takes one file'],
  ])('%s is refused with exit code 2', async (line, message) => {
    const { code, out, err } = await cmodx(`table ${line}`, files);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  test('tells the errors of a broken file', async () => {
    const { code, err } = await cmodx('table b.cmodx', { 'b.cmodx': safePatch.replace('write JUMP', 'write JMUP') });
    expect(code).toBe(2);
    expect(err).toMatch(/^b\.cmodx:8:9: error: /);
  });
});
