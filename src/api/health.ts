import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './auth.ts';

export type HealthDeps = { readonly metrics: () => Promise<string>; readonly notReady: () => Promise<string | null> };

/** Mounts liveness, readiness (database and scheduler) and metrics. They need no token and contain no secrets. */
export function mountHealth(app: OpenAPIHono<ApiEnv>, { metrics, notReady }: HealthDeps): void {
  app.get('/health/live', (c) => c.json({ status: 'ok' }));
  app.get('/health/ready', async (c) => {
    const reason = await notReady();
    return reason === null ? c.json({ status: 'ok' }) : c.json({ status: 'not ready', reason }, 503);
  });
  app.get('/metrics', async (c) => c.text(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }));
}
