import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError } from '../core/base/errors.ts';
import type { Session } from '../ports/session-store.ts';
import { type ApiEnv, demand } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { iso } from './present.ts';
import { ok, operation, refusedChanges, refusedReads } from './route-parts.ts';
import { originOf } from './trace.ts';

const SessionView = z
  .object({
    id: z.uuid(),
    name: z.string().openapi({ description: 'the verified address of the person, or another name with the host of the provider' }),
    kind: z
      .enum(['provider', 'link', 'token'])
      .openapi({ description: 'link: a one-time link of `bakewatch admin-link`; token: the name is that of the token' }),
    groups: z.array(z.string()).openapi({ description: 'the groups at the last sign-in' }),
    created_at: z.iso.datetime(),
    seen_at: z.iso.datetime().openapi({ description: 'the last use, to the minute' }),
  })
  .openapi('Session');

const list = createRoute({
  method: 'get',
  path: '/v1/sessions',
  summary: 'Who has signed in',
  description: 'Needs `admin`.',
  ...operation('listSessions', 'Operations'),
  responses: { ...ok('The sessions, the one that was used last first', z.object({ sessions: z.array(SessionView) })), ...refusedReads() },
});

const end = createRoute({
  method: 'delete',
  path: '/v1/sessions/{id}',
  summary: 'End a session, on all servers at once',
  description: 'Needs `admin`.',
  ...operation('endSession', 'Operations'),
  request: { params: z.object({ id: z.uuid() }) },
  responses: { ...ok('The session that has ended', SessionView), ...refusedChanges(404) },
});

/** Mounts the list of sessions, and their end. */
export function mountSessions(app: OpenAPIHono<ApiEnv>, { store, clock, log }: ApiDeps): void {
  app.openapi(list, async (c) => {
    demand(c, 'admin');
    const shown = (await store.sessions()).map(present);
    return c.json({ sessions: shown }, 200);
  });

  app.openapi(end, async (c) => {
    const caller = demand(c, 'admin');
    const { id } = c.req.valid('param');
    const ended = await store.endSession(id);
    if (ended === null) throw new AppError('not_found', 'there is no such session');
    log.info({ session: id, name: ended.name, by: caller.name }, 'session ended');
    const detail = `the session of ${ended.name} was ended`;
    await store.recordAudit({ ...originOf(c), at: clock.now(), verb: 'session.revoke', place: null, outcome: 'done', detail });
    return c.json(present(ended), 200);
  });
}

function present({ id, name, kind, groups, createdAt, seenAt }: Session) {
  return { id, name, kind, groups: [...groups], created_at: iso(createdAt), seen_at: iso(seenAt) };
}
