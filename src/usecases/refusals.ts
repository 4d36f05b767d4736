import type { AuditOrigin } from '../ports/audit-trail.ts';
import type { Clock } from '../ports/clock.ts';
import { type RecordDeps, recordAfterwards } from './audited.ts';

/** Why a sender was refused. 404: its link does not exist; 409: its link works no more. */
export type SenderRefusal = { readonly status: 401 | 403 | 404 | 409; readonly why: string };

/** A request that was refused because of its sender. `what`: its method and the pattern of its route. */
export type RequestRefusal = AuditOrigin & SenderRefusal & { readonly what: string };

export type Refusals = {
  /** Notes a refusal. The first one of a sender is recorded before this returns, later ones of the same minute are counted. */
  note(refusal: RequestRefusal): Promise<void>;
  start(): void;
  /** Records what was counted. */
  stop(): Promise<void>;
};

type RefusalCount = { readonly until: number; more: number; last: RequestRefusal };

const windowMs = 60_000;
/** How often counts whose minute is over are recorded. */
const sweepMs = 5_000;
/** How many senders are counted apart. Beyond that, they share one count, so that strangers can fill neither the memory nor the database. */
const maxSenders = 200;

/**
 * Records refused requests in the audit trail and in the log: for each sender (status, address and name) the first one of a minute, and then one row with
 * the number of all others of this minute.
 */
export function createRefusals({ store, clock, log }: RecordDeps & { readonly clock: Clock }): Refusals {
  const counts = new Map<string, RefusalCount>();
  const stopping = new AbortController();
  let ended: Promise<void> = Promise.resolve();

  async function record({ status, what, why, ...origin }: RequestRefusal, count: number): Promise<void> {
    const { actor, requestId, address } = origin;
    log.warn({ status, by: actor.name, address, requestId, what, reason: why, count }, 'request refused');
    const entry = {
      ...origin,
      at: clock.now(),
      verb: 'request',
      place: null,
      outcome: 'refused',
      detail: `${status} ${what}: ${why}`,
      count,
    } as const;
    await recordAfterwards({ store, log }, entry);
  }

  async function sweep(now: number): Promise<void> {
    for (const [key, { until, more, last }] of counts) {
      if (now < until && until - now <= windowMs) continue;
      counts.delete(key);
      if (more > 0) await record(last, more);
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(sweepMs, stopping.signal);
      await sweep(clock.now());
    }
  }

  return {
    async note(refusal) {
      const now = clock.now();
      await sweep(now);
      const own = JSON.stringify([refusal.status, refusal.address, refusal.actor]);
      const isShared = !counts.has(own) && counts.size >= maxSenders;
      const key = isShared ? 'others' : own;
      const last = isShared ? { ...refusal, actor: manySenders, address: null } : refusal;
      const counted = counts.get(key);
      if (counted === undefined) {
        counts.set(key, { until: now + windowMs, more: 0, last });
        await record(last, 1);
      } else Object.assign(counted, { more: counted.more + 1, last });
    },
    start() {
      ended = loop().catch((error: unknown) => log.error({ err: error }, 'loop of refusals crashed'));
    },
    async stop() {
      stopping.abort();
      await ended;
      await sweep(Number.POSITIVE_INFINITY);
    },
  };
}

const manySenders = { kind: 'unknown', name: 'many senders' } as const;
