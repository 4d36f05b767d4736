import { createHash } from 'node:crypto';
import type { Database } from './database.ts';
import { drizzle, is, Param, PgDialect, Placeholder, type SQL, sql } from './drizzle.ts';
import { storable, storableText } from './storable.ts';

type Value = string | number | boolean | null;

/** A row by its column names, as the driver parsed it: `bigint` is a text, `jsonb` is a value. */
export type StatementRow = Readonly<Record<string, unknown>>;

/** A statement with a constant text, so that PostgreSQL parses and plans it once per connection. `values` fills its slots. */
export type Statement<Result = StatementRow> = (db: Database, values: Readonly<Record<string, Value>>) => Promise<readonly Result[]>;

/** A query of drizzle's builder. `params` holds placeholders and constants in order. */
type BuiltQuery = { readonly toSQL: () => { readonly sql: string; readonly params: readonly unknown[] } };

/** Builds queries for `compile`. It has no connection: awaiting one of its queries fails. */
export const build = drizzle.mock();

/** A slot of a statement: a value that is given at each run. */
export const slot = (name: string) => sql`${sql.placeholder(name)}`;

/**
 * Builds a statement once. Use it for queries that run in every pass over every bake: drizzle needs longer to build such a query than PostgreSQL to run
 * it, and a query that is not prepared is parsed and planned anew. Columns need different names, because `read` gets each row by its column names.
 */
export function compile(query: BuiltQuery | SQL): Statement;
export function compile<Result>(query: BuiltQuery | SQL, read: (row: StatementRow) => Result): Statement<Result>;
export function compile(query: BuiltQuery | SQL, read: (row: StatementRow) => unknown = (row) => row): Statement<unknown> {
  const { sql: text, params } = 'toSQL' in query ? query.toSQL() : new PgDialect().sqlToQuery(query);
  const slots = params.map(slotOf);
  const name = nameOf(text);
  return async (db, values) => {
    const filled = params.map((param, i) => fill(param, slots[i] ?? null, values));
    const { rows } = await db.$client.query({ text, values: filled, ...(db.keepsStatements && { name }) });
    return rows.map(read);
  };
}

function slotOf(param: unknown): string | null {
  const value = is(param, Param) ? param.value : param;
  return is(value, Placeholder) ? value.name : null;
}

function fill(param: unknown, slot: string | null, values: Readonly<Record<string, Value>>): Value {
  const value = slot === null ? param : values[slot];
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  throw new Error(`a statement has no value for ${slot ?? 'a parameter'}`);
}

/** The name under which a connection keeps a statement. PostgreSQL shortens names of more than 63 bytes. */
function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** A value as the text of a `jsonb` parameter. */
export function jsonText(value: unknown): string {
  return JSON.stringify(storable(value));
}

/** Runs the statements of pg-boss inside a transaction of ours, prepared like our own. */
export function executorOf(db: Database) {
  return {
    async executeSql(text: string, values: unknown[] = []) {
      return await db.$client.query({ text, values, ...(db.keepsStatements && { name: nameOf(text) }) });
    },
  };
}
