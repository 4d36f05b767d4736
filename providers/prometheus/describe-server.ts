import { ProviderError } from '../../src/core/base/errors.ts';
import type { PrometheusApi } from './api.ts';
import { type Flavor, recognize, traitsOf } from './flavor.ts';

/** Says in a few words what a server is: by its address or the config, else by what it says of itself and by what it can do. */
export async function describeServer(
  api: PrometheusApi,
  { known, now }: { readonly known: Flavor | null; readonly now: number },
  signal: AbortSignal,
): Promise<string> {
  const build = (await orRefused(api.build(signal))) ?? { application: '', version: '' };
  const labeled = known === null ? await orRefused(api.instant('label_set(1, "a", "b")', now, signal)) : null;
  const flavor = known ?? recognize(build, labeled?.[0]?.metric.a === 'b');
  if (flavor === null) return 'a server that speaks Prometheus';
  // VictoriaMetrics names a version of Prometheus, for Grafana.
  const version = flavor === 'victoriametrics' ? '' : build.version;
  return `${traitsOf(flavor).name}${version && ` ${version.slice(0, 40)}`}`;
}

/** `null` where the server does not have that, or does not let us ask. */
async function orRefused<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProviderError && !error.retryable) return null;
    throw error;
  }
}
