import { cp, mkdir, rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { ensureHost, startHost } from '../../scripts/lib/host.mjs';
import { root, run } from '../../scripts/lib/run.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** The running editor, and a copy of the examples that the tests may edit. */
    readonly host: { readonly port: number; readonly workspace: string };
  }
}

/** Packs the extension as users get it, installs it into a fresh VS Code and starts that, once for all files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await ensureHost();
  await run(process.execPath, ['scripts/package.mjs'], { quiet: true });
  const data = `${root}.cache/e2e`;
  const workspace = `${data}/workspace`;
  await rm(data, { recursive: true, force: true });
  await mkdir(workspace, { recursive: true });
  await cp(`${root}examples`, workspace, { recursive: true });
  const host = await startHost({ data, vsix: `${root}cmodx.vsix`, settings: { 'files.autoSave': 'off' } });
  project.provide('host', { port: host.port, workspace });
  return () => host.stop();
}
