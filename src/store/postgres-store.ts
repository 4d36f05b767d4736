import type { Store } from '../ports/store.ts';
import { beginAttempt, endAttempt, readAttempts, saveAttemptOutput } from './attempts.ts';
import { countByState, listDeploys, saveFingerprint } from './catalog.ts';
import { claimDue, nextDueAt, releaseClaims } from './claim.ts';
import { type QueueEffects, writeTimeline } from './commit.ts';
import type { Database } from './database.ts';
import { beginDelivery, endDelivery, mute, press } from './deliveries.ts';
import { beginDigest, endDigest } from './digests.ts';
import { sql } from './drizzle.ts';
import { reaching } from './failures.ts';
import { liftFreeze, readFreezes, setFreeze } from './freezes.ts';
import { readKnownGood } from './known-good.ts';
import { readOutcomes } from './outcomes.ts';
import { readEnvironments, readServices } from './places.ts';
import { prune, prunedAt } from './prune.ts';
import { findRecord } from './record.ts';
import { register } from './register.ts';
import { newestHistory, readHistories, readMeasurements, readTimeline, saveHistory } from './story.ts';
import { update } from './update.ts';

/** The `Store` on PostgreSQL. `queueEffects` puts effects into the queue inside the transaction that it is handed. */
export function createStore({ db, queueEffects }: { readonly db: Database; readonly queueEffects: QueueEffects }): Store {
  const inTransaction = <T>(what: string, work: (tx: Database) => Promise<T>) => reaching(what, () => db.transaction(work));
  const plainly = <T>(what: string, work: (db: Database) => Promise<T>) => reaching(what, () => work(db));
  return {
    register: (registration, decide) => inTransaction('register', (tx) => register(tx, { registration, decide }, queueEffects)),
    update: (id, expectedVersion, decide) => inTransaction('update', (tx) => update(tx, { id, expectedVersion, decide }, queueEffects)),
    find: (id) => plainly('find', () => findRecord(db, id)),
    list: (filter) => plainly('list', () => listDeploys(db, filter)),
    knownGood: (place, limit) => plainly('known good', () => readKnownGood(db, { ...place, except: null }, limit)),
    services: () => plainly('services', readServices),
    environments: (service) => plainly('environments', (reached) => readEnvironments(reached, service)),
    outcomes: (place, since) => plainly('outcomes', (reached) => readOutcomes(reached, place, since)),
    claimDue: (claim) => plainly('claim', () => claimDue(db, claim)),
    releaseClaims: (worker) => plainly('release claims', () => releaseClaims(db, worker)),
    nextDueAt: () => plainly('next due', nextDueAt),
    measurements: (bakeId) => plainly('measurements', () => readMeasurements(db, bakeId)),
    saveHistory: (bakeId, histories) => plainly('save history', () => saveHistory(db, bakeId, histories)),
    newestHistory: (place, check, source) => plainly('newest history', () => newestHistory(db, place, { check, source })),
    histories: (bakeId) => plainly('histories', () => readHistories(db, bakeId)),
    timeline: (bakeId) => plainly('timeline', () => readTimeline(db, bakeId)),
    appendTimeline: (bakeId, entry) => plainly('append timeline', () => writeTimeline(db, bakeId, [entry])),
    beginAttempt: (attempt) => inTransaction('begin attempt', (tx) => beginAttempt(tx, attempt)),
    saveAttemptOutput: (attempt) => plainly('save output', () => saveAttemptOutput(db, attempt)),
    endAttempt: (attempt) => plainly('end attempt', () => endAttempt(db, attempt)),
    attempts: (bakeId) => plainly('attempts', () => readAttempts(db, bakeId)),
    beginDelivery: (delivery, choose) => inTransaction('begin delivery', (tx) => beginDelivery(tx, { delivery, choose, queueEffects })),
    endDelivery: (key, memory) => plainly('end delivery', () => endDelivery(db, key, memory)),
    beginDigest: (digest) => inTransaction('begin digest', (tx) => beginDigest(tx, digest)),
    endDigest: (digest, result) => inTransaction('end digest', (tx) => endDigest(tx, digest, result)),
    mute: (where) => plainly('mute', () => mute(db, where)),
    press: (key, at) => inTransaction('press', (tx) => press(tx, key, at)),
    saveFingerprint: (deployId, fingerprint) => plainly('save fingerprint', () => saveFingerprint(db, deployId, fingerprint)),
    prune: (request) => inTransaction('prune', (tx) => prune(tx, request)),
    prunedAt: (bakeId) => plainly('pruned', () => prunedAt(db, bakeId)),
    freezes: () => plainly('freezes', readFreezes),
    setFreeze: (freeze) => inTransaction('set freeze', (tx) => setFreeze(tx, freeze)),
    liftFreeze: (service) => plainly('lift freeze', () => liftFreeze(db, service)),
    countByState: () => plainly('count', countByState),
    ping: () => plainly('ping', async () => void (await db.execute(sql`select 1`))),
  };
}
