import type { InstructionSpec } from '../types';
import { BOTH, group } from './group';
import { crypto } from './vector-group';

const of = (extensions: string, name: string) =>
  ({ extensions, xlens: BOTH, length: 4, section: `Vector Cryptography: ${name}` }) as const;

const VS_APART = { reserved: 'vd=vs2' };
const VV_APART = { reserved: 'vd=vs2|vd=vs1' };

/** One round of AES, with a round key for every element group (`vv`) or one for all (`vs`). */
const round = (name: string, vs1: number, meaning: string) => [
  crypto(`${name}.vv`, 0b101000, 'vd, vs2', `vd = ${meaning} of vd with the round keys vs2`, { vs1 }),
  crypto(`${name}.vs`, 0b101001, 'vd, vs2', `vd = ${meaning} of vd with the round key vs2`, { vs1, ...VS_APART }),
];

/** The Zvk extensions that have an opcode of their own (manual, volume I, chapter "Vector Cryptography"). */
export const vectorCrypto: readonly InstructionSpec[] = [
  ...group(of('zvkned', 'Zvkned, AES'), [
    ...round('vaesdm', 0, 'middle AES decryption round'),
    ...round('vaesdf', 1, 'final AES decryption round'),
    ...round('vaesem', 2, 'middle AES encryption round'),
    ...round('vaesef', 3, 'final AES encryption round'),
    crypto('vaesz.vs', 0b101001, 'vd, vs2', 'vd = vd ^ round key vs2', { vs1: 7, ...VS_APART }),
    crypto('vaeskf1.vi', 0b100010, 'vd, vs2, uimm5', 'vd = next AES-128 round key after vs2, round imm'),
    crypto('vaeskf2.vi', 0b101010, 'vd, vs2, uimm5', 'vd = next AES-256 round key after vd, vs2, round imm'),
  ]),
  ...group(of('zvknha zvknhb', 'Zvknha and Zvknhb, SHA-2'), [
    crypto('vsha2ms.vv', 0b101101, 'vd, vs2, vs1', 'vd = SHA-2 message schedule of vd, vs2, vs1', VV_APART),
    crypto('vsha2ch.vv', 0b101110, 'vd, vs2, vs1', 'vd = two SHA-2 rounds, high message words', VV_APART),
    crypto('vsha2cl.vv', 0b101111, 'vd, vs2, vs1', 'vd = two SHA-2 rounds, low message words', VV_APART),
  ]),
  ...group(of('zvkg', 'Zvkg, GCM and GMAC'), [
    crypto('vghsh.vv', 0b101100, 'vd, vs2, vs1', 'vd = GHASH: (vd ^ vs1) * vs2'),
    crypto('vgmul.vv', 0b101000, 'vd, vs2', 'vd = GHASH: vd * vs2', { vs1: 17 }),
  ]),
  ...group(of('zvksed', 'Zvksed, SM4'), [
    crypto('vsm4k.vi', 0b100001, 'vd, vs2, uimm5', 'vd = SM4 round keys after vs2, round imm'),
    crypto('vsm4r.vv', 0b101000, 'vd, vs2', 'vd = four SM4 rounds of vd with the round keys vs2', { vs1: 16 }),
    crypto('vsm4r.vs', 0b101001, 'vd, vs2', 'vd = four SM4 rounds of vd with the round keys vs2', {
      vs1: 16,
      ...VS_APART,
    }),
  ]),
  ...group(of('zvksh', 'Zvksh, SM3'), [
    crypto('vsm3me.vv', 0b100000, 'vd, vs2, vs1', 'vd = SM3 message expansion of vs2, vs1', VS_APART),
    crypto('vsm3c.vi', 0b101011, 'vd, vs2, uimm5', 'vd = two SM3 rounds of vd with vs2, round imm', VS_APART),
  ]),
];
