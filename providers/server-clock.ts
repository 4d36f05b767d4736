import { type ClockBounds, narrowBounds } from '../src/core/base/clock-bounds.ts';
import type { Http, HttpResponse } from '../src/net/http.ts';
import type { ServerClock } from '../src/ports/providers.ts';

/** A header `Date` counts whole seconds. */
const dateUnitMs = 1_000;

/**
 * Wraps the HTTP client of one provider instance, and learns from the header `Date` of every answer what its server's clock shows. An answer that a cache
 * has kept says by its `Age` how old its date is.
 */
export function watchServerClock(
  http: Http,
  monotonic: () => number = () => performance.now(),
): { readonly http: Http; readonly clock: ServerClock } {
  let bounds: ClockBounds | null = null;
  const learn = ({ headers }: HttpResponse, sentAt: number): void => {
    const shows = Date.parse(headers.date ?? '') + secondsOf(headers.age) * 1_000;
    if (Number.isFinite(shows)) bounds = narrowBounds(bounds, { shows, unitMs: dateUnitMs, sentAt, receivedAt: monotonic() });
  };
  return {
    http: {
      ...http,
      request: async (request, signal) => {
        const sentAt = monotonic();
        const response = await http.request(request, signal);
        learn(response, sentAt);
        return response;
      },
    },
    clock: {
      now() {
        if (bounds === null) return null;
        const instant = monotonic();
        return { earliest: instant + bounds.low, latest: instant + bounds.high };
      },
    },
  };
}

function secondsOf(age: string | undefined): number {
  return /^\d{1,9}$/.test(age ?? '') ? Number(age) : 0;
}
