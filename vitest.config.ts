import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const globalSetup = ['test/support/shared-server.ts'];

/**
 * Tests named `*.real.test.ts` start real servers (Prometheus, sshd, the whole program): slower, and not part of `script/check`.
 * The files of the fast tests share their modules in a worker: importing them anew for each file takes longer than most tests.
 */
export default defineConfig({
  test: {
    // Vitest would leave one processor to itself, and it has little to do.
    maxWorkers: availableParallelism(),
    coverage: { include: ['src/**/*.ts', 'analyzers/**/*.ts', 'providers/**/*.ts'], reporter: ['json-summary', 'html'] },
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.real.test.ts'],
          globalSetup,
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
          globalSetup,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
