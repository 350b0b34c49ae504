import { expect, test } from 'vitest';
import { csrName } from '../../../server/src/isa/index';
import { tool } from './tools';

/** Where llvm-mc prints a pseudo-instruction, the CSR that it stands for. */
const PSEUDO = /^(?:fr|rd)([a-z]+)$/;

function byLlvm(xlen: 32 | 64): (string | undefined)[] {
  const input = Array.from({ length: 4096 }, (_, number) => `csrr a0, ${number}\n`).join('');
  const features = '--mattr=+f,+v,+h,+smrnmi';
  const { stdout } = tool('llvm-mc-22', [`--triple=riscv${xlen}`, features], { input });
  return stdout.split('\n').flatMap((line): (string | undefined)[] => {
    const [found, mnemonic = '', name] = /^\s+(csrr|fr\w+|rd\w+)\s+a0(?:, (\S+))?/.exec(line) ?? [];
    if (found === undefined) return [];
    if (name === undefined) return [PSEUDO.exec(mnemonic)?.[1]];
    return [/^\d/.test(name) ? undefined : name];
  });
}

test('the names of the control and status registers are those that LLVM 22 knows', () => {
  const [narrow, wide] = [byLlvm(32), byLlvm(64)];
  expect(narrow).toHaveLength(4096);
  // Those of fcsr are printed without an f: frm is `frrm`.
  const shown = (name: string | undefined) => name?.replace(/^f(?=flags$|rm$|csr$)/, '');
  const differences = narrow.flatMap((name, number) => {
    const theirs = name ?? wide[number];
    return shown(theirs) === shown(csrName(number)) ? [] : [`${number}: ${csrName(number)}, LLVM ${theirs}`];
  });
  expect(differences).toEqual([]);
});
