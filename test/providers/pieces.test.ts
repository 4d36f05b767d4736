import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inPieces } from '../../providers/pieces.ts';
import { ProviderError } from '../../src/core/base/errors.ts';
import { tickCount, type Window } from '../../src/core/base/window.ts';
import type { Answer, Series, SeriesQuery } from '../../src/ports/provider.ts';

const stepMs = 1_000;
const queryOf = (ticks: number): SeriesQuery => ({
  form: 'events',
  query: 'q',
  window: { from: 5_000, to: 5_000 + ticks * stepMs, stepMs },
});

/** Two series. One has every tick, the other begins at the tenth second. */
function answerTo({ from, to }: Window): Answer {
  const ends = Array.from({ length: (to - from) / stepMs }, (_, i) => from + (i + 1) * stepMs);
  const series: Series[] = [
    { labels: { a: 'x', b: 'y' }, instance: '', samples: ends.map((at) => [at, at]) },
    {
      labels: from < 9_000 ? { b: 'y', a: 'z' } : { a: 'z', b: 'y' },
      instance: '',
      samples: ends.filter((at) => at >= 10_000).map((at) => [at, 1]),
    },
  ];
  return { shape: 'delta', series: series.filter(({ samples }) => samples.length > 0) };
}

describe('a window that is split', () => {
  test('has one complete answer, for any length of the window and of its parts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 12 }), async (ticks, maxTicks) => {
        const query = queryOf(ticks);
        const asked: Window[] = [];
        const answer = await inPieces(query, maxTicks, async (piece) => {
          asked.push(piece.window);
          return answerTo(piece.window);
        });
        expect(answer).toEqual(answerTo(query.window));
        expect(Math.max(...asked.map(tickCount))).toBeLessThanOrEqual(maxTicks);
        expect(asked.map(({ from }) => from)).toEqual([query.window.from, ...asked.slice(0, -1).map(({ to }) => to)]);
      }),
    );
  });

  test('fails with its first failing part, and sends no further query', async () => {
    const asked: number[] = [];
    const answer = inPieces(queryOf(30), 10, async (piece) => {
      asked.push(piece.window.from);
      if (asked.length === 2) throw new ProviderError('timeout', 'too slow');
      return answerTo(piece.window);
    });
    await expect(answer).rejects.toMatchObject({ kind: 'timeout' });
    expect(asked).toEqual([5_000, 15_000]);
  });

  test('cannot hold raw samples, which cannot be split', async () => {
    const cumulative = inPieces(queryOf(30), 10, async () => ({ shape: 'cumulative', series: [], instances: [] }));
    await expect(cumulative).rejects.toThrow(/only answers of shape delta or gauge/);
  });
});
