import type { Target } from '../core/bake/deploy.ts';
import { AppError } from '../core/base/errors.ts';
import type { Interval } from '../core/base/window.ts';
import { type Dora, doraOf } from '../core/report/dora.ts';
import type { DeploySummary } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { Place } from '../ports/hook.ts';

/** One environment of a service: its newest deploys, its known-good release, and its DORA metrics. */
export type PlaceView = Place & {
  /** Newest first. */
  readonly recent: readonly DeploySummary[];
  readonly knownGood: Target | null;
  readonly dora: Dora;
};

export type ServiceViewRequest = {
  readonly service: string;
  /** Default: all environments. */
  readonly environment?: string | undefined;
  readonly sinceMs: number;
  readonly now: number;
};

/** The default period of the DORA metrics. */
export const defaultSinceMs = 30 * 86_400_000;
const maxRecent = 20;

/** Loads a service with the DORA metrics of each of its environments. Throws `AppError('not_found')` where no deploy was registered. */
export async function viewService(
  store: DeployCatalog,
  { service, environment, sinceMs, now }: ServiceViewRequest,
): Promise<readonly PlaceView[]> {
  const environments = (await store.environments(service)).filter((one) => (environment ?? one) === one);
  if (environments.length === 0) throw new AppError('not_found', noDeployOf(service, environment));
  const window = { from: now - sinceMs, to: now };
  return await Promise.all(environments.map((one) => viewPlace(store, { service, environment: one }, window)));
}

/** How a message says that a service is not known. */
export function noDeployOf(service: string, environment?: string): string {
  const where = environment === undefined ? '' : ` in ${environment.slice(0, 100)}`;
  return `no deploy of ${service.slice(0, 100)}${where} has been registered`;
}

async function viewPlace(store: DeployCatalog, place: Place, window: Interval): Promise<PlaceView> {
  const [outcomes, recent, [good]] = await Promise.all([
    store.outcomes(place, window.from),
    store.list({ ...place, limit: maxRecent }),
    store.knownGood(place, 1),
  ]);
  return { ...place, recent, knownGood: good ?? null, dora: doraOf(outcomes, window) };
}
