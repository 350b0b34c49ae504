import { describe, expect, test } from 'vitest';
import { cmodx, safePatch } from './terminal';

const sloppy = safePatch.replace('version off {', 'version   off{').replace('write JUMP', '     write   JUMP');

describe('cmodx format', () => {
  test('rewrites a file once; then there is nothing to do', async () => {
    const first = await cmodx('format a.cmodx', { 'a.cmodx': sloppy });
    expect(first).toMatchObject({ code: 0, out: 'a.cmodx formatted\n' });
    expect(first.files['a.cmodx']).not.toBe(sloppy);
    expect(await cmodx('format a.cmodx', first.files)).toMatchObject({ code: 0, out: '', files: first.files });
  });

  test('--check writes nothing and exits with 1', async () => {
    const { code, out, files } = await cmodx('format --check a.cmodx', { 'a.cmodx': sloppy });
    expect({ code, out }).toEqual({ code: 1, out: 'a.cmodx would change\n' });
    expect(files['a.cmodx']).toBe(sloppy);
  });

  test('a file that cannot be read is told, the others are formatted', async () => {
    const { code, err, out } = await cmodx('format b.cmodx a.cmodx', { 'a.cmodx': sloppy });
    expect({ code, err, out }).toEqual({
      code: 2,
      err: 'cmodx: b.cmodx does not exist\n',
      out: 'a.cmodx formatted\n',
    });
  });
});
