import { createRoute, type z, z as zod } from '@hono/zod-openapi';
import { topics } from '../core/bake/effect.ts';
import { Adopted, Deploy, Registered, Summary } from './deploy-schemas.ts';
import { DrillBody, NotifierName, NotifierTestBody } from './operation-schemas.ts';
import {
  AdoptBody,
  DeployId,
  ExtendBody,
  ForwardBody,
  FreezeBody,
  ListQuery,
  MarkBody,
  RegisterBody,
  RegisterHeaders,
  WaitQuery,
  WhyBody,
} from './request-schemas.ts';
import { answer, body, json, problems, security } from './route-parts.ts';

export const register = createRoute({
  method: 'post',
  path: '/v1/deploys',
  summary: 'Register a deploy and begin its bake',
  security,
  request: { ...body(RegisterBody), headers: RegisterHeaders },
  responses: {
    200: { description: 'An earlier call has already registered this deploy', content: json(Registered) },
    201: { description: 'Registered', content: json(Registered) },
    ...problems,
  },
});

export const list = createRoute({
  method: 'get',
  path: '/v1/deploys',
  summary: 'Deploys, newest first',
  security,
  request: { query: ListQuery },
  responses: answer('The deploys', zod.object({ deploys: zod.array(Summary) })),
});

export const get = createRoute({
  method: 'get',
  path: '/v1/deploys/{id}',
  summary: 'One deploy with its checks, timeline and hook attempts',
  security,
  request: { params: DeployId },
  responses: answer('The deploy', Deploy),
});

export const wait = createRoute({
  method: 'get',
  path: '/v1/deploys/{id}/wait',
  summary: 'Wait until the bake is final or the timeout has passed',
  security,
  request: { params: DeployId, query: WaitQuery },
  responses: answer('The deploy as it is then; call again unless `final` is true', Deploy),
});

const verb = <S extends z.ZodType>(path: string, summary: string, schema: S) =>
  createRoute({
    method: 'post',
    path: `/v1/deploys/{id}/${path}`,
    summary,
    security,
    request: { params: DeployId, ...body(schema) },
    responses: answer('The deploy afterwards', Summary),
  });
const bareVerb = (path: string, summary: string) =>
  createRoute({
    method: 'post',
    path: `/v1/deploys/{id}/${path}`,
    summary,
    security,
    request: { params: DeployId },
    responses: answer('The deploy afterwards', Summary),
  });

export const finish = bareVerb('finished', 'Report that a deploy registered with phase: started has finished');
export const cancel = bareVerb('cancel', 'End the watch over a deploy; roll nothing back');
export const approve = bareVerb('approve', 'Approve the rollback that waits for a person');
export const pass = verb('pass', 'Pass the bake by hand: the release becomes known-good', WhyBody);
export const rollback = verb('rollback', 'Roll back to the last known-good release, whatever the checks say', WhyBody);
export const rollForward = verb(
  'roll-forward',
  'Put the release of this deploy back after a rollback; repeating the call changes nothing',
  ForwardBody,
);
export const mark = verb('mark', 'Mark a bad verdict as wrong, or take the mark back', MarkBody);
export const extend = verb('extend', 'Extend the bake, and the latest time at which it may end', ExtendBody);

export const recording = createRoute({
  method: 'get',
  path: '/v1/deploys/{id}/recording',
  summary: 'Everything the judge saw, as one line of JSON (bakewatch.recording/1)',
  security,
  request: { params: DeployId },
  responses: { 200: { description: 'The recording', content: { 'application/jsonl': {} } }, ...problems },
});

export const adopt = createRoute({
  method: 'post',
  path: '/v1/adopt',
  summary: 'Declare the running release known-good',
  description: 'Asks the rollback hook what runs. 409 where that is another release, unless `force` is true.',
  security,
  request: body(AdoptBody),
  responses: {
    200: { description: 'The newest deploy is this adoption already', content: json(Adopted) },
    201: { description: 'Adopted', content: json(Adopted) },
    ...problems,
  },
});

const FreezeView = zod.object({
  freezes: zod.array(zod.object({ service: zod.string().nullable(), by: zod.string(), why: zod.string(), since: zod.iso.datetime() })),
});
export const getFreeze = createRoute({
  method: 'get',
  path: '/v1/freeze',
  summary: 'The freezes of automatic rollbacks, each with its author and reason',
  security,
  responses: answer('The freezes', FreezeView),
});
export const putFreeze = createRoute({
  method: 'put',
  path: '/v1/freeze',
  summary: 'Stop automatic rollbacks, of one service or of all, or allow them again',
  security,
  request: body(FreezeBody),
  responses: answer('The freezes now; `changed` is false where there was no freeze to lift', FreezeView.extend({ changed: zod.boolean() })),
});

const ServiceView = zod.object({
  service: zod.string(),
  environment: zod.string(),
  state: zod.string(),
  latest: Summary,
  known_good: Summary.nullable(),
  known_good_unverified: zod.boolean(),
});
export const services = createRoute({
  method: 'get',
  path: '/v1/services',
  summary: 'Every service with its newest and its last known-good deploy',
  security,
  responses: answer('The services', zod.object({ services: zod.array(ServiceView) })),
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
  security,
  request: body(DrillBody),
  responses: answer('The steps of the drill; `ok` says whether a rollback would work', DrillView),
});

export const slackActions = createRoute({
  method: 'post',
  path: '/v1/slack/{notifier}/actions',
  summary: 'Receive the buttons that people press in Slack',
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
  responses: {
    200: { description: 'Received; the person gets the result in Slack' },
    400: problems[400],
    401: { description: 'The signature is wrong or too old', content: problems[401].content },
    404: { description: 'There is no such notifier, or it has no buttons', content: problems[404].content },
  },
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
  security,
  request: { params: NotifierName, ...body(NotifierTestBody) },
  responses: answer('The result; `ok` says whether it was delivered', NotifierTestView),
});
