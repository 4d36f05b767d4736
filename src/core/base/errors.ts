export type AppErrorCode = 'invalid' | 'unauthorized' | 'forbidden' | 'not_found' | 'conflict' | 'unavailable' | 'internal';

/** An expected failure with a message fit for a user. The API and the CLI each have one table from `code` to their own. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  constructor(code: AppErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }
}

/** A provider could not be asked, or its answer could not be used. Becomes a measurement with outcome `error`. */
export class ProviderError extends Error {
  readonly kind: ProviderErrorKind;
  readonly retryAfterMs: number | undefined;
  constructor(kind: ProviderErrorKind, message: string, options?: ErrorOptions & { retryAfterMs?: number | undefined }) {
    super(message, options);
    this.name = 'ProviderError';
    this.kind = kind;
    this.retryAfterMs = options?.retryAfterMs;
  }
  /** Asking again may help: nobody has to change a query or a password first. */
  get retryable(): boolean {
    return this.kind === 'unavailable' || this.kind === 'timeout' || this.kind === 'rate_limited';
  }
}

/** `unreachable`: it certainly did not run · `timeout`: it may have · `refused`: the far side said no · `failed`: it ran and failed. */
export type EffectErrorKind = 'unreachable' | 'timeout' | 'refused' | 'failed';

type EffectErrorOptions = ErrorOptions & {
  output?: string;
  exitCode?: number | null;
  status?: number | null;
  targetGone?: boolean;
  retryAfterMs?: number | undefined;
};

/** A hook or a notifier did not do its work. `output` is what it printed (capped, redacted). */
export class EffectError extends Error {
  readonly kind: EffectErrorKind;
  readonly output: string;
  /** With which code the command ended, where one did. */
  readonly exitCode: number | null;
  /** With which HTTP status the far side answered, where it did. */
  readonly status: number | null;
  /** The release to put back is not on the platform any more: nothing was done, and trying again is pointless. */
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

/** A rule or config file cannot be used; carries every problem found, never just the first. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** `file:line:column path: message (hint)`: the form that editors and terminals make clickable. */
export function formatProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const path = problem.path === '' ? '' : ` ${problem.path}:`;
  return `${place}${path} ${problem.message}${problem.hint ? ` (${problem.hint})` : ''}`;
}

/** Why a provider could not be asked, or was asked in vain. Says nothing about the deploy. */
export type ProviderErrorKind = 'unavailable' | 'timeout' | 'rate_limited' | 'unauthorized' | 'bad_query' | 'bad_response';
