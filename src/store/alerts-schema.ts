import { instant, json, words } from './column-types.ts';
import { index, primaryKey } from './drizzle.ts';
import { bakewatch } from './schema.ts';

/** The alerts that other systems send, with one row for each time an alert fired. */
export const pushedAlerts = bakewatch.table(
  'pushed_alerts',
  {
    service: words('service').notNull(),
    environment: words('environment').notNull(),
    fingerprint: words('fingerprint').notNull(),
    startsAt: instant('starts_at').notNull(),
    /** Empty: it fires. */
    endedAt: instant('ended_at'),
    receivedAt: instant('received_at').notNull(),
    labels: json('labels').notNull(),
    summary: words('summary').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.service, table.environment, table.fingerprint, table.startsAt] }),
    index('pushed_alerts_received').on(table.receivedAt),
  ],
);

/** When each sender of alerts last reported one of a place. The empty place stands for anything that it sent. */
export const alertSenders = bakewatch.table(
  'alert_senders',
  {
    sender: words('sender').notNull(),
    service: words('service').notNull(),
    environment: words('environment').notNull(),
    heardAt: instant('heard_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sender, table.service, table.environment] })],
);
