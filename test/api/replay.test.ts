import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { createReplays, type ReplayLimits, type RunReplay } from '../../src/app/replay-in-worker.ts';
import { readRecording } from '../../src/core/recording/read-recording.ts';
import { type ReplayResult, replay } from '../../src/core/recording/replay.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { anApi } from '../support/an-api.ts';
import { keepContract } from '../support/contract.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await aDatabase();
});
afterAll(() => database.close());

const deployedAt = 1_772_323_200;
/** Counts of a service whose new release fails more often. */
function aRecording(bad: number, ticks = 40, past = 1_440) {
  const repeated = (count: number, value: (i: number) => number) => Array.from({ length: count }, (_, i) => value(i));
  return {
    format: 'bakewatch.recording/1',
    id: 'shop-1',
    service: 'shop',
    environment: 'production',
    version: 'v42',
    deployedAt,
    warmup: 0,
    checks: [
      {
        name: 'errors',
        kind: 'ratio',
        direction: 'up',
        step: 15,
        history: {
          start: deployedAt - 60 * past,
          step: 60,
          bad: repeated(past, (i) => (i % 3 === 0 ? 1 : 0)),
          total: repeated(past, (i) => 400 + (i % 7)),
        },
        bake: { bad: repeated(ticks, () => bad), total: repeated(ticks, () => 100) },
      },
    ],
  };
}

const rules = `rules: 1
service: shop
environment: production
checks:
  errors: { provider: anything, ratio: { bad: 'bad', total: 'total' }, fail_when: { above: 0.2 } }
on_failure: notify
`;

type ReplayAnswer = { readonly verdict: string; readonly checks: readonly { readonly reason: string }[] };

function aServer(limits?: ReplayLimits, replays: RunReplay = createReplays(limits)) {
  const never = new AbortController().signal;
  const api = keepContract(
    anApi(database.store, {
      replay: ({ rules: text, ...task }) => replays({ ...task, ruleSet: text === null ? null : parseRules(text, 'rules', {}) }, never),
    }),
  );
  return async (body: object) => {
    const headers = { host: 'localhost:8700', 'content-type': 'application/json' };
    const answer = await api.request('/v1/replay', { method: 'POST', headers, body: JSON.stringify(body) });
    // Each answer is checked against the document.
    return { status: answer.status, json: (await answer.json()) as ReplayAnswer };
  };
}

describe('POST /v1/replay', () => {
  test.for([0, 9])('judges as the command does: %i of 100 requests fail', async (bad) => {
    const recording = aRecording(bad);
    const read = readRecording(JSON.stringify(recording));
    if (!read.ok) throw new Error(read.message);
    const { decidedAfter, checks, ...own } = replay(read.recording, { analyzers, ruleSet: null });
    const { status, json } = await aServer()({ recording });
    expect(status).toBe(200);
    expect(json).toEqual({
      ...own,
      decided_after: decidedAfter,
      checks: checks.map(({ decidedAfter: after, ...check }) => ({ ...check, decided_after: after })),
    });
    expect(json.verdict).toBe(bad === 0 ? 'pass' : 'fail');
    expect(json.checks[0]?.reason).not.toBe('');
  });

  test('rules in the body decide instead of the defaults', async () => {
    expect((await aServer()({ recording: aRecording(9), rules })).json.verdict).toBe('pass');
    expect((await aServer()({ recording: aRecording(30), rules })).json.verdict).toBe('fail');
  });

  test('a wrong recording, wrong rules and unknown fields are refused with their place', async () => {
    const ask = aServer();
    expect(await ask({ recording: { ...aRecording(1), deployedAt: 'now' } })).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining('recording.deployedAt') },
    });
    expect(await ask({ recording: aRecording(1), rules: 'rules: 1\nservice: shop\nchekcs: {}\n' })).toMatchObject({
      status: 422,
      json: { errors: expect.arrayContaining([expect.objectContaining({ message: expect.stringContaining('chekcs') })]) },
    });
    expect((await ask({ recording: aRecording(1), rule: rules })).status).toBe(400);
    expect((await ask({ recording: aRecording(1), false_alarms: 2 })).status).toBe(400);
  });

  test('a body that is too large is refused', async () => {
    expect((await aServer()({ recording: { ...aRecording(1), id: 'x'.repeat(4 * 1024 * 1024) } })).status).toBe(413);
  });

  test('the loop of the server goes on while a recording is judged', async () => {
    let turns = 0;
    let isOver = false;
    const answer = aServer()({ recording: aRecording(1, 400, 5_000) }).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      turns += 1;
      await nextTurn();
    }
    expect(turns).toBeGreaterThan(100);
    expect(await answer).toMatchObject({ status: 200 });
  });

  test('a recording that takes too long or too much memory is refused, and the next one is judged', async () => {
    const [slow, large] = [aServer({ timeoutMs: 1, maxHeapMb: 512 }), aServer({ timeoutMs: 60_000, maxHeapMb: 4 })];
    expect(await slow({ recording: aRecording(0) })).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining('within 0.001 s') },
    });
    expect(await large({ recording: aRecording(0) })).toMatchObject({ status: 400, json: { detail: expect.stringContaining('memory') } });
    expect((await aServer()({ recording: aRecording(0) })).status).toBe(200);
  });

  test('one caller judges at most two recordings at once', async () => {
    const gate = Promise.withResolvers<ReplayResult>();
    const ask = aServer(undefined, () => gate.promise);
    const answers = [1, 2, 3].map(() => ask({ recording: aRecording(0) }));
    // The others wait until the first answer is here.
    expect((await Promise.race(answers)).status).toBe(429);
    gate.resolve({ id: 'shop-1', verdict: 'pass', decidedAfter: 600, checks: [] });
    expect((await Promise.all(answers)).map(({ status }) => status).toSorted()).toEqual([200, 200, 429]);
  });
});
