import type { DoctorOptions } from '../../cli/doctor-command.ts';
import { AppError, ConfigError, formatProblem, type Problem } from '../../core/base/errors.ts';
import { type LiveRules, loadLiveRules } from '../../rules/load-live-rules.ts';
import { openInspection } from '../../store/inspect-database.ts';
import { type ExamRow, examine } from '../../usecases/examine.ts';
import { createAdapters } from '../adapters.ts';
import type { AppConfig } from '../app-config.ts';
import { createPluginInstances } from '../open-adapters.ts';
import { plugins } from '../plugins.ts';
import type { ServeInput } from '../serve.ts';
import { certificateProbes } from './certificate-probe.ts';
import { clockProbes } from './clock-probes.ts';
import { databaseProbes } from './database-probes.ts';
import { hookProbes } from './hook-probes.ts';
import { notifierProbes } from './notifier-probes.ts';
import { providerProbes, ruleProbes } from './rule-probes.ts';
import { serverProbe } from './server-probe.ts';

type DoctorContext = Omit<ServeInput, 'file'> & { readonly now: () => number; readonly signal: AbortSignal };

/** Looks at everything that a server needs, and changes nothing. Never throws because of what it finds. */
export async function runDoctor({ config: file, timeoutMs }: DoctorOptions, context: DoctorContext): Promise<readonly ExamRow[]> {
  const { env, readFile, listFiles } = context;
  try {
    const { config, rules, warnings } = loadLiveRules({ files: [file], config: null }, { env: env.all, readFile, listFiles, plugins });
    const first = row(`${file}: ${rules.length} rule ${rules.length === 1 ? 'file' : 'files'}, without a mistake`);
    // The connection to the database has a row of its own.
    const risks = warnings.filter(({ path }) => path !== 'database.url').map(warningRow);
    return [first, ...risks, ...(await askAll({ config, rules, timeoutMs }, context).catch(environmentFault))];
  } catch (error) {
    const hint = `correct it, and try \`bakewatch check ${file}\``;
    if (error instanceof ConfigError)
      return error.problems.map((problem): ExamRow => ({ ...row(formatProblem(problem)), outcome: 'fail', hint }));
    // A rule file in the place of the config.
    if (error instanceof AppError) return [{ ...row(`${file} is not a config`), outcome: 'fail', hint: 'name the config with --config' }];
    throw error;
  }
}

/** The environment names something else as a proxy, so nothing can be asked. */
function environmentFault(error: unknown): readonly ExamRow[] {
  if (error instanceof AppError)
    return [{ ...row(error.message), part: 'environment', outcome: 'fail', hint: 'correct it where the server is started' }];
  throw error;
}

function row(reason: string): ExamRow {
  return { part: 'config', name: '', outcome: 'ok', reason, seconds: 0 };
}

function warningRow(warning: Problem): ExamRow {
  const { hint = '', ...rest } = warning;
  return { ...row(formatProblem(rest)), outcome: 'warn', hint };
}

type DoctorSubject = { readonly config: AppConfig; readonly rules: readonly LiveRules[]; readonly timeoutMs: number };

async function askAll({ config, rules, timeoutMs }: DoctorSubject, { env, now, signal: stop }: DoctorContext): Promise<readonly ExamRow[]> {
  const adapters = createAdapters({ config, environment: env.all });
  const databaseUrl = env.databaseUrl ?? config.database.url;
  const opened = openInspection(databaseUrl, config.dataDir);
  // Every probe of the database reports it.
  opened.catch(() => {});
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
    const { probes, access } = providerProbes(adapters.providers);
    const ruleSets = rules.map(({ ruleSet }) => ruleSet);
    const found = await examine(
      [
        serverProbe(config.server, adapters.http),
        ...certificateProbes(config.server, now()),
        ...databaseProbes({ opened, dataDir: config.dataDir, isEmbedded: databaseUrl === null }),
        ...probes,
        ...ruleProbes(rules, access, now),
        ...hookProbes({ ...createPluginInstances(config, adapters), opened, ruleSets }),
        ...notifierProbes(config.notifiers, { now: now(), proxyFor: adapters.http.proxyFor }),
      ],
      signal,
    );
    return [...found, ...(await examine(clockProbes(opened, adapters.providers), signal))];
  } finally {
    await adapters.close();
    await opened.then(
      (database) => database?.close(),
      () => {},
    );
  }
}
