import { createRoute, z } from '@hono/zod-openapi';
import { parseDuration } from '../core/base/duration.ts';
import { auditActorKinds, auditOutcomes } from '../ports/audit-trail.ts';
import { ok, operation, refusedReads } from './route-parts.ts';

const dateTime = z.iso.datetime({ offset: true });

/** An instant, or how long ago it was. */
const moment = (description: string) =>
  z
    .string()
    .max(50)
    .refine((text) => parseDuration(text) !== null || dateTime.safeParse(text).success, {
      message: 'must be an instant such as 2026-11-21T14:00:00Z, or a duration such as 7d',
    })
    .optional()
    .openapi({ description: `${description}: an instant, or a duration before now`, example: '7d' });

const filters = {
  service: z.string().max(200).optional(),
  environment: z.string().max(200).optional(),
  verb: z.string().max(100).optional().openapi({ example: 'freeze' }),
  actor: z.string().max(300).optional().openapi({ description: 'the name of a token or a person' }),
  since: moment('only what happened then or later'),
  until: moment('only what happened before'),
};

export const ExportQuery = z.strictObject(filters);

const AuditQuery = z.strictObject({
  ...filters,
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional().openapi({ description: 'the `next` of the page before' }),
});

const hash = z.string().openapi({ description: 'SHA-256 in hexadecimal' });

const AuditEntryView = z
  .object({
    seq: z.int().openapi({ description: 'counts from 1 without gaps' }),
    at: z.iso.datetime(),
    actor: z.object({ kind: z.enum(auditActorKinds), name: z.string() }),
    verb: z.string(),
    service: z.string().nullable(),
    environment: z.string().nullable(),
    deploy: z.string().nullable(),
    outcome: z.enum(auditOutcomes),
    count: z.int().openapi({ description: 'how many times it happened: refusals of one minute share a row' }),
    detail: z.string(),
    request_id: z.string().nullable(),
    address: z.string().nullable(),
    previous_hash: hash,
    hash,
  })
  .openapi('AuditRow');

export const listAudit = createRoute({
  method: 'get',
  path: '/v1/audit',
  summary: 'What people, tokens and strangers did, newest first',
  description:
    'A token sees the rows of the places that it may read. Rows that belong to no service, such as refusals and reloads, need a token that may read everything.',
  ...operation('listAudit', 'Operations'),
  request: { query: AuditQuery },
  responses: {
    ...ok('The rows', z.object({ rows: z.array(AuditEntryView), next: z.int().nullable() }).openapi('AuditPage')),
    ...refusedReads(),
  },
});

export const exportAudit = createRoute({
  method: 'get',
  path: '/v1/audit/export',
  summary: 'The same rows as lines of JSON, oldest first',
  ...operation('exportAudit', 'Operations'),
  request: { query: ExportQuery },
  responses: { 200: { description: 'One row in a line', content: { 'application/jsonl': {} } }, ...refusedReads() },
});

const Mark = z.object({ seq: z.int(), hash });

export const verifyAudit = createRoute({
  method: 'get',
  path: '/v1/audit/verify',
  summary: 'Compute the hash of every row again',
  description: 'Needs a token that may read everything. With `seq` and `hash`, a row that was noted earlier must still be there as it was.',
  ...operation('verifyAudit', 'Operations'),
  request: {
    query: z.strictObject({
      seq: z.coerce.number().int().min(1).optional(),
      hash: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
        .optional(),
    }),
  },
  responses: {
    ...ok(
      'Whether the chain is whole',
      z
        .object({
          ok: z.boolean(),
          rows: z.int(),
          first: z.int().nullable().openapi({ description: 'the oldest row that is kept' }),
          head: Mark.nullable().openapi({
            description: 'the newest row: note it elsewhere to prove later that no row after it was removed',
          }),
          fault: z
            .object({ seq: z.int(), why: z.string() })
            .nullable()
            .openapi({ description: 'the first row that is not as it was written' }),
        })
        .openapi('AuditCheck'),
    ),
    ...refusedReads(),
  },
});
