import { type Browser, chromium } from 'playwright-core';
import { onPath } from '../../scripts/lib/run.mjs';

/** Starts the machine's Chromium, without a window and without a word to anyone's servers. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROME ?? (await onPath('chromium')) ?? (await onPath('google-chrome'));
  if (executablePath === null) throw new Error('no chromium on PATH: apt-get install chromium');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
