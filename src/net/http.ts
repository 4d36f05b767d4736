import { request as undiciRequest } from 'undici';
import { formatDuration } from '../core/base/duration.ts';
import { type Agents, type ClientCertificate, createAgents } from './agents.ts';
import { decodeBody } from './decode-body.ts';
import { HttpError, type HttpErrorKind, kindOf } from './http-error.ts';
import { createProxyChoice, type HttpProxy, type ProxyChoice } from './proxy.ts';

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
  /** The certificate that this client shows to the server. */
  readonly certificate?: ClientCertificate;
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
  /** The proxy of an address. Missing: there are no proxies. */
  readonly proxyFor?: ProxyChoice;
  /** Closes all connections. Pending requests fail with kind `aborted`. */
  close(): Promise<void>;
}

const defaultMaxBytes = 1_048_576;

/** Creates the client. It goes through the proxies that the environment names: by default, there are none. Throws `AppError('invalid')` for a bad one. */
export function createHttp(now?: () => number, environment: Readonly<Record<string, string | undefined>> = {}): Http {
  const tools = { agents: createAgents(), proxyFor: createProxyChoice(environment) };
  return {
    now,
    proxyFor: tools.proxyFor,
    request: (request, signal) => send(request, signal, tools),
    close: tools.agents.close,
  };
}

type HttpTools = { readonly agents: Agents; readonly proxyFor: ProxyChoice };

async function send(request: HttpRequest, signal: AbortSignal, { agents, proxyFor }: HttpTools): Promise<HttpResponse> {
  const url = parseUrl(request.url);
  const proxy = proxyFor(url);
  if (signal.aborted) throw new HttpError('aborted', `the request to ${url.host} was aborted before it was sent`);
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, request.timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const dispatcher = agents.agentFor({ ca: request.ca, certificate: request.certificate, proxy });
    const response = await undiciRequest(`${url.origin}${url.pathname}${url.search}`, {
      dispatcher,
      method: request.method,
      headers: { ...authorizationOf(url), ...request.headers },
      body: request.bytes ?? request.body ?? null,
      signal: limit.signal,
    });
    const headers = flatten(response.headers);
    const body = await readBody(response.body, request, url.host);
    const { maxBytes = defaultMaxBytes, mayCut = false } = request;
    // Half of a packed body cannot be unpacked.
    const bytes = mayCut ? body : await decodeBody(body, { encoding: headers['content-encoding'], maxBytes, host: url.host });
    return { status: response.statusCode, headers, text: Buffer.from(bytes).toString('utf8') };
  } catch (error) {
    if (error instanceof HttpError) throw error;
    if (signal.aborted) throw new HttpError('aborted', `the request to ${url.host} was aborted`);
    if (limit.signal.aborted) throw new HttpError('timeout', `no answer from ${url.host} within ${formatDuration(request.timeoutMs)}`);
    throw translate(error, { host: url.host, proxy });
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

async function readBody(
  body: AsyncIterable<Uint8Array>,
  { maxBytes = defaultMaxBytes, mayCut = false }: Pick<HttpRequest, 'maxBytes' | 'mayCut'>,
  host: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early closes the connection.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes && mayCut) return Buffer.concat([...chunks, chunk]).subarray(0, maxBytes);
    if (size > maxBytes) throw new HttpError('too_large', `the answer of ${host} is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
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
function translate(error: unknown, { host, proxy }: { readonly host: string; readonly proxy: HttpProxy | null }): HttpError {
  const { kind, code } = kindOf(error);
  if (proxy === null) return new HttpError(kind, `${host} ${words[kind]}${code ? ` (${code})` : ''}`, code);
  // Nobody has aborted the request: the proxy has refused to connect to the server.
  const isRefused = kind === 'aborted' || code === 'UND_ERR_INVALID_ARG';
  const through = isRefused ? `: the proxy ${proxy.host} refused it` : ` through the proxy ${proxy.host}${code ? ` (${code})` : ''}`;
  const seen = isRefused ? 'unreachable' : kind;
  return new HttpError(seen, `${host} ${words[seen]}${through}`, code);
}
