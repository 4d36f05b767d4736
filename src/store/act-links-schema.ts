import { instant, words } from './column-types.ts';
import { index } from './drizzle.ts';
import { bakewatch } from './schema.ts';

/** Links in notices, each for one act. `sha256`: of the secret in the address, which is stored nowhere. */
export const actLinks = bakewatch.table(
  'act_links',
  {
    sha256: words('sha256').primaryKey(),
    deployId: words('deploy_id').notNull(),
    verb: words('verb').notNull(),
    /** The stamp of the bake for which the link was made. */
    version: words('version').notNull(),
    notifier: words('notifier').notNull(),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
  },
  (table) => [index('act_links_expires').on(table.expiresAt)],
);
