import { AppError } from '../core/base/errors.ts';
import { isReadableOnTheWay } from '../core/base/loopback.ts';

/** A check in the API's answer. A server of an older version sends no layers. */
export type CheckBody = {
  readonly name: string;
  readonly critical: boolean;
  readonly outcome: string;
  readonly reason: string;
  readonly headline?: string;
  readonly because?: string;
  readonly notes?: readonly string[];
  readonly unproven?: string | null;
};

/** The period of a bake. `extended_until`: until when it goes on after its planned end, and why. */
export type BakingBody = {
  readonly from: string;
  readonly ends_at: string;
  readonly limit_at: string;
  readonly extended_until?: string | null;
  readonly extended_because?: string | null;
};

/** The HTTP API's answer for a deploy: the fields that the command line shows. */
export type DeployAnswer = {
  readonly id: string;
  readonly url: string;
  readonly service: string;
  readonly environment: string;
  readonly release: { readonly version: string };
  readonly state: string;
  readonly bake_version: number;
  readonly final: boolean;
  readonly summary: string;
  readonly reasons: readonly string[];
  readonly rolled_back: string | null;
  /** Missing in answers of older servers. */
  readonly rolled_forward?: boolean;
  readonly baking: BakingBody | null;
  readonly deployed_at?: string | null;
  readonly clear_at?: string | null;
  readonly stage: { readonly number: number; readonly of: number; readonly weight: number; readonly ends_at: string } | null;
  readonly registered_at: string;
  readonly target: string | null;
  readonly target_unverified?: boolean;
  /** What looks wrong with the rules; only in the answer to a registration. */
  readonly warnings?: readonly string[];
  readonly confidence?: string | null;
  readonly checks?: readonly CheckBody[];
  readonly explained?: readonly { readonly text: string; readonly because: string; readonly notes: readonly string[] }[];
  readonly asides?: readonly string[];
  readonly attempts?: readonly { readonly order: string; readonly number: number; readonly output: string }[];
};

export type Client = {
  /** Calls the API. Throws `AppError`: `unavailable` when no server answers, else with the text of the problem details. */
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, options?: CallOptions): Promise<T>;
  text(path: string, options?: Pick<CallOptions, 'timeoutMs'>): Promise<string>;
};
export type CallOptions = { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>>; readonly timeoutMs?: number };

type ClientSettings = {
  readonly url: string;
  readonly token: string | null;
  /** Whether the token may be sent over plain HTTP to another machine. */
  readonly isInsecureAllowed?: boolean;
  readonly fetch?: typeof globalThis.fetch | undefined;
};

const defaultTimeoutMs = 15_000;

/**
 * Creates a client of the server at `url`. The token is sent in the Authorization header and never shown. Throws `AppError('invalid')` where it could be
 * read on the way.
 */
export function createClient({ url, token, isInsecureAllowed = false, fetch = globalThis.fetch }: ClientSettings): Client {
  const base = url.replace(/\/$/, '');
  if (token !== null && !isInsecureAllowed && isReadableOnTheWay(url)) {
    const why = `${new URL(url).origin} is plain HTTP to another machine: BAKEWATCH_TOKEN could be read on the way`;
    throw new AppError('invalid', `${why}; use an https address, or allow it with --insecure or BAKEWATCH_INSECURE=1`);
  }
  async function send(method: string, path: string, { body, headers, timeoutMs }: CallOptions): Promise<Response> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        ...sent,
        headers: { ...sent.headers, ...headers, ...(token !== null && { authorization: `Bearer ${token}` }) },
        signal: AbortSignal.timeout(timeoutMs ?? defaultTimeoutMs),
      });
      if (!response.ok) throw await toError(response);
      return response;
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError(
        'unavailable',
        `no answer from ${base}: ${reasonOf(error)}; is the server running, and is BAKEWATCH_URL (or --url) right?`,
        { cause: error },
      );
    }
  }
  return {
    call: async <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, options: CallOptions = {}) => {
      const answer: unknown = await (await send(method, path, options)).json();
      // A cast: the OpenAPI document describes the answer, and `T` is the part of it that the caller reads.
      return answer as T;
    },
    text: async (path, options = {}) => (await send('GET', path, options)).text(),
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

async function toError(response: Response): Promise<AppError> {
  const text = await response.text();
  const code = codes.get(response.status) ?? (response.status >= 500 || response.status === 429 ? 'unavailable' : 'invalid');
  const detail = detailOf(text) ?? `the server answered ${response.status}`;
  return new AppError(code, response.status === 422 ? [detail, ...problemsOf(text)].join('\n') : detail);
}

/** The problems of files that the server refuses, one a line. */
function problemsOf(text: string): readonly string[] {
  const body: unknown = JSON.parse(text);
  const errors: unknown = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : [];
  return Array.isArray(errors)
    ? errors.flatMap(({ message }: { readonly message?: unknown }) => (typeof message === 'string' ? [message] : []))
    : [];
}

const codes = new Map<number, 'unauthorized' | 'forbidden' | 'not_found' | 'conflict' | 'changed'>([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [409, 'conflict'],
  [412, 'changed'],
]);

function detailOf(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string' ? body.detail : null;
  } catch {
    return null;
  }
}
