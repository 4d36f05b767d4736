import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minSilentTicks } from '../../../src/core/judge/series-tally.ts';
import { dataTest, lengthOf, sliceTicks, type Ticks } from '../../../src/core/series/ticks.ts';
import { anyTicks } from '../../support/any-ticks.ts';
import { tallyOf } from '../../support/tally-of.ts';

const series = fc.oneof(...(['ratio', 'rate', 'latency', 'value'] as const).map((kind) => anyTicks(kind)));

/** By definition: from all ticks at once, and not one by one. */
function definitionOf(ticks: Ticks, blockTicks: number) {
  const test = dataTest(ticks);
  const known = Array.from({ length: lengthOf(ticks) }, (_, i) => test(i));
  const blocks = Array.from({ length: Math.floor(known.length / blockTicks) }, (_, n) =>
    known.slice(n * blockTicks, (n + 1) * blockTicks).some(Boolean),
  );
  const silences =
    known
      .map((one) => (one ? 'x' : '-'))
      .join('')
      .match(/-+/g) ?? [];
  return {
    ticks: known.length,
    count: known.filter(Boolean).length,
    newest: known.lastIndexOf(true) + 1,
    blocks: blocks.filter(Boolean).length,
    gaps: silences.filter(({ length }) => length >= minSilentTicks).join('').length,
    ...(known.includes(true) && { first: known.indexOf(true) }),
  };
}

test('a tally that grows tick by tick is the one of the whole series', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 6 }), fc.nat(40), (ticks, blockTicks, end) => {
      expect(tallyOf(ticks, end, blockTicks)).toMatchObject(definitionOf(sliceTicks(ticks, 0, end), blockTicks));
    }),
  );
});

test('a tally names the sources that had an event', () => {
  const nothing: Ticks = { kind: 'ratio', bad: [0, null], total: [0, null] };
  const some: Ticks = { kind: 'ratio', bad: [0, 0], total: [0, 3] };
  expect([nothing, some].map((ticks) => tallyOf(ticks).sources)).toEqual([[], ['total']]);
  expect(tallyOf({ kind: 'rate', count: [0, 2], exposure: [null, null] }).sources).toEqual(['count']);
});
