import { type Isa, parseIsa, withExtension } from '../isa';
import { type Elf, isElf, readElf } from '../machine/elf';
import { UsageError } from './arguments';
import { type CliHost, FileError } from './host';

/** The largest program that is read. */
const largestProgram = 256 << 20;

/** A program's bytes. @throws FileError */
export function readProgram(host: CliHost, path: string): Uint8Array {
  return host.read(path, largestProgram);
}

/** Reads what says that it is an ELF file. @throws FileError, with the place in the file */
export function elfOf(bytes: Uint8Array): Elf {
  if (!isElf(bytes)) throw new FileError('is not an ELF file');
  const result = readElf(bytes);
  if (!result.ok) throw new FileError(`${result.message} (at offset 0x${result.offset.toString(16)})`);
  return result.elf;
}

/** All that is executed and goes together, beside the base and M. */
const everything = 'a_f_d_c_zicsr_zifencei_zicntr_zihpm_zba_zbb_zbs_zbc_zbkb_zicond_zacas_zabha_zalasr_zawrs_zfa_zfh';
const others = 'zfbfmin_zcb_zimop_zcmop_zihintpause_zihintntl_sstc_svadu_svade_svinval_svnapot_svpbmt';

/**
 * The ISA under which a program runs unless the user says otherwise: all that is executed here, and what the program's
 * attributes name. Where these name Zcmp or Zcmt, C has no floating-point loads and stores, whose place they take.
 */
export function isaOfProgram({ xlen, arch }: Elf): Isa {
  const named = arch === null ? null : parseIsa(arch);
  const extensions = named?.ok === true ? named.isa.extensions : new Set<string>();
  const withTables = extensions.has('zcmp') || extensions.has('zcmt');
  const text = `rv${xlen}im_${everything}_${others}`;
  const parsed = parseIsa(withTables ? text.replace('_c_', '_zca_') : text);
  if (!parsed.ok) throw new Error(`no ISA string: ${text}`);
  return [...extensions].reduce(
    (isa, name) => (withTables && ['c', 'zcd', 'zcf'].includes(name) ? isa : withExtension(isa, name, true)),
    parsed.isa,
  );
}

/** @throws UsageError */
export function isaOfText(text: string): Isa {
  const result = parseIsa(text);
  if (!result.ok)
    throw new UsageError(`\`--isa ${text}\`: ${result.problems.map(({ message }) => message).join('; ')}`);
  return result.isa;
}
