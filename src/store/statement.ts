import type { Sql, TransactionSql } from 'postgres';
import type { Database } from './database.ts';
import { is, Param, PgDialect, Placeholder, PostgresJsSession, type SQL, sql } from './drizzle.ts';
import { storable, storableText } from './storable.ts';

type Value = string | number | boolean | null;

/** A statement whose text never changes, so that PostgreSQL parses and plans it once a connection. Answers rows as lists of their columns. */
export type Statement = (db: Database, values: Readonly<Record<string, Value>>) => Promise<readonly (readonly unknown[])[]>;

/** What drizzle's builders answer; `params` holds placeholders and constants in order. */
type Built = { readonly toSQL: () => { readonly sql: string; readonly params: readonly unknown[] } };

/**
 * Builds a statement once, for the few that run on every tick of every bake: building takes drizzle longer than running takes PostgreSQL, and
 * without a prepared statement each needs two round trips. Values are named by `sql.placeholder`.
 */
export function compile(query: Built | SQL): Statement {
  const { sql: text, params } = 'toSQL' in query ? query.toSQL() : new PgDialect().sqlToQuery(query);
  const slots = params.map(slotOf);
  return async (db, values) => {
    const filled = params.map((param, i) => fill(param, slots[i] ?? null, values));
    return await clientOf(db).unsafe(text, filled, { prepare: true }).values();
  };
}

function fill(param: unknown, slot: string | null, values: Readonly<Record<string, Value>>): Value {
  const value = slot === null ? param : values[slot];
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  throw new Error(`a statement has no value for ${slot ?? 'a parameter'}`);
}

function slotOf(param: unknown): string | null {
  const value = is(param, Param) ? param.value : param;
  return is(value, Placeholder) ? value.name : null;
}

/** The driver below a pool or a transaction of drizzle. */
function clientOf(db: Database): Sql | TransactionSql {
  const { session } = db._;
  if (session instanceof PostgresJsSession) return session.client;
  throw new Error('the store needs drizzle on postgres.js');
}

/** A value as the text of a `jsonb` parameter. */
export function jsonText(value: unknown): string {
  return JSON.stringify(storable(value));
}

/** A statement's slot for a value that is handed in at each run. */
export const slot = (name: string) => sql`${sql.placeholder(name)}`;

/** Runs pg-boss's statements inside a transaction of ours, prepared like our own. */
export function executorOf(db: Database) {
  return {
    async executeSql(text: string, values: unknown[] = []) {
      // pg-boss sends texts, numbers and lists of them; the driver's own type leaves no room for "whatever pg-boss sends".
      const rows = await clientOf(db).unsafe(text, values as Value[], { prepare: true });
      return { rows: [...rows] };
    },
  };
}
