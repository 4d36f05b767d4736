import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { didYouMean } from '../core/base/did-you-mean.ts';
import type { ApiEnv } from './auth.ts';
import { problem } from './errors.ts';

/** How long browsers use HTTPS only, in seconds: half a year. Other hosts of the same domain are the operator's affair. */
const strictTransport = 'max-age=15552000';

/** Tells browsers to use HTTPS only, where they do already. */
export const keepSecure: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.get('isSecure')) c.header('strict-transport-security', strictTransport);
  await next();
};

/** Refuses bodies that are not JSON in UTF-8 as they are: other types, charsets and encodings. */
export const expectJson: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return await next();
  const encoding = c.req.header('content-encoding') ?? 'identity';
  if (!/^\s*(?:identity)?\s*$/i.test(encoding)) {
    c.header('accept-encoding', 'identity');
    return problem(c, 415, `send the body as it is, not as ${encoding.slice(0, 50)}`);
  }
  const type = c.req.header('content-type');
  if (type === undefined) return await next();
  if (!/^application\/json\b/i.test(type)) return problem(c, 415, 'send application/json');
  const charset = /;\s*charset\s*=\s*"?([^;"\s]*)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset)) return problem(c, 415, `send JSON in UTF-8, not in ${charset.slice(0, 50)}`);
  return await next();
};

/** Refuses query fields that the operation does not have, and fields that are given twice: a misspelt field must not be ignored. */
export function expectKnownQuery(app: OpenAPIHono<ApiEnv>): MiddlewareHandler<ApiEnv> {
  // Operations are mounted after this, and before the first request.
  let rules: readonly QueryRule[] | null = null;
  return async (c, next) => {
    rules ??= queryRules(app);
    const method = c.req.method === 'HEAD' ? 'get' : c.req.method.toLowerCase();
    const known = rules.find((rule) => rule.method === method && rule.path.test(c.req.path))?.fields ?? null;
    const given = [...new URL(c.req.url).searchParams.keys()];
    const wrong = given.find((name, i) => known !== null && (!known.includes(name) || given.indexOf(name) !== i));
    if (known === null || wrong === undefined) return await next();
    const shown = JSON.stringify(wrong.slice(0, 60));
    const hint = known.length > 0 ? ` (${didYouMean(wrong, known)})` : '; this call has none';
    const message = known.includes(wrong) ? `${shown} is given more than once` : `there is no field ${shown}${hint}`;
    return problem(c, 400, `query: ${message}`, { errors: [{ path: 'query', message }] });
  };
}

type QueryRule = { readonly method: string; readonly path: RegExp; readonly fields: readonly string[] | null };

/** The query fields of every operation; one without parameters in its path comes first. `null`: they are not listed. */
function queryRules(app: OpenAPIHono<ApiEnv>): readonly QueryRule[] {
  const routes = app.openAPIRegistry.definitions.flatMap((one) => (one.type === 'route' ? [one.route] : []));
  const sorted = routes.sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  return sorted.map(({ method, path, request }) => {
    const query = request?.query;
    const listed = query !== undefined && 'shape' in query ? Object.keys(query.shape) : null;
    return { method, path: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`), fields: query === undefined ? [] : listed };
  });
}

/** Answers where no handler is: 405 with `Allow` where the path has other methods, else 404. */
export function answerNothing(app: OpenAPIHono<ApiEnv>, c: Context): Response {
  const place = `${c.req.method} ${c.req.path.slice(0, 200)}`;
  const allowed = new Set(app.routes.flatMap(({ method, path }) => (method !== 'ALL' && isAt(path, c.req.path) ? [method] : [])));
  if (allowed.has('GET')) allowed.add('HEAD');
  // A handler of this method has found nothing.
  if (allowed.size === 0 || allowed.has(c.req.method)) return problem(c, 404, `there is nothing at ${place}`);
  const names = [...allowed].sort().join(', ');
  c.header('allow', names);
  return problem(c, 405, `there is nothing at ${place}; this path takes ${names}`);
}

/** Whether a pattern such as `/deploys/:id/charts/:file{.+}` is at a path. */
function isAt(pattern: string, path: string): boolean {
  if (pattern.includes('*')) return false;
  const parts = pattern
    .split(/(:\w+(?:\{[^}]*\})?\??)/)
    .map((part, i) => (i % 2 === 0 ? part.replace(/[.+()[\]^$|\\]/g, '\\$&') : fitOf(part)));
  return new RegExp(`^${parts.join('')}$`).test(path);
}

function fitOf(parameter: string): string {
  return /\{([^}]*)\}/.exec(parameter)?.[1] ?? '[^/]+';
}
