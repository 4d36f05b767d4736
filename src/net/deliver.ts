import { EffectError, type EffectErrorKind } from '../core/base/errors.ts';
import type { Secret } from '../core/base/secret.ts';
import { secretsIn, secretsInHeader } from './address.ts';
import { excerptOf } from './excerpt.ts';
import { type Http, HttpError, type HttpResponse } from './http.ts';
import { redact } from './redact.ts';
import { retryAfterMs } from './retry-after.ts';
import { type Signing, secretsOfSigning, signatureHeaders } from './sign.ts';

/** One message to another system. `idempotencyKey` is sent as the header `Idempotency-Key`; `signWith` says how it is signed. */
export type OutgoingRequest = {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: Secret;
  /** A path below `url`. Unlike `url`, it is not secret. */
  readonly path?: string | undefined;
  readonly headers?: Readonly<Record<string, Secret>> | undefined;
  /** Headers that are not secret, in lower case. They replace other headers of the same name. */
  readonly openHeaders?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** The maximum size of the answer. Default: 64 KiB. */
  readonly maxBytes?: number | undefined;
  /** Further secrets to remove from the answer, such as those in the body. Secrets of the address, the headers and the signature are removed anyway. */
  readonly moreSecrets?: readonly Secret[] | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly signWith?: Signing | undefined;
  readonly timeoutMs: number;
  /** PEM text that replaces the certificate authorities of the system. */
  readonly ca?: string | undefined;
  /** The kind of error for 425, 429 and 503. `unreachable`: the server certainly did nothing. Default: `failed`. */
  readonly busyIs?: 'failed' | 'unreachable' | undefined;
};

/**
 * The answer to a delivery. `excerpt` is the beginning of its text on one line, without secrets, for messages. `clean` removes the secrets of this
 * delivery from any other part of the answer.
 */
export type DeliveredResponse = HttpResponse & { readonly excerpt: string; readonly clean: (text: string) => string };

/**
 * Sends one request and returns an answer of status 2xx. Throws `EffectError`: `unreachable` if the request certainly did not arrive, `timeout` if it may
 * have arrived, `refused` if a retry is pointless, `failed` (with `retryAfterMs` if the server sent one) if the server has a problem. No message holds a
 * secret, even if the server echoes it.
 */
export async function deliver(http: Http, delivery: OutgoingRequest, signal: AbortSignal): Promise<DeliveredResponse> {
  const host = new URL(delivery.url.reveal()).host;
  if (signal.aborted) throw new EffectError('unreachable', `nothing was sent to ${host}: the work was aborted`);
  const response = await send(http, delivery, signal);
  const secrets = [...secretsIn(delivery.url), ...Object.values(delivery.headers ?? {}).flatMap(secretsInHeader)].concat(
    delivery.moreSecrets ?? [],
    delivery.signWith === undefined ? [] : secretsOfSigning(delivery.signWith),
  );
  const clean = (text: string) => redact(text, secrets);
  const excerpt = excerptOf(clean(response.text));
  const kind = kindOf(response.status, delivery.busyIs ?? 'failed');
  if (kind === null) return { ...response, excerpt, clean };
  const hint = response.status >= 300 && response.status < 400 ? ' (redirects are not followed: write the final address)' : '';
  throw new EffectError(kind, `${host} answered ${response.status}${excerpt && `: ${excerpt}`}${hint}`, {
    output: excerpt,
    status: response.status,
    retryAfterMs: retryAfterMs(response.headers),
  });
}

async function send(http: Http, delivery: OutgoingRequest, signal: AbortSignal): Promise<HttpResponse> {
  const { method, path = '', body, timeoutMs, ca, maxBytes = 65_536 } = delivery;
  const url = path === '' ? delivery.url.reveal() : delivery.url.reveal().replace(/\/+$/, '') + path;
  const more = { ...(body !== undefined && { body }), ...(ca !== undefined && { ca }) };
  try {
    return await http.request({ method, url, headers: headersOf(delivery, http.now ?? Date.now), timeoutMs, maxBytes, ...more }, signal);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw new EffectError(error.isUndelivered ? 'unreachable' : 'timeout', error.message, { cause: error });
  }
}

function headersOf(
  { headers = {}, openHeaders = {}, body, idempotencyKey, signWith }: OutgoingRequest,
  now: () => number,
): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.reveal()])),
    'user-agent': 'bakewatch',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...openHeaders,
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    // Read here, because each retry needs a new signature.
    ...(signWith && signatureHeaders(signWith, { id: idempotencyKey ?? '', body: body ?? '' }, now())),
  };
}

/** A gateway that lost its server (502, 504) does not know whether the work was done. */
function kindOf(status: number, busyIs: EffectErrorKind): EffectErrorKind | null {
  if (status >= 200 && status < 300) return null;
  if (status === 425 || status === 429 || status === 503) return busyIs;
  if (status === 502 || status === 504) return 'timeout';
  if (status >= 500 || status === 408) return 'failed';
  return 'refused';
}
