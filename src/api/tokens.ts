import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { parseDuration } from '../core/base/duration.ts';
import { type Grant, tokenVerbs } from '../core/base/grant.ts';
import { Name } from '../core/base/option-schemas.ts';
import type { StoredToken } from '../ports/token-store.ts';
import * as work from '../usecases/manage-tokens.ts';
import { type ApiEnv, demand, type Token } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { iso } from './present.ts';
import { name } from './request-schemas.ts';
import { body, json, ok, operation, refusedChanges, refusedReads } from './route-parts.ts';
import { originOf } from './trace.ts';

const [minuteMs, yearMs] = [60_000, 366 * 86_400_000];
const maxLifeMs = 10 * yearMs;
const maxOverlapMs = 30 * 86_400_000;

/** A duration within limits; parses to milliseconds. */
const span = (description: string, [min, max]: readonly [number, number], limits: string) =>
  z
    .string()
    .refine((text) => {
      const ms = parseDuration(text);
      return ms !== null && ms >= min && ms <= max;
    }, `must be a duration such as 24h or 90d, ${limits}`)
    .openapi({ description, example: '90d' });

const Life = z
  .union([z.literal('never'), span('', [minuteMs, maxLifeMs], 'from 1m to 10 years')])
  .openapi({ description: 'how long the secret works, such as 90d; never: without an end', example: '90d', type: 'string' });

const Names = z.array(z.string().pipe(Name)).min(1).max(100);

const NewTokenBody = z
  .strictObject({
    name: name('the name of the caller, as the audit log shows it', 'ci'),
    verbs: z
      .array(z.enum(tokenVerbs))
      .min(1)
      .openapi({ description: 'what the caller may do', example: ['register', 'read'] }),
    services: Names.optional().openapi({ description: 'only for these services; default: all', example: ['shop'] }),
    environments: Names.optional().openapi({ description: 'only for these environments; default: all', example: ['production'] }),
    expires: Life,
  })
  .openapi('NewToken');

const RotationBody = z
  .strictObject({
    overlap: span('how long the secret before works as well; default: 24h', [0, maxOverlapMs], 'from 0s to 30d').default('24h'),
    expires: Life.optional(),
  })
  .openapi('TokenRotation');

const TokenName = z.object({
  name: z
    .string()
    .max(200)
    .openapi({ param: { name: 'name', in: 'path' }, example: 'ci' }),
});

const instantOrNull = (description: string) => z.union([z.iso.datetime(), z.null()]).openapi({ description });

const TokenView = z
  .object({
    name: z.string(),
    source: z.enum(['database', 'config']).openapi({ description: 'config: it is changed in the config only' }),
    state: z.enum(['active', 'expired', 'revoked']),
    verbs: z.array(z.enum(tokenVerbs)),
    services: z.array(z.string()).openapi({ description: 'empty: all' }),
    environments: z.array(z.string()).openapi({ description: 'empty: all' }),
    created_at: instantOrNull('null: it is in the config'),
    created_by: z.union([z.string(), z.null()]),
    expires_at: instantOrNull('null: it has no end'),
    last_used_at: instantOrNull('to the minute; null: never, or it is in the config'),
    old_secret_expires_at: instantOrNull('until when the secret before the last rotation works; null: it does not'),
    old_secret_last_used_at: instantOrNull('whether a caller still has the secret before the last rotation'),
    revoked_at: instantOrNull('null: it was not revoked'),
    revoked_by: z.union([z.string(), z.null()]),
  })
  .openapi('Token');

const IssuedTokenView = z
  .object({
    token: TokenView,
    secret: z.string().openapi({ description: 'the secret; it is shown only here', pattern: '^bw_[0-9A-Za-z]{61}$' }),
    closes: z.boolean().openapi({
      description: 'this was the first token: from now on, every call of this server and of all others on its database needs one',
    }),
  })
  .openapi('IssuedToken');

const needs = 'Needs a token that may `admin` wherever the managed token may act.';
const create = createRoute({
  method: 'post',
  path: '/v1/tokens',
  summary: 'Create a token',
  description: `${needs} On a server without tokens, everyone on its machine may create the first one; that one must be able to \`admin\` everywhere, and from then on every call needs a token.`,
  ...operation('createToken', 'Tokens'),
  request: body(NewTokenBody),
  responses: { 201: { description: 'The token and its secret', content: json(IssuedTokenView) }, ...refusedChanges(409) },
});
const list = createRoute({
  method: 'get',
  path: '/v1/tokens',
  summary: 'List the tokens',
  description: `${needs} Tokens that have ended are listed for 400 days.`,
  ...operation('listTokens', 'Tokens'),
  responses: {
    ...ok('The tokens that the caller may manage', z.object({ tokens: z.array(TokenView) }).openapi('Tokens')),
    ...refusedReads(),
  },
});
const rotate = createRoute({
  method: 'post',
  path: '/v1/tokens/{name}/rotate',
  summary: 'Give a token a new secret',
  description: `${needs} The secret before works for \`overlap\`, so that callers can be changed one after the other; an older one ends at once. Without \`expires\`, the new secret lives as long as the one before.`,
  ...operation('rotateToken', 'Tokens'),
  request: { params: TokenName, ...body(RotationBody) },
  responses: { ...ok('The token and its new secret', IssuedTokenView), ...refusedChanges(404, 409) },
});
const revoke = createRoute({
  method: 'delete',
  path: '/v1/tokens/{name}',
  summary: 'Revoke a token',
  description: `${needs} It ends on all servers at once, also for calls that are already on their way.`,
  ...operation('revokeToken', 'Tokens'),
  request: { params: TokenName },
  responses: { ...ok('The revoked token', TokenView), ...refusedChanges(404, 409) },
});

/** Mounts the work on tokens. An answer with a secret must not be kept by anything in between. */
export function mountTokens(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { store, clock, log } = deps;
  const manage = (c: Context<ApiEnv>) => ({
    store,
    clock,
    log,
    configured: () => deps.tokens.map((token) => token.name),
    origin: originOf(c),
  });
  const present = (token: StoredToken) => presentStored(token, clock.now());

  app.openapi(create, async (c) => {
    const { name: tokenName, verbs, services = [], environments = [], expires } = c.req.valid('json');
    const grant = { verbs: [...new Set(verbs)], services, environments };
    const { token, secret, closes } = await work.createToken(manage(c), demand(c, 'admin'), {
      name: tokenName,
      grant,
      lifeMs: lifeOf(expires),
    });
    keepSecret(c);
    return c.json({ token: present(token), secret: secret.reveal(), closes }, 201);
  });

  app.openapi(list, async (c) => {
    const caller = demand(c, 'admin');
    const configured = deps.tokens.filter((token) => work.mayManage(caller, token)).map((token) => presentConfigured(token, clock.now()));
    return c.json({ tokens: [...configured, ...(await work.listTokens(manage(c), caller)).map(present)] }, 200);
  });

  app.openapi(rotate, async (c) => {
    const { overlap, expires } = c.req.valid('json');
    const wish = {
      name: c.req.valid('param').name,
      overlapMs: parseDuration(overlap) ?? 0,
      lifeMs: expires === undefined ? undefined : lifeOf(expires),
    };
    const { token, secret } = await work.rotateToken(manage(c), demand(c, 'admin'), wish);
    keepSecret(c);
    return c.json({ token: present(token), secret: secret.reveal(), closes: false }, 200);
  });

  app.openapi(revoke, async (c) => {
    return c.json(present(await work.revokeToken(manage(c), demand(c, 'admin'), c.req.valid('param').name)), 200);
  });
}

function keepSecret(c: Context): void {
  c.header('cache-control', 'no-store');
}

function lifeOf(text: string): number | null {
  return text === 'never' ? null : parseDuration(text);
}

function presentStored({ grant, secrets, ...token }: StoredToken, now: number) {
  const [newest, before] = secrets;
  const works = (secret: typeof newest) => secret !== undefined && (secret.expiresAt === null || secret.expiresAt > now);
  const state: 'active' | 'expired' | 'revoked' = token.revokedAt !== null ? 'revoked' : secrets.some(works) ? 'active' : 'expired';
  return {
    name: token.name,
    source: 'database' as const,
    state,
    ...presentGrant(grant),
    created_at: iso(token.createdAt),
    created_by: token.createdBy,
    expires_at: isoOrNull(newest?.expiresAt),
    last_used_at: isoOrNull(newest?.lastUsedAt),
    old_secret_expires_at: works(before) && state === 'active' ? isoOrNull(before?.expiresAt) : null,
    old_secret_last_used_at: isoOrNull(before?.lastUsedAt),
    revoked_at: isoOrNull(token.revokedAt),
    revoked_by: token.revokedBy,
  };
}

function presentConfigured({ name: tokenName, expiresAt, ...grant }: Token, now: number) {
  const state: 'active' | 'expired' = expiresAt && expiresAt <= now ? 'expired' : 'active';
  const none = { created_at: null, created_by: null, last_used_at: null, old_secret_expires_at: null, old_secret_last_used_at: null };
  return {
    name: tokenName,
    source: 'config' as const,
    state,
    ...presentGrant(grant),
    ...none,
    expires_at: isoOrNull(expiresAt),
    revoked_at: null,
    revoked_by: null,
  };
}

function presentGrant({ verbs, services, environments }: Grant) {
  return { verbs: [...verbs], services: [...services], environments: [...environments] };
}

function isoOrNull(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : iso(at);
}
