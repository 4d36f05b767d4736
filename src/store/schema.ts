import { bigint, boolean, customType, index, integer, pgSchema, primaryKey, sql, text, unique } from './drizzle.ts';
import { storable, storableText } from './storable.ts';

/** A `jsonb` column: made storable when written, `unknown` when read, so that every reader parses it. */
const json = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(storable(value)),
  fromDriver: (value) => (typeof value === 'string' ? JSON.parse(value) : value),
});

/** A `text` column whose values are made storable, also where they are compared with. */
const words = customType<{ data: string; driverData: string }>({ dataType: () => 'text', toDriver: storableText });

/** An instant in epoch milliseconds: exact, and the same in every session's time zone. */
const instant = (name: string) => bigint(name, { mode: 'number' });

/** All of the project's own tables lie in one schema, so that a shared database stays tidy. */
export const bakewatch = pgSchema('bakewatch');

/** What was registered; only the fingerprint is ever changed. `body`, `rules` and `plan` are the domain's values as JSON. */
export const deploys = bakewatch.table(
  'deploys',
  {
    id: words('id').primaryKey(),
    service: words('service').notNull(),
    environment: words('environment').notNull(),
    version: words('version').notNull(),
    registeredAt: instant('registered_at').notNull(),
    adopted: boolean('adopted').notNull(),
    idempotencyKey: words('idempotency_key'),
    bodyHash: words('body_hash').notNull(),
    fingerprint: words('fingerprint'),
    body: json('body').notNull(),
    rules: json('rules').notNull(),
    plan: json('plan').notNull(),
  },
  (table) => [
    unique('deploys_idempotency_key').on(table.idempotencyKey),
    index('deploys_newest').on(table.registeredAt, table.id),
    index('deploys_place').on(table.service, table.environment, table.registeredAt, table.id),
    index('deploys_version').on(table.service, table.environment, table.version, table.registeredAt),
  ],
);

/** Where each bake stands. `nextAt` is `null` once the bake is final, so the partial indexes hold live bakes only. */
export const bakes = bakewatch.table(
  'bakes',
  {
    deployId: words('deploy_id')
      .primaryKey()
      .references(() => deploys.id),
    service: words('service').notNull(),
    environment: words('environment').notNull(),
    state: text('state').notNull(),
    nextAt: instant('next_at'),
    version: integer('version').notNull(),
    leaseBy: words('lease_by'),
    leaseUntil: instant('lease_until'),
    /** When its ticks were deleted. A bake that moved and ended again since has ticks again. */
    prunedAt: instant('pruned_at'),
    body: json('body').notNull(),
  },
  (table) => [
    index('bakes_due').on(table.nextAt).where(sql`next_at is not null`),
    index('bakes_live').on(table.service, table.environment).where(sql`next_at is not null`),
    index('bakes_state').on(table.state),
    index('bakes_prunable')
      .on(sql`((body->>'at')::bigint)`)
      .where(sql`next_at is null and (pruned_at is null or pruned_at < (body->>'at')::bigint)`),
  ],
);

/**
 * Every check ever asked; insert-only. The key lets the first answer for a window's end win; a failed try (`answered` is false) never stands
 * in the way of a later answer. No foreign key: these rows are written with their bake's row locked, and are by far the most.
 */
export const measurements = bakewatch.table(
  'measurements',
  {
    bakeId: words('bake_id').notNull(),
    phase: text('phase').notNull(),
    check: words('check_name').notNull(),
    windowTo: instant('window_to').notNull(),
    answered: boolean('answered').notNull(),
    at: instant('at').notNull(),
    body: json('body').notNull(),
  },
  (table) => [primaryKey({ columns: [table.bakeId, table.phase, table.check, table.windowTo, table.answered] })],
);

/** The past of each check, read once and frozen with the bake; insert-only. */
export const histories = bakewatch.table(
  'histories',
  {
    bakeId: words('bake_id')
      .notNull()
      .references(() => deploys.id),
    check: words('check_name').notNull(),
    stretch: json('stretch'),
    source: words('source').notNull().default(''),
    calibrations: json('calibrations').notNull().default([]),
  },
  (table) => [primaryKey({ columns: [table.bakeId, table.check] })],
);

/** The append-only story of each deploy, which is the audit log as well. */
export const timeline = bakewatch.table(
  'timeline',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    bakeId: words('bake_id')
      .notNull()
      .references(() => deploys.id),
    at: instant('at').notNull(),
    kind: words('kind').notNull(),
    by: words('by').notNull(),
    text: words('text').notNull(),
    detail: words('detail'),
  },
  (table) => [index('timeline_bake').on(table.bakeId, table.id)],
);

/** Every try at performing an order, recorded before the hook starts. */
export const attempts = bakewatch.table(
  'attempts',
  {
    orderId: words('order_id').notNull(),
    number: integer('number').notNull(),
    bakeId: words('bake_id')
      .notNull()
      .references(() => deploys.id),
    /** Which order it tries: a person may give the same one again. Empty in rows of before it was kept. */
    effectId: words('effect_id').notNull().default(''),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at'),
    outcome: words('outcome'),
    output: words('output').notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.number] }), index('attempts_bake').on(table.bakeId)],
);

/** What each notifier was last told about a deploy, and what it is to be reminded of at the next notice. */
export const deliveries = bakewatch.table(
  'deliveries',
  {
    bakeId: words('bake_id')
      .notNull()
      .references(() => deploys.id),
    notifier: words('notifier').notNull(),
    noticeId: words('notice_id').notNull(),
    arrived: boolean('arrived').notNull(),
    memory: json('memory'),
    /** What it was told, and when that was begun; `at` is missing where it was told in a digest only. */
    topic: text('topic'),
    at: instant('at'),
    /** A person wants to hear no more of this deploy there. */
    muted: boolean('muted').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.bakeId, table.notifier] }), index('deliveries_lately').on(table.notifier, table.at)],
);

/** The newest notice of each deploy that is held back from a notifier, until `dueAt`. */
export const heldNotices = bakewatch.table(
  'held_notices',
  {
    bakeId: words('bake_id')
      .notNull()
      .references(() => deploys.id),
    notifier: words('notifier').notNull(),
    noticeId: words('notice_id').notNull(),
    notice: json('notice').notNull(),
    dueAt: instant('due_at').notNull(),
    /** The digest that tells of it, once that was begun. */
    digestId: words('digest_id'),
  },
  (table) => [primaryKey({ columns: [table.bakeId, table.notifier] }), index('held_notices_due').on(table.notifier, table.dueAt)],
);

/** Buttons pressed of late, so that a press that comes in twice is one press. */
export const presses = bakewatch.table('presses', {
  key: words('key').primaryKey(),
  at: instant('at').notNull(),
});

/** Who stopped automatic rollbacks. The empty service means everywhere. */
export const freezes = bakewatch.table('freezes', {
  service: words('service').primaryKey(),
  by: words('by').notNull(),
  why: words('why').notNull(),
  since: instant('since').notNull(),
});
