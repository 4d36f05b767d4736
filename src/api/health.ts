import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './auth.ts';

export type HealthDeps = {
  readonly metrics: () => Promise<string>;
  readonly notReady: () => Promise<string | null>;
  readonly warnings?: () => readonly string[];
};

/** Mounts liveness and readiness (database and scheduler). They need no token and contain no secrets. */
export function mountHealth(app: OpenAPIHono<ApiEnv>, { notReady, warnings = () => [] }: Omit<HealthDeps, 'metrics'>): void {
  app.get('/health/live', (c) => c.json({ status: 'ok' }));
  app.get('/health/ready', async (c) => {
    const reason = await notReady();
    const more = warnings().length > 0 ? { warnings: warnings() } : {};
    return reason === null ? c.json({ status: 'ok', ...more }) : c.json({ status: 'not ready', reason, ...more }, 503);
  });
}

/** Mounts the metrics. They need no token and contain no secrets. */
export function mountMetrics(app: OpenAPIHono<ApiEnv>, { metrics }: Pick<HealthDeps, 'metrics'>): void {
  app.get('/metrics', async (c) => c.text(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }));
}
