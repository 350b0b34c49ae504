/** Debian packages that the tests and the embedded editor want: installed where they are missing and we may. */
import { exists, onPath, run } from './run.mjs';

/**
 * Each package with a program, or a file, by which it is found: what is there is not installed again.
 * @type {Record<string, string>}
 */
const packages = {
  chromium: 'chromium',
  spin: 'spin',
  gcc: 'gcc',
  'libc6-dev': '/usr/include/stdio.h',
  'binutils-riscv64-linux-gnu': 'riscv64-linux-gnu-objdump',
  'llvm-22': 'llvm-mc-22',
  'binutils-riscv64-unknown-elf': 'riscv64-unknown-elf-as',
  'qemu-user': 'qemu-riscv64',
  'qemu-system-misc': 'qemu-system-riscv64',
  'gcc-riscv64-unknown-elf': 'riscv64-unknown-elf-gcc',
};

/**
 * A package that newer and older Debians have under another name.
 * @type {Record<string, string[]>}
 */
const alternatives = { 'llvm-22': ['llvm-19', 'llvm-16', 'llvm'] };

/**
 * Installs what is missing of the named packages. What cannot be had is said and left out: the tests that need it say so too.
 * @param {readonly string[]} [names] all by default
 * @returns {Promise<string[]>} the packages that are still missing
 */
export async function ensurePackages(names = Object.keys(packages)) {
  const missing = [];
  for (const name of names) if (!(await found(packages[name] ?? name))) missing.push(name);
  if (missing.length === 0) return [];
  const apt = await aptGet();
  if (apt === null) {
    console.log(`Missing Debian packages (no apt-get, or neither root nor sudo): ${missing.join(' ')}`);
    return missing;
  }
  console.log(`Installing Debian packages: ${missing.join(' ')}`);
  await apt(['update', '-qq']);
  const left = [];
  const all = await apt(['install', '-y', '-qq', '--no-install-recommends', ...missing]);
  if (all.code === 0) return [];
  // One package that this Debian does not have fails them all: try each, and its other names.
  for (const name of missing) {
    let installed = false;
    for (const candidate of [name, ...(alternatives[name] ?? [])]) {
      installed ||= (await apt(['install', '-y', '-qq', '--no-install-recommends', candidate])).code === 0;
    }
    if (!installed) left.push(name);
  }
  if (left.length > 0) console.log(`Not to be had here: ${left.join(' ')}`);
  return left;
}

/** @param {string} mark a program, or the path of a file */
async function found(mark) {
  return mark.startsWith('/') ? exists(mark) : (await onPath(mark)) !== null;
}

/**
 * Runs apt-get as root, by sudo where it asks for no password; null where neither is possible.
 * @returns {Promise<((args: readonly string[]) => Promise<{ code: number, output: string }>) | null>}
 */
async function aptGet() {
  if ((await onPath('apt-get')) === null) return null;
  const options = { quiet: true, check: false, env: { DEBIAN_FRONTEND: 'noninteractive' } };
  if (process.getuid?.() === 0) return (args) => run('apt-get', args, options);
  if ((await onPath('sudo')) === null) return null;
  if ((await run('sudo', ['-n', 'true'], options)).code !== 0) return null;
  return (args) => run('sudo', ['-n', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args], options);
}
