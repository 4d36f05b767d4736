import type { Database } from './database.ts';
import { sql } from './drizzle.ts';
import { compile, slot } from './statement.ts';

const exclusive = compile(sql`select pg_advisory_xact_lock(hashtextextended(${slot('name')}, 0))`);
const shared = compile(sql`select pg_advisory_xact_lock_shared(hashtextextended(${slot('name')}, 0))`);
const immediate = compile(
  sql`select pg_try_advisory_xact_lock(hashtextextended(${slot('name')}, 0)) as taken`,
  ({ taken }) => taken === true,
);

/** Waits for the advisory lock of a name and holds it until the transaction ends. */
export async function lock(tx: Database, name: string): Promise<void> {
  await exclusive(tx, { name });
}

/** Takes the lock if no other transaction holds it. Returns whether it did. */
export async function tryLock(tx: Database, name: string): Promise<boolean> {
  const [taken] = await immediate(tx, { name });
  return taken === true;
}

const freezeLock = 'freeze';

/** Every transaction that decides about a bake holds this lock until it ends: it sees every freeze that was acknowledged before. */
export async function shareFreezeLock(tx: Database): Promise<void> {
  await shared(tx, { name: freezeLock });
}

/** Waits until no transaction is deciding about a bake. */
export async function lockFreezes(tx: Database): Promise<void> {
  await exclusive(tx, { name: freezeLock });
}
