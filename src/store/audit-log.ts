import { z } from 'zod';
import type { TimelineEntry } from '../core/bake/narrate.ts';
import { AppError } from '../core/base/errors.ts';
import type { Attempt, AttemptProgram, AttemptRef, NewAttempt } from '../ports/audit-log.ts';
import type { Database } from './database.ts';
import { alias, and, asc, eq, gt, isNull, notExists, sql } from './drizzle.ts';
import { lock } from './locks.ts';
import { read } from './read.ts';
import { attempts, timeline } from './schema.ts';
import { build, compile, jsonText, type StatementRow, slot } from './statement.ts';

const attemptsAtOrder = compile(
  build
    .select()
    .from(attempts)
    .where(eq(attempts.orderId, slot('orderId')))
    .orderBy(asc(attempts.number)),
  toAttempt,
);
const attemptsOfBake = compile(
  build
    .select()
    .from(attempts)
    .where(eq(attempts.bakeId, slot('bakeId')))
    .orderBy(asc(attempts.startedAt), asc(attempts.number)),
  toAttempt,
);
const addAttempt = compile(
  sql`insert into ${attempts} (order_id, number, bake_id, effect_id, started_at, output, deadline_at, owner, program)
    values (${slot('orderId')}, (select coalesce(max(${attempts.number}), 0) + 1 from ${attempts} where ${attempts.orderId} = ${slot('orderId')}),
      ${slot('bakeId')}, ${slot('effectId')}, ${slot('at')}, '', ${slot('deadlineAt')}, ${slot('owner')}, ${slot('program')})
    returning number`,
  ({ number }) => Number(number),
);

type EndedAttempt = AttemptRef & { readonly at: number; readonly outcome: string; readonly output: string };

/** Numbers and records an attempt. The lock prevents two workers from taking the same number: `AuditLog.beginAttempt`. */
export async function beginAttempt(
  tx: Database,
  attempt: NewAttempt,
): Promise<{ readonly number: number; readonly earlier: readonly Attempt[] }> {
  const { orderId, effectId, bakeId, at, after, deadlineAt = null, owner, program } = attempt;
  const json = (value: object | undefined) => (value === undefined ? null : jsonText(value));
  // Sent together, because a hook waits for them. The connection keeps their order, and each sees what was committed before the lock was taken.
  const [, earlier, [inserted]] = await Promise.all([
    lockOrder(tx, orderId),
    attemptsAtOrder(tx, { orderId }),
    addAttempt(tx, { orderId, bakeId, effectId, at, deadlineAt, owner: json(owner), program: json(program) }),
  ]);
  if (inserted === undefined) throw new Error('the insert of an attempt returned no row');
  if (after !== undefined && (earlier.at(-1)?.number ?? 0) !== after)
    throw new AppError('conflict', `attempt ${earlier.at(-1)?.number} at this order has begun elsewhere`);
  return { number: inserted, earlier };
}

/** Attempts at an order begin one after the other, and none begins while a decision about the order is committed. */
async function lockOrder(tx: Database, orderId: string): Promise<void> {
  await lock(tx, `order ${orderId}`);
}

/** Whether the attempt is the newest one at its order. Until the transaction ends, none begins after it. */
export async function isNewestAttempt(tx: Database, { orderId, number }: AttemptRef): Promise<boolean> {
  const [, newer] = await Promise.all([
    lockOrder(tx, orderId),
    tx
      .select({ number: attempts.number })
      .from(attempts)
      .where(and(eq(attempts.orderId, orderId), gt(attempts.number, number)))
      .limit(1),
  ]);
  return newer.length === 0;
}

const newer = alias(attempts, 'newer');

/** The row of an attempt that has not ended, if no newer one at its order has begun. */
function openRow(db: Database, { orderId, number }: AttemptRef) {
  return and(
    eq(attempts.orderId, orderId),
    eq(attempts.number, number),
    isNull(attempts.endedAt),
    notExists(
      db
        .select({ number: newer.number })
        .from(newer)
        .where(and(eq(newer.orderId, orderId), gt(newer.number, number))),
    ),
  );
}

/** Stores what a running attempt has printed: `AuditLog.saveAttemptOutput`. */
export async function saveAttemptOutput(db: Database, attempt: AttemptRef & { readonly output: string }): Promise<void> {
  await db.update(attempts).set({ output: attempt.output }).where(openRow(db, attempt));
}

/** Stores which program a running attempt runs: `AuditLog.saveAttemptProgram`. */
export async function saveAttemptProgram(
  db: Database,
  attempt: AttemptRef & { readonly program: AttemptProgram | null },
): Promise<boolean> {
  const saved = await db
    .update(attempts)
    .set({ program: attempt.program })
    .where(openRow(db, attempt))
    .returning({ number: attempts.number });
  return saved.length > 0;
}

/** Records how an attempt ended: `AuditLog.endAttempt`. */
export async function endAttempt(db: Database, attempt: EndedAttempt): Promise<boolean> {
  const { at, outcome, output } = attempt;
  const ended = await db
    .update(attempts)
    .set({ endedAt: at, outcome, output })
    .where(openRow(db, attempt))
    .returning({ number: attempts.number });
  return ended.length > 0;
}

const Process = z.object({ pid: z.number(), start: z.string() });
const Program = Process.extend({ hasOutlived: z.literal(true).exactOptional() });
const Owner = Process.extend({ host: z.string(), space: z.string() });

/** `bigint` arrives as a text. */
const instantOf = (value: unknown) => (value === null ? null : Number(value));

function toAttempt(row: StatementRow): Attempt {
  const { deadline_at: deadlineAt, owner, program } = row;
  return {
    orderId: String(row.order_id),
    number: Number(row.number),
    bakeId: String(row.bake_id),
    effectId: String(row.effect_id),
    startedAt: Number(row.started_at),
    endedAt: instantOf(row.ended_at),
    outcome: row.outcome === null ? null : String(row.outcome),
    output: String(row.output),
    ...(deadlineAt !== null && { deadlineAt: Number(deadlineAt) }),
    ...(owner !== null && { owner: read(Owner, owner, 'owner of an attempt') }),
    ...(program !== null && { program: read(Program, program, 'program of an attempt') }),
  };
}

/** All attempts at the orders of a bake, in the order of their start: `AuditLog.attempts`. */
export async function readAttempts(db: Database, bakeId: string): Promise<readonly Attempt[]> {
  return await attemptsOfBake(db, { bakeId });
}

/** The timeline of a deploy, in the order of writing: `AuditLog.timeline`. */
export async function readTimeline(db: Database, bakeId: string): Promise<readonly TimelineEntry[]> {
  const rows = await db.select().from(timeline).where(eq(timeline.bakeId, bakeId)).orderBy(asc(timeline.id));
  return rows.map(({ at, kind, by, text, detail }) => ({ at, kind, by, text, ...(detail !== null && { detail }) }));
}
