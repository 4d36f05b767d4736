import type { Target } from '../core/bake/deploy.ts';
import { AppError } from '../core/base/errors.ts';
import type { Interval } from '../core/base/window.ts';
import { type Dora, doraOf } from '../core/report/dora.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { Place } from '../ports/hook.ts';

/** One environment of a service: where it stands, its newest deploys, and how well it is delivered. */
export type PlaceView = Place & {
  /** Newest first. */
  readonly recent: readonly DeployRecord[];
  readonly knownGood: Target | null;
  readonly dora: Dora;
};

export type ViewingService = {
  readonly service: string;
  /** All of them where it is left out. */
  readonly environment?: string | undefined;
  readonly sinceMs: number;
  readonly now: number;
};

/** How far back the four keys look where nobody says. */
export const usualSinceMs = 30 * 86_400_000;
const mostRecent = 20;

/** Loads a service with the four keys of each of its environments. Throws `AppError('not_found')`. */
export async function viewService(
  store: DeployCatalog,
  { service, environment, sinceMs, now }: ViewingService,
): Promise<readonly PlaceView[]> {
  const environments = (await store.environments(service)).filter((one) => (environment ?? one) === one);
  if (environments.length === 0) {
    const where = environment === undefined ? '' : ` in ${environment.slice(0, 100)}`;
    throw new AppError('not_found', `no deploy of ${service.slice(0, 100)}${where} has been registered`);
  }
  const window = { from: now - sinceMs, to: now };
  return await Promise.all(environments.map((one) => viewPlace(store, { service, environment: one }, window)));
}

async function viewPlace(store: DeployCatalog, place: Place, window: Interval): Promise<PlaceView> {
  const [outcomes, recent, [good]] = await Promise.all([
    store.outcomes(place, window.from),
    store.list({ ...place, limit: mostRecent }),
    store.knownGood(place, 1),
  ]);
  return { ...place, recent, knownGood: good ?? null, dora: doraOf(outcomes, window) };
}
