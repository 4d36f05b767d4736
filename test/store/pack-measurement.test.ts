import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/core/judge/explanation.ts';
import type { Measurement } from '../../src/core/judge/measurement.ts';
import { questionText } from '../../src/core/rules/sources.ts';
import type { Ticks, TicksKind } from '../../src/core/series/ticks.ts';
import { evidenceKeys, packMeasurement } from '../../src/store/pack-measurement.ts';
import { packStretch } from '../../src/store/pack-stretch.ts';
import { readStretch } from '../../src/store/read-measurement.ts';
import { storable } from '../../src/store/storable.ts';
import { type MeasurementRow, unpackMeasurement } from '../../src/store/unpack-measurement.ts';
import { anyTicks } from '../support/any-ticks.ts';
import { aCheck, aRuleSet, aStretch, step, t0 } from '../support/builders.ts';

const check = aCheck({ name: 'errors' });
const ruleSet = aRuleSet({ checks: [check], bake: { forMs: 900_000, everyMs: step, warmupMs: 0, extendMs: 0 } });
const row = ({ phase, check, window, at }: Measurement, body: unknown): MeasurementRow => ({ phase, check, windowTo: window.to, at, body });
/** As the database gives it back. */
const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(storable(value)));

const words = fc.oneof(
  fc.string().map((reason) => ({ reason })),
  fc.tuple(fc.string(), fc.string(), fc.array(fc.string())).map(([headline, because, notes]) => explain(headline, because, notes)),
);
const number = fc.oneof(
  fc.integer(),
  fc.double().map((one) => (Object.is(one, -0) ? 0 : one)),
);
const evidence = fc
  .record(Object.fromEntries(evidenceKeys.map((key) => [key, number])), { requiredKeys: [] })
  .map((one) => ({ evidence: one }));
const mark = (name: string, value: unknown) => fc.constantFrom({}, { [name]: value });
const reserved = fc.tuple(mark('unproven', 'unproven: x'), mark('rulesOutOutage', true)).map((list) => Object.assign({}, ...list));
const open = fc
  .tuple(mark('blocks', false), mark('isSilent', true), mark('leans', true), mark('isExcused', true), reserved)
  .map((list) => Object.assign({}, ...list));
const rows = fc.array(
  fc.record(
    {
      value: fc.option(fc.string()),
      outcome: fc.constantFrom('pass', 'fail', 'inconclusive', 'unjudged'),
      measured: number,
      events: fc.nat(),
    },
    { requiredKeys: ['value', 'outcome'] },
  ),
);
const table = fc.oneof(
  fc.constant({}),
  rows.map((list) => ({ split: { label: 'endpoint', rows: list } })),
);
const split = (kind: TicksKind) =>
  fc.tuple(anyTicks(kind), fc.array(fc.tuple(fc.string(), anyTicks(kind)), { maxLength: 3 })).map(
    ([ticks, values]): Ticks => ({
      ...ticks,
      split: { label: 'endpoint', values: values.map(([value]) => value), ticks: values.map(([, own]) => own) },
    }),
  );
const ticks = fc.oneof(anyTicks(), split('ratio'), split('latency'));
const verdicts = fc.oneof(
  fc.tuple(fc.constant({ outcome: 'pass' }), words, evidence, table, reserved, mark('settledAfterMs', 60_000)),
  fc.tuple(fc.constant({ outcome: 'fail' }), words, evidence, table),
  fc.tuple(fc.constant({ outcome: 'inconclusive' }), words, fc.constant({}), open),
  fc.tuple(fc.constant({ outcome: 'error', kind: 'timeout', reason: 'slow' })),
);
const anyMeasurement: fc.Arbitrary<Measurement> = fc
  .record({
    check: fc.constantFrom('errors', 'a check of older rules'),
    phase: fc.constantFrom('baking', 'verifying'),
    at: fc.nat(),
    window: fc.tuple(fc.nat(9), fc.constantFrom(step, 60_000)).map(([n, stepMs]) => ({ from: t0, to: t0 + n * stepMs, stepMs })),
    query: fc.constantFrom(questionText(check.question), 'another one'),
    // Each tuple is the parts of one verdict.
    result: verdicts.map((parts) => Object.assign({}, ...parts) as Measurement['result']),
    ticks: fc.option(ticks),
    control: fc.option(ticks),
  })
  .map((one): Measurement => one);

describe('a packed measurement', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(anyMeasurement, (measurement) => {
        const body = stored(packMeasurement(measurement, ruleSet));
        expect(unpackMeasurement(row(measurement, body), ruleSet)).toEqual(measurement);
      }),
    );
  });

  test('is less than half as long as the measurement', () => {
    const measurement: Measurement = {
      check: 'errors',
      phase: 'baking',
      at: t0 + step + 5_000,
      window: { from: t0, to: t0 + step, stepMs: step },
      query: questionText(check.question),
      result: {
        outcome: 'inconclusive',
        ...explain('0.96 % of 2,500 requests failed, was 1.1 %', 'compared with the last 7d; not enough to tell yet', [
          '12 requests a tick',
        ]),
        evidence: { measured: 0.0096, expected: 0.011, samples: 2_500, events: 24 },
        blocks: false,
      },
      ticks: { kind: 'ratio', bad: [1], total: [102] },
      control: null,
    };
    const length = (value: unknown) => JSON.stringify(value).length;
    expect(length(packMeasurement(measurement, ruleSet))).toBeLessThan(length(measurement) / 2);
  });

  test('of an older version, which is the measurement itself, is read too; a damaged one is an error', () => {
    const [measurement] = fc.sample(anyMeasurement, { numRuns: 1, seed: 1 });
    if (measurement === undefined) throw new Error('no sample');
    expect(unpackMeasurement(row(measurement, stored(measurement)), ruleSet)).toEqual(measurement);
    expect(() => unpackMeasurement(row(measurement, { o: 'pass', n: 'one' }), ruleSet)).toThrow('the stored measurement cannot be read');
  });
});

test('a packed past is read as it was written, and takes a few bytes a number', () => {
  fc.assert(
    fc.property(anyTicks(), (ticks) => {
      expect(readStretch(stored(packStretch(aStretch(ticks))))).toEqual(aStretch(ticks));
    }),
  );
  const week = aStretch({
    kind: 'ratio',
    bad: Array.from({ length: 2_016 }, (_, i) => (i * 7) % 5),
    total: Array.from({ length: 2_016 }, (_, i) => 900 + ((i * 7_919) % 211)),
  });
  expect(packStretch(week)?.packed.length).toBeLessThan(6_000);
  expect([readStretch(stored(week)), readStretch(null)]).toEqual([week, null]);
});
