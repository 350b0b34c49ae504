import type { InstructionSpec, Xlen } from '../types';
import { BOTH, group, RV32, RV64 } from './group';

const of = (extensions: string, section: string, xlens: readonly Xlen[] = BOTH) =>
  ({ extensions, section, xlens, length: 4 }) as const;

const ZBC = 'B: Zbc, Carry-less Multiplication';
const ZBKB = 'Scalar Cryptography: Zbkb, Bitmanip Instructions';
const ZBKX = 'Scalar Cryptography: Zbkx, Crossbar Permutations';
const AES = 'Scalar Cryptography: Zkne and Zknd, AES';
const SHA = 'Scalar Cryptography: Zknh, SHA-2';
const SHANGMI = 'Scalar Cryptography: Zksed and Zksh, SM4 and SM3';

/**
 * Carry-less multiplication and scalar cryptography (ISA manual, volume I, chapters "B" and "Scalar Cryptography"). What
 * Zbkb and Zbkc share with Zbb and Zbc stands there.
 */
export const crypto: readonly InstructionSpec[] = [
  ...group(of('zbc zbkc', ZBC), [
    ['clmul', 0x0a001033, 'rd, rs1, rs2', 'rd = low XLEN bits of the carry-less product of rs1 and rs2'],
    ['clmulh', 0x0a003033, 'rd, rs1, rs2', 'rd = high XLEN bits of the carry-less product of rs1 and rs2'],
  ]),
  ...group(of('zbc', ZBC), [
    ['clmulr', 0x0a002033, 'rd, rs1, rs2', 'rd = bits 2*XLEN-2..XLEN-1 of the carry-less product of rs1 and rs2'],
  ]),
  ...group(of('zbkb', ZBKB), [
    ['pack', 0x08004033, 'rd, rs1, rs2', 'rd = low half of rs1, low half of rs2 above it'],
    ['packh', 0x08007033, 'rd, rs1, rs2', 'rd = low byte of rs1, low byte of rs2 above it'],
    ['brev8', 0x68705013, 'rd, rs1', 'rd = rs1 with the bits of every byte reversed'],
  ]),
  ...group(of('zbkb', ZBKB, RV32), [
    ['zip', 0x08f01013, 'rd, rs1', 'rd = low half of rs1 to the even bits, high half to the odd bits'],
    ['unzip', 0x08f05013, 'rd, rs1', 'rd = even bits of rs1 to the low half, odd bits to the high half'],
  ]),
  ...group(of('zbkb', ZBKB, RV64), [
    ['packw', 0x0800403b, 'rd, rs1, rs2', 'rd = sext32(low 16 bits of rs1, low 16 bits of rs2 above them)'],
  ]),
  ...group(of('zbkx', ZBKX), [
    ['xperm4', 0x28002033, 'rd, rs1, rs2', 'rd = for each 4 bits of rs2: those of rs1 that they number'],
    ['xperm8', 0x28004033, 'rd, rs1, rs2', 'rd = for each byte of rs2: that of rs1 that it numbers'],
  ]),
  ...group(of('zkne', AES, RV32), [
    ['aes32esi', 0x22000033, 'rd, rs1, rs2, bs', 'rd = rs1 ^ final-round AES encryption of byte bs of rs2'],
    ['aes32esmi', 0x26000033, 'rd, rs1, rs2, bs', 'rd = rs1 ^ middle-round AES encryption of byte bs of rs2'],
  ]),
  ...group(of('zknd', AES, RV32), [
    ['aes32dsi', 0x2a000033, 'rd, rs1, rs2, bs', 'rd = rs1 ^ final-round AES decryption of byte bs of rs2'],
    ['aes32dsmi', 0x2e000033, 'rd, rs1, rs2, bs', 'rd = rs1 ^ middle-round AES decryption of byte bs of rs2'],
  ]),
  ...group(of('zkne', AES, RV64), [
    ['aes64es', 0x32000033, 'rd, rs1, rs2', 'rd = half of the final AES encryption round of rs2:rs1'],
    ['aes64esm', 0x36000033, 'rd, rs1, rs2', 'rd = half of a middle AES encryption round of rs2:rs1'],
  ]),
  ...group(of('zknd', AES, RV64), [
    ['aes64ds', 0x3a000033, 'rd, rs1, rs2', 'rd = half of the final AES decryption round of rs2:rs1'],
    ['aes64dsm', 0x3e000033, 'rd, rs1, rs2', 'rd = half of a middle AES decryption round of rs2:rs1'],
    ['aes64im', 0x30001013, 'rd, rs1', 'rd = inverse MixColumns of rs1'],
  ]),
  ...group(of('zkne zknd', AES, RV64), [
    ['aes64ks1i', 0x31001013, 'rd, rs1, rnum', 'rd = AES key schedule: substitution, rotation, round constant rnum'],
    ['aes64ks2', 0x7e000033, 'rd, rs1, rs2', 'rd = AES key schedule: exclusive or of words of rs1 and rs2'],
  ]),
  ...group(of('zknh', SHA), [
    ['sha256sum0', 0x10001013, 'rd, rs1', 'rd = SHA-256 Sum0 of rs1'],
    ['sha256sum1', 0x10101013, 'rd, rs1', 'rd = SHA-256 Sum1 of rs1'],
    ['sha256sig0', 0x10201013, 'rd, rs1', 'rd = SHA-256 Sigma0 of rs1'],
    ['sha256sig1', 0x10301013, 'rd, rs1', 'rd = SHA-256 Sigma1 of rs1'],
  ]),
  ...group(of('zknh', SHA, RV64), [
    ['sha512sum0', 0x10401013, 'rd, rs1', 'rd = SHA-512 Sum0 of rs1'],
    ['sha512sum1', 0x10501013, 'rd, rs1', 'rd = SHA-512 Sum1 of rs1'],
    ['sha512sig0', 0x10601013, 'rd, rs1', 'rd = SHA-512 Sigma0 of rs1'],
    ['sha512sig1', 0x10701013, 'rd, rs1', 'rd = SHA-512 Sigma1 of rs1'],
  ]),
  ...group(of('zknh', SHA, RV32), [
    ['sha512sum0r', 0x50000033, 'rd, rs1, rs2', 'rd = half of SHA-512 Sum0 of rs2:rs1'],
    ['sha512sum1r', 0x52000033, 'rd, rs1, rs2', 'rd = half of SHA-512 Sum1 of rs2:rs1'],
    ['sha512sig0l', 0x54000033, 'rd, rs1, rs2', 'rd = low half of SHA-512 Sigma0 of rs2:rs1'],
    ['sha512sig1l', 0x56000033, 'rd, rs1, rs2', 'rd = low half of SHA-512 Sigma1 of rs2:rs1'],
    ['sha512sig0h', 0x5c000033, 'rd, rs1, rs2', 'rd = high half of SHA-512 Sigma0 of rs1:rs2'],
    ['sha512sig1h', 0x5e000033, 'rd, rs1, rs2', 'rd = high half of SHA-512 Sigma1 of rs1:rs2'],
  ]),
  ...group(of('zksed', SHANGMI), [
    ['sm4ed', 0x30000033, 'rd, rs1, rs2, bs', 'rd = sext32(rs1 ^ SM4 encryption step of byte bs of rs2)'],
    ['sm4ks', 0x34000033, 'rd, rs1, rs2, bs', 'rd = sext32(rs1 ^ SM4 key schedule of byte bs of rs2)'],
  ]),
  ...group(of('zksh', SHANGMI), [
    ['sm3p0', 0x10801013, 'rd, rs1', 'rd = SM3 P0 of rs1'],
    ['sm3p1', 0x10901013, 'rd, rs1', 'rd = SM3 P1 of rs1'],
  ]),
];
