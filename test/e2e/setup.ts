import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { ensureHost, startHost } from '../../scripts/lib/host.mjs';
import { root, run } from '../../scripts/lib/run.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** The running editor, and the examples that the tests open copies of. */
    readonly host: { readonly port: number; readonly examples: string };
  }
}

/** Packs the extension as users get it, installs it into a fresh VS Code and starts that, once for all files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await ensureHost();
  await run(process.execPath, ['scripts/package.mjs'], { quiet: true });
  const data = `${root}.cache/e2e`;
  await rm(data, { recursive: true, force: true });
  const host = await startHost({ data, vsix: `${root}cmodx.vsix`, settings: { 'files.autoSave': 'off' } });
  project.provide('host', { port: host.port, examples: `${root}examples` });
  return () => host.stop();
}
