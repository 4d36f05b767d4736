import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const globalSetup = ['test/support/shared-server.ts'];

/**
 * Tests named `*.real.test.ts` start real servers (Prometheus, sshd, the whole program): slower, and not part of `script/check`.
 * Tests named `*.alone.test.ts` need all processors, so they run after all others.
 * The fast tests share their modules in a worker: to import them anew for each file takes longer than most tests.
 */
export default defineConfig({
  test: {
    // One more than there are processors: many tests wait for a timer or another process.
    maxWorkers: availableParallelism() + 1,
    // Keeps transformed modules in `node_modules/`, so that the next run need not transform what did not change.
    fsModuleCache: true,
    coverage: { include: ['src/**/*.ts', 'analyzers/**/*.ts', 'providers/**/*.ts'], reporter: ['json-summary', 'html'] },
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.real.test.ts', 'test/**/*.alone.test.ts'],
          globalSetup,
          setupFiles: ['test/support/property-cases.ts'],
          isolate: false,
          testTimeout: 20_000,
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/**/*.real.test.ts'],
          setupFiles: ['test/support/property-cases.ts'],
          globalSetup,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'alone',
          include: ['test/**/*.alone.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
