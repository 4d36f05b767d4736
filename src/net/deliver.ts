import { EffectError, type EffectErrorKind } from '../core/base/errors.ts';
import type { Secret } from '../core/base/secret.ts';
import { secretsIn, secretsInHeader } from './address.ts';
import { excerptOf } from './excerpt.ts';
import { type Http, HttpError, type HttpResponse } from './http.ts';
import { redact } from './redact.ts';
import { retryAfterMs } from './retry-after.ts';
import { signature } from './sign.ts';

/** One message to another system. `idempotencyKey` is sent as `Idempotency-Key`; with `signWith` the body is signed. */
export type OutgoingRequest = {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: Secret;
  /** What is asked for below `url`; unlike it, no secret. */
  readonly path?: string | undefined;
  readonly headers?: Readonly<Record<string, Secret>> | undefined;
  /** Headers that are no secrets; they replace any other of the same name, in lower case. */
  readonly openHeaders?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** More of an answer than this (64 KiB unless told) is trouble. */
  readonly maxBytes?: number | undefined;
  /** What an answer must not show either, beside the secrets of the address, the headers and the signature: those of the body, say. */
  readonly moreSecrets?: readonly Secret[] | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly signWith?: Secret | undefined;
  readonly timeoutMs: number;
  /** PEM text that replaces the system's authorities. */
  readonly ca?: string | undefined;
  /** What "too busy, not now" (425, 429, 503) means: trouble (the default), or that certainly nothing was done. */
  readonly busyIs?: 'failed' | 'unreachable' | undefined;
};

/**
 * The answer to a delivery. `excerpt` is the beginning of its text on one line, without secrets, fit to be shown; `clean` takes the secrets of this
 * delivery out of any other part of the answer.
 */
export type DeliveredResponse = HttpResponse & { readonly excerpt: string; readonly clean: (text: string) => string };

/**
 * Sends once and returns an answer of status 2xx. Throws `EffectError`: `unreachable` only when it certainly did not arrive, `timeout` when it may have,
 * `refused` when repeating it is pointless, `failed` (with `retryAfterMs` where told) when the far side had trouble. No message holds a secret, even
 * when the far side echoes it.
 */
export async function deliver(http: Http, delivery: OutgoingRequest, signal: AbortSignal): Promise<DeliveredResponse> {
  const host = new URL(delivery.url.reveal()).host;
  if (signal.aborted) throw new EffectError('unreachable', `nothing was sent to ${host}: the work was aborted`);
  const response = await send(http, delivery, signal);
  const secrets = [...secretsIn(delivery.url), ...Object.values(delivery.headers ?? {}).flatMap(secretsInHeader)].concat(
    delivery.moreSecrets ?? [],
    delivery.signWith ?? [],
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
    return await http.request({ method, url, headers: headersOf(delivery), timeoutMs, maxBytes, ...more }, signal);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw new EffectError(error.isUndelivered ? 'unreachable' : 'timeout', error.message, { cause: error });
  }
}

function headersOf({ headers = {}, openHeaders = {}, body, idempotencyKey, signWith }: OutgoingRequest): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.reveal()])),
    'user-agent': 'bakewatch',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...openHeaders,
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    // The instant of a signature is read here because a repeated delivery must be signed anew.
    ...(signWith && { 'bakewatch-signature': signature(signWith, body ?? '', Date.now()) }),
  };
}

/** A gateway that lost its server (502, 504) cannot know whether the work was done. */
function kindOf(status: number, busyIs: EffectErrorKind): EffectErrorKind | null {
  if (status >= 200 && status < 300) return null;
  if (status === 425 || status === 429 || status === 503) return busyIs;
  if (status === 502 || status === 504) return 'timeout';
  if (status >= 500 || status === 408) return 'failed';
  return 'refused';
}
