import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../src/core/base/secret.ts';
import type { Store } from '../../src/ports/store.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import { openStore } from '../../src/store/open-store.ts';
import { bookPolicy } from '../contracts/store-rule-books.ts';
import { aToken } from '../contracts/store-tokens.ts';
import { administer, copyCluster, scratch, silentLog, systemClock } from '../support/database.ts';
import { aDeploy, aRegistration, commitOf, register, ruleSet, start, warming } from './fixtures.ts';

const path = process.env.PATH ?? '';
let directory: string;
let server: EmbeddedPostgres;

async function boot() {
  server = await startEmbeddedPostgres({ dataDir: directory, log: silentLog, path, settings: { fsync: 'off' } });
}

beforeEach(async () => {
  directory = mkdtempSync(join(scratch, 'bakewatch-away-'));
  await copyCluster(directory);
  await boot();
});
afterEach(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

const options = { dataDir: '', log: silentLog, clock: systemClock };

test('every method throws `unavailable` while the database is away, and works when it is back', async () => {
  const { store, queue, close } = await openStore({ ...options, databaseUrl: new Secret(server.url) });
  const { deploy } = await register(store);
  const id = deploy.id;
  const fresh = aDeploy();
  const notice = { kind: 'notify', topic: 'started', at: start, reasons: ['it began'] } as const;
  const place = { service: 'x', environment: 'production' };
  const key = { bakeId: id, notifier: 'team', noticeId: 'n' };
  const digest = { id: 'digest:1', notifier: 'team', at: start };
  const announcement = {
    id: 'a',
    kind: 'announce',
    notifier: 'team',
    topic: 'frozen',
    service: null,
    at: start,
    title: 't',
    reasons: ['r'],
  } as const;
  const actor = { kind: 'token', name: 'ci' } as const;
  const entry = { at: start, actor, verb: 'freeze', place: null, outcome: 'done', detail: '', requestId: null, address: null } as const;
  const aPerson = { kind: 'link', issuer: '', subject: 's', name: 'n', email: null, groups: [] } as const;
  const calls: Record<keyof Store | 'oldestAgeMs', () => Promise<unknown>> = {
    register: () => store.register(aRegistration(fresh), () => ({ ok: true, first: commitOf(warming(fresh)), superseded: [] })),
    update: () => store.update(id, null, ({ bake }) => ({ ok: true, ...commitOf(bake) })),
    updateQuietly: () => store.updateQuietly([{ version: 1, next: warming(deploy), ruleSet, timeline: [], measurements: [] }]),
    find: () => store.find(id),
    list: () => store.list({ limit: 1 }),
    services: () => store.services(),
    placesIn: () => store.placesIn([]),
    newestAnswers: () => store.newestAnswers([id]),
    recentStates: () => store.recentStates([place], 1),
    troubles: () => store.troubles([], { since: start, limit: 1 }),
    neighbors: () =>
      store.neighbors([{ services: [], environments: [] }], {
        place: { service: 'shop', environment: 'production' },
        from: 0,
        until: 1,
        limit: 1,
      }),
    newestChange: () => store.newestChange(),
    changesAfter: () => store.changesAfter(0, 1),
    versions: () => store.versions([id]),
    summaries: () => store.summaries([id]),
    environments: () => store.environments('x'),
    outcomes: () => store.outcomes(place, start),
    replacementOf: () => store.replacementOf(deploy),
    knownGood: () => store.knownGood(place, 1),
    claimDue: () => store.claimDue({ now: 1, leaseMs: 1, limit: 1, worker: 'w' }),
    renewClaims: () => store.renewClaims({ worker: 'w', bakeIds: [id], until: 1 }),
    releaseClaims: () => store.releaseClaims('w'),
    nextDueAt: () => store.nextDueAt(),
    beat: () => store.beat({ id: 'w', now: 2, aliveSince: 1 }),
    leave: () => store.leave('w'),
    countLive: () => store.countLive(),
    measurements: () => store.measurements(id),
    saveHistory: () => store.saveHistory(id, [{ check: 'a', stretch: null, source: 'prom', calibrations: [] }]),
    histories: () => store.histories(id),
    newestHistory: () => store.newestHistory(place, 'a', 'prom'),
    timeline: () => store.timeline(id),
    appendTimeline: () => store.appendTimeline(id, { at: start, kind: 'k', by: 'b', text: 't' }),
    beginAttempt: () => store.beginAttempt({ orderId: 'o', effectId: 'e', bakeId: id, at: start }),
    saveAttemptOutput: () => store.saveAttemptOutput({ orderId: 'o', number: 1, output: 'x' }),
    saveAttemptProgram: () => store.saveAttemptProgram({ orderId: 'o', number: 1, program: null }),
    endAttempt: () => store.endAttempt({ orderId: 'o', number: 1, at: start, outcome: 'x', output: '' }),
    attempts: () => store.attempts(id),
    recordAudit: () => store.recordAudit(entry),
    auditRows: () => store.auditRows({ scopes: [{ services: [], environments: [] }], order: 'newest', limit: 1 }),
    checkAudit: () => store.checkAudit(),
    cutAudit: () => store.cutAudit({ before: 0, at: start, limit: 1 }),
    beginDelivery: () => store.beginDelivery({ ...key, notice, at: start, since: start }, () => ({ kind: 'send' })),
    endDelivery: () => store.endDelivery(key, null),
    beginDigest: () => store.beginDigest(digest),
    endDigest: () => store.endDigest(digest, 'dropped'),
    mute: () => store.mute(key),
    press: () => store.press('p', start),
    saveFingerprint: () => store.saveFingerprint(id, 'f', 'passed'),
    firstFingerprint: () => store.firstFingerprint(id),
    prune: () => store.prune({ what: 'measurements', endedBefore: start, at: start, limit: 1 }),
    deletions: () => store.deletions(id),
    postpone: () => store.postpone(announcement),
    freezes: () => store.freezes(start),
    setFreeze: () => store.setFreeze({ service: 'x', by: 'b', why: 'w', since: start }),
    liftFreeze: () => store.liftFreeze('x', start),
    takeAlerts: () => store.takeAlerts({ sender: 's', at: start, reports: [] }),
    pushedAlerts: () => store.pushedAlerts({ match: { service: 'x' }, since: start }),
    pruneAlerts: () => store.pruneAlerts(start),
    addSession: () => store.addSession({ id: randomUUID(), sha256: randomUUID(), csrfSecret: 'c', person: aPerson, at: start, max: 10 }),
    findSession: () => store.findSession('s', start),
    sawSession: () => store.sawSession('s', start),
    renewSession: () => store.renewSession({ id: 's', from: 'a', to: 'b', at: start, graceUntil: start }),
    sessions: () => store.sessions(),
    endSession: () => store.endSession('s'),
    pruneSessions: () => store.pruneSessions({ createdBefore: start, seenBefore: start, at: start }),
    addSignInLink: () => store.addSignInLink({ sha256: randomUUID(), by: 'b', at: start, expiresAt: start }),
    useSignInLink: () => store.useSignInLink('s', start),
    addActLinks: () => store.addActLinks([], start),
    findActLink: () => store.findActLink('s'),
    useActLink: () => store.useActLink('s', start),
    ruleBookVersion: () => store.ruleBookVersion(),
    ruleBook: () => store.ruleBook(),
    sawReplica: () => store.sawReplica('r', start),
    offerRuleBook: () =>
      store.offerRuleBook({ replica: 'r', content: { entries: [], policy: bookPolicy }, instances: 'i', isExplicit: true, at: 1, by: 'b' }),
    hasTokens: () => store.hasTokens(),
    findSecret: () => store.findSecret('none'),
    tokens: () => store.tokens(),
    createToken: () => store.createToken(aToken()),
    rotateToken: () => store.rotateToken({ id: 'none', lifeMs: null, secret: aToken().secret, at: start, overlapMs: 0 }),
    revokeToken: () => store.revokeToken('none', { at: start, by: 'b' }),
    noteSecretUse: () => store.noteSecretUse('none', start),
    countByState: () => store.countByState(),
    now: () => store.now(),
    ping: () => store.ping(),
    oldestAgeMs: () => queue.oldestAgeMs(start),
  };
  await server.stop();
  for (const [name, call] of Object.entries(calls)) {
    await expect(call(), name).rejects.toMatchObject({ name: 'AppError', code: 'unavailable' });
  }
  await boot();
  for (const [name, call] of Object.entries(calls)) {
    await expect.poll(() => call().then(() => name), { timeout: 10_000 }).toBe(name);
  }
  await close();
});

test('a start without a database fails in one sentence, without the password', async () => {
  const databaseUrl = new Secret('postgres://me:hunter2@127.0.0.1:1/none');
  const failure = await openStore({ ...options, databaseUrl }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'unavailable', message: 'the database cannot be reached (connect): connection refused' });
  expect(JSON.stringify(failure)).not.toContain('hunter2');
});

test('parses database URLs like libpq, and refuses others without repeating them', () => {
  expect(parseDatabaseUrl('postgresql://a%40b:p%3A%2F@[::1]:5433/my%20db?sslmode=require')).toEqual({
    host: '::1',
    port: 5433,
    user: 'a@b',
    password: 'p:/',
    database: 'my db',
    tls: { rejectUnauthorized: false },
    poolMode: null,
  });
  expect(parseDatabaseUrl('postgres://me@localhost/db?host=/run/postgres')).toMatchObject({
    host: '/run/postgres',
    port: 5432,
    tls: false,
  });
  expect(parseDatabaseUrl('postgres://db.example.com/')).toMatchObject({ user: 'postgres', database: 'postgres', password: '' });
  for (const url of ['mysql://me:hunter2@h/db', 'hunter2', 'postgres://me:hunter2@h/db?sslmode=prefer']) {
    expect(() => parseDatabaseUrl(url)).toThrow(
      expect.objectContaining({ code: 'invalid', message: expect.not.stringContaining('hunter2') }),
    );
  }
});

test.for(['postgres://me:hunter2@a:5432,b:5432/db', 'postgres://a,b/db', 'postgres://me:hunter2@h/db?host=a,b'])(
  'a database URL with several hosts is refused with what to do instead: %s',
  (url) => {
    expect(() => parseDatabaseUrl(url)).toThrow(/^the database URL names several hosts, .* name one address that leads to the primary/);
  },
);

test('a password may have a comma', () => {
  expect(parseDatabaseUrl('postgres://me:a,b@h/db')).toMatchObject({ host: 'h', password: 'a,b' });
});

test('a full disk is reported, and the store works when there is room again', async () => {
  const { store, close } = await openStore({ ...options, databaseUrl: new Secret(server.url) });
  const run = (statement: string) => administer(server.url, statement);
  await run(`create function bakewatch.no_room() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$`);
  await run('create trigger no_room before insert on bakewatch.deploys execute function bakewatch.no_room()');
  const error = await register(store).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'unavailable', message: 'the database cannot write: its disk is full or broken (register)' });
  await store.ping();
  await run('drop trigger no_room on bakewatch.deploys');
  expect((await register(store)).version).toBe(1);
  await close();
});
