import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Caller } from '../usecases/caller.ts';

/** A limited number of calls that last, for each caller and in all. */
export type Seats = {
  /** Takes a seat, or returns `null` where none is free. Leaving twice does nothing. */
  take(caller: Pick<Caller, 'kind' | 'name'>): { readonly leave: () => void } | null;
};

export function createSeats({ perCaller, inAll }: { readonly perCaller: number; readonly inAll: number }): Seats {
  const taken = new Map<string, number>();
  let all = 0;
  return {
    take({ kind, name }) {
      const key = JSON.stringify([kind, name]);
      const own = taken.get(key) ?? 0;
      if (own >= perCaller || all >= inAll) return null;
      taken.set(key, own + 1);
      all += 1;
      let hasLeft = false;
      const leave = () => {
        if (hasLeft) return;
        hasLeft = true;
        all -= 1;
        const left = (taken.get(key) ?? 1) - 1;
        if (left === 0) taken.delete(key);
        else taken.set(key, left);
      };
      return { leave };
    },
  };
}

/** Refuses a call for which no seat is free. */
export function refuseSeat(c: Context, what: string): never {
  c.header('retry-after', '5');
  throw new HTTPException(429, { message: `there are too many ${what} at once; try again later` });
}
