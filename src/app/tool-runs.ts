import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolRuns } from '../cli/program.ts';
import type { Env } from './env.ts';
import { listFiles, readFile } from './files.ts';
import { abortOnStopSignal } from './signals.ts';

/** The commands that work on files and ask providers, without a server. Each loads its code when it is called: others must start fast. */
export function createToolRuns(env: Env): ToolRuns {
  const now = () => Date.now();
  return {
    loadJudge: async () => {
      const [{ analyzers }, { parseRules }] = await Promise.all([import('../../analyzers/index.ts'), import('../rules/parse-rules.ts')]);
      return { analyzers, parseRules: (text, file) => parseRules(text, file, {}) };
    },
    checkFiles: async (files) => {
      const [{ checkFiles }, { plugins }] = await Promise.all([import('../rules/check-files.ts'), import('./plugins.ts')]);
      return checkFiles(files, { env: env.all, readFile, listFiles, plugins });
    },
    runLiveCheck: async (options) => (await import('./run-live-check.ts')).runLiveCheck(options, { env, readFile, listFiles, now }),
    runBacktest: async (options, progress) =>
      (await import('./run-backtest.ts')).runBacktest(options, { env, readFile, listFiles, now, progress }),
    runProposals: async (options) => (await import('./run-proposals.ts')).runProposals(options, { env, readFile, now }),
    runGate: async (options, progress) => {
      const { runGate } = await import('./run-gate.ts');
      return await runGate(options, { env, readFile, now, sleep: (ms) => sleep(ms), progress, signal: abortOnStopSignal() });
    },
  };
}
