import { instant, words } from './column-types.ts';
import { boolean, index, text } from './drizzle.ts';
import { bakewatch } from './schema.ts';

/**
 * How each finished bake ended: small rows, in the order in which the four keys of DORA read them. Triggers on `bakes` write them (`drizzle/0018_outcomes.sql`),
 * so a replica of a version without this table keeps it right, too. A bake that goes on after its end has no row until it ends again.
 */
export const outcomes = bakewatch.table(
  'outcomes',
  {
    service: words('service').notNull(),
    environment: words('environment').notNull(),
    registeredAt: instant('registered_at').notNull(),
    deployId: words('deploy_id').notNull(),
    state: text('state').notNull(),
    cause: text('cause').notNull(),
    adopted: boolean('adopted').notNull(),
    deployedAt: instant('deployed_at'),
    endedAt: instant('ended_at'),
    /** If it was rolled back: when that was ordered, and whether the bake had already ended. */
    orderedAt: instant('ordered_at'),
    hadEnded: boolean('had_ended').notNull(),
    didNotHelp: boolean('did_not_help').notNull(),
    committedAt: text('committed_at'),
  },
  // All columns, so that the index alone answers: the rows of one place are spread over the whole table.
  (table) => [
    index('outcomes_of_place').on(
      ...[table.service, table.environment, table.registeredAt, table.deployId, table.state, table.cause, table.adopted],
      ...[table.deployedAt, table.endedAt, table.orderedAt, table.hadEnded, table.didNotHelp, table.committedAt],
    ),
  ],
);
