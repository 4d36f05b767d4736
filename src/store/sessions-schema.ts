import { instant, json, words } from './column-types.ts';
import { index, unique } from './drizzle.ts';
import { bakewatch } from './schema.ts';

/** Who has signed in. `sha256`: of the secret in the cookie, which is stored nowhere. */
export const sessions = bakewatch.table(
  'sessions',
  {
    id: words('id').primaryKey(),
    sha256: words('sha256').notNull(),
    /** The former secret, which stays valid for a moment. */
    formerSha256: words('former_sha256'),
    formerUntil: instant('former_until'),
    csrfSecret: words('csrf_secret').notNull(),
    kind: words('kind').notNull(),
    issuer: words('issuer').notNull(),
    subject: words('subject').notNull(),
    name: words('name').notNull(),
    email: words('email'),
    groups: json('groups').notNull(),
    createdAt: instant('created_at').notNull(),
    seenAt: instant('seen_at').notNull(),
    renewedAt: instant('renewed_at').notNull(),
  },
  (table) => [
    unique('sessions_sha256').on(table.sha256),
    index('sessions_former').on(table.formerSha256),
    index('sessions_person').on(table.issuer, table.subject, table.createdAt),
  ],
);

/** Links that sign their holder in once. A used one is deleted. */
export const signInLinks = bakewatch.table('sign_in_links', {
  sha256: words('sha256').primaryKey(),
  by: words('by').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
});
