import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { rateLimiter } from 'hono-rate-limiter';
import { type ApiEnv, authenticate, keepFromForeignHosts, knownToken, type Token } from './auth.ts';
import { RegisterBody } from './deploy-schemas.ts';
import { mountDeploys } from './deploys.ts';
import type { ApiDeps } from './deps.ts';
import { createErrorHandler, fieldProblems, problem } from './errors.ts';
import { mountHealth } from './health.ts';
import { mountInboxes } from './inboxes.ts';
import { mountOperations } from './operations.ts';
import { mountReports } from './reports.ts';

const maxBodyBytes = 256 * 1024;
const limits = { windowMs: 60_000, limit: 1_200 };

/** Builds the whole HTTP face: API, pages, health, metrics. Every refusal is problem details; no input is answered with a 5xx. */
export function createApi(deps: ApiDeps): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const known = c.req.method === 'POST' && c.req.path === '/v1/deploys' ? Object.keys(RegisterBody.shape) : [];
      const errors = fieldProblems(result.error, result.target, known);
      return problem(
        c,
        400,
        errors
          .slice(0, 5)
          .map((e) => `${e.path}: ${e.message}`)
          .join('; '),
        errors.slice(0, 50),
      );
    },
  });
  app.onError(createErrorHandler(deps.log));
  app.notFound((c) => problem(c, 404, `there is nothing at ${c.req.method} ${c.req.path.slice(0, 200)}`));
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'", deps.styleSource],
        imgSrc: ["'self'", 'data:'],
        frameAncestors: ["'none'"],
      },
    }),
  );
  mountHealth(app, deps);
  for (const path of ['/', '/deploys/*', '/services/*']) app.use(path, keepFromForeignHosts(deps.tokens, deps.baseUrl));
  app.route('/', deps.pages);
  app.use('/v1/*', bodyLimit({ maxSize: maxBodyBytes, onError: refuseBody }), readWhole);
  // Before the limit: what strangers send must not keep people from pressing a button.
  mountInboxes(app, deps);
  app.use('/v1/*', limitRate(deps.tokens));
  app.use('/v1/*', authenticate(deps.tokens));
  app.use('/v1/*', async (c, next) => {
    const type = c.req.header('content-type');
    if (type !== undefined && !/^application\/json\b/i.test(type)) return problem(c, 415, 'send application/json');
    return await next();
  });
  mountDeploys(app, deps);
  mountReports(app, deps);
  mountOperations(app, deps);
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', openApiInfo);
  return app;
}

/** The head of the OpenAPI document. */
export const openApiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'Bakewatch',
    version: '1',
    description: 'Registers deploys, watches them while they bake, and puts the last known-good release back.',
  },
};

/** The rest of the body is not waited for: nothing else may be sent on this connection. */
function refuseBody(c: Context): Response {
  c.header('connection', 'close');
  return problem(c, 413, `a body may hold at most ${maxBodyBytes / 1024} KiB`);
}

/**
 * Reads the body of a call that may yet be refused. The server cuts a connection half a second after an answer to a body that nobody read, and behind a
 * proxy that may be in the middle of somebody else's call.
 */
async function readWhole(c: Context<ApiEnv>, next: Next): Promise<void> {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') await c.req.arrayBuffer();
  await next();
}

/** Callers are told apart by their token. All who bring none that is known here count as one: else whoever makes tokens up would never reach the limit. */
function limitRate(tokens: readonly Token[]) {
  return rateLimiter<ApiEnv>({
    ...limits,
    keyGenerator: (c) => knownToken(tokens, c.req.header('authorization'))?.sha256 ?? 'unknown',
    handler: (c) => problem(c, 429, `more than ${limits.limit} requests in a minute`),
  });
}
