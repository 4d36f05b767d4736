import type { ProblemName } from './problem-names.ts';

/** The kinds of expected failures that a user may see. `changed`: what the caller decided about has moved on since the caller saw it. */
export type AppErrorCode = 'invalid' | 'unauthorized' | 'forbidden' | 'not_found' | 'conflict' | 'changed' | 'unavailable' | 'internal';

/** The HTTP status of each kind of failure, for programs and for people alike. */
export const failureStatuses = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  changed: 412,
  unavailable: 503,
  internal: 500,
} as const satisfies Readonly<Record<AppErrorCode, number>>;

/** An expected failure with a message for the user. The API maps `code` to an HTTP status, the CLI maps it to an exit code. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  /** What programs tell this failure from others of its code by; missing: the code says it all. */
  readonly problem: ProblemName | undefined;
  constructor(code: AppErrorCode, message: string, options?: ErrorOptions & { readonly problem?: ProblemName }) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.problem = options?.problem ?? (code === 'changed' ? 'changed' : undefined);
  }
}

/** The request to a provider failed, or its answer is unusable. Becomes a measurement with outcome `error`. */
export class ProviderError extends Error {
  readonly kind: ProviderErrorKind;
  readonly retryAfterMs: number | undefined;
  constructor(kind: ProviderErrorKind, message: string, options?: ErrorOptions & { retryAfterMs?: number | undefined }) {
    super(message, options);
    this.name = 'ProviderError';
    this.kind = kind;
    this.retryAfterMs = options?.retryAfterMs;
  }
  /** Whether a retry may help without a change to the query or the credentials. */
  get retryable(): boolean {
    return this.kind === 'unavailable' || this.kind === 'timeout' || this.kind === 'rate_limited';
  }
}

/** `unreachable`: it did not run · `timeout`: it may have run · `refused`: the receiver rejected it · `failed`: it ran and failed. */
export type EffectErrorKind = 'unreachable' | 'timeout' | 'refused' | 'failed';

type EffectErrorOptions = ErrorOptions & {
  output?: string;
  exitCode?: number | null;
  status?: number | null;
  targetGone?: boolean;
  retryAfterMs?: number | undefined;
};

/** A hook or a notifier failed. `output` is what it printed (capped and redacted). */
export class EffectError extends Error {
  readonly kind: EffectErrorKind;
  readonly output: string;
  /** The exit code of the command, if it ended. */
  readonly exitCode: number | null;
  /** The HTTP status of the answer, if there was one. */
  readonly status: number | null;
  /** The target release is no longer on the platform: the hook did nothing, and a retry cannot help. */
  readonly targetGone: boolean;
  readonly retryAfterMs: number | undefined;
  constructor(kind: EffectErrorKind, message: string, options?: EffectErrorOptions) {
    super(message, options);
    this.name = 'EffectError';
    this.kind = kind;
    this.output = options?.output ?? '';
    this.exitCode = options?.exitCode ?? null;
    this.status = options?.status ?? null;
    this.targetGone = options?.targetGone ?? false;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** One problem in a file that a person wrote. Lines and columns count from 1. */
export type Problem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The place in the document, such as `checks.errors.fail_when[0].above`. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string | undefined;
};

/** A rule or config file is unusable. Carries every problem that was found, not only the first. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Formats a problem as `file:line:column path: message (hint)`, which editors and terminals make clickable. */
export function formatProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const path = problem.path === '' ? '' : ` ${problem.path}:`;
  return `${place}${path} ${problem.message}${problem.hint ? ` (${problem.hint})` : ''}`;
}

/** Why a request to a provider failed. Says nothing about the deploy. */
export type ProviderErrorKind = 'unavailable' | 'timeout' | 'rate_limited' | 'unauthorized' | 'bad_query' | 'bad_response';
