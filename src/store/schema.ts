import { instant, json, words } from './column-types.ts';
import { bigint, boolean, index, integer, pgSchema, primaryKey, sql, text, unique } from './drizzle.ts';

/** The schema of all tables of this project, so that they do not mix with others in a shared database. */
export const bakewatch = pgSchema('bakewatch');

/** Registered deploys; only the fingerprints change later. `body`, `rules` and `plan` are values of the domain as JSON. */
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
    /** What the platform reported as running while this deploy was known good. */
    fingerprint: words('fingerprint'),
    /** What it reported when the deploy had finished. */
    firstFingerprint: words('first_fingerprint'),
    body: json('body').notNull(),
    rules: json('rules').notNull(),
    plan: json('plan').notNull(),
  },
  (table) => [
    unique('deploys_idempotency_key').on(table.idempotencyKey),
    index('deploys_newest').on(table.registeredAt, table.id),
    index('deploys_place').on(table.service, table.environment, table.registeredAt, table.id),
    index('deploys_service').on(table.service, table.registeredAt, table.id),
    index('deploys_environment').on(table.environment, table.registeredAt, table.id),
    index('deploys_version').on(table.service, table.environment, table.version, table.registeredAt),
  ],
);

/** The state of each bake. `nextAt` is `null` once the bake is final, so the partial indexes contain live bakes only. */
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
    /** When its pasts were deleted; the end of the bake where there were none. A bake that ended again after that may have pasts again. */
    pastPrunedAt: instant('past_pruned_at'),
    /** How much earlier than `nextAt` it counts as due, in the order of claims: more for an urgent bake. */
    headStartMs: integer('head_start_ms').notNull().default(0),
    /** When its ticks were deleted. A bake that was moved and ended again after that has ticks again. */
    prunedAt: instant('pruned_at'),
    body: json('body').notNull(),
  },
  (table) => [
    index('bakes_due').on(table.nextAt).where(sql`next_at is not null`),
    index('bakes_claim').on(sql`(next_at - head_start_ms)`).where(sql`next_at is not null`),
    index('bakes_live').on(table.service, table.environment).where(sql`next_at is not null`),
    // Lists by state: `begunAt` is when the deploy was registered.
    index('bakes_by_state').on(table.state, sql`((body->>'begunAt')::bigint)`, table.deployId),
    index('bakes_of_service_by_state').on(table.service, table.state, sql`((body->>'begunAt')::bigint)`, table.deployId),
    index('bakes_prunable')
      .on(sql`((body->>'at')::bigint)`)
      .where(sql`next_at is null and (pruned_at is null or pruned_at < (body->>'at')::bigint)`),
    index('bakes_past_prunable')
      .on(sql`((body->>'at')::bigint)`)
      .where(sql`next_at is null and coalesce(greatest(pruned_at, past_pruned_at), 0) < (body->>'at')::bigint`),
  ],
);

/**
 * All measurements; rows are only inserted, or deleted by `prune`. By the key, the first answer for the end of a window wins; a failed attempt (`answered`
 * is false) does not block a later answer. No foreign key, for speed: most rows are here, and they are written while the row of their bake is locked.
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

/** The past of each check, read once and frozen with the bake; rows are only inserted, or deleted by `prune`. */
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
    /** What is known of sources that matched no series in the whole past, while a sibling did. Empty in rows of versions that did not look. */
    unmatched: json('unmatched').notNull().default([]),
  },
  (table) => [primaryKey({ columns: [table.bakeId, table.check] })],
);

/** What people or a look at the neighbours found about a verdict afterwards, one row for each kind: it was a false alarm, or the cause lies elsewhere. */
export const marks = bakewatch.table(
  'marks',
  {
    deployId: words('deploy_id')
      .notNull()
      .references(() => deploys.id),
    kind: text('kind').notNull(),
    by: words('by').notNull(),
    why: words('why').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.deployId, table.kind] })],
);

/** The append-only timeline of each deploy. It is the audit log too. */
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

/** All attempts to perform an order, recorded before the hook starts. */
export const attempts = bakewatch.table(
  'attempts',
  {
    orderId: words('order_id').notNull(),
    number: integer('number').notNull(),
    bakeId: words('bake_id')
      .notNull()
      .references(() => deploys.id),
    /** The effect that carried the order: a person can give the same order again. Empty in rows of versions that did not store it. */
    effectId: words('effect_id').notNull().default(''),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at'),
    outcome: words('outcome'),
    output: words('output').notNull(),
    /** Until when the hook may run. Empty in rows of versions that did not store it, as the two below. */
    deadlineAt: instant('deadline_at'),
    /** The server that performs the attempt, and the program that it runs now. */
    owner: json('owner'),
    program: json('program'),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.number] }), index('attempts_bake').on(table.bakeId)],
);

/** The last notice about each deploy to each notifier, and what the notifier needs for the next one. */
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
    /** The topic of the notice, and when its delivery began; `at` is missing where it was delivered in a digest. */
    topic: text('topic'),
    at: instant('at'),
    /** A person wants no more notices about this deploy from this notifier. */
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
    /** The digest with this notice, once the digest has begun. */
    digestId: words('digest_id'),
  },
  (table) => [primaryKey({ columns: [table.bakeId, table.notifier] }), index('held_notices_due').on(table.notifier, table.dueAt)],
);

/** Recent presses of buttons, so that a press that comes in twice counts once. */
export const presses = bakewatch.table('presses', {
  key: words('key').primaryKey(),
  at: instant('at').notNull(),
});

/** Who stopped automatic rollbacks. The empty service stands for all services. */
export const freezes = bakewatch.table('freezes', {
  service: words('service').primaryKey(),
  by: words('by').notNull(),
  why: words('why').notNull(),
  since: instant('since').notNull(),
  /** When it ends by itself; null: a person must lift it. */
  until: instant('until'),
});

/** The versions of the rule book that the fleet shares; the highest one is in force. Rows are only inserted, or deleted when a hundred newer ones exist. */
export const ruleBooks = bakewatch.table('rule_books', {
  version: integer('version').primaryKey(),
  loadedAt: instant('loaded_at').notNull(),
  loadedBy: words('loaded_by').notNull(),
  /** Digests of the rules and the policy, and of what the config says of instances. */
  contentDigest: words('content_digest').notNull(),
  instancesDigest: words('instances_digest').notNull(),
  content: json('content').notNull(),
});

/** Which files each replica had at its last load, and when it was last seen. */
export const ruleFiles = bakewatch.table('rule_files', {
  replica: words('replica').primaryKey(),
  at: instant('at').notNull(),
  contentDigest: words('content_digest').notNull(),
  instancesDigest: words('instances_digest').notNull(),
});

/** The servers that are alive: each writes its row every few seconds. They share the limits of the providers. */
export const replicas = bakewatch.table('replicas', {
  id: words('id').primaryKey(),
  seenAt: instant('seen_at').notNull(),
});
