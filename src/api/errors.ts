import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { didYouMean } from '../core/base/did-you-mean.ts';
import { AppError, type AppErrorCode, ConfigError, formatProblem } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';

type Status = 400 | 401 | 403 | 404 | 408 | 409 | 413 | 415 | 422 | 429 | 500 | 503;

const statuses: Readonly<Record<AppErrorCode, Status>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  unavailable: 503,
  internal: 500,
};

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'Who are you?',
  403: 'This is not allowed',
  404: 'Not found',
  408: 'The request took too long',
  409: 'This cannot be done now',
  413: 'The request is too large',
  415: 'The content type is not understood',
  422: 'The rules cannot be used',
  429: 'Too many requests',
  500: 'Something went wrong here',
  503: 'Not available right now',
};

/** One wrong field of a request. */
export type FieldProblem = { readonly path: string; readonly message: string };

/** Answers with problem details (RFC 9457). */
export function problem(c: Context, status: Status, detail: string, errors: readonly FieldProblem[] = []): Response {
  const body = { type: 'about:blank', title: titles[status] ?? 'Error', status, detail, ...(errors.length > 0 && { errors }) };
  if (status === 401) c.header('WWW-Authenticate', 'Bearer realm="bakewatch"');
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' });
}

/** The one place where errors become HTTP answers. What is not meant for users is logged and answered with 500 and no details. */
export function createErrorHandler(log: Log) {
  return (error: Error, c: Context): Response => {
    if (error instanceof AppError) return problem(c, statuses[error.code], error.message);
    if (error instanceof ConfigError)
      return problem(
        c,
        422,
        `${error.problems.length} problem(s) in the rules`,
        error.problems.map((p) => ({ path: p.path, message: formatProblem(p) })),
      );
    if (error instanceof HTTPException) return problem(c, toStatus(error.status), error.message || 'the request could not be read');
    if (wasCut(error)) return problem(c, 400, 'the body did not arrive whole');
    log.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed');
    return problem(c, 500, 'the error was logged; the request may be tried again');
  };
}

/** Whether the caller went away in the middle of a body, as Node tells it: strangers must not be able to write errors into the log. */
function wasCut(error: Error): boolean {
  return error.message === 'aborted' && 'code' in error && error.code === 'ECONNRESET';
}

function toStatus(status: number): Status {
  for (const known of [400, 401, 403, 404, 408, 409, 413, 415, 422, 429] as const) if (known === status) return known;
  return status < 500 ? 400 : 500;
}

/** The wrong fields of a request, with a hint where a field is merely misspelt. `known` are the fields that the body may have. */
export function fieldProblems(error: z.core.$ZodError, target: string, known: readonly string[]): readonly FieldProblem[] {
  const place = target === 'json' ? 'body' : target;
  return error.issues.map((issue) => {
    const path = [place, ...issue.path.map(String)].join('.');
    if (issue.code !== 'unrecognized_keys') return { path, message: wordsFor(issue) };
    const [key = ''] = issue.keys;
    const hint = issue.path.length === 0 && known.length > 0 ? ` (${didYouMean(key, known)})` : '';
    return {
      path,
      message: `there is no field ${issue.keys
        .slice(0, 5)
        .map((one) => JSON.stringify(one.slice(0, 60)))
        .join(', ')}${hint}`,
    };
  });
}

/** In our own words what people run into when they write a call by hand; the rest as the schema says it. */
function wordsFor(issue: z.core.$ZodIssue): string {
  if (issue.message.endsWith('received undefined')) return 'is required';
  if (issue.code === 'invalid_value') return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
  if (issue.code === 'invalid_format' && issue.format === 'uuid')
    return 'must be the id of a deploy, such as `bakewatch status --json` shows';
  return issue.message;
}
