import type { LiveCheckOptions, LiveCheckReport } from '../cli/check-command.ts';
import { formatProblem } from '../core/base/errors.ts';
import { type LiveRules, loadLiveRules } from '../rules/load-live-rules.ts';
import { inspectRules, type RulesInspection } from '../usecases/inspect-rules.ts';
import { createAdapters } from './adapters.ts';
import { plugins } from './plugins.ts';
import type { ServeInput } from './serve.ts';

type LiveCheckContext = Omit<ServeInput, 'file'> & { readonly now: () => number };

/** How long one rule file may take. */
const limitMs = 60_000;

/** Asks each query of rule files through the providers of a config. Throws `ConfigError` and `AppError` for files that cannot be used. */
export async function runLiveCheck(
  options: LiveCheckOptions,
  { env, readFile, listFiles, now }: LiveCheckContext,
): Promise<LiveCheckReport> {
  const { config, rules } = loadLiveRules(options, { env: env.all, readFile, listFiles, plugins });
  const adapters = createAdapters({ config, environment: env.all });
  try {
    const reports: LiveCheckReport[] = [];
    for (const one of rules) {
      const found = await inspectRules({ providers: adapters.providers, now, isDetailed: true }, one.ruleSet, AbortSignal.timeout(limitMs));
      reports.push(reportOf(one, found));
    }
    return {
      lines: reports.flatMap(({ lines }) => lines),
      findings: reports.flatMap(({ findings }) => findings),
      failures: reports.flatMap(({ failures }) => failures),
    };
  } finally {
    await adapters.close();
  }
}

function reportOf({ file, placeOf }: LiveRules, { lines, findings, failures, unknown }: RulesInspection): LiveCheckReport {
  return {
    lines: [...lines, ...unknown.map((what) => `not looked at: ${what}`)].map((line) => `${file}: ${line}`),
    findings: findings.map(({ severity, check, source, message }) => ({
      severity,
      line: formatProblem({ ...placeOf(check, source), message: `${severity}: ${message}` }),
    })),
    failures: failures.map((failure) => `${file}: ${failure}`),
  };
}
