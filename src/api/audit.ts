import type { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { parseDuration } from '../core/base/duration.ts';
import { AppError } from '../core/base/errors.ts';
import type { AuditQuestion, AuditRow } from '../ports/audit-trail.ts';
import { ExportQuery, exportAudit, listAudit, verifyAudit } from './audit-schemas.ts';
import { type ApiEnv, demand } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { fieldProblems } from './errors.ts';
import { iso } from './present.ts';

/** How many rows of an export are read at once. */
const pageSize = 500;

type Filters = Pick<AuditQuestion, 'service' | 'environment' | 'verb' | 'actor'> & {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
};

/** Mounts the audit trail: its rows, their export, and the check of the chain. */
export function mountAudit(app: OpenAPIHono<ApiEnv>, { store, clock }: ApiDeps): void {
  /** The question of this caller: it contains what the caller may read, so that a page is full where there are rows. */
  function questionOf(c: Context<ApiEnv>, { since, until, ...filters }: Filters): Omit<AuditQuestion, 'order' | 'limit'> {
    const scopes = demand(c, 'read').grants.filter(({ verbs }) => verbs.includes('read'));
    const now = clock.now();
    return { ...filters, scopes, since: instantOf(since, now), until: instantOf(until, now) };
  }

  app.openapi(listAudit, async (c) => {
    const { limit, cursor, ...filters } = c.req.valid('query');
    const found = await store.auditRows({ ...questionOf(c, filters), order: 'newest', after: cursor, limit: limit + 1 });
    const rows = found.slice(0, limit);
    return c.json({ rows: rows.map(present), next: found.length > limit ? (rows.at(-1)?.seq ?? null) : null }, 200);
  });

  app.openAPIRegistry.registerPath(exportAudit);
  app.get('/v1/audit/export', async (c) => {
    const query = ExportQuery.safeParse(c.req.query());
    if (!query.success) throw new AppError('invalid', wordsOf(query.error));
    const question = { ...questionOf(c, query.data), order: 'oldest', limit: pageSize } as const;
    // Read before the answer begins, so that a database that is away is a refusal and not half an export.
    const first = await store.auditRows(question);
    async function* lines() {
      for (let rows = first, last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
        yield new TextEncoder().encode(rows.map((row) => `${JSON.stringify(present(row))}\n`).join(''));
        rows = rows.length < pageSize ? [] : await store.auditRows({ ...question, after: last.seq });
      }
    }
    return c.body(ReadableStream.from(lines()), 200, { 'content-type': 'application/jsonl', 'cache-control': 'no-store' });
  });

  app.openapi(verifyAudit, async (c) => {
    demand(c, 'read', { service: null, environment: null });
    const { seq, hash } = c.req.valid('query');
    if ((seq === undefined) !== (hash === undefined)) throw new AppError('invalid', 'query: `seq` and `hash` belong together');
    const check = await store.checkAudit(seq === undefined || hash === undefined ? undefined : { seq, hash });
    return c.json({ ok: check.fault === null, ...check }, 200);
  });
}

function wordsOf(error: z.ZodError): string {
  return fieldProblems(error, 'query', [])
    .map(({ path, message }) => `${path}: ${message}`)
    .join('; ');
}

function instantOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ago = parseDuration(text);
  return ago === null ? Date.parse(text) : now - ago;
}

function present({ at, place, deployId, requestId, previousHash, ...rest }: AuditRow) {
  return { ...rest, at: iso(at), ...place, deploy: deployId, request_id: requestId, previous_hash: previousHash };
}
