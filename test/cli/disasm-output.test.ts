import { expect, test } from 'vitest';
import { instructions } from '../../server/src/isa';
import { bytesOf, parcels } from '../isa/oracle/corpus';
import { generator } from '../isa/oracle/random';
import { cmodx } from './terminal';

const everything =
  'gcv_zicond_zacas_zabha_zcb_zimop_zcmop_zfa_zfh_zvfh_zba_zbb_zbs_zbc_zbkb_zbkx_zkn_zks_zicbom_zicboz_zicbop_zawrs_h';

/** Some words of every instruction of four bytes. */
function wordsOf(xlen: 32 | 64): Uint32Array {
  const random = generator(20_261_123);
  const wide = instructions.filter((spec) => spec.length === 4 && spec.xlens.includes(xlen));
  return Uint32Array.from(
    wide.flatMap((spec) => Array.from({ length: 8 }, () => (spec.match | (random() & ~spec.mask)) >>> 0)),
  );
}

/** What is written as bytes, piece by piece, is what is gathered as a string. */
test.each([
  [32, 'words', bytesOf(wordsOf(32), 4)],
  [64, 'words', bytesOf(wordsOf(64), 4)],
  [32, 'parcels', bytesOf(parcels, 2)],
  [64, 'parcels', bytesOf(parcels, 2)],
] as const)('disasm of RV%i %s tells the same as text and as JSON', async (xlen, _what, bytes) => {
  const [text, json] = await Promise.all(
    ['', ' --json'].map((form) => cmodx(`disasm${form} --isa rv${xlen}${everything} code.bin`, { 'code.bin': bytes })),
  );
  const lines = (text?.out ?? '').split('\n').filter((line) => /^ *[0-9a-f]+:\t/.test(line));
  const told = lines.map((line) => {
    const [place = '', bits = '', ...rest] = line.split('\t');
    return `${place.trim()} ${bits.trim()} ${rest.join(' ')}`;
  });
  const expected = (json?.out ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { address: string; bytes: string; text: string })
    .map((one) => `${one.address.replace(/^0x0*(?=.)/, '')}: ${one.bytes.slice(2)} ${one.text}`);
  expect(told.length).toBeGreaterThan(4000);
  expect(told).toEqual(expected);
});
