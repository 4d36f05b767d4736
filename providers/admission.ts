import { ProviderError } from '../src/core/base/errors.ts';
import { createPace } from '../src/net/pace.ts';
import type { Urgency } from '../src/ports/provider.ts';
import type { ProviderLimits } from './define-provider.ts';
import { createLanes, type Lanes } from './lanes.ts';

/** A question is not queued where it would wait for longer than this: its caller would have given up before. */
const maxWaitMs = 10_000;
/** A queue that has just formed says nothing yet: a fast provider empties it at once, however many questions came together. */
const minStandingMs = 250;
/** A batch of calls starts at once, at most this often a second: timers are too coarse for thousands of bakes. */
const batchesPerSecond = 50;

/**
 * Returns the lanes of an instance. With a rate limit, lanes of a fixed number of calls start at fixed intervals. Without one, a lane stays open while there
 * is work. The intervals go by the monotonic clock: a clock of the machine that is set back must not stop the questions.
 * `sharers` returns how many servers share the limits; each keeps its part, and makes at least one call at a time.
 */
export function limitedLanes({ concurrency, perSecond }: ProviderLimits, sharers: () => number): Lanes {
  const limits = () => {
    const count = Math.max(1, sharers());
    const rate = perSecond === null ? null : perSecond / count;
    return {
      concurrency: Math.max(1, Math.floor(concurrency / count)),
      batch: rate === null ? 500 : Math.ceil(rate / batchesPerSecond),
      perMs: rate === null ? null : rate / 1_000,
    };
  };
  const pace = createPace(() => {
    const { batch, perMs } = limits();
    return perMs === null ? 0 : batch / perMs;
  });
  return createLanes({ limits, schedule: (lane) => pace.turn(new AbortController().signal).then(lane) });
}

/**
 * Throws `ProviderError` where there is too much to ask: an advisory question is not asked when the queue takes longer than half of a tick, any other one
 * when its turn would come too late for its caller. The next pass asks for its ticks again.
 */
export function assertRoom(
  lanes: Lanes,
  { name, urgency, stepMs }: { readonly name: string; readonly urgency: Urgency; readonly stepMs: number },
): void {
  const longestMs = urgency === 'advisory' ? Math.min(maxWaitMs, Math.max(1_000, stepMs)) / 2 : maxWaitMs;
  if (lanes.oldestWaitMs() < minStandingMs || lanes.expectedWaitMs(urgency) <= longestMs) return;
  const waiting = lanes.waiting();
  const what = waiting === 1 ? '1 question waits' : `${waiting} questions wait`;
  throw new ProviderError('rate_limited', `not asked: too much to ask of ${name} now (${what}); it is asked later`);
}
