import { AppError } from '../core/base/errors.ts';

/** No server answers, or one that is not open. `isStarting`: it looks like a server that starts just now, so that a retry may help in seconds. */
export class ServerAway extends AppError {
  readonly isStarting: boolean;
  constructor(message: string, { isStarting, cause }: { readonly isStarting: boolean; readonly cause?: unknown }) {
    super('unavailable', message, { cause });
    this.isStarting = isStarting;
  }
  /** For an error of `fetch`. */
  static of(base: string, error: unknown): ServerAway {
    const message = `no answer from ${base}: ${reasonOf(error)}; is the server running, and is BAKEWATCH_URL (or --url) right?`;
    return new ServerAway(message, { isStarting: codeOf(error) === 'ECONNREFUSED', cause: error });
  }
}

/** The error for an answer that refuses a call. `text`: its body. */
export function toError(status: number, text: string): AppError {
  const body = bodyOf(text);
  const detail = typeof body.detail === 'string' ? body.detail : `the server answered ${status}`;
  // 502 and 503 are what a proxy answers while the server behind it starts, and what the server answers until it is open.
  if (status >= 500 || status === 429) return new ServerAway(detail, { isStarting: status === 502 || status === 503 });
  return new AppError(codes.get(status) ?? 'invalid', status === 422 ? [detail, ...problemsOf(body)].join('\n') : detail);
}

const codes = new Map<number, 'unauthorized' | 'forbidden' | 'not_found' | 'conflict' | 'changed'>([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [409, 'conflict'],
  [412, 'changed'],
]);

type ProblemBody = { readonly detail?: unknown; readonly errors?: unknown };

function bodyOf(text: string): ProblemBody {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

/** The problems of files that the server refuses, one a line. */
function problemsOf({ errors }: ProblemBody): readonly string[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap(({ message }: { readonly message?: unknown }) => (typeof message === 'string' ? [message] : []));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

function codeOf(error: unknown): unknown {
  const cause: unknown = error instanceof Error ? error.cause : null;
  return cause instanceof Error && 'code' in cause ? cause.code : null;
}
