import { defineConfig } from 'vitest/config';

/** Tests named `*.real.test.ts` start real servers (Prometheus, sshd, the whole program): slower, and not part of `npm run check`. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.real.test.ts'],
          testTimeout: 20_000,
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'real', include: ['test/**/*.real.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
});
