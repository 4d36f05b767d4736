import type { z } from '@hono/zod-openapi';
import { Problem } from './deploy-schemas.ts';

/** The content of a request or an answer. */
export const json = <S extends z.ZodType>(schema: S) => ({ 'application/json': { schema } });

const refusalTexts = {
  400: 'The request is not valid; every wrong field is named',
  401: 'No token, or an unknown one',
  403: 'The token does not allow this, or the call comes from another site',
  404: 'There is no such thing, such as a deploy with this id, or rules for the service',
  408: 'The body did not arrive in time',
  409: 'This cannot be done in the current state; `detail` has the reason',
  412: 'The bake has moved on since the caller saw it (`If-Match`); nothing was done',
  413: 'The body is too large',
  415: 'The body is not of the right type',
  422: 'The files cannot be used; `errors` has every problem',
  429: 'Too many calls; `Retry-After` says when to try again',
  500: 'A fault of the server, which it has logged; the call may be repeated',
  503: 'The database does not answer, or the server starts or stops; the call may be repeated',
} as const;

type RefusalStatus = keyof typeof refusalTexts;
type RefusalResponse = {
  readonly description: string;
  readonly content: { readonly 'application/problem+json': { readonly schema: typeof Problem } };
};

function refusal(status: RefusalStatus, description: string = refusalTexts[status]): RefusalResponse {
  return { description, content: { 'application/problem+json': { schema: Problem } } };
}

function refusals<S extends RefusalStatus>(statuses: readonly S[]): { readonly [K in S]: RefusalResponse } {
  const entries = statuses.map((status) => [status, refusal(status)] as const);
  // `fromEntries` loses the keys.
  return Object.fromEntries(entries) as { readonly [K in S]: RefusalResponse };
}

const always = [400, 401, 403, 429, 500, 503] as const;
const ofBodies = [408, 413, 415] as const;

/** The refusals of a route that only reads: those that every such route may answer with, and `more`. */
export const refusedReads = <S extends RefusalStatus = never>(...more: readonly S[]) => refusals([...always, ...more]);
/** The refusals of a route that changes something: those that every such route may answer with, and `more`. */
export const refusedChanges = <S extends RefusalStatus = never>(...more: readonly S[]) => refusals([...always, ...ofBodies, ...more]);
/** The refusals of a route that authenticates its senders by their signature. */
export const refusedSenders = {
  ...refusals([400, 404, 408, 413, 415, 429, 500, 503]),
  401: refusal(401, 'The signature is wrong or too old'),
};

/** The refusal of a route that is limited by address, and that anyone may call. */
export const refusedOften = refusals([429]);

/** The answer 200 of a route. */
export const ok = <S extends z.ZodType>(description: string, schema: S) => ({ 200: { description, content: json(schema) } });

/** The same for one deploy, with the position of its bake. */
export const okAt = <S extends z.ZodType>(description: string, schema: S) => ({
  200: { description, content: json(schema), headers: { ETag: { schema: { type: 'string' as const }, description: positionText } } },
});
const positionText =
  'the position of the bake, for `If-Match`: it changes when the bake moves or a person decides, and stays while it is only measured';

export const body = <S extends z.ZodType>(schema: S) => ({ body: { required: true, content: json(schema) } });

/** The groups of operations in the document, in its order. */
export const tags = {
  Deploys: 'Register deploys, read them, and wait for their verdict.',
  Interventions: 'What people decide about one deploy.',
  Services: 'What runs where, and how well it goes.',
  Operations: 'Freezes, drills, tests of notifiers, and a reload of the files.',
  Tokens: 'Who may call, and what they may do.',
  Inboxes: 'What other systems send.',
  Webhooks: 'What the server sends to others.',
  Server: 'Whether the server works.',
} as const;

/** The name of an operation in generated clients, its group, and that it needs a token. */
export const operation = (operationId: string, tag: keyof typeof tags) => ({ operationId, tags: [tag], security: [{ bearer: [] }] });
/** The same for an operation that needs no token. */
export const openOperation = (operationId: string, tag: keyof typeof tags) => ({ operationId, tags: [tag], security: [] });
