import type { DeployRecord, Registration, RegistrationContext, RegistrationDecision, RegistrationResult } from '../ports/bake-store.ts';
import type { Place } from '../ports/hook.ts';
import { appendAudit } from './audit-trail.ts';
import { type CommitWriters, nextAtOf, writeCommit, writeEntries } from './commit.ts';
import type { Database } from './database.ts';
import { and, asc, eq, isNotNull, or, sql } from './drizzle.ts';
import { lock, shareFreezeLock } from './locks.ts';
import { bake, findRecord, selectRecords, toRecord } from './record.ts';
import type { RowForm } from './row-form.ts';
import { bakes, deploys } from './schema.ts';

type DecideRegistration = (context: RegistrationContext) => RegistrationDecision;

/** Finds the deploy of an earlier call with the same key, or inserts deploy and bake and ends older bakes: `BakeStore.register`. */
export async function register(
  tx: Database,
  request: { readonly registration: Registration; readonly decide: DecideRegistration },
  writers: CommitWriters,
) {
  const { registration, decide } = request;
  const { service, environment } = registration.deploy;
  // Always the key first and the place second, so that two registrations cannot deadlock.
  if (registration.idempotencyKey !== null) await lock(tx, `key ${registration.idempotencyKey}`);
  await lock(tx, `place ${service} ${environment}`);
  const earlier = await findEarlier(tx, registration);
  if (earlier) return earlier;
  await shareFreezeLock(tx);
  const live = await lockLive(tx, registration.deploy);
  const decision = decide({ live });
  if (!decision.ok) return { kind: 'refused', refusal: decision.refusal } satisfies RegistrationResult;
  await insert(tx, { registration, decision, rows: writers.rows });
  for (const { id, commit } of decision.superseded) {
    const record = live.find(({ deploy }) => deploy.id === id);
    if (record === undefined) throw new Error(`a registration supersedes ${id}, which is not a live bake of its service`);
    await writeCommit(tx, { version: record.version, commit, ruleSet: record.ruleSet }, writers);
  }
  if (decision.first.effects.length > 0) await writers.queue(tx, decision.first.effects);
  // Last, because all others wait for the lock of the chain.
  if (decision.first.audit !== undefined) await appendAudit(tx, decision.first.audit);
  const { deploy, ruleSet, plan } = registration;
  return { kind: 'created', record: { deploy, bake: decision.first.next, version: 1, ruleSet, plan } } satisfies RegistrationResult;
}

async function findEarlier(tx: Database, registration: Registration): Promise<RegistrationResult | null> {
  if (registration.idempotencyKey === null) return null;
  const { idempotencyKey, olderKey, bodyHash, deploy } = registration;
  const registeredBy = sql<string>`${deploys.body}->>'registeredBy'`;
  const isOlder = olderKey === undefined ? undefined : and(eq(deploys.idempotencyKey, olderKey), eq(registeredBy, deploy.registeredBy));
  const [row] = await tx
    .select({ id: deploys.id, bodyHash: deploys.bodyHash, registeredBy })
    .from(deploys)
    .where(or(eq(deploys.idempotencyKey, idempotencyKey), isOlder));
  if (!row) return null;
  if (row.bodyHash !== bodyHash) return { kind: 'key_conflict', id: row.id, registeredBy: row.registeredBy };
  const record = await findRecord(tx, row.id);
  return record && { kind: 'existing', record };
}

async function lockLive(tx: Database, place: Place): Promise<readonly DeployRecord[]> {
  const isLive = and(eq(bake.service, place.service), eq(bake.environment, place.environment), isNotNull(bake.nextAt));
  const rows = await selectRecords(tx, isLive).orderBy(asc(deploys.registeredAt), asc(deploys.id)).for('update', { of: bake });
  return rows.map(toRecord);
}

type RegisteredRows = {
  readonly registration: Registration;
  readonly decision: Extract<RegistrationDecision, { ok: true }>;
  readonly rows: RowForm;
};

async function insert(tx: Database, { registration, decision, rows }: RegisteredRows): Promise<void> {
  const { deploy, idempotencyKey, bodyHash, ruleSet, plan } = registration;
  const { id, service, environment, registeredAt, adopted } = deploy;
  await tx.insert(deploys).values({
    id,
    service,
    environment,
    version: deploy.release.version,
    registeredAt,
    adopted,
    idempotencyKey,
    bodyHash,
    body: deploy,
    rules: ruleSet,
    plan,
  });
  const { next } = decision.first;
  const bakeRow = { deployId: id, service, environment, version: 1, state: next.state, nextAt: nextAtOf(next), body: next };
  await tx.insert(bakes).values(bakeRow);
  await writeEntries(tx, { id, ruleSet, rows }, decision.first);
}
