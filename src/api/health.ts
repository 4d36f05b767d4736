import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './auth.ts';

export type HealthDeps = { readonly metrics: () => Promise<string>; readonly notReady: () => Promise<string | null> };

/** Liveness, readiness (database and scheduler) and metrics: for machines, without a token, and without anything secret. */
export function mountHealth(app: OpenAPIHono<ApiEnv>, { metrics, notReady }: HealthDeps): void {
  app.get('/health/live', (c) => c.json({ status: 'ok' }));
  app.get('/health/ready', async (c) => {
    const reason = await notReady();
    return reason === null ? c.json({ status: 'ok' }) : c.json({ status: 'not ready', reason }, 503);
  });
  app.get('/metrics', async (c) => c.text(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }));
}
