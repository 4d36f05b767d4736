import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './auth.ts';
import { healthRoutes } from './health-routes.ts';
import { tags } from './route-parts.ts';
import { webhooks } from './webhook-schemas.ts';

/** The head of the OpenAPI document. */
export const openApiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'Bakewatch',
    version: '1',
    description: 'Registers deploys, watches them while they bake, and rolls bad ones back to the last known-good release.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/', description: 'The server that serves this document' }],
  tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
};

/** Adds to the document what has no validated handler, and serves it at `/openapi.json`. */
export function mountOpenApi(app: OpenAPIHono<ApiEnv>): void {
  const registry = app.openAPIRegistry;
  for (const route of healthRoutes) registry.registerPath(route);
  for (const webhook of webhooks) registry.registerWebhook(webhook);
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of the config or of the database. A server without tokens serves loopback only, and needs none.',
  });
  app.doc31('/openapi.json', openApiInfo);
}
