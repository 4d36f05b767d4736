import type { Store } from '../ports/store.ts';
import { addActLinks, findActLink, useActLink } from './act-links.ts';
import { pruneAlerts, readPushedAlerts, takeAlerts } from './alerts.ts';
import { beginAttempt, endAttempt, readAttempts, readTimeline, saveAttemptOutput, saveAttemptProgram } from './audit-log.ts';
import { appendAudit, checkAudit, cutAudit, readAudit } from './audit-trail.ts';
import { countByState, firstFingerprint, listDeploys, saveFingerprint } from './catalog.ts';
import { changesAfter, newestChange, readSummaries, readVersions } from './changes.ts';
import { claimDue, countLive, nextDueAt, releaseClaims, renewClaims } from './claim.ts';
import { readNow } from './clock.ts';
import { type QueueEffects, writeTimeline } from './commit.ts';
import type { Database, Pool } from './database.ts';
import { beginDelivery, endDelivery, mute, press } from './deliveries.ts';
import { beginDigest, endDigest } from './digests.ts';
import { readReplacement } from './facts.ts';
import { onDatabase } from './failures.ts';
import { beat, leave } from './fleet.ts';
import { liftFreeze, readFreezes, setFreeze } from './freezes.ts';
import { readKnownGood } from './known-good.ts';
import { newestHistory, readHistories, readMeasurements, saveHistory } from './measurements.ts';
import { readNeighbors } from './neighbors.ts';
import { readOutcomes } from './outcomes.ts';
import { readNewestAnswers, readRecentStates, readTroubles } from './overview.ts';
import { readEnvironments, readServices } from './places.ts';
import { prune, readDeletions } from './prune.ts';
import { findRecord } from './record.ts';
import { register } from './register.ts';
import type { RowForm } from './row-form.ts';
import { offerRuleBook, readRuleBook, readRuleBookVersion, sawReplica } from './rule-books.ts';
import {
  addSession,
  addSignInLink,
  endSession,
  findSession,
  pruneSessions,
  readSessions,
  renewSession,
  sawSession,
  useSignInLink,
} from './sessions.ts';
import { createToken, findSecret, hasTokens, noteSecretUse, readTokens, revokeToken, rotateToken } from './tokens.ts';
import { update } from './update.ts';
import { updateQuietly } from './update-quietly.ts';

type StoreParts = Pick<Store, 'ping'> & { readonly pool: Pool; readonly queueEffects: QueueEffects; readonly rows: RowForm };

/** Creates the `Store` on PostgreSQL. `queueEffects` puts effects into the queue inside a given transaction. */
export function createStore({ pool, queueEffects, ping, rows }: StoreParts): Store {
  const writers = { queue: queueEffects, rows };
  const { db, transaction } = pool;
  const inTransaction = <T>(what: string, work: (tx: Database) => Promise<T>) => onDatabase(what, () => transaction(work));
  return {
    register: (registration, decide) => inTransaction('register', (tx) => register(tx, { registration, decide }, writers)),
    update: (id, expected, decide) => inTransaction('update', (tx) => update(tx, { id, expected, decide }, writers)),
    updateQuietly: (commits) => onDatabase('update quietly', () => updateQuietly(db, commits, rows)),
    find: (id) => onDatabase('find', () => findRecord(db, id)),
    list: (filter) => onDatabase('list', () => listDeploys(db, filter)),
    replacementOf: (deploy) => onDatabase('replacement', () => readReplacement(db, deploy)),
    knownGood: (place, limit) => onDatabase('known good', () => readKnownGood(db, { ...place, except: null }, limit)),
    services: () => onDatabase('services', () => readServices(db)),
    placesIn: (scope) => onDatabase('places', () => readServices(db, scope)),
    newestAnswers: (ids) => onDatabase('newest answers', () => readNewestAnswers(db, ids)),
    recentStates: (places, limit) => onDatabase('recent states', () => readRecentStates(db, places, limit)),
    neighbors: (scope, filter) => onDatabase('neighbors', () => readNeighbors(db, scope, filter)),
    troubles: (scope, filter) => onDatabase('troubles', () => readTroubles(db, scope, filter)),
    newestChange: () => onDatabase('newest change', () => newestChange(db)),
    changesAfter: (place, limit) => onDatabase('changes', () => changesAfter(db, place, limit)),
    versions: (ids) => onDatabase('versions', () => readVersions(db, ids)),
    summaries: (ids) => onDatabase('summaries', () => readSummaries(db, ids)),
    environments: (service) => onDatabase('environments', () => readEnvironments(db, service)),
    outcomes: (place, since) => onDatabase('outcomes', () => readOutcomes(db, place, since)),
    claimDue: (claim) => onDatabase('claim', () => claimDue(db, claim)),
    renewClaims: (renewal) => onDatabase('renew claims', () => renewClaims(db, renewal)),
    releaseClaims: (worker, except) => onDatabase('release claims', () => releaseClaims(db, worker, except)),
    nextDueAt: () => onDatabase('next due', () => nextDueAt(db)),
    countLive: () => onDatabase('count live', () => countLive(db)),
    measurements: (bakeId) => onDatabase('measurements', () => readMeasurements(db, bakeId)),
    saveHistory: (bakeId, histories) => onDatabase('save history', () => saveHistory(db, { bakeId, list: histories, rows })),
    newestHistory: (place, check, source) => onDatabase('newest history', () => newestHistory(db, place, { check, source })),
    histories: (bakeId) => onDatabase('histories', () => readHistories(db, bakeId)),
    timeline: (bakeId) => onDatabase('timeline', () => readTimeline(db, bakeId)),
    appendTimeline: (bakeId, entry) => onDatabase('append timeline', () => writeTimeline(db, bakeId, [entry])),
    beginAttempt: (attempt) => inTransaction('begin attempt', (tx) => beginAttempt(tx, attempt)),
    saveAttemptOutput: (attempt) => onDatabase('save output', () => saveAttemptOutput(db, attempt)),
    saveAttemptProgram: (attempt) => onDatabase('save program', () => saveAttemptProgram(db, attempt)),
    endAttempt: (attempt) => onDatabase('end attempt', () => endAttempt(db, attempt)),
    attempts: (bakeId) => onDatabase('attempts', () => readAttempts(db, bakeId)),
    recordAudit: (entry) => inTransaction('record audit', (tx) => appendAudit(tx, entry)),
    auditRows: (question) => onDatabase('audit rows', () => readAudit(db, question)),
    checkAudit: (expected) => onDatabase('check audit', () => checkAudit(db, expected)),
    cutAudit: (cut) => inTransaction('cut audit', (tx) => cutAudit(tx, cut)),
    beginDelivery: (delivery, choose) => inTransaction('begin delivery', (tx) => beginDelivery(tx, { delivery, choose, queueEffects })),
    endDelivery: (key, memory) => onDatabase('end delivery', () => endDelivery(db, key, memory)),
    beginDigest: (digest) => inTransaction('begin digest', (tx) => beginDigest(tx, digest)),
    postpone: (effect) => inTransaction('postpone notice', (tx) => queueEffects(tx, [effect])),
    endDigest: (digest, result) => inTransaction('end digest', (tx) => endDigest(tx, digest, result)),
    mute: (where, entry) => inTransaction('mute', (tx) => mute(tx, where, entry)),
    press: (key, at) => inTransaction('press', (tx) => press(tx, key, at)),
    saveFingerprint: (deployId, fingerprint, moment) =>
      onDatabase('save fingerprint', () => saveFingerprint(db, deployId, fingerprint, moment)),
    firstFingerprint: (deployId) => onDatabase('first fingerprint', () => firstFingerprint(db, deployId)),
    prune: (request) => inTransaction('prune', (tx) => prune(tx, request)),
    deletions: (bakeId) => onDatabase('deletions', () => readDeletions(db, bakeId)),
    freezes: (at) => onDatabase('freezes', () => readFreezes(db, at)),
    setFreeze: (freeze, writes) => inTransaction('set freeze', (tx) => setFreeze(tx, freeze, { ...writes, queue: queueEffects })),
    liftFreeze: (service, at, writes) =>
      inTransaction('lift freeze', (tx) => liftFreeze(tx, { service, at, ...writes, queue: queueEffects })),
    takeAlerts: (delivery) => inTransaction('take alerts', (tx) => takeAlerts(tx, delivery)),
    pushedAlerts: (question) => onDatabase('pushed alerts', () => readPushedAlerts(db, question)),
    pruneAlerts: (before) => onDatabase('prune alerts', () => pruneAlerts(db, before)),
    ruleBookVersion: () => onDatabase('rule book version', () => readRuleBookVersion(db)),
    ruleBook: () => onDatabase('rule book', () => readRuleBook(db)),
    sawReplica: (replica, at) => onDatabase('saw replica', () => sawReplica(db, replica, at)),
    offerRuleBook: (offer) => inTransaction('load the rule book', (tx) => offerRuleBook(tx, offer)),
    hasTokens: () => onDatabase('has tokens', () => hasTokens(db)),
    findSecret: (id) => onDatabase('find secret', () => findSecret(db, id)),
    tokens: () => onDatabase('tokens', () => readTokens(db)),
    createToken: (token, entry) => inTransaction('create token', (tx) => createToken(tx, token, entry)),
    rotateToken: (rotation, entry) => inTransaction('rotate token', (tx) => rotateToken(tx, rotation, entry)),
    revokeToken: (id, end, entry) => inTransaction('revoke token', (tx) => revokeToken(tx, { id, ...end }, entry)),
    noteSecretUse: (id, at) => onDatabase('note secret use', () => noteSecretUse(db, id, at)),
    addSession: (session) => inTransaction('add session', (tx) => addSession(tx, session)),
    findSession: (sha256, at) => onDatabase('find session', () => findSession(db, sha256, at)),
    sawSession: (id, at) => onDatabase('saw session', () => sawSession(db, id, at)),
    renewSession: (renewal) => onDatabase('renew session', () => renewSession(db, renewal)),
    sessions: () => onDatabase('sessions', () => readSessions(db)),
    endSession: (id) => onDatabase('end session', () => endSession(db, id)),
    pruneSessions: (old) => inTransaction('prune sessions', (tx) => pruneSessions(tx, old)),
    addSignInLink: (link) => onDatabase('add sign-in link', () => addSignInLink(db, link)),
    addActLinks: (links, keepFrom) => inTransaction('add act links', (tx) => addActLinks(tx, links, keepFrom)),
    findActLink: (sha256) => onDatabase('find act link', () => findActLink(db, sha256)),
    useActLink: (sha256, at) => onDatabase('use act link', () => useActLink(db, sha256, at)),
    useSignInLink: (sha256, at) => onDatabase('use sign-in link', () => useSignInLink(db, sha256, at)),
    countByState: () => onDatabase('count', () => countByState(db)),
    beat: (server) => onDatabase('beat', () => beat(db, server)),
    leave: (id) => onDatabase('leave', () => leave(db, id)),
    now: () => onDatabase('now', () => readNow(db)),
    ping,
  };
}
