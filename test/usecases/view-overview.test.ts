import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerWith } from '../../src/usecases/caller.ts';
import type { OverviewQuery } from '../../src/usecases/overview-query.ts';
import { matchesSearch, pageOf } from '../../src/usecases/overview-query.ts';
import { placeLine } from '../../src/usecases/place-line.ts';
import { viewOverview } from '../../src/usecases/view-overview.ts';
import { overviewAddress, readOverviewQuery } from '../../src/web/overview-address.ts';
import { aBake, aDeploy, type BakeOptions, type stateNames, t0 } from '../support/builders.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { seededPlaces, seedPlaces } from '../support/seeded-services.ts';

const everything: OverviewQuery = { text: '', environment: null, show: 'all', order: 'trouble', after: null };
const lineOf = (service: string, state: (typeof stateNames)[number], options: BakeOptions = {}) =>
  placeLine(
    {
      service,
      environment: 'production',
      latest: { deploy: aDeploy({ service }), bake: aBake(state, options), version: 1 },
      knownGood: null,
    },
    [],
  );

describe('a line of the overview', () => {
  test.for([
    { state: 'failed', options: {}, standing: 'needs_person', runs: 'v2' },
    { state: 'failed', options: { rolledBack: 'unknown' as const }, standing: 'needs_person', runs: null },
    { state: 'awaiting_approval', options: {}, standing: 'needs_person', runs: 'v2' },
    { state: 'verifying', options: {}, standing: 'went_wrong', runs: 'v1' },
    { state: 'rolled_back', options: {}, standing: 'went_wrong', runs: 'v1' },
    { state: 'inconclusive', options: {}, standing: 'undecided', runs: 'v2' },
    { state: 'baking', options: {}, standing: 'baking', runs: 'v2' },
    { state: 'passed', options: {}, standing: 'well', runs: 'v2' },
  ] as const)('$state stands as $standing, and $runs runs', ({ state, options, standing, runs }) => {
    expect(lineOf('shop', state, options)).toMatchObject({ standing, runs });
  });

  test('pages go on after the key of the last line, also where lines have moved meanwhile', () => {
    const lines = ['a', 'b', 'c', 'd'].map((service) => lineOf(service, 'passed'));
    const first = pageOf(lines, everything, 2);
    expect(first.lines.map(({ service }) => service)).toEqual(['a', 'b']);
    const moved = [lineOf('b', 'failed'), ...lines.filter(({ service }) => service !== 'b')];
    const second = pageOf(moved, { order: 'trouble', after: first.next }, 2);
    expect(second).toMatchObject({ before: 2, next: null });
    expect(second.lines.map(({ service }) => service)).toEqual(['c', 'd']);
  });

  test.for([
    { text: 'SHO', finds: true },
    { text: 'v2', finds: true },
    { text: ' ci ', finds: true },
    { text: 'billing', finds: false },
  ])('the search for "$text" finds it: $finds', ({ text, finds }) => {
    expect(matchesSearch(lineOf('shop', 'passed'), { text, environment: null })).toBe(finds);
    expect(matchesSearch(lineOf('shop', 'passed'), { text, environment: 'staging' })).toBe(false);
  });

  test('an address keeps the whole query, and nonsense in it is left out', () => {
    const query: OverviewQuery = { text: 'ä & b', environment: 'staging', show: 'wrong', order: 'newest', after: [-5, 'shop', 'staging'] };
    const fields = Object.fromEntries(new URL(overviewAddress(query), 'http://x').searchParams);
    expect(readOverviewQuery(fields)).toEqual(query);
    expect(readOverviewQuery({ show: 'x', sort: '?', after: '%%', environment: '' })).toEqual(everything);
    expect(overviewAddress(everything)).toBe('/');
  });
});

describe('the overview of stored deploys', () => {
  const now = t0;
  let database: TestDatabase;
  beforeAll(async () => {
    database = await aDatabase();
    await seedPlaces(database.store, seededPlaces(now), now);
    await database.store.setFreeze({ service: 'billing', by: 'ana', why: 'settlement', since: now });
  });
  afterAll(() => database.close());
  const grant = (services: readonly string[]) =>
    callerWith({ kind: 'token', name: 'reader', grants: [{ verbs: ['read'], services, environments: [] }] });
  const view = (query: Partial<OverviewQuery> = {}, services: readonly string[] = []) =>
    viewOverview(database.store, { caller: grant(services), query: { ...everything, ...query }, now });

  test('trouble comes first, and each line says why', async () => {
    const { page, counts } = await view();
    expect(counts).toEqual({ all: 11, needs: 1, baking: 3, wrong: 3 });
    expect(page.lines.map(({ service, standing }) => `${service} ${standing}`)).toEqual([
      'billing needs_person',
      'checkout suspicious',
      'parcel went_wrong',
      'invoices undecided',
      'notify baking',
      'search baking',
      'labels unproven',
      'accounts well',
      'accounts well',
      'checkout well',
      'gateway well',
    ]);
    expect(page.lines.slice(0, 2).map(({ because, isFrozen }) => [because, isFrozen])).toEqual([
      ['Memory: 1.9 GB and growing, was 1.2 GB', true],
      ['Errors: 0.91 % of requests failed, was 0.54 %', false],
    ]);
    expect(page.lines[0]?.recent).toHaveLength(12);
    expect(page.lines.at(-1)?.because).toBe('4 of 4 checks healthy');
  });

  test('what needs a person leads what went wrong; the most suspicious bake leads the others', async () => {
    const { baking, wrong } = await view();
    expect(baking.lines.map(({ service }) => service)).toEqual(['checkout', 'notify', 'search']);
    expect(wrong.records.map(({ deploy }) => deploy.service)).toEqual(['billing', 'parcel', 'invoices']);
  });

  test('a caller sees the places and freezes that it may read, and nothing else', async () => {
    const { page, freezes, counts, wrong, environments } = await view({}, ['parcel']);
    expect(page.lines.map(({ service }) => service)).toEqual(['parcel']);
    expect([freezes, counts.all, environments]).toEqual([[], 1, ['production']]);
    expect(wrong.records.map(({ deploy }) => deploy.service)).toEqual(['parcel']);
    expect((await view({}, ['nothing'])).isEmpty).toBe(true);
  });

  test('filters leave out lines, and the counts say what each quick filter has', async () => {
    const { page, counts } = await view({ environment: 'staging', show: 'baking' });
    expect(page.lines.map(({ service }) => service)).toEqual(['notify']);
    expect(counts).toEqual({ all: 3, needs: 0, baking: 1, wrong: 0 });
  });
});
