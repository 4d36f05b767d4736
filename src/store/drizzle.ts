import { createRequire } from 'node:module';

/*
 * Drizzle as CommonJS. Node's loader of ES modules reads the nearest package.json once for each module. That of drizzle-orm has 180 KB, for about 250
 * modules: this costs half a second at every start, and 150 MB of memory that is not freed. The types are the same.
 */
const require = createRequire(import.meta.url);
const core: typeof import('drizzle-orm') = require('drizzle-orm');
const pgCore: typeof import('drizzle-orm/pg-core') = require('drizzle-orm/pg-core');
const nodePostgres: typeof import('drizzle-orm/node-postgres') = require('drizzle-orm/node-postgres');
const migrator: typeof import('drizzle-orm/node-postgres/migrator') = require('drizzle-orm/node-postgres/migrator');

/** The driver. It is CommonJS, too. */
export const pg: typeof import('pg') = require('pg');

// pg-boss takes its listeners off a connection that it gives up. What a pooler still says on it would end the process as an error without a listener.
const { emit } = pg.Client.prototype;
pg.Client.prototype.emit = function (this: InstanceType<typeof pg.Client>, ...event: Parameters<typeof emit>) {
  return event[0] === 'error' && this.listenerCount('error') === 0 ? false : emit.apply(this, event);
};

export type { SQL, SQLWrapper } from 'drizzle-orm';
export type { NodePgDatabase } from 'drizzle-orm/node-postgres';
export const {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  gt,
  gte,
  inArray,
  is,
  isNotNull,
  isNull,
  lt,
  lte,
  max,
  ne,
  not,
  notExists,
  notInArray,
  or,
  Param,
  Placeholder,
  sql,
} = core;
export const { alias, bigint, boolean, customType, index, integer, PgDialect, pgSchema, primaryKey, text, unique, uniqueIndex } = pgCore;
export const { drizzle } = nodePostgres;
export const { migrate } = migrator;
