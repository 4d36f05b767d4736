import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StateName } from '../../src/core/bake/bake.ts';
import { type PlaceView, type ServiceViewRequest, viewService } from '../../src/usecases/view-service.ts';
import { type DeployOptions, register, start } from '../store/fixtures.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';

const dayMs = 86_400_000;
const now = start + 100 * dayMs;

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

/** Registers deploys of a new service, oldest first: one a day, the last one today. */
async function aService(deploys: readonly (DeployOptions & { readonly state: StateName })[]) {
  const service = `shop-${performance.now()}`;
  for (const [i, { state, ...rest }] of deploys.entries())
    await register(database.store, { service, version: `v${i + 1}`, registeredAt: now - (deploys.length - 1 - i) * dayMs, ...rest }, state);
  return async (rest: Partial<ServiceViewRequest> = {}): Promise<readonly PlaceView[]> =>
    await viewService(database.store, { service, sinceMs: 30 * dayMs, now, ...rest });
}

describe('the view of a service', () => {
  test('has each environment with a deploy, in the order of the names', async () => {
    const view = await aService([
      { state: 'passed', environment: 'staging' },
      { state: 'failed', environment: 'production' },
    ]);
    expect((await view()).map(({ environment }) => environment)).toEqual(['production', 'staging']);
  });

  test('has only the environment that was requested', async () => {
    const view = await aService([
      { state: 'passed', environment: 'staging' },
      { state: 'failed', environment: 'production' },
    ]);
    const places = await view({ environment: 'staging' });
    expect(places.map(({ environment, recent }) => [environment, recent.length])).toEqual([['staging', 1]]);
  });

  test('has the newest 20 deploys of an environment, newest first', async () => {
    const view = await aService(Array.from({ length: 22 }, () => ({ state: 'passed' as const })));
    const [place] = await view();
    expect(place?.recent.map(({ deploy }) => deploy.release.version)).toEqual(Array.from({ length: 20 }, (_, i) => `v${22 - i}`));
  });

  test.for<{ name: string; states: readonly StateName[]; knownGood: string | undefined }>([
    { name: 'the newest release that passed', states: ['passed', 'passed', 'failed'], knownGood: 'v2' },
    { name: 'never one that was rolled back', states: ['passed', 'rolled_back'], knownGood: 'v1' },
    { name: 'none where no release has passed', states: ['baking', 'inconclusive'], knownGood: undefined },
  ])('shows as known good: $name', async ({ states, knownGood }) => {
    const view = await aService(states.map((state) => ({ state })));
    expect((await view())[0]?.knownGood?.version).toBe(knownGood);
  });

  test.for<{ days: number; deploys: number; failed: number }>([
    { days: 1, deploys: 2, failed: 0 },
    { days: 3, deploys: 4, failed: 1 },
    { days: 365, deploys: 5, failed: 2 },
  ])('counts the deploys of the last $days days in the DORA metrics, and no older ones', async ({ days, deploys, failed }) => {
    const view = await aService((['failed', 'passed', 'failed', 'passed', 'passed'] as const).map((state) => ({ state })));
    const sinceMs = days * dayMs;
    const [place] = await view({ sinceMs });
    expect(place?.dora).toMatchObject({ from: now - sinceMs, to: now, deploys: { count: deploys }, changeFailure: { failed } });
  });

  test('keeps environments apart: a failure in one is not counted in another', async () => {
    const view = await aService([
      { state: 'failed', environment: 'staging' },
      { state: 'passed', environment: 'production' },
    ]);
    expect((await view()).map(({ dora }) => dora.changeFailure.failed)).toEqual([0, 1]);
  });
});

describe('is refused with the place that has no deploy', () => {
  const long = 'x'.repeat(150);
  test.for<{ name: string; request: Partial<ServiceViewRequest>; message: string }>([
    { name: 'an unknown service', request: { service: 'nothing' }, message: 'no deploy of nothing has been registered' },
    {
      name: 'an unknown environment of a known service',
      request: { environment: 'moon' },
      message: 'no deploy of SERVICE in moon has been registered',
    },
    {
      name: 'names of any length, cut',
      request: { service: long, environment: long },
      message: `no deploy of ${long.slice(0, 100)} in ${long.slice(0, 100)} has been registered`,
    },
  ])('$name', async ({ request, message }) => {
    const view = await aService([{ state: 'passed' }]);
    const service = (await view())[0]?.service ?? '';
    await expect(view(request)).rejects.toMatchObject({ code: 'not_found', message: message.replace('SERVICE', service) });
  });
});
