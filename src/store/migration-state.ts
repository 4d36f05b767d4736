import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database } from './database.ts';
import { sql } from './drizzle.ts';

const Journal = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.number() })) });

/** A migration of this program: its name, and the number by which the database knows it. */
export type Migration = { readonly tag: string; readonly when: number };

/** How the schema of a database compares with the migrations of this program. */
export type MigrationState = {
  /** The number of the last migration that was applied; `null`: none was. */
  readonly last: number | null;
  readonly applied: number;
  /** The names of those that the next start of this program applies. */
  readonly pending: readonly string[];
  /** A newer program has migrated the database. */
  readonly isNewer: boolean;
};

/** The migrations of this program, in their order. */
export function knownMigrations(folder: string): readonly Migration[] {
  return Journal.parse(JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8'))).entries;
}

/** Reads which migrations a database has. It changes nothing. */
export async function readMigrationState(db: Database, known: readonly Migration[]): Promise<MigrationState> {
  const { rows: tables } = await db.execute(sql`select to_regclass('bakewatch_meta.migrations') is not null as "exists"`);
  if (tables[0]?.exists !== true) return stateOf([], known);
  const { rows } = await db.execute(sql`select created_at from bakewatch_meta.migrations order by created_at`);
  return stateOf(
    rows.map(({ created_at: at }) => Number(at)),
    known,
  );
}

/** Compares the applied migrations with those of this program, as drizzle does: all that are later than the last applied one are pending. */
export function stateOf(applied: readonly number[], known: readonly Migration[]): MigrationState {
  const last = applied.at(-1) ?? null;
  return {
    last,
    applied: applied.length,
    pending: known.filter(({ when }) => when > (last ?? Number.NEGATIVE_INFINITY)).map(({ tag }) => tag),
    isNewer: last !== null && last > (known.at(-1)?.when ?? Number.NEGATIVE_INFINITY),
  };
}
