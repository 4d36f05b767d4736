import { expect, test, vi } from 'vitest';
import { createDeadline, withDeadline } from '../../src/scheduler/deadline.ts';

test('a deadline aborts when its time is over, or with its parent', () => {
  vi.useFakeTimers();
  try {
    const own = createDeadline(1_000);
    const stopping = new AbortController();
    const bounded = createDeadline(1_000, stopping.signal);
    vi.advanceTimersByTime(999);
    stopping.abort(new Error('the server stops'));
    expect([own.signal.aborted, bounded.signal.aborted]).toEqual([false, true]);
    expect(bounded.signal.reason).toEqual(new Error('the server stops'));
    vi.advanceTimersByTime(1);
    expect(own.signal.reason).toMatchObject({ name: 'TimeoutError' });
    expect(createDeadline(1_000, stopping.signal).signal.aborted).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test('work that has ended leaves no timer and no listener', async () => {
  vi.useFakeTimers();
  try {
    const parent = new AbortController();
    const signals: AbortSignal[] = [];
    await withDeadline(1_000, parent.signal, async (signal) => signals.push(signal));
    await expect(withDeadline(1_000, parent.signal, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(vi.getTimerCount()).toBe(0);
    parent.abort();
    expect(signals[0]?.aborted).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});
