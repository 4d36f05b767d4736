import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Clock } from '../ports/clock.ts';
import type { Caller, Identity } from '../usecases/caller.ts';
import type { ChangeWatch, WatchedChange } from '../usecases/watch-changes.ts';
import { type ApiEnv, demand } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { createEventBody, type EventBody } from './event-body.ts';
import { presentFreeze, presentSummary } from './present.ts';
import { operation, refusedReads } from './route-parts.ts';
import { createSeats, refuseSeat, type Seats } from './seats.ts';

const heartbeatMs = 15_000;
/** Rights are read again this often: a token is revoked, or a session ends, while its stream goes on. */
const rightsEveryMs = 60_000;
/** Then a client connects again. */
const maxStreamMs = 600_000;

/** What a stream of events needs. */
export type EventDeps = {
  readonly changes: ChangeWatch;
  readonly streams: Seats;
  readonly clock: Clock;
  readonly baseUrl: string;
  readonly stopping: AbortSignal;
};

/** The seats of all streams of a process: those of the API and those of the pages. */
export const createStreamSeats = () => createSeats({ perCaller: 200, inAll: 500 });

const events = createRoute({
  method: 'get',
  path: '/v1/events',
  summary: 'What happens, as server-sent events',
  description:
    'Events: `hello` first; `deploy` with a deploy as the lists show it, each time its bake moves; `freeze` with all freezes, when they change; `reset` where the point to go on from is too old: read the lists again. An event may arrive more than once. A stream ends after ten minutes at the latest, and a minute after its token is revoked; a client that reads too slowly is cut off: connect again with `Last-Event-ID`.',
  ...operation('streamEvents', 'Deploys'),
  request: {
    headers: z.object({
      'last-event-id': z
        .string()
        .max(20)
        .optional()
        .openapi({ description: 'the id of the last event: what happened since is sent first' }),
    }),
  },
  responses: { 200: { description: 'The stream', content: { 'text/event-stream': { schema: z.string() } } }, ...refusedReads() },
});

/** Mounts the stream of events. */
export function mountEvents(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openAPIRegistry.registerPath(events);
  app.get('/v1/events', (c) => streamEvents(c, deps, demand(c, 'read')));
}

/** Mounts the same stream for the pages. A reader who is not known gets none, and a browser does not ask again after 204. */
export function mountPageEvents(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.get('/events', async (c) => {
    const { caller } = c.get('identity');
    return caller === null ? c.body(null, 204) : await streamEvents(c, deps, caller);
  });
}

/** Answers with a stream of what happens where the caller may read. */
export async function streamEvents(c: Context<ApiEnv>, deps: EventDeps, first: Caller): Promise<Response> {
  const reader = { caller: first, askAgain: c.get('askAgain') };
  const seat = deps.streams.take(first) ?? refuseSeat(c, 'streams of events');
  const body = createEventBody(() => c.env?.outgoing?.destroy());
  const send = (change: WatchedChange) => sendChange(body, change, { caller: reader.caller, baseUrl: deps.baseUrl });
  /** Changes that come before what was missed has been sent. */
  const early: WatchedChange[] = [];
  let isOpen = false;
  const from = placeIn(c.req.header('last-event-id'));
  const subscription = await subscribe();
  AbortSignal.any([body.closed, deps.stopping, c.req.raw.signal]).addEventListener('abort', end);
  if (deps.stopping.aborted || c.req.raw.signal.aborted) end();

  const { place, missed, freezes } = subscription;
  body.send({ event: 'hello', id: place, data: { heartbeat_seconds: heartbeatMs / 1000 } });
  if (missed === null || from === 'unknown') body.send({ event: 'reset', id: place, data: {} });
  else for (const record of missed) send({ kind: 'deploy', record, place });
  if (from !== null) send({ kind: 'freezes', freezes, place });
  for (const change of early) send(change);
  isOpen = true;
  void keepAlive(body, deps.clock, reader);
  return c.body(body.stream, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });

  async function subscribe() {
    try {
      const listener = (change: WatchedChange) => (isOpen ? send(change) : void early.push(change));
      return await deps.changes.subscribe(listener, typeof from === 'number' ? from : null);
    } catch (error) {
      seat.leave();
      throw error;
    }
  }
  function end(): void {
    subscription.end();
    seat.leave();
    body.end();
  }
}

function sendChange(
  body: EventBody,
  change: WatchedChange,
  { caller, baseUrl }: { readonly caller: Caller; readonly baseUrl: string },
): void {
  const { place: id } = change;
  if (change.kind === 'deploy') {
    if (caller.may('read', change.record.deploy)) body.send({ event: 'deploy', id, data: presentSummary(change.record, baseUrl) });
    return;
  }
  const freezes = change.freezes.filter(({ service }) => service === null || caller.may('read', { service }));
  body.send({ event: 'freeze', id, data: { freezes: freezes.map(presentFreeze) } });
}

/** Who reads a stream, with the rights of now. */
type Reader = { caller: Caller; readonly askAgain: () => Promise<Identity> };

/** Sends heartbeats until the stream ends, and ends it after its longest time, or once its reader may not read any more. */
async function keepAlive(body: EventBody, clock: Clock, reader: Reader): Promise<void> {
  const until = clock.now() + maxStreamMs;
  let rightsAt = clock.now() + rightsEveryMs;
  while (!body.closed.aborted && clock.now() < until) {
    await clock.sleep(heartbeatMs, body.closed);
    if (clock.now() >= rightsAt) {
      if (!(await stillReads(reader))) break;
      rightsAt = clock.now() + rightsEveryMs;
    }
    body.beat();
  }
  body.end();
}

/** Reads the rights again. What cannot be read now stays as it was. */
async function stillReads(reader: Reader): Promise<boolean> {
  const identity = await reader.askAgain().catch(() => null);
  if (identity === null) return true;
  if (identity.caller === null) return identity.isAway === true;
  if (!identity.caller.may('read')) return false;
  reader.caller = identity.caller;
  return true;
}

/** The place in a header Last-Event-ID; `null`: it is missing; `unknown`: it is no place. */
function placeIn(header: string | undefined): number | null | 'unknown' {
  if (header === undefined || header === '') return null;
  return /^\d{1,15}$/.test(header) ? Number(header) : 'unknown';
}
