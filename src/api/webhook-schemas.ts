import { type RouteConfig, z } from '@hono/zod-openapi';
import { topics } from '../core/bake/effect.ts';
import { json } from './route-parts.ts';

const Headers = z.object({
  'bakewatch-signature': z.string().openapi({
    description:
      't= the time in Unix seconds, ,v1= the HMAC-SHA256 of t, a dot and the body, in hexadecimal; several ,v1= where a secret is being replaced',
  }),
  'idempotency-key': z.string().openapi({ description: 'the id in the body: the same message may arrive more than once' }),
});

/** A notifier signs in one of two formats. */
const NoticeHeaders = Headers.partial({ 'bakewatch-signature': true }).extend({
  'webhook-id': z.string().optional().openapi({ description: 'with signature: standard, the id in the body' }),
  'webhook-timestamp': z.string().optional().openapi({ description: 'with signature: standard, the time in Unix seconds' }),
  'webhook-signature': z.string().optional().openapi({
    description:
      'with signature: standard, v1, and the HMAC-SHA256 of id, dot, time, dot and body, in base64; several with a space between them',
  }),
});

export const NoticeBody = z
  .object({
    id: z.string(),
    topic: z.enum(topics).openapi({ description: 'what happened; new topics may be added' }),
    at: z.iso.datetime(),
    deploy_id: z.string().nullable().openapi({ description: 'null: the notice is about no deploy, but about a freeze' }),
    service: z.string(),
    environment: z.string(),
    version: z.string(),
    title: z.string(),
    summary: z.string(),
    reasons: z.array(z.string()),
    details: z.array(z.string()),
    url: z.string().nullable().openapi({ description: "the deploy's page; null: the server has no public_url" }),
    links: z.array(z.object({ title: z.string(), url: z.string() })),
  })
  .openapi('Notice', {
    example: {
      id: '0197f3c2-6d1e-7a52-9c11-000000000001:7:1:chronicle',
      topic: 'rolled_back',
      at: '2026-11-21T02:00:00.000Z',
      deploy_id: '0197f3c2-6d1e-7a52-9c11-000000000001',
      service: 'shop',
      environment: 'production',
      version: 'v2',
      title: 'shop v2 (production) was rolled back',
      summary: 'shop v2 (production): Errors: 4.2 % of requests failed (55 of 1,310), was 0.4 %',
      reasons: ['Errors: 4.2 % of requests failed (55 of 1,310), was 0.4 %'],
      details: ['compared with the last day; very sure: one healthy bake in 10,000 looks like this'],
      url: 'https://bakewatch.example.com/deploys/0197f3c2-6d1e-7a52-9c11-000000000001',
      links: [{ title: 'build', url: 'https://ci.example.com/runs/5' }],
    },
  });

export const RollbackOrderBody = z
  .object({
    id: z.string(),
    service: z.string(),
    environment: z.string(),
    from: z.object({ version: z.string(), fingerprint: z.string().optional() }),
    target: z.object({
      deployId: z.string(),
      version: z.string(),
      commit: z.string().optional(),
      image: z.string().optional(),
      fingerprint: z.string().optional(),
      isUnverified: z.literal(true).optional(),
    }),
    reasons: z.array(z.string()),
    mustAct: z.boolean().optional().openapi({ description: 'act although the target seems to run' }),
    isForward: z.boolean().optional().openapi({ description: 'a person puts a release back that was rolled back' }),
  })
  .openapi('RollbackOrder', {
    example: {
      id: '0197f3c2-6d1e-7a52-9c11-000000000001:7:0',
      service: 'shop',
      environment: 'production',
      from: { version: 'v2' },
      target: { deployId: '0197f3aa-1b2c-7d3e-8f40-000000000000', version: 'v1', commit: 'c0ffee' },
      reasons: ['Errors: 4.2 % of requests failed (55 of 1,310), was 0.4 %'],
    },
  });

export const ShiftOrderBody = z
  .object({
    id: z.string(),
    service: z.string(),
    environment: z.string(),
    release: z.object({ version: z.string() }),
    weight: z.number().min(0).max(100).openapi({ description: 'the share of the release in percent; the stable release gets the rest' }),
  })
  .openapi('ShiftOrder', {
    example: {
      id: '0197f3c2-6d1e-7a52-9c11-000000000001:3:0',
      service: 'shop',
      environment: 'production',
      release: { version: 'v2' },
      weight: 25,
    },
  });

const answers = {
  '2XX': { description: 'Received' },
  429: { description: 'Sent again later' },
  503: { description: 'Sent again later' },
};

/** What the server sends to others: the notices of a notifier and the orders of a hook of type `webhook`. */
export const webhooks: readonly RouteConfig[] = [
  {
    method: 'post',
    path: 'notice',
    summary: 'A notice, from a notifier of type webhook with format: plain',
    operationId: 'onNotice',
    tags: ['Webhooks'],
    security: [],
    request: { headers: NoticeHeaders, body: { required: true, content: json(NoticeBody) } },
    responses: answers,
  },
  {
    method: 'post',
    path: 'rollbackOrder',
    summary: 'An order to roll back, from a hook of type webhook',
    operationId: 'onRollbackOrder',
    tags: ['Webhooks'],
    security: [],
    request: { headers: Headers, body: { required: true, content: json(RollbackOrderBody) } },
    responses: {
      ...answers,
      200: {
        description: 'Done',
        content: json(z.object({ status: z.literal('already_there').optional().openapi({ description: 'the target already ran' }) })),
      },
      202: { description: 'Accepted, but not yet done' },
      410: { description: 'Refused: the release is gone, and nothing was done' },
    },
  },
  {
    method: 'post',
    path: 'shiftOrder',
    summary: 'An order to shift traffic, from a traffic hook of type webhook',
    operationId: 'onShiftOrder',
    tags: ['Webhooks'],
    security: [],
    request: { headers: Headers, body: { required: true, content: json(ShiftOrderBody) } },
    responses: answers,
  },
];
