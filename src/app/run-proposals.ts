import type { ProposalsOptions } from '../cli/init-from.ts';
import { AppError, ProviderError } from '../core/base/errors.ts';
import type { Proposals } from '../core/rules/proposal.ts';
import { Cursor } from '../rules/cursor.ts';
import { readConfig } from '../rules/parse-config.ts';
import { Problems } from '../rules/problems.ts';
import { readFileText } from '../rules/read-file-text.ts';
import { createAdapters } from './adapters.ts';
import { plugins } from './plugins.ts';
import type { ServeInput } from './serve.ts';

type ProposalsContext = Pick<ServeInput, 'env' | 'readFile'> & { readonly now: () => number };

/** How long a look at the metrics of a server may take. */
const limitMs = 120_000;
/** Metrics that had no series for longer are no metrics of today's services. */
const recentMs = 3_600_000;

/** Asks a provider of a config what it would watch. Throws `ConfigError` for a config that cannot be used, and `AppError`. */
export async function runProposals(
  { config: file, provider: name }: ProposalsOptions,
  { env, readFile, now }: ProposalsContext,
): Promise<Proposals> {
  const problems = new Problems();
  const text = readFileText(file, readFile, Cursor.ofFile(file, problems));
  const read = text === null ? null : readConfig({ text, file }, { env: env.all, readFile, plugins }, problems);
  problems.throwIfAny();
  if (read === null) throw new Error('a config without a problem must be readable');
  const adapters = createAdapters({ config: read.config, environment: env.all });
  try {
    const provider = adapters.providers.get(name)?.provider;
    if (provider === undefined)
      throw new AppError('invalid', `${file} defines no provider ${name}; it has ${[...adapters.providers.keys()].join(', ')}`);
    if (provider.propose === undefined)
      throw new AppError('invalid', `${name} cannot say which services it has metrics of: only servers that speak Prometheus can`);
    const to = now();
    return await provider.propose({ from: to - recentMs, to, stepMs: 15_000 }, AbortSignal.timeout(limitMs));
  } catch (error) {
    if (error instanceof ProviderError) throw new AppError('unavailable', `${name} could not be asked: ${error.message}`, { cause: error });
    throw error;
  } finally {
    await adapters.close();
  }
}
