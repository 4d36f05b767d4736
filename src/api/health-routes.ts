import { createRoute, z } from '@hono/zod-openapi';
import { json, openOperation, refusedOften } from './route-parts.ts';

const Ready = z
  .object({
    status: z.enum(['ok', 'not ready']),
    reason: z.string().optional().openapi({ description: 'why the server is not ready' }),
    warnings: z.array(z.string()).optional().openapi({ description: 'what is wrong although the server is ready' }),
  })
  .openapi('Readiness', { example: { status: 'ok' } });

/** The routes of liveness, readiness and metrics. */
export const healthRoutes = [
  createRoute({
    method: 'get',
    path: '/health/live',
    summary: 'Whether the process answers',
    ...openOperation('isLive', 'Server'),
    responses: { 200: { description: 'It does', content: json(z.object({ status: z.literal('ok') })) } },
  }),
  createRoute({
    method: 'get',
    path: '/health/ready',
    summary: 'Whether the server can do its work: the database answers and the scheduler runs',
    ...openOperation('isReady', 'Server'),
    responses: {
      200: { description: 'It is ready', content: json(Ready) },
      503: { description: 'It is not ready, for this reason', content: json(Ready) },
    },
  }),
  createRoute({
    method: 'get',
    path: '/metrics',
    summary: 'The metrics of the server, in the text format of Prometheus',
    ...openOperation('getMetrics', 'Server'),
    responses: { 200: { description: 'The metrics', content: { 'text/plain': { schema: z.string() } } }, ...refusedOften },
  }),
];
