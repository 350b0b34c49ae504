import { defineConfig } from 'vitest/config';

/** One file at a time: each drives a whole editor. */
export default defineConfig({
  test: {
    // A real browser on a busy machine: one more try, which the report shows.
    retry: 1,
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/e2e/**/*.test.ts'],
    globalSetup: ['test/e2e/setup.ts'],
    fileParallelism: false,
    expect: { poll: { timeout: 40_000 } },
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
