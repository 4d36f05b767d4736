import type { DecideUpdate, ExpectedState, UpdateResult } from '../ports/bake-store.ts';
import { isNewestAttempt } from './audit-log.ts';
import { appendAudit } from './audit-trail.ts';
import { type CommitWriters, writeCommit } from './commit.ts';
import type { Database } from './database.ts';
import { eq } from './drizzle.ts';
import { readFacts } from './facts.ts';
import { shareFreezeLock } from './locks.ts';
import { bake, selectRecords, toRecord } from './record.ts';
import { build, compile, slot } from './statement.ts';

type UpdateRequest = {
  readonly id: string;
  readonly expected: ExpectedState;
  readonly decide: DecideUpdate;
};

const lockRecord = compile(selectRecords(build, eq(bake.deployId, slot('id'))).for('update', { of: bake }), toRecord);

/** Locks the bake, calls `decide` and commits its decision: `BakeStore.update`. */
export async function update(tx: Database, request: UpdateRequest, writers: CommitWriters): Promise<UpdateResult> {
  const { expected } = request;
  // First of all, because attempts begin under this lock too.
  if (expected !== null && typeof expected !== 'number' && !(await isNewestAttempt(tx, expected))) return { kind: 'lost' };
  const [[record]] = await Promise.all([lockRecord(tx, { id: request.id }), shareFreezeLock(tx)]);
  if (record === undefined) return { kind: 'not_found' };
  if (typeof expected === 'number' && record.version !== expected) return { kind: 'lost' };
  const decision = await request.decide(record, (passedOver) => readFacts(tx, record.deploy, passedOver));
  if (!decision.ok) return { kind: 'refused', refusal: decision.refusal };
  const version = await writeCommit(tx, { version: record.version, commit: decision, ruleSet: record.ruleSet }, writers);
  // Last, because all others wait for the lock of the chain.
  if (decision.audit !== undefined) await appendAudit(tx, decision.audit);
  return { kind: 'committed', record: { ...record, bake: decision.next, version } };
}
