import { z } from 'zod';
import { type FakeEvent, NrqlError, runNrql } from './fake-nrql.ts';
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
  readonly changes: readonly Readonly<Record<string, unknown>>[];
  add(...events: readonly FakeEvent[]): void;
  close(): Promise<void>;
};

const Call = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) });
const oldestMs = 86_400_000;

/** Starts it. Its answers have the shapes that were recorded or read in New Relic's own clients, and it allows 25 requests at once. */
export async function startFakeNerdGraph(options: { readonly delayMs?: number; readonly now?: () => number } = {}): Promise<FakeNerdGraph> {
  const { delayMs = 0, now = Date.now } = options;
  const server = await startStubServer();
  const events: FakeEvent[] = [];
  const queries: string[] = [];
  const changes: Record<string, unknown>[] = [];
  let [atOnce, mostAtOnce] = [0, 0];
  const world = { account: 1_234_567, key: 'NRAK-FAKE-KEY-OF-THE-TESTS' };
  const answer = (request: SeenRequest): StubReply => {
    if (request.headers['api-key'] !== world.key)
      return refusal('Invalid API key', { error_code: 'BAD_API_KEY', errorClass: 'SERVER_ERROR' }, 401);
    const { query, variables } = Call.parse(JSON.parse(request.body));
    if (query.startsWith('mutation')) return record(variables, query, { changes, now });
    if (variables.accountId !== world.account) return refusal('Account not found or access denied', { errorClass: 'ACCESS_DENIED' });
    queries.push(String(variables.query));
    return nrqlReply(String(variables.query), events);
  };
  server.reply(async (request) => {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    try {
      if (atOnce > 25) return { status: 429, body: {} };
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return answer(request);
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

function nrqlReply(text: string, events: readonly FakeEvent[]): StubReply {
  try {
    return nrqlBody(runNrql(text, events));
  } catch (error) {
    if (error instanceof NrqlError) return refusal(error.message, { errorClass: 'INVALID_INPUT' });
    throw error;
  }
}

/** How NerdGraph reports what goes wrong: with status 200, and no data. */
function refusal(message: string, extensions: object, status = 200): StubReply {
  return { status, body: { data: null, errors: [{ message, extensions }] } };
}

type Book = { readonly changes: Record<string, unknown>[]; readonly now: () => number };

/** Records a change as `changeTrackingCreateEvent` does: an instant of 0 or of more than a day ago is refused. */
function record(variables: Readonly<Record<string, unknown>>, query: string, { changes, now }: Book): StubReply {
  const at = Number(/timestamp: (\d+)/.exec(query)?.[1] ?? now());
  if (!query.includes('changeTrackingCreateEvent')) return refusal('Unknown mutation', { errorClass: 'INVALID_INPUT' });
  if (at < now() - oldestMs) return refusal('timestamp is more than 24 hours ago', { errorClass: 'INVALID_INPUT' });
  const [, category, type] = /category: "(\w+)", type: "(\w+)"/.exec(query) ?? [];
  changes.push({ ...variables, at, category, type });
  const changeTrackingEvent = { changeTrackingId: `change-${changes.length}` };
  return { body: { data: { changeTrackingCreateEvent: { changeTrackingEvent, messages: [] } } } };
}
