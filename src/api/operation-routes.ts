import { createRoute, z as zod } from '@hono/zod-openapi';
import { topics } from '../core/bake/effect.ts';
import { Summary } from './deploy-schemas.ts';
import { DrillBody, NotifierName, NotifierTestBody } from './operation-schemas.ts';
import { FreezeBody } from './request-schemas.ts';
import { body, ok, openOperation, operation, refusedChanges, refusedReads, refusedSenders } from './route-parts.ts';

const FreezeView = zod.object({
  freezes: zod.array(
    zod.object({
      service: zod.string().nullable(),
      by: zod.string(),
      why: zod.string(),
      since: zod.iso.datetime(),
      until: zod.iso.datetime().nullable().openapi({ description: 'when it ends by itself; null: when it is lifted' }),
    }),
  ),
});
export const getFreeze = createRoute({
  method: 'get',
  path: '/v1/freeze',
  summary: 'The freezes of automatic rollbacks, each with its author and reason',
  ...operation('listFreezes', 'Operations'),
  responses: { ...ok('The freezes', FreezeView), ...refusedReads() },
});
export const putFreeze = createRoute({
  method: 'put',
  path: '/v1/freeze',
  summary: 'Stop automatic rollbacks, of one service or of all, or allow them again',
  ...operation('changeFreeze', 'Operations'),
  request: body(FreezeBody),
  responses: {
    ...ok('The freezes now; `changed` is false where there was no freeze to lift', FreezeView.extend({ changed: zod.boolean() })),
    ...refusedChanges(),
  },
});

const ServiceView = zod.object({
  service: zod.string(),
  environment: zod.string(),
  state: zod.string(),
  latest: Summary,
  known_good: zod.union([Summary, zod.null()]),
  known_good_unverified: zod.boolean(),
});
export const services = createRoute({
  method: 'get',
  path: '/v1/services',
  summary: 'Every service with its newest and its last known-good deploy',
  ...operation('listServices', 'Services'),
  responses: { ...ok('The services', zod.object({ services: zod.array(ServiceView) })), ...refusedReads() },
});

const DrillView = zod
  .object({
    service: zod.string(),
    environment: zod.string(),
    hook: zod.string(),
    target: zod.string(),
    only_known_good: zod.boolean().openapi({ description: 'there is no other known-good release: no rollback away from it was rehearsed' }),
    for_real: zod.boolean(),
    ok: zod.boolean(),
    steps: zod.array(zod.object({ name: zod.string(), ok: zod.boolean(), took_ms: zod.number(), detail: zod.string() })),
  })
  .openapi('Drill');
export const drill = createRoute({
  method: 'post',
  path: '/v1/drills',
  summary: 'Prove a rollback hook without an incident',
  ...operation('runDrill', 'Operations'),
  request: body(DrillBody),
  responses: { ...ok('The steps of the drill; `ok` says whether a rollback would work', DrillView), ...refusedChanges(404, 409) },
});

export const slackActions = createRoute({
  method: 'post',
  path: '/v1/slack/{notifier}/actions',
  summary: 'Receive the buttons that people press in Slack',
  ...openOperation('receiveSlackAction', 'Inboxes'),
  description:
    "The interactivity request URL of the Slack app behind a notifier with `buttons`. The call needs no token: it is authenticated by Slack's signature over the raw body, in X-Slack-Signature.",
  request: {
    params: zod.object({ notifier: zod.string().openapi({ param: { name: 'notifier', in: 'path' }, example: 'team' }) }),
    headers: zod.object({ 'x-slack-signature': zod.string(), 'x-slack-request-timestamp': zod.string() }),
    body: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: zod.object({ payload: zod.string().openapi({ description: "Slack's block_actions payload as JSON" }) }),
        },
      },
    },
  },
  responses: { 200: { description: 'Received; the person gets the result in Slack' }, ...refusedSenders },
});

const NotifierTestView = zod
  .object({
    notifier: zod.string(),
    type: zod.string(),
    topic: zod.enum(topics),
    ok: zod.boolean(),
    outcome: zod.enum(['delivered', 'unreachable', 'timeout', 'refused', 'failed']),
    reason: zod.string().nullable(),
    took_ms: zod.number(),
    title: zod.string(),
    rules: zod
      .object({
        kind: zod.enum(['send', 'hold', 'unwanted', 'outdated']),
        until: zod.iso.datetime().nullable(),
        why: zod.string().nullable(),
      })
      .openapi({ description: "what the notifier's rules would do with such a notice now; a test ignores them" }),
  })
  .openapi('NotifierTest');
export const testNotifier = createRoute({
  method: 'post',
  path: '/v1/notifiers/{name}/test',
  summary: 'Send a sample notice, marked as a test, through a notifier',
  ...operation('testNotifier', 'Operations'),
  request: { params: NotifierName, ...body(NotifierTestBody) },
  responses: { ...ok('The result; `ok` says whether it was delivered', NotifierTestView), ...refusedChanges(404) },
});
