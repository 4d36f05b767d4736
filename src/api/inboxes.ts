import type { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '../core/base/errors.ts';
import type { AuditOrigin } from '../ports/audit-trail.ts';
import type { PersonRequest } from '../ports/inbox.ts';
import { actOnPersonRequest } from '../usecases/act-on-person-request.ts';
import type { ApiEnv } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { problem } from './errors.ts';
import { slackActions } from './operation-routes.ts';

/** Less than the three seconds after which Slack shows the person an error. */
const answerTimeoutMs = 2_000;

/**
 * Mounts the routes for people who act from within messages. These calls carry no token: the sender's signature over the raw body authenticates them,
 * and the notifier's list of people authorizes them.
 */
export function mountInboxes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openAPIRegistry.registerPath(slackActions);
  app.post('/v1/slack/:notifier/actions', async (c) => {
    const notifier = c.req.param('notifier');
    const inbox = deps.inboxes.get(notifier);
    if (inbox === undefined)
      throw new AppError('not_found', `no notifier ${JSON.stringify(notifier.slice(0, 100))} has \`buttons\``, { problem: 'no_notifier' });
    if (!/^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '')) {
      return problem(c, 415, 'send application/x-www-form-urlencoded');
    }
    const body = new Uint8Array(await c.req.arrayBuffer());
    const request = inbox.read({ header: (name) => c.req.header(name), body, at: deps.clock.now() });
    if (request !== null) {
      const origin = { actor: { kind: 'chat', name: request.by }, requestId: c.get('requestId'), address: c.get('address') } as const;
      await waitAtMost(deps, perform(deps, request, { notifier, origin }));
    }
    return c.body(null, 200);
  });
}

/** Waits for the work, at most as long as the sender waits for the answer. */
async function waitAtMost({ clock, stopping }: ApiDeps, work: Promise<void>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, clock.sleep(answerTimeoutMs, AbortSignal.any([done.signal, stopping]))]);
  done.abort();
}

type Press = { readonly notifier: string; readonly origin: AuditOrigin };

/** Does what is requested and answers the person. Never throws: it may end after the HTTP call was answered. */
async function perform(deps: ApiDeps, request: PersonRequest, { notifier, origin }: Press): Promise<void> {
  const { deployId: deploy, verb, by } = request;
  const { requestId } = origin;
  try {
    const text = await actOnPersonRequest(deps.store, { request, notifier, at: deps.clock.now(), origin });
    deps.log.info({ deploy, verb, by, notifier, requestId, outcome: text ?? 'handled before' }, 'button pressed');
    if (text !== null) await request.answer(text, deps.stopping);
  } catch (error) {
    deps.log.warn({ err: error, deploy, verb, by, notifier, requestId }, 'button press could not be answered');
  }
}
