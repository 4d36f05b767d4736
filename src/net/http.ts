import { Agent, request as undiciRequest } from 'undici';
import { formatDuration } from '../core/base/duration.ts';
import { HttpError, type HttpErrorKind, kindOf } from './http-error.ts';

export { HttpError };

/**
 * One HTTP request. `timeoutMs` limits everything together, from the name look-up to the last byte of the body. An answer of more than `maxBytes`
 * (default: 1 MiB) is an error; with `mayCut`, the rest is not read instead. `ca` is PEM text that replaces the certificate authorities of the system.
 */
export type HttpRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A binary body, instead of `body`. */
  readonly bytes?: Uint8Array;
  readonly timeoutMs: number;
  readonly maxBytes?: number;
  readonly mayCut?: boolean;
  readonly ca?: string;
};

/** An answer of any status. Names of headers are in lower case; repeated headers are joined by a comma. */
export type HttpResponse = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string };

/** The only HTTP client of this process. It follows no redirect: the credentials of one origin never reach another. */
export interface Http {
  /** The time that signatures and queries go by. Missing: the machine's. */
  readonly now?: (() => number) | undefined;
  /**
   * Sends the request once, without retries. Throws `HttpError`. Its message names only the host of the request, because path, query, headers and body
   * may hold secrets. Sends nothing if the signal has already aborted.
   */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
  /** Closes all connections. Pending requests fail with kind `aborted`. */
  close(): Promise<void>;
}

const defaultMaxBytes = 1_048_576;

/** Creates the client. Requests with the same `ca` share connections, which are kept open. */
export function createHttp(now?: () => number): Http {
  const agents = new Map<string, Agent>();
  const agentFor = (ca: string | undefined): Agent => {
    const known = agents.get(ca ?? '');
    if (known) return known;
    // Our own timer limits every request, so undici's are off, except the one that distinguishes "never connected" from "no answer".
    const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000, ...(ca !== undefined && { ca }) } });
    agents.set(ca ?? '', agent);
    return agent;
  };
  return {
    now,
    request: (request, signal) => send(request, signal, agentFor),
    close: async () => {
      const closing = [...agents.values()].map((agent) => agent.destroy());
      agents.clear();
      await Promise.all(closing);
    },
  };
}

async function send(request: HttpRequest, signal: AbortSignal, agentFor: (ca: string | undefined) => Agent): Promise<HttpResponse> {
  const url = parseUrl(request.url);
  if (signal.aborted) throw new HttpError('aborted', `the request to ${url.host} was aborted before it was sent`);
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, request.timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const dispatcher = agentFor(request.ca);
    const response = await undiciRequest(`${url.origin}${url.pathname}${url.search}`, {
      dispatcher,
      method: request.method,
      headers: { ...authorizationOf(url), ...request.headers },
      body: request.bytes ?? request.body ?? null,
      signal: limit.signal,
    });
    const text = await readText(response.body, request, url.host);
    return { status: response.statusCode, headers: flatten(response.headers), text };
  } catch (error) {
    if (error instanceof HttpError) throw error;
    if (signal.aborted) throw new HttpError('aborted', `the request to ${url.host} was aborted`);
    if (limit.signal.aborted) throw new HttpError('timeout', `no answer from ${url.host} within ${formatDuration(request.timeoutMs)}`);
    throw translate(error, url.host);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

// No message holds the URL: Slack and others put their secret into the path.
function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new HttpError('unreachable', 'the address is not a usable http or https URL');
}

function authorizationOf(url: URL): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

async function readText(
  body: AsyncIterable<Uint8Array>,
  { maxBytes = defaultMaxBytes, mayCut = false }: Pick<HttpRequest, 'maxBytes' | 'mayCut'>,
  host: string,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early closes the connection.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes && mayCut)
      return Buffer.concat([...chunks, chunk])
        .subarray(0, maxBytes)
        .toString('utf8');
    if (size > maxBytes) throw new HttpError('too_large', `the answer of ${host} is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

const words: Readonly<Record<HttpErrorKind, string>> = {
  unreachable: 'could not be reached',
  tls: 'could not be trusted',
  broken: 'broke the connection before its answer was complete',
  timeout: 'did not answer in time',
  too_large: 'sent an answer that is too large',
  aborted: 'was no longer needed',
};

// The original error is not kept as the cause: parser errors of undici hold raw bytes of the answer.
function translate(error: unknown, host: string): HttpError {
  const { kind, code } = kindOf(error);
  return new HttpError(kind, `${host} ${words[kind]}${code ? ` (${code})` : ''}`, code);
}
