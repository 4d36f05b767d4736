import { instant, json, words } from './column-types.ts';
import { index, sql, uniqueIndex } from './drizzle.ts';
import { bakewatch } from './schema.ts';

/** The tokens of callers. A revoked one stays for a while: its name in the list says who revoked it, and the server is never open again. */
export const tokens = bakewatch.table(
  'tokens',
  {
    id: words('id').primaryKey(),
    name: words('name').notNull(),
    grant: json('grant').notNull(),
    /** Empty: its secrets have no end. */
    lifeMs: instant('life_ms'),
    createdAt: instant('created_at').notNull(),
    createdBy: words('created_by').notNull(),
    revokedAt: instant('revoked_at'),
    revokedBy: words('revoked_by'),
  },
  (table) => [uniqueIndex('tokens_name').on(table.name).where(sql`revoked_at is null`)],
);

/** The secrets of tokens, found by the id that is part of each. Only a salted hash is kept. */
export const tokenSecrets = bakewatch.table(
  'token_secrets',
  {
    id: words('id').primaryKey(),
    tokenId: words('token_id').notNull(),
    salt: words('salt').notNull(),
    hash: words('hash').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at'),
    lastUsedAt: instant('last_used_at'),
  },
  (table) => [index('token_secrets_token').on(table.tokenId, table.createdAt)],
);
