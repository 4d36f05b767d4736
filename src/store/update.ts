import { eq } from 'drizzle-orm';
import type { Facts } from '../core/facts.ts';
import type { Decision, DeployRecord, UpdateResult } from '../ports/store.ts';
import { type QueueEffects, writeCommit } from './commit.ts';
import { type Database, lock } from './database.ts';
import { freezeLock, readFacts } from './facts.ts';
import { bake, selectRecords, toRecord } from './record.ts';

type Request = {
  readonly id: string;
  readonly expectedVersion: number | null;
  readonly decide: (record: DeployRecord, facts: Facts) => Decision;
};

/** Lets `decide` choose on what the row lock and the facts show, and commits its choice: `Store.update`. */
export async function update(tx: Database, request: Request, queue: QueueEffects): Promise<UpdateResult> {
  const [row] = await selectRecords(tx, eq(bake.deployId, request.id)).for('update', { of: bake });
  if (!row) return { kind: 'not_found' };
  if (request.expectedVersion !== null && row.version !== request.expectedVersion) return { kind: 'lost' };
  const record = toRecord(row);
  // Held to the end: a freeze that was acknowledged is seen by every decision after it.
  await lock(tx, freezeLock, 'shared');
  const facts = await readFacts(tx, record.deploy);
  const decision = request.decide(record, facts);
  if (!decision.ok) return { kind: 'refused', refusal: decision.refusal };
  const version = await writeCommit(tx, { version: record.version, commit: decision }, queue);
  return { kind: 'committed', record: { ...record, bake: decision.next, version } };
}
