import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { type DeliveryRules, sendEverything } from '../../src/core/notify/route.ts';
import { readRecording } from '../../src/core/recording/read-recording.ts';
import { replay } from '../../src/core/recording/replay.ts';
import type { Notifier } from '../../src/ports/notifier.ts';
import type { Store } from '../../src/ports/store.ts';
import { storable } from '../../src/store/storable.ts';
import { exportRecording } from '../../src/usecases/export-recording.ts';
import { approve, finish } from '../../src/usecases/intervene.ts';
import { stateNames } from '../support/builders.ts';
import { anEmptyDatabase, anotherReplica, type TestDatabase } from '../support/database.ts';
import { createFakePlatforms } from '../support/fake-platforms.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { type OlderOutcome, type OlderRows, readOlderDatabase, restoreOlderDatabase } from '../support/older-database.ts';
import { createRecordedProvider } from '../support/recorded-provider.ts';
import { quick } from '../support/runs.ts';
import { createSteppedServer } from '../support/stepped-server.ts';

/*
 * The fixture is a database of commit 18466f3, the last one before the modules were moved to shelves. The code of that commit parsed one rule file for
 * each of 29 services, registered deploys, and watched them with a manual clock on made-up traffic. It stopped when there was a bake in every state.
 * Those that were baking have every kind of question (but no probe) and every analyzer; some have a control, stages, a provider that is down, or no
 * history. One rollback was killed twice before it did anything. There are a freeze, held notices, a digest and a notice that failed, and pruned bakes.
 * Then all rows were dumped, and the effects in the queue. After that the same code went on until every bake was final. The provider's answers in that
 * time, the end of each bake and the notices that arrived are stored in the same file.
 */
const older = readOlderDatabase('database-18466f3.json.gz');
const { now, tables, expected } = older;

const everyDay = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const rules: Readonly<Record<string, DeliveryRules>> = {
  team: sendEverything,
  night: { ...sendEverything, quiet: [{ fromMs: 36_000_000, toMs: 52_200_000, timezone: 'UTC', days: everyDay, except: 'bad' }] },
  chat: { ...sendEverything, digest: { above: 0, withinMs: 60_000 } },
};

/** Opens the rows with today's code, which applies the migrations that are newer. */
async function open(rows: OlderRows): Promise<TestDatabase> {
  const url = await anEmptyDatabase();
  await restoreOlderDatabase(url, { ...older, tables: rows });
  return await anotherReplica({ url });
}

/** Everything that surrounds the database goes on as it did for the older version. */
function serve(database: TestDatabase, effects: readonly unknown[]) {
  const clock = createManualClock(now);
  const { hook, shiftHook } = createFakePlatforms(older);
  const prom = createRecordedProvider(older.answers, () => false);
  const flaky = createRecordedProvider(older.answers, () => clock.now() < older.outageUntil);
  const heard: string[] = [];
  const notifier = (name: string): Notifier => ({
    async notify({ topic, service, version, isDigest }) {
      heard.push(`${name}: ${topic} ${service}${isDigest ? '' : ` ${version}`}`);
      return null;
    },
  });
  const server = createSteppedServer({
    database,
    clock,
    effects,
    providers: new Map(Object.entries({ prom, flaky }).map(([name, { provider }]) => [name, { provider, settleMs: 5_000 }])),
    hooks: new Map([['deployer', { type: 'fake', hook }]]),
    shiftHooks: new Map([['splitter', { type: 'fake', hook: shiftHook }]]),
    notifiers: new Map(Object.entries(rules).map(([name, rules]) => [name, { type: 'fake', notifier: notifier(name), rules }])),
  });
  return { ...server, heard, unrecorded: () => [...prom.unrecorded, ...flaky.unrecorded] };
}

const live = Object.entries(expected).map(([name, outcome]) => ({ name, ...outcome }));
const rowsOf = (rows: OlderRows, table: keyof OlderRows, id: unknown) =>
  rows[table].filter((row) => row.bake_id === id || row.deploy_id === id);

let database: TestDatabase;
beforeAll(async () => {
  database = await open(tables);
});
afterAll(() => database.close());

describe('what an older version stored', () => {
  test('is a bake in every state', () => {
    const states = [...new Set(tables.bakes.map(({ state }) => state))].toSorted();
    expect(states).toEqual([...stateNames].toSorted());
  });

  test('is read whole: every deploy with its bake, rules and plan', async () => {
    for (const { id, body, rules, plan } of tables.deploys) {
      const [row] = rowsOf(tables, 'bakes', id);
      expect(await database.store.find(String(id))).toMatchObject({
        deploy: body,
        bake: row?.body,
        version: row?.version,
        ruleSet: rules,
        plan,
      });
    }
    const listed = await database.store.list({ limit: 1_000 });
    expect(listed.map(({ deploy }) => deploy.id).toSorted()).toEqual(tables.deploys.map(({ id }) => id).toSorted());
  });

  test('is read whole: measurements, histories, timelines and attempts', async () => {
    const { store } = database;
    for (const { deploy_id, pruned_at } of tables.bakes) {
      const id = String(deploy_id);
      const rows = (table: keyof OlderRows) => rowsOf(tables, table, id);
      expect(storable(await store.measurements(id))).toMatchObject(rows('measurements').map(({ body }) => body));
      expect(storable(await store.histories(id))).toMatchObject(
        rows('histories').map(({ check_name, stretch, source, calibrations }) => ({ check: check_name, stretch, source, calibrations })),
      );
      expect(await store.timeline(id)).toMatchObject(rows('timeline').map(({ at, kind, by, text }) => ({ at, kind, by, text })));
      expect(await store.attempts(id)).toMatchObject(
        rows('attempts').map(({ order_id, number, outcome, output }) => ({ orderId: order_id, number, outcome, output })),
      );
      expect(await store.deletions(id)).toEqual({ measurements: pruned_at, pasts: null });
    }
  });

  test('is summed up: places, freezes, presses, and what is due', async () => {
    const { store } = database;
    const services = [...new Set(tables.bakes.map(({ service }) => service))].toSorted();
    expect((await store.services()).map(({ service }) => service).toSorted()).toEqual(services);
    expect(await store.environments('calm')).toEqual(['production']);
    expect(await store.outcomes({ service: 'again', environment: 'production' }, 0)).toHaveLength(3);
    expect(await store.knownGood({ service: 'calm', environment: 'production' }, 9)).toMatchObject([{ version: 'v1', fingerprint: 'v1' }]);
    expect(await store.freezes(Date.now())).toEqual(tables.freezes);
    expect(await store.press(String(tables.presses[0]?.key), now)).toBe(false);
    expect(await store.nextDueAt()).toBe(
      Math.min(...tables.bakes.flatMap(({ next_at }) => (typeof next_at === 'number' ? [next_at] : []))),
    );
    expect([...(await store.countByState()).values()].reduce((sum, count) => sum + count, 0)).toBe(live.length);
  });
});

describe('a bake of an older version goes on as it would have there', () => {
  let server: ReturnType<typeof serve>;
  beforeAll(async () => {
    server = serve(database, older.effects);
    await approve(database.store, { id: older.approve, by: 'ana', at: now });
    await finish(database.store, { id: older.finish, by: 'ci', at: now });
    await server.runToEnd();
  });
  afterAll(() => server.close());

  test.for(live)('$name, which was $before', async (outcome) => {
    await expectSame(database.store, outcome);
    const kinds = (await database.store.timeline(outcome.id)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => !newKinds.includes(kind))).toEqual(outcome.timeline);
    expect((await database.store.attempts(outcome.id)).map((attempt) => attempt.outcome)).toEqual(outcome.attempts);
    expect(await replayed(database.store, outcome.id)).toMatchObject(outcome.replayed);
  });

  test('the same people are notified, of what was held back as well', () => {
    const { gone, instead } = heardOtherwise;
    expect(older.heard.filter((line) => gone.includes(line)).toSorted()).toEqual(gone);
    const same = older.heard.filter((line) => !gone.includes(line));
    expect(sortedLines(server.heard)).toEqual(sortedLines([...same, ...instead]));
    expect(digested(server.heard)).toBe(digested([...same, ...instead]));
  });

  test('no past is asked for again, and what was learned from it stays', async () => {
    expect(server.unrecorded()).toEqual([]);
    for (const { bake_id, check_name, stretch, calibrations } of tables.histories)
      expect(storable(await database.store.histories(String(bake_id)))).toContainEqual(
        expect.objectContaining({ check: check_name, stretch, calibrations }),
      );
  });
});

/** Their checks did not pass after the rollback. The older version called that a recovery; this one watches to the end and says what it does not know. */
const unmeasured: readonly string[] = ['turns-regression', 'verifying'];
/**
 * They recover later than the older version saw it. Conditions that need a control do not apply after a rollback, and the others pass later. A rate of
 * events passes only once a fall of a quarter would have been seen; before, it was a half.
 */
const later: readonly string[] = ['control', 'turns-orders'];
/** What is said of them, and which messages go together because of that. */
const heardOtherwise = {
  gone: [
    'chat: passed calm v2',
    'chat: recovered turns-regression v2',
    'chat: recovered verifying v2',
    'night: inconclusive done-inconclusive v2',
    'night: recovered verifying v2',
    ...unmeasured.map((service) => `team: recovered ${service} v2`),
  ],
  instead: [
    'chat: inconclusive 2 deploys',
    'chat: inconclusive turns-regression v2',
    'night: inconclusive 2 deploys',
    ...unmeasured.map((service) => `team: inconclusive ${service} v2`),
  ],
};

/** The messages of the notifiers that hold nothing back for a digest. */
const sortedLines = (heard: readonly string[]) => heard.filter((line) => !line.startsWith('chat: ')).toSorted();

/** How many deploys the digests name together. Which of them share one depends on the order in which effects end that run at the same time. */
const digested = (heard: readonly string[]) =>
  heard.reduce((sum, line) => (line.startsWith('chat: ') ? sum + Number(/ (\d+) deploys$/.exec(line)?.[1] ?? 1) : sum), 0);

/** What the timeline of an older version did not have. */
const newKinds: readonly string[] = ['clear', 'extended', 'elsewhere', 'looked_around'];

/** Services whose checks need nothing of the past but what was learned from it. */
const learned = quick<unknown>(['turns-regression', 'turns-latency', 'stages', 'turns-memory', 'turns-orders', 'blind', 'again'], 3);

test('what was learned is used as it is: without the past that it came from, the verdicts are the same', async () => {
  const ids = new Set(tables.deploys.filter(({ service }) => learned.includes(service)).map(({ id }) => id));
  const isLearned = (row: Readonly<Record<string, unknown>>) => ids.has(row.id) || ids.has(row.deploy_id) || ids.has(row.bake_id);
  const some = mapTables((rows) => rows.filter(isLearned));
  const other = await open({ ...some, histories: some.histories.map((row) => ({ ...row, stretch: null })) });
  const server = serve(other, []);
  await server.runToEnd();
  for (const outcome of live.filter(({ id }) => ids.has(id))) await expectSame(other.store, outcome);
  await server.close();
  await other.close();
});

function mapTables(change: (rows: OlderRows['deploys']) => OlderRows['deploys']): OlderRows {
  return {
    deploys: change(tables.deploys),
    bakes: change(tables.bakes),
    measurements: change(tables.measurements),
    histories: change(tables.histories),
    timeline: change(tables.timeline),
    attempts: change(tables.attempts),
    deliveries: change(tables.deliveries),
    held_notices: change(tables.held_notices),
    presses: [],
    freezes: [],
  };
}

/**
 * It ended in the same state, at the same time. Every check was answered at every pass, with the same end and the same measured numbers. How strong the
 * evidence is, and from which pass on it is enough, may change with the judge.
 */
async function expectSame(store: Store, { id, bake, checks }: OlderOutcome): Promise<void> {
  const record = await store.find(id);
  const service = record?.deploy.service ?? '';
  const { at: _, ...end } = bake;
  if (unmeasured.includes(service)) return expect(record?.bake).toMatchObject({ ...end, unconfirmed: [expect.any(String)] });
  if (later.includes(service)) {
    expect(record?.bake).not.toHaveProperty('unconfirmed');
    return expect(record?.bake).toMatchObject(end);
  }
  expect(record?.bake).toMatchObject(bake);
  const seen: Record<string, { passes: number; last: unknown }> = {};
  for (const { check, phase, result } of await store.measurements(id)) {
    const key = `${check} ${phase}`;
    seen[key] = { passes: (seen[key]?.passes ?? 0) + 1, last: rounded(result) };
  }
  expect(seen).toMatchObject(
    Object.fromEntries(Object.entries(checks).map(([key, { outcomes, last }]) => [key, { passes: outcomes.length, last: rounded(last) }])),
  );
}

const ofTheJudge: readonly string[] = ['strength', 'smallestSeen', 'settledAfterMs'];

/** What was measured, with nine digits of each number: sums may be added up in another order. */
function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, one) =>
      ofTheJudge.includes(key) ? undefined : typeof one === 'number' ? Number(one.toPrecision(9)) : one,
    ),
  );
}

async function replayed(store: Store, id: string) {
  const read = readRecording(JSON.stringify(await exportRecording(store, id)));
  if (!read.ok) throw new Error(`${read.field}: ${read.message}`);
  return replay(read.recording, { analyzers, ruleSet: null });
}
