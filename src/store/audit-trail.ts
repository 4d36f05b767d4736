import { z } from 'zod';
import {
  type AuditCheck,
  type AuditEntry,
  type AuditMark,
  type AuditQuestion,
  type AuditRow,
  auditActorKinds,
  auditOutcomes,
} from '../ports/audit-trail.ts';
import { checkpointDetail, checkpointVerb, createChainCheck, genesisHash, hashOf } from './audit-chain.ts';
import { audit, type StoredAudit } from './audit-schema.ts';
import type { Database } from './database.ts';
import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, lte, or, type SQL, sql } from './drizzle.ts';
import { lock } from './locks.ts';
import { read } from './read.ts';
import { compile } from './statement.ts';
import { storableText } from './storable.ts';

const maxLength = { detail: 2_000, other: 300 };
/** How many rows a check reads at once. */
const pageSize = 2_000;

const headOf = compile(sql`select seq, hash from ${audit} order by seq desc limit 1`, (row) =>
  read(z.object({ seq: z.coerce.number(), hash: z.string() }), row, 'audit row'),
);

/**
 * Appends a row. It waits for the lock of the chain and holds it until the transaction ends, so it must be the last thing that a transaction does: the
 * holder of this lock waits for nothing else.
 */
export async function appendAudit(tx: Database, entry: AuditEntry): Promise<void> {
  // Sent together. The connection keeps their order, and the second one sees what was committed before the lock was taken.
  const [, [head]] = await Promise.all([lock(tx, 'audit chain'), headOf(tx, {})]);
  const row = rowOf(entry, head ?? { seq: 0, hash: genesisHash });
  await tx.insert(audit).values({ ...row, hash: hashOf(row) });
}

/** The row of an entry, with the texts that PostgreSQL will give back. */
function rowOf({ actor, place, deployId, count = 1, ...rest }: AuditEntry, head: AuditMark): Omit<StoredAudit, 'hash'> {
  return {
    seq: head.seq + 1,
    previousHash: head.hash,
    at: rest.at,
    actorKind: actor.kind,
    actorName: text(actor.name),
    verb: text(rest.verb),
    service: optional(place?.service),
    environment: optional(place?.environment),
    deployId: optional(deployId),
    outcome: rest.outcome,
    count,
    detail: text(rest.detail, maxLength.detail),
    requestId: optional(rest.requestId),
    address: optional(rest.address),
  };
}

function text(value: string, length = maxLength.other): string {
  return storableText(value.length > length ? `${value.slice(0, length - 1)}…` : value);
}

function optional(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : text(value);
}

/** The rows that a caller may see: `AuditTrail.auditRows`. */
export async function readAudit(db: Database, question: AuditQuestion): Promise<readonly AuditRow[]> {
  const { verb, actor, service, environment, since, until, order, after, limit } = question;
  const is = (column: Parameters<typeof eq>[0], value: string | undefined) => (value === undefined ? undefined : eq(column, value));
  const where = and(
    isInScope(question),
    is(audit.verb, verb),
    is(audit.actorName, actor),
    is(audit.service, service),
    is(audit.environment, environment),
    since === undefined ? undefined : gte(audit.at, since),
    until === undefined ? undefined : lt(audit.at, until),
    after === undefined ? undefined : order === 'newest' ? lt(audit.seq, after) : gt(audit.seq, after),
  );
  const direction = order === 'newest' ? desc : asc;
  const rows = await db.select().from(audit).where(where).orderBy(direction(audit.seq)).limit(limit);
  return rows.map(toAuditRow);
}

/** A row of a whole service is seen by who may see one of its environments, as its freeze is. */
function isInScope({ scopes }: AuditQuestion): SQL | undefined {
  if (scopes.some(({ services, environments }) => services.length + environments.length === 0)) return undefined;
  const places = scopes.map(({ services, environments }) =>
    and(
      isNotNull(audit.service),
      services.length === 0 ? undefined : inArray(audit.service, [...services]),
      environments.length === 0 ? undefined : or(isNull(audit.environment), inArray(audit.environment, [...environments])),
    ),
  );
  return or(...places) ?? sql`false`;
}

function toAuditRow({ actorKind, actorName, outcome, service, environment, ...rest }: StoredAudit): AuditRow {
  const known = read(Known, { kind: actorKind, outcome }, 'audit row');
  return { ...rest, outcome: known.outcome, actor: { kind: known.kind, name: actorName }, place: { service, environment } };
}

const Known = z.object({ kind: z.enum(auditActorKinds), outcome: z.enum(auditOutcomes) });

/** Checks the chain up to the newest row of now, page by page: `AuditTrail.checkAudit`. */
export async function checkAudit(db: Database, expected?: AuditMark): Promise<AuditCheck> {
  const check = createChainCheck(expected);
  const [head] = await headOf(db, {});
  for (let after = 0; head !== undefined && after < head.seq; ) {
    const where = and(gt(audit.seq, after), lte(audit.seq, head.seq));
    const rows = await db.select().from(audit).where(where).orderBy(asc(audit.seq)).limit(pageSize);
    const last = rows.at(-1);
    if (last === undefined || !check.take(rows)) break;
    after = last.seq;
  }
  return check.result();
}

type AuditCut = { readonly before: number; readonly at: number; readonly limit: number };

const byRetention = { actor: { kind: 'server', name: 'bakewatch' }, requestId: null, address: null } as const;

/** Deletes the oldest rows and proves it by a checkpoint: `AuditTrail.cutAudit`. Only one process of all replicas cuts at a time. */
export async function cutAudit(tx: Database, { before, at, limit }: AuditCut): Promise<number> {
  await lock(tx, 'audit chain');
  const oldest = await tx.select({ seq: audit.seq, at: audit.at, hash: audit.hash }).from(audit).orderBy(asc(audit.seq)).limit(limit);
  const end = oldest.findIndex((row) => row.at >= before);
  const last = (end === -1 ? oldest : oldest.slice(0, end)).at(-1);
  if (last === undefined) return 0;
  await appendAudit(tx, { ...byRetention, at, verb: checkpointVerb, place: null, outcome: 'done', detail: checkpointDetail(last) });
  const { rowCount } = await tx.delete(audit).where(lte(audit.seq, last.seq));
  return rowCount ?? 0;
}
