import { analyzers } from '../../analyzers/index.ts';
import type { BacktestOptions } from '../cli/backtest-command.ts';
import type { BacktestReport } from '../core/backtest/report.ts';
import { clopperPearson } from '../core/base/clopper-pearson.ts';
import { loadRuleFile } from '../rules/load-rule-file.ts';
import { askHistory } from '../scheduler/ask.ts';
import { type BacktestDeps, backtest } from '../usecases/backtest.ts';
import { createAdapters } from './adapters.ts';
import { plugins } from './plugins.ts';
import type { ServeInput } from './serve.ts';

type BacktestContext = Omit<ServeInput, 'file'> & Pick<BacktestDeps, 'now' | 'progress'>;

/** Tries a rule file on the past that the config's providers have. Throws `ConfigError` for mistakes in the files, and what `backtest` throws. */
export async function runBacktest(
  { rules, service, config: file, ...request }: BacktestOptions,
  context: BacktestContext,
): Promise<BacktestReport> {
  const { env, readFile, listFiles, now, progress } = context;
  const { config, ruleSet } = loadRuleFile({ file: rules, service }, { file, env: env.all, readFile, listFiles, plugins });
  const adapters = createAdapters({ config, environment: env.all });
  try {
    const { providers } = adapters;
    const values = { service: ruleSet.service, environment: ruleSet.environment };
    return await backtest(
      {
        ask: (rule, window, signal) => askHistory(providers, { rule, text: '', values, canary: '', stable: null }, window, signal),
        analyzers,
        interval: (count, of) => clopperPearson(count, of, 0.025),
        settleMs: Math.max(0, ...ruleSet.checks.map(({ provider }) => providers.get(provider)?.settleMs ?? 0)),
        now,
        progress,
      },
      { ...request, ruleSet },
    );
  } finally {
    await adapters.close();
  }
}
