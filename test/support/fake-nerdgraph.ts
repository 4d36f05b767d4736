import { z } from 'zod';
import { type FakeChange, type FakeCreateEvent, recordChange } from './fake-change-tracking.ts';
import { type FakeEvent, runNrql } from './fake-nrql.ts';
import { NerdGraphError, runNerdGraph } from './nerdgraph-schema.ts';
import { type SeenRequest, type StubReply, startStubServer } from './stub-server.ts';

/** A stand-in for NerdGraph: one account, one key, and events that are counted when they are asked for. */
export type FakeNerdGraph = {
  /** The address, with /graphql. */
  readonly url: string;
  readonly account: number;
  readonly key: string;
  /** Every NRQL query so far. */
  readonly queries: readonly string[];
  /** The most requests that there were at once. */
  readonly mostAtOnce: () => number;
  /** Every change that was recorded. */
  readonly changes: readonly FakeChange[];
  add(...events: readonly FakeEvent[]): void;
  close(): Promise<void>;
};

const Call = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).optional() });

/**
 * Starts it. What it may be asked is what the types of New Relic's own Go client say, which reads every answer of it; what cannot be known from those
 * was recorded. It allows 25 requests at once.
 */
export async function startFakeNerdGraph(options: { readonly delayMs?: number; readonly now?: () => number } = {}): Promise<FakeNerdGraph> {
  const { delayMs = 0, now = Date.now } = options;
  const server = await startStubServer();
  const events: FakeEvent[] = [];
  const queries: string[] = [];
  const changes: FakeChange[] = [];
  let [atOnce, mostAtOnce] = [0, 0];
  const world = { account: 1_234_567, key: 'NRAK-FAKE-KEY-OF-THE-TESTS' };
  const nrql = ({ query }: { readonly query: string }) => {
    queries.push(query);
    return runNrql(query, { events, now: now() });
  };
  const account = ({ id }: { readonly id: number }) => {
    if (id !== world.account) throw new NerdGraphError('ACCESS_DENIED', 'Account not found or access denied');
    return { nrql };
  };
  const changeTrackingCreateEvent = (input: FakeCreateEvent) => recordChange(input, { changes, now: now() });
  const answer = async (request: SeenRequest): Promise<StubReply> => {
    if (request.headers['api-key'] !== world.key) return wrongKey;
    return { body: await runNerdGraph(Call.parse(JSON.parse(request.body)), { actor: { account }, changeTrackingCreateEvent }) };
  };
  server.reply(async (request) => {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    try {
      if (atOnce > 25) return { status: 429, body: {} };
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return await answer(request);
    } finally {
      atOnce -= 1;
    }
  });
  return {
    ...world,
    url: `${server.url}/graphql`,
    queries,
    changes,
    mostAtOnce: () => mostAtOnce,
    add: (...more) => void events.push(...more),
    close: () => server.close(),
  };
}

/** The envelope around the results of a query. */
export function nrqlBody(nrql: object): StubReply {
  return { body: { data: { actor: { account: { nrql } } } } };
}

/** The one thing that is not told with status 200. */
const wrongKey = {
  status: 401,
  body: { data: null, errors: [{ message: 'Invalid API key', extensions: { error_code: 'BAD_API_KEY', errorClass: 'SERVER_ERROR' } }] },
};
