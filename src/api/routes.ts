import { createRoute, type z, z as zod } from '@hono/zod-openapi';
import { Adopted, Deploy, Registered, Summary } from './deploy-schemas.ts';
import {
  AdoptBody,
  DecisionHeaders,
  DeployId,
  ExtendBody,
  ForwardBody,
  ListQuery,
  MarkBody,
  RegisterBody,
  RegisterHeaders,
  WaitQuery,
  WhyBody,
} from './request-schemas.ts';
import { body, json, ok, okAt, operation, refusedChanges, refusedReads } from './route-parts.ts';

export const register = createRoute({
  method: 'post',
  path: '/v1/deploys',
  summary: 'Register a deploy and begin its bake',
  ...operation('registerDeploy', 'Deploys'),
  request: { ...body(RegisterBody), headers: RegisterHeaders },
  responses: {
    200: { description: 'An earlier call has already registered this deploy', content: json(Registered) },
    201: { description: 'Registered', content: json(Registered) },
    ...refusedChanges(404, 409),
  },
});

export const list = createRoute({
  method: 'get',
  path: '/v1/deploys',
  summary: 'Deploys, newest first',
  ...operation('listDeploys', 'Deploys'),
  request: { query: ListQuery },
  responses: {
    ...ok(
      'The deploys',
      zod.object({
        deploys: zod.array(Summary),
        next: zod.string().nullable().openapi({ description: 'the `cursor` of the next page; null: this is the last one' }),
      }),
    ),
    ...refusedReads(404),
  },
});

export const get = createRoute({
  method: 'get',
  path: '/v1/deploys/{id}',
  summary: 'One deploy with its checks, timeline and hook attempts',
  ...operation('getDeploy', 'Deploys'),
  request: { params: DeployId },
  responses: { ...okAt('The deploy', Deploy), ...refusedReads(404) },
});

export const wait = createRoute({
  method: 'get',
  path: '/v1/deploys/{id}/wait',
  summary: 'Wait until the bake is final or the timeout has passed',
  ...operation('waitForDeploy', 'Deploys'),
  request: { params: DeployId, query: WaitQuery },
  responses: { ...okAt('The deploy as it is then; call again unless `final` is true', Deploy), ...refusedReads(404) },
});

const afterwards = { ...okAt('The deploy afterwards', Summary), ...refusedChanges(404, 409, 412) };
const verb = <S extends z.ZodType>(operationId: string, path: string, summary: string, schema: S) =>
  createRoute({
    method: 'post',
    path: `/v1/deploys/{id}/${path}`,
    summary,
    ...operation(operationId, 'Interventions'),
    request: { params: DeployId, headers: DecisionHeaders, ...body(schema) },
    responses: afterwards,
  });
const bareVerb = (operationId: string, path: string, summary: string) =>
  createRoute({
    method: 'post',
    path: `/v1/deploys/{id}/${path}`,
    summary,
    ...operation(operationId, 'Interventions'),
    request: { params: DeployId, headers: DecisionHeaders },
    responses: afterwards,
  });

export const finish = bareVerb('finishDeploy', 'finished', 'Report that a deploy registered with phase: started has finished');
export const cancel = bareVerb('cancelBake', 'cancel', 'End the watch over a deploy; roll nothing back');
export const approve = bareVerb('approveRollback', 'approve', 'Approve the rollback that waits for a person');
export const pass = verb('passBake', 'pass', 'Pass the bake by hand: the release becomes known-good', WhyBody);
export const rollback = verb('rollBack', 'rollback', 'Roll back to the last known-good release, whatever the checks say', WhyBody);
export const rollForward = verb(
  'rollForward',
  'roll-forward',
  'Put the release of this deploy back after a rollback; repeating the call changes nothing',
  ForwardBody,
);
export const mark = verb('markVerdict', 'mark', 'Mark a bad verdict as wrong, or take the mark back', MarkBody);
export const extend = verb('extendBake', 'extend', 'Extend the bake, and the latest time at which it may end', ExtendBody);

export const recording = createRoute({
  method: 'get',
  path: '/v1/deploys/{id}/recording',
  summary: 'Everything the judge saw, as one line of JSON (bakewatch.recording/1)',
  ...operation('getRecording', 'Deploys'),
  request: { params: DeployId },
  responses: { 200: { description: 'The recording', content: { 'application/jsonl': { schema: zod.string() } } }, ...refusedReads(404) },
});

export const adopt = createRoute({
  method: 'post',
  path: '/v1/adopt',
  summary: 'Declare the running release known-good',
  description: 'Asks the rollback hook what runs. 409 where that is another release, unless `force` is true.',
  ...operation('adoptRelease', 'Deploys'),
  request: body(AdoptBody),
  responses: {
    200: { description: 'The newest deploy is this adoption already', content: json(Adopted) },
    201: { description: 'Adopted', content: json(Adopted) },
    ...refusedChanges(404, 409),
  },
});
