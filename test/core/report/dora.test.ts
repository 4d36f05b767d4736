import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markKinds } from '../../../src/core/bake/verdict-mark.ts';
import { type DeployOutcome, doraOf } from '../../../src/core/report/dora.ts';
import { stateNames, t0 } from '../../support/builders.ts';

const hour = 3_600_000;
const window = { from: t0, to: t0 + 30 * 24 * hour };

function one(rest: Partial<DeployOutcome> = {}): DeployOutcome {
  const registeredAt = rest.registeredAt ?? t0;
  return {
    registeredAt,
    deployedAt: registeredAt,
    cause: 'release',
    adopted: false,
    state: 'passed',
    endedAt: registeredAt + hour,
    orderedAt: null,
    hadEnded: false,
    committedAt: null,
    ...rest,
  };
}

const of = (...list: readonly Partial<DeployOutcome>[]) =>
  doraOf(
    list.map((rest, i) => one({ registeredAt: t0 + i * hour, ...rest })),
    window,
  );

describe('deploys', () => {
  test('are counted whatever became of them, but those that were never finished, adopted, or rollbacks', () => {
    const dora = of(
      {},
      { state: 'superseded' },
      { state: 'rolled_back' },
      { deployedAt: null, state: 'warming' },
      { adopted: true },
      { cause: 'rollback' },
    );
    expect(dora.deploys).toEqual({ count: 3, perDay: 0.1 });
  });
});

describe('the change failure rate', () => {
  test.for<{ name: string; list: readonly Partial<DeployOutcome>[]; failed: number; among: number }>([
    { name: 'is the share of the bad ones among those with a verdict', list: [{}, {}, {}, { state: 'rolled_back' }], failed: 1, among: 4 },
    { name: 'counts what a person had to end', list: [{ state: 'failed' }, {}], failed: 1, among: 2 },
    {
      name: 'counts what is being rolled back',
      list: [{ state: 'rolling_back' }, { state: 'verifying' }, { state: 'awaiting_approval' }],
      failed: 3,
      among: 3,
    },
    {
      name: 'leaves out what has no verdict',
      list: [{}, { state: 'inconclusive' }, { state: 'canceled' }, { state: 'superseded' }, { state: 'baking' }],
      failed: 0,
      among: 1,
    },
    { name: 'leaves out what was no change', list: [{}, { cause: 'rollback', state: 'failed' }, { adopted: true }], failed: 0, among: 1 },
  ])('$name', ({ list, failed, among }) => {
    expect(of(...list).changeFailure).toMatchObject({ failed, of: among, rate: failed / among });
  });

  test('says what it left out', () => {
    const list = [
      { state: 'inconclusive' },
      { state: 'canceled' },
      { state: 'superseded' },
      { state: 'baking' },
      { cause: 'rollback' },
      { adopted: true },
    ] as const;
    expect(of(...list).notCounted).toEqual({
      open: 1,
      inconclusive: 1,
      canceled: 1,
      superseded: 1,
      rollbacks: 1,
      adopted: 1,
      false_alarm: 0,
      elsewhere: 0,
    });
  });

  test('has the exact interval of Clopper and Pearson', () => {
    const { interval } = of({ state: 'failed' }, ...Array.from({ length: 9 }, () => ({}))).changeFailure;
    // R: binom.test(1, 10)$conf.int
    expect(interval?.[0]).toBeCloseTo(0.002528579, 8);
    expect(interval?.[1]).toBeCloseTo(0.4450161, 7);
  });

  test('is not known where nothing came to a verdict', () => {
    expect(of({ state: 'baking' }).changeFailure).toEqual({ failed: 0, of: 0, rate: null, interval: null });
  });
});

describe('the time to restore', () => {
  const back = (hours: number) => ({ state: 'rolled_back', endedAt: t0 + hours * hour }) as const;
  test('is told by its median and its 90th percentile, from the deploy to the recovery', () => {
    expect(of({ ...back(1) }, { ...back(3) }, { ...back(12) }).restore).toEqual({
      took: { n: 3, medianMs: 2 * hour, p90Ms: 8.4 * hour },
      open: 0,
    });
  });

  test.for<{ name: string; list: readonly Partial<DeployOutcome>[]; took: number | null; open: number }>([
    {
      name: 'begins with the order where the deploy had ended well before',
      list: [{ ...back(9), hadEnded: true, orderedAt: t0 + 7 * hour }],
      took: 2,
      open: 0,
    },
    {
      name: 'ends with the next deploy that passed, where nothing was put back',
      list: [{ state: 'failed' }, { state: 'failed' }, {}],
      took: 1.5,
      open: 0,
    },
    {
      name: 'ends also with a rollback by hand, or what was adopted',
      list: [{ state: 'failed' }, { cause: 'rollback' }],
      took: 1,
      open: 0,
    },
    {
      name: 'is not known while nothing passed',
      list: [{}, { state: 'failed' }, { state: 'verifying' }, { state: 'superseded' }],
      took: null,
      open: 2,
    },
    { name: 'is nothing where nothing was bad', list: [{}, {}], took: null, open: 0 },
  ])('$name', ({ list, took, open }) => {
    const { restore } = of(...list);
    expect(restore.took === null ? null : restore.took.medianMs / hour).toBe(took);
    expect(restore.open).toBe(open);
  });
});

describe('the lead time', () => {
  const commit = (committedAt: string) => ({ registeredAt: Date.parse('2026-09-21T16:00:00Z'), committedAt });
  test.for([
    {
      name: 'is counted from the commit to the deploy',
      list: [commit('2026-09-21T13:00:00Z'), commit('2026-09-21T17:00:00+02:00')],
      n: 2,
      hours: 2,
    },
    { name: 'is not made up of what nobody told', list: [commit('2026-09-21T15:00:00Z'), {}], n: 1, hours: 1 },
    {
      name: 'leaves out a time without a zone, one in the future, and what is no time',
      list: [commit('2026-09-21T13:00:00'), commit('2026-09-21T17:00:00Z'), commit('noonTZ'), commit('yesterday')],
      n: 0,
      hours: null,
    },
  ])('$name', ({ list, n, hours }) => {
    const { leadTime } = of(...list);
    expect([leadTime?.n ?? 0, leadTime === null ? null : leadTime.medianMs / hour]).toEqual([n, hours]);
  });
});

test('a failure that is marked does not count against the release, and is counted apart', () => {
  const { changeFailure, restore, notCounted } = of(
    {},
    { state: 'rolled_back', mark: 'false_alarm' },
    { state: 'failed', mark: 'elsewhere' },
  );
  expect(changeFailure).toMatchObject({ failed: 0, of: 1 });
  expect(restore).toEqual({ took: null, open: 0 });
  expect(notCounted).toMatchObject({ false_alarm: 1, elsewhere: 1, open: 0 });
});

test('every release is either counted, or named among what is not', () => {
  const any = fc.record({
    registeredAt: fc.integer({ min: t0, max: t0 + 100 * hour }),
    state: fc.constantFrom(...stateNames),
    cause: fc.constantFrom('release', 'rollback'),
    adopted: fc.boolean(),
    deployedAt: fc.option(fc.integer({ min: t0, max: t0 + 100 * hour })),
    endedAt: fc.option(fc.integer({ min: t0, max: t0 + 100 * hour })),
    mark: fc.option(fc.constantFrom(...markKinds)),
  });
  fc.assert(
    fc.property(fc.array(any, { size: 'medium' }), (list) => {
      const { changeFailure, notCounted, restore } = of(...list);
      const { rollbacks: _, adopted: __, ...left } = notCounted;
      const releases = list.filter(({ cause, adopted }) => cause === 'release' && !adopted);
      expect(changeFailure.of + Object.values(left).reduce((a, b) => a + b, 0)).toBe(releases.length);
      expect((restore.took?.n ?? 0) + restore.open).toBe(changeFailure.failed);
      const [low, high] = changeFailure.interval ?? [0, 1];
      expect(low <= (changeFailure.rate ?? 0) && (changeFailure.rate ?? 0) <= high).toBe(true);
    }),
  );
});
