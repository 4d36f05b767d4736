import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GrowingTicks } from '../../../src/core/series/growing-ticks.ts';
import { shapeOf, tickAt } from '../../../src/core/series/tick.ts';
import { appendTicks, lengthOf, sliceTicks, type Ticks } from '../../../src/core/series/ticks.ts';
import { anyTicks } from '../../support/any-ticks.ts';
import { ratio } from '../../support/builders.ts';

function grown(pieces: readonly Ticks[]): GrowingTicks {
  const ticks = new GrowingTicks();
  for (const piece of pieces) ticks.grow(piece);
  return ticks;
}

/** Ticks of one kind that come in pieces, mostly enough for some of them to be packed. */
const pieces = fc
  .constantFrom('ratio', 'rate', 'latency', 'value')
  .chain((kind) => fc.array(anyTicks(kind), { minLength: 1, maxLength: 8, size: 'max' }));

describe('ticks that grow', () => {
  test('read the same as if they were not packed, one by one and as columns', () => {
    fc.assert(
      fc.property(pieces, fc.array(fc.integer({ min: -2, max: 250 }), { maxLength: 10 }), (list, places) => {
        const plain = list.reduce<Ticks | null>((before, piece) => (before === null ? piece : appendTicks(before, piece)), null);
        const ticks = grown(list).whole();
        if (plain === null || ticks === null) throw new Error('there is at least one piece');
        expect(lengthOf(ticks)).toBe(lengthOf(plain));
        expect(shapeOf(ticks)).toEqual(shapeOf(plain));
        for (const i of places) expect(tickAt(ticks, i)).toEqual(tickAt(plain, i));
        expect(ticks).toEqual(plain);
      }),
    );
  });

  test('do not change what was read before', () => {
    const ticks = grown([ratio(new Array<number>(39).fill(1))]);
    const before = ticks.whole();
    ticks.grow(ratio([2, 3]));
    expect(before).toEqual(ratio(new Array<number>(39).fill(1)));
    expect(ticks.whole()).toEqual(ratio([...new Array<number>(39).fill(1), 2, 3]));
  });

  test('are plain again once they are cut or copied', () => {
    const whole = grown([ratio([1, 2, 3])]).whole() ?? ratio([]);
    expect([lengthOf(sliceTicks(whole, 1)), tickAt(sliceTicks(whole, 1), 0)]).toEqual([2, tickAt(ratio([2]), 0)]);
    expect(lengthOf({ ...whole, ...ratio([9]) })).toBe(1);
  });
});
