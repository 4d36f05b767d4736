import type { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '../core/base/errors.ts';
import type { PersonRequest } from '../ports/inbox.ts';
import { actOnAsk } from '../usecases/act-on-ask.ts';
import type { ApiEnv } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { problem } from './errors.ts';
import * as routes from './routes.ts';

/** Slack gives up on a call after three seconds, and shows the person an error. */
const patienceMs = 2_000;

/**
 * Mounts where people act from within messages. These calls bring no token of ours: the far side's signature over the raw body proves them, and the
 * notifier's own list of people says who may do what.
 */
export function mountInboxes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openAPIRegistry.registerPath(routes.slackActions);
  app.post('/v1/slack/:notifier/actions', async (c) => {
    const notifier = c.req.param('notifier');
    const inbox = deps.inboxes.get(notifier);
    if (inbox === undefined) throw new AppError('not_found', `no notifier ${JSON.stringify(notifier.slice(0, 100))} has \`buttons\``);
    if (!/^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '')) {
      return problem(c, 415, 'send application/x-www-form-urlencoded');
    }
    const body = new Uint8Array(await c.req.arrayBuffer());
    const ask = inbox.read({ header: (name) => c.req.header(name), body, at: deps.clock.now() });
    if (ask !== null) await within(deps, perform(deps, ask, notifier));
    return c.body(null, 200);
  });
}

/** Waits for the work, but not longer than the far side does. */
async function within({ clock, stopping }: ApiDeps, work: Promise<void>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work, clock.sleep(patienceMs, AbortSignal.any([done.signal, stopping]))]);
  done.abort();
}

/** Acts and answers the person. Never throws: it may end after the call was answered. */
async function perform(deps: ApiDeps, ask: PersonRequest, notifier: string): Promise<void> {
  const { deployId: deploy, verb, by } = ask;
  try {
    const text = await actOnAsk(deps.store, { ask, notifier, at: deps.clock.now() });
    deps.log.info({ deploy, verb, by, notifier, outcome: text ?? 'answered before' }, 'a person pressed a button');
    if (text !== null) await ask.answer(text, deps.stopping);
  } catch (error) {
    deps.log.warn({ err: error, deploy, verb, by, notifier }, 'the press of a button was not answered');
  }
}
