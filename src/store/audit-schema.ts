import { instant, words } from './column-types.ts';
import { bigint, index, integer, sql } from './drizzle.ts';
import { bakewatch } from './schema.ts';

/**
 * The append-only audit trail; see `audit-chain.ts`. Triggers refuse changes, and deletions that no checkpoint covers (`drizzle/0020_audit.sql`). No foreign
 * key: what was done to a deploy stays known after the deploy was deleted.
 */
export const audit = bakewatch.table(
  'audit',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    at: instant('at').notNull(),
    actorKind: words('actor_kind').notNull(),
    actorName: words('actor_name').notNull(),
    verb: words('verb').notNull(),
    service: words('service'),
    environment: words('environment'),
    deployId: words('deploy_id'),
    outcome: words('outcome').notNull(),
    count: integer('count').notNull(),
    detail: words('detail').notNull(),
    requestId: words('request_id'),
    address: words('address'),
    previousHash: words('previous_hash').notNull(),
    hash: words('hash').notNull(),
  },
  (table) => [
    index('audit_at').on(table.at, table.seq),
    index('audit_service').on(table.service, table.seq),
    index('audit_cuts').on(table.seq).where(sql`verb = 'audit.cut'`),
  ],
);

/** A row as it is stored. */
export type StoredAudit = typeof audit.$inferSelect;
