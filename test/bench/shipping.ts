import { readFile, rm, stat } from 'node:fs/promises';
import { largestPackage } from '../../scripts/lib/budget.mjs';
import { root } from '../../scripts/lib/run.mjs';
import type { Bench } from './options';
import { runTimed } from './processes';
import { below, count, duration, type Section } from './report';

/** Where the end-to-end test of activation writes the times that VS Code shows, in milliseconds. */
const activation = `${root}.cache/reports/activation.json`;

/** What the user waits for and downloads: activation in a real VS Code, and the package's size. */
export async function shipping({ quick }: Bench): Promise<Section> {
  const { size } = await stat(`${root}cmodx.vsix`);
  const kilobytes = (bytes: number): string => `${count(Math.round(bytes / 1024))} KB`;
  const times = quick ? [] : await activationTimes();
  const windows = times.map(duration).join(', ');
  return {
    title: 'The extension',
    blocks: [
      `\`cmodx.vsix\` has ${kilobytes(size)}. Activation in a real VS Code, as its list of running extensions shows it: ${times.length === 0 ? 'not measured in this run' : windows}.`,
    ],
    results: [
      below('Size of `cmodx.vsix`', size, largestPackage, kilobytes),
      ...(times.length === 0 ? [] : [below('Activation, the best window', Math.min(...times), 150, duration)]),
    ],
  };
}

/** Runs the end-to-end test of activation; empty where it cannot run here. */
async function activationTimes(): Promise<readonly number[]> {
  await rm(activation, { force: true });
  const vitest = `${root}node_modules/vitest/vitest.mjs`;
  const only = ['run', '--config', 'test/e2e/vitest.config.mts', 'language', '-t', 'is active within'];
  const { output } = await runTimed(process.execPath, [vitest, ...only], { cwd: root, seconds: 240 });
  const times = await readFile(activation, 'utf8').then(
    (text) => JSON.parse(text) as readonly number[],
    () => [],
  );
  if (times.length === 0) console.log(`Activation could not be measured:\n${output.trim()}\n`);
  return times;
}
