import { describe, expect, test } from 'vitest';
import { AppError, EffectError, ProviderError } from '../../src/core/base/errors.ts';
import { type ExamProbe, examine } from '../../src/usecases/examine.ts';

const never = new AbortController().signal;
const probe = (name: string, ask: ExamProbe['ask'], limitMs = 60_000): ExamProbe => ({ part: 'part', name, limitMs, ask, hint: 'do this' });
const ok = async () => ({ outcome: 'ok', reason: 'fine' }) as const;
const rowsOf = async (...probes: readonly ExamProbe[]) => await examine(probes, never);

describe('examine', () => {
  test('returns the answers in the order of the probes, whichever ends first', async () => {
    const second = Promise.withResolvers<void>();
    const waits = async () => {
      await second.promise;
      return await ok();
    };
    const ends = async () => {
      second.resolve();
      return [
        { name: 'b', outcome: 'warn', reason: 'odd' },
        { name: 'c', outcome: 'not_tried', reason: 'off', hint: 'switch it on' },
      ] as const;
    };
    expect(await rowsOf(probe('a', waits), probe('x', ends))).toMatchObject([
      { part: 'part', name: 'a', outcome: 'ok', reason: 'fine' },
      { part: 'part', name: 'b', outcome: 'warn', reason: 'odd' },
      { part: 'part', name: 'c', outcome: 'not_tried', reason: 'off', hint: 'switch it on' },
    ]);
  });

  test.for([new AppError('unavailable', 'away'), new ProviderError('unavailable', 'away'), new EffectError('failed', 'away')])(
    'a probe that throws %s has failed, with its message and the hint',
    async (error) => {
      expect(await rowsOf(probe('a', () => Promise.reject(error)))).toMatchObject([{ outcome: 'fail', reason: 'away', hint: 'do this' }]);
    },
  );

  test('an unexpected error says nothing of its message, which may hold a secret', async () => {
    const [row] = await rowsOf(probe('a', () => Promise.reject(new TypeError('no such key: hunter2'))));
    expect(row).toMatchObject({ outcome: 'fail', reason: 'an unexpected error: TypeError' });
    expect(JSON.stringify(row)).not.toContain('hunter2');
  });

  test('a probe that hangs fails at its limit, and holds up no other', async () => {
    const rows = await rowsOf(
      probe('hangs', () => new Promise(() => {}), 20),
      probe('a', ok),
    );
    expect(rows).toMatchObject([
      { name: 'hangs', outcome: 'fail', reason: 'no answer within 20ms' },
      { name: 'a', outcome: 'ok' },
    ]);
  });

  test('a probe that obeys its limit says itself what it waited for', async () => {
    const ask = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new ProviderError('timeout', 'prom hangs'))));
    expect(await rowsOf(probe('a', ask, 20))).toMatchObject([{ outcome: 'fail', reason: 'prom hangs' }]);
  });

  test('what has no turn before the end of the time is not tried', async () => {
    let asked = 0;
    const counted = probe('a', () => {
      asked += 1;
      return ok();
    });
    expect(await examine([counted], AbortSignal.abort())).toMatchObject([
      { name: 'a', outcome: 'not_tried', reason: 'the time was over before its turn' },
    ]);
    expect(asked).toBe(0);
  });
});
