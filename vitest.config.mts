import { defineConfig } from 'vitest/config';

/** Everything that needs no editor; the end-to-end tests have their own configuration beside them. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/host/**'],
    testTimeout: 30_000,
    maxWorkers: 2,
  },
});
