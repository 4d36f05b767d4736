import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler, Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { alertsPath, maxAlertsBytes, mountAlerts } from './alerts.ts';
import { mountAudit } from './audit.ts';
import { type ApiEnv, authenticate, identifyByToken, setIdentity } from './auth.ts';
import { mountRulesCheck } from './check-rules.ts';
import { mountDeploys } from './deploys.ts';
import type { ApiDeps } from './deps.ts';
import { createErrorHandler, fieldProblems, problem } from './errors.ts';
import { mountEvents, mountPageEvents } from './events.ts';
import { guardOpenServer } from './guard-open-server.ts';
import { mountHealth, mountMetrics } from './health.ts';
import { identifyCaller } from './identify.ts';
import { mountInboxes } from './inboxes.ts';
import { answerNothing, expectJson, expectKnownQuery, keepSecure } from './manners.ts';
import { mountOpenApi } from './openapi.ts';
import { mountOperations } from './operations.ts';
import { limitApi, limitMetrics, limitNotifierTests, limitPages, limitWrongSignatures } from './rate-limits.ts';
import { mountReload } from './reload.ts';
import { maxReplayBytes, mountReplay, replayPath } from './replay.ts';
import { mountReports } from './reports.ts';
import { RegisterBody } from './request-schemas.ts';
import { mountSessions } from './sessions.ts';
import { mountTokens } from './tokens.ts';
import { traceRequests } from './trace.ts';

const maxBodyBytes = 256 * 1024;

/** Builds everything that answers HTTP: API, pages, health, metrics. Refusals are problem details; no input causes a 5xx. */
export function createApi(deps: ApiDeps): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const knownFields = c.req.method === 'POST' && c.req.path === '/v1/deploys' ? Object.keys(RegisterBody.shape) : [];
      const errors = fieldProblems(result.error, result.target, knownFields);
      // What is no id is the id of nothing, as it is where ids are not checked first.
      const isWrongId = result.target === 'param' && result.error.issues.some(({ path }) => path[0] === 'id');
      return problem(
        c,
        isWrongId ? 404 : 400,
        errors
          .slice(0, 5)
          .map((e) => `${e.path}: ${e.message}`)
          .join('; '),
        { errors: errors.slice(0, 50), ...(isWrongId && { name: 'no_deploy' as const }) },
      );
    },
  });
  app.onError(createErrorHandler(deps.log));
  app.notFound((c) => answerNothing(app, c));
  app.use(traceRequests(deps));
  app.use(
    keepSecure,
    secureHeaders({
      // Only over HTTPS: see `keepSecure`.
      strictTransportSecurity: false,
      // `no-referrer` would take the origin away from forms, which are accepted from this server's pages only.
      referrerPolicy: 'same-origin',
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'", deps.styleSource],
        scriptSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  );
  mountHealth(app, deps);
  const byToken = identifyByToken({ ...deps, stored: deps.storedTokens, now: () => deps.clock.now() });
  app.use(setIdentity(identifyCaller(byToken, deps)));
  app.use('/v1/*', async (c, next) => {
    // Answers have what only the caller may see.
    c.header('cache-control', 'no-store');
    await next();
  });
  app.use('/v1/*', limitBody, readBody);
  app.use(guardOpenServer(deps.baseUrl));
  app.use('/metrics', limitMetrics());
  mountMetrics(app, deps);
  app.use(limitPages());
  app.route('/', deps.pages);
  mountPageEvents(app, deps);
  // Before the rate limit: the calls of strangers must not stop people from pressing a button.
  app.use('/v1/slack/*', limitWrongSignatures());
  mountInboxes(app, deps);
  app.use('/v1/*', limitApi());
  app.use('/v1/*', authenticate(deps.baseUrl));
  app.use('/v1/*', expectJson, expectKnownQuery(app));
  for (const path of ['/v1/deploys', '/v1/adopt', '/v1/drills']) {
    app.post(path, async (_, next) => {
      await deps.freshenRules?.();
      await next();
    });
  }
  mountDeploys(app, deps);
  mountEvents(app, deps);
  mountReports(app, deps);
  app.use('/v1/notifiers/:name/test', limitNotifierTests());
  mountOperations(app, deps);
  mountReload(app, deps);
  mountRulesCheck(app, deps);
  mountReplay(app, deps);
  mountAlerts(app, deps);
  mountAudit(app, deps);
  mountTokens(app, deps);
  mountSessions(app, deps);
  mountOpenApi(app);
  return app;
}

const bodyLimits = new Map([
  [alertsPath, limitedTo(maxAlertsBytes)],
  [replayPath, limitedTo(maxReplayBytes)],
]);
const otherBodies = limitedTo(maxBodyBytes);

/** Limits the size of a body: a sender of alerts puts many into one, and a recording has a past. */
const limitBody: MiddlewareHandler = (c, next) => (bodyLimits.get(c.req.path) ?? otherBodies)(c, next);

function limitedTo(maxSize: number): MiddlewareHandler {
  return bodyLimit({ maxSize, onError: (c) => refuseBody(c, maxSize) });
}

/** Closes the connection, because the rest of the body is not read. */
function refuseBody(c: Context, maxBytes: number): Response {
  c.header('connection', 'close');
  return problem(c, 413, `a body may have at most ${maxBytes / 1024} KiB`);
}

/**
 * Reads the whole body, also of a call that is refused later. The server closes a connection half a second after an answer to a body that was not read;
 * behind a proxy, this may cut off the next call of another client.
 */
async function readBody(c: Context<ApiEnv>, next: Next): Promise<void> {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') await c.req.arrayBuffer();
  await next();
}
