import { analyzers } from '../../analyzers/index.ts';
import type { GateOptions } from '../cli/gate-command.ts';
import { AppError } from '../core/base/errors.ts';
import { servicesText } from '../core/rules/service-pattern.ts';
import { loadRuleFiles } from '../rules/load-rule-files.ts';
import { createAsker } from '../scheduler/ask.ts';
import { type GateDeps, type GateReport, gate } from '../usecases/gate.ts';
import { createAdapters } from './adapters.ts';
import { plugins } from './plugins.ts';
import type { ServeInput } from './serve.ts';

type GateContext = Pick<ServeInput, 'env' | 'readFile'> & Pick<GateDeps, 'now' | 'sleep' | 'progress'> & { readonly signal: AbortSignal };

/** Makes the probes of rule files from this machine, without a server. Throws `ConfigError` for mistakes in the files, and what `gate` throws. */
export async function runGate({ files, config: file, values, waitMs }: GateOptions, context: GateContext): Promise<GateReport> {
  const { env, readFile, signal, ...deps } = context;
  const { config, ruleSets } = loadRuleFiles({ files, config: file, env: env.all, readFile, plugins });
  const open = ruleSets.find(({ pattern }) => pattern !== undefined);
  if (open !== undefined) throw new AppError('invalid', `a gate needs rules that name their service, and not ${servicesText(open)}`);
  const adapters = createAdapters({ config, environment: env.all });
  try {
    const ask = createAsker(adapters.providers);
    const askProbe: GateDeps['ask'] = ({ rule, ruleSet: { service, environment }, window }, roundSignal) =>
      ask({ rule, text: '', values: { service, environment, ...values }, canary: '', stable: null }, window, roundSignal);
    return await gate({ ...deps, ask: askProbe, analyzers }, { ruleSets, waitMs }, signal);
  } finally {
    await adapters.close();
  }
}
