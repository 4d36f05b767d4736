import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { didYouMean } from '../core/base/did-you-mean.ts';
import { AppError, ConfigError, failureStatuses, formatProblem } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import { type ProblemName, problemTitles } from '../core/base/problem-names.ts';

type Status = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 412 | 413 | 415 | 422 | 429 | 500 | 503;

/** What stands before the name of a problem in its `type`. */
const problemTypePrefix = 'urn:bakewatch:problem:';

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'A valid token is needed',
  403: 'This is not allowed',
  404: 'Not found',
  405: 'The path does not take this method',
  408: 'The request took too long',
  409: 'This cannot be done now',
  412: 'It has changed meanwhile',
  413: 'The request is too large',
  415: 'The content type is not understood',
  422: 'The files cannot be used',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available now',
};

/** One wrong field of a request. */
export type FieldProblem = { readonly path: string; readonly message: string };

type ProblemParts = { readonly name?: ProblemName | undefined; readonly errors?: readonly FieldProblem[] };

/** Answers with problem details (RFC 9457). `name`: what programs tell it by; missing: the status says it all (`about:blank`). */
export function problem(c: Context, status: Status, detail: string, { name, errors = [] }: ProblemParts = {}): Response {
  const type = name === undefined ? 'about:blank' : `${problemTypePrefix}${name}`;
  const title = name === undefined ? (titles[status] ?? 'Error') : problemTitles[name];
  const body = { type, title, status, detail, ...(errors.length > 0 && { errors }) };
  if (status === 401) c.header('WWW-Authenticate', 'Bearer realm="bakewatch"');
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' });
}

/** Turns errors into HTTP answers; no other place does. An unexpected error is logged and answered with 500 and no details. */
export function createErrorHandler(log: Log) {
  return (error: Error, c: Context): Response => {
    if (error instanceof AppError) return problem(c, failureStatuses[error.code], error.message, { name: error.problem });
    if (error instanceof ConfigError)
      return problem(c, 422, `the files have ${error.problems.length} problem${error.problems.length === 1 ? '' : 's'}`, {
        errors: error.problems.map((p) => ({ path: p.path, message: formatProblem(p) })),
      });
    if (error instanceof HTTPException) return problem(c, toStatus(error.status), error.message || 'the request could not be read');
    if (isAborted(error)) return problem(c, 400, 'the body is incomplete');
    log.error({ err: error, method: c.req.method, path: c.req.path, requestId: c.get('requestId') }, 'request failed');
    return problem(c, 500, 'the error was logged; the request may be retried');
  };
}

/** Whether the caller closed the connection in the middle of a body, in Node's words. Strangers must not be able to write errors into the log. */
function isAborted(error: Error): boolean {
  return error.message === 'aborted' && 'code' in error && error.code === 'ECONNRESET';
}

function toStatus(status: number): Status {
  for (const known of [400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 429] as const) if (known === status) return known;
  return status < 500 ? 400 : 500;
}

/** Lists the wrong fields of a request, with a hint where a field is misspelt. `known` are the fields that the body may have. */
export function fieldProblems(error: z.core.$ZodError, target: string, known: readonly string[]): readonly FieldProblem[] {
  const place = target === 'json' ? 'body' : target;
  return error.issues.map((issue) => {
    const path = [place, ...issue.path.map(String)].join('.');
    if (issue.code !== 'unrecognized_keys') return { path, message: messageOf(issue) };
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

/** Words the problems that are frequent in handwritten calls; other problems keep the message of the schema. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.message.endsWith('received undefined')) return 'is required';
  if (issue.code === 'invalid_value') return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
  if (issue.code === 'invalid_format' && issue.format === 'uuid')
    return 'must be the id of a deploy, such as `bakewatch status --json` shows';
  return issue.message;
}
