import fc from 'fast-check';
import { expect, test } from 'vitest';
import { burnRate } from '../../analyzers/burn-rate.ts';
import { lengthOf, type Ticks } from '../../src/core/series/ticks.ts';
import { aStretch, ratio, t0 } from '../support/builders.ts';
import { overSeries } from '../support/over-series.ts';

const minute = 60_000;
const objective = 0.999;
const month = 30 * 1_440 * minute;

/** Minutes of traffic: this number of events in each, and this share of them is bad. */
const minutes = (count: number, share: number, total = 1_000): Ticks =>
  ratio(
    Array.from({ length: count }, () => share * total),
    total,
  );
const joined = (...parts: readonly Ticks[]): Ticks =>
  ratio(
    parts.flatMap((part) => (part.kind === 'ratio' ? part.bad : [])),
    parts.flatMap((part) => (part.kind === 'ratio' ? part.total : [])),
  );

type Story = { readonly before: Ticks | null; readonly bake: Ticks; readonly minSamples?: number };
function judge({ before, bake, minSamples = 20 }: Story) {
  const startAt = Math.ceil(t0 / minute) * minute;
  const context = { forMs: 3_600_000, historyMs: 86_400_000, like: [{ kind: 'before' }], damping: { k: 1, n: 1 } } as const;
  return overSeries(burnRate.bind({ objective, window: month }, context)).analyze({
    bake: aStretch(bake, { startAt, stepMs: minute }),
    control: null,
    history: before && aStretch(before, { startAt: startAt - lengthOf(before) * minute, stepMs: minute }),
    deployedAt: startAt,
    direction: 'up',
    minSamples,
    like: context.like,
    forMs: context.forMs,
    timezone: 'UTC',
  });
}

const calm = minutes(360, 0.0002);
const hasFailed = (story: Story): boolean => judge(story).outcome === 'fail';

test.for<{ name: string; given: Story; outcome: string; says: string }>([
  {
    name: 'a calm service passes, and its budget lasts',
    given: { before: calm, bake: minutes(30, 0.0002) },
    outcome: 'pass',
    says: 'the 30-day budget lasts: 0.2×',
  },
  {
    name: 'a burn below the limits passes, and is said',
    given: { before: calm, bake: minutes(30, 0.003) },
    outcome: 'pass',
    says: 'burns the 30-day budget in 10d; ',
  },
  {
    name: 'a release that breaks half of the requests fails',
    given: { before: calm, bake: minutes(5, 0.5) },
    outcome: 'fail',
    says: 'burns the 30-day budget in 1h26m; 500× as fast as allowed, before it 0.2×',
  },
  {
    name: 'the deploy itself is counted apart',
    given: { before: calm, bake: minutes(5, 0.5) },
    outcome: 'fail',
    says: 'since the deploy 1,000 of 2,000 were bad, 1,010 in the last 1h',
  },
  {
    name: 'eight times the budget for 30 minutes is slow, and fails nothing yet',
    given: { before: calm, bake: minutes(30, 0.008) },
    outcome: 'pass',
    says: 'burns',
  },
  {
    name: '… but after five hours it fails by the slow pair',
    given: { before: calm, bake: minutes(300, 0.008) },
    outcome: 'fail',
    says: 'fails above 6× over 6h and 30m',
  },
  {
    name: 'one bad minute is too short for the long window',
    given: { before: calm, bake: joined(minutes(1, 0.5), minutes(1, 0)) },
    outcome: 'pass',
    says: '',
  },
  {
    name: 'a fire from before the deploy is not the deploy’s',
    given: { before: joined(calm, minutes(30, 0.1)), bake: minutes(30, 0.1) },
    outcome: 'inconclusive',
    says: 'burned as fast before the deploy: cannot say',
  },
  {
    name: 'a fire that the deploy puts out passes',
    given: { before: joined(calm, minutes(60, 0.1)), bake: minutes(40, 0) },
    outcome: 'pass',
    says: 'the 30-day budget lasts',
  },
  {
    name: 'a fire without a past is undecided: it may be older',
    given: { before: null, bake: minutes(10, 0.1) },
    outcome: 'inconclusive',
    says: 'not known whether it burned then',
  },
  {
    name: 'a calm service without a past passes',
    given: { before: null, bake: minutes(10, 0) },
    outcome: 'pass',
    says: 'the 30-day budget lasts',
  },
  {
    name: 'an idle service is compared with what it did last',
    given: { before: joined(calm, minutes(10, 0, 0)), bake: minutes(10, 0.5) },
    outcome: 'fail',
    says: 'burns',
  },
  {
    name: 'few events decide nothing',
    given: { before: minutes(360, 0, 1), bake: minutes(10, 1, 1) },
    outcome: 'inconclusive',
    says: 'too few events: 10 of the 20 needed',
  },
  { name: 'no events decide nothing', given: { before: calm, bake: minutes(10, 0, 0) }, outcome: 'inconclusive', says: 'too few events' },
])('$name', ({ given, outcome, says }) => {
  const verdict = judge(given);
  expect([verdict.outcome, verdict.reason]).toEqual([outcome, expect.stringContaining(says)]);
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const length = fc.integer({ min: 1, max: 40 });

test('a release that fails less than the objective allows never fails, whatever was before it', () => {
  fc.assert(
    fc.property(share, share, length, (before, own, count) => {
      expect(hasFailed({ before: minutes(360, before), bake: minutes(count, own * 0.001) })).toBe(false);
    }),
  );
});

test('what burned as fast before the deploy is never held against it', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.0145, max: 1, noNaN: true }), length, (constant, count) => {
      expect(hasFailed({ before: minutes(360, constant), bake: minutes(count, constant) })).toBe(false);
    }),
  );
});

test('a worse release never fails less', () => {
  fc.assert(
    fc.property(share, share, length, (a, b, count) => {
      const [better, worse] = [Math.min(a, b), Math.max(a, b)];
      if (hasFailed({ before: calm, bake: minutes(count, better) }))
        expect(hasFailed({ before: calm, bake: minutes(count, worse) })).toBe(true);
    }),
  );
});

test('a service with a request now and then does not pass while all of them fail', () => {
  const rare = (count: number, share: number) =>
    ratio(
      Array.from({ length: count }, (_, i) => (i % 2) * share),
      Array.from({ length: count }, (_, i) => i % 2),
    );
  for (const length of [45, 60, 90]) {
    const verdict = judge({ before: rare(360, 0), bake: rare(length, 1) });
    expect(verdict).toMatchObject({ outcome: 'inconclusive', lacksSamples: true });
  }
});
