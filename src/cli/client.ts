import { type ApiClient, createClient as createApiClient } from '../client/index.ts';
import { AppError } from '../core/base/errors.ts';
import { isReadableOnTheWay } from '../core/base/loopback.ts';
import { ServerAway, toError } from './refusal.ts';

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

/** The HTTP API's answer for a deploy: the fields that the command line shows. The compiler compares them with the types of the API. */
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

/**
 * The typed client of the HTTP API. A call throws `AppError` with the text of the problem details where the server refuses it, and `ServerAway` where no server
 * answers. `within`: the same client with another time limit, in milliseconds.
 */
export type Client = ApiClient & { readonly within: (timeoutMs: number) => ApiClient };

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
  const send = async (request: Request, timeoutMs: number): Promise<Response> => {
    const { method, headers } = request;
    const body = method === 'GET' ? {} : { body: (await request.text()) || null };
    try {
      const response = await fetch(request.url, {
        method,
        headers: Object.fromEntries(headers),
        ...body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      if (!response.ok) throw toError(response.status, text);
      return new Response(response.status === 204 ? null : text, { status: response.status });
    } catch (error) {
      throw error instanceof AppError ? error : ServerAway.of(base, error);
    }
  };
  const within = (timeoutMs: number) => createApiClient({ url: base, token, fetch: (request) => send(request, timeoutMs) });
  return { ...within(defaultTimeoutMs), within };
}

/** The answer of a call of the typed client. Throws `AppError` where the other side is no Bakewatch. */
export async function answerOf<T>(call: Promise<{ readonly data?: T; readonly error?: unknown }>): Promise<Exclude<T, undefined>> {
  const { data } = await call.catch((error: unknown) => {
    if (!(error instanceof SyntaxError)) throw error;
    throw new AppError('internal', 'the answer is not JSON: is BAKEWATCH_URL (or --url) the address of a Bakewatch?', { cause: error });
  });
  if (data === undefined) throw new AppError('internal', 'the answer is empty: is BAKEWATCH_URL (or --url) the address of a Bakewatch?');
  // A cast: `undefined` was refused above.
  return data as Exclude<T, undefined>;
}

/** Without the fields that are `undefined`: the types of the API tell a missing field from an undefined one. */
export function given<T extends object>(fields: T): { [Field in keyof T]?: Exclude<T[Field], undefined> } {
  // A cast: what is `undefined` is left out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<typeof given<T>>;
}
