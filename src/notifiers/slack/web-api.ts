import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';
import { Secret } from '../../core/base/secret.ts';
import { type DeliveredResponse, deliver } from '../../net/deliver.ts';
import type { Http } from '../../net/http.ts';
import { createPace } from '../../net/pace.ts';
import { refusalOf } from './refusals.ts';

/** The arguments of a method. They are sent as a form, with lists and maps as JSON, which every method understands. */
export type Arguments = Readonly<Record<string, string | number | boolean | object | undefined>>;

/** The answer of Slack. `code` is the error code of Slack, `error` the same for people. */
export type SlackResponse<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly error: EffectError };

export type SlackCall<S extends z.ZodType> = {
  readonly method: string;
  readonly args: Arguments;
  /** The required fields of a good answer. */
  readonly reply: S;
  readonly idempotencyKey?: string;
};

/** The Web API of Slack for one bot. */
export type WebApi = {
  /** Calls a method. Throws `EffectError` if there is no answer, or one of an unknown form. A refusal is a value. */
  call<S extends z.ZodType>(call: SlackCall<S>, signal: AbortSignal): Promise<SlackResponse<z.output<S>>>;
  /** Like `call`, for methods that post to a channel: at most one call in `paceMs`; further calls wait. */
  write<S extends z.ZodType>(call: SlackCall<S>, signal: AbortSignal): Promise<SlackResponse<z.output<S>>>;
};

export type WebApiOptions = {
  readonly token: Secret;
  /** Other secrets of the app that Slack knows, too. */
  readonly moreSecrets: readonly Secret[];
  readonly base: string;
  readonly timeoutMs: number;
  readonly paceMs: number;
};

/** Answers repeat what was posted, and a page of history may hold 200 messages. */
const maxBytes = 8 * 1_048_576;
/** If Slack asks for a longer pause than this, only the affected notice waits that long. */
const maxPauseMs = 30_000;

const Envelope = z.looseObject({
  ok: z.boolean(),
  error: z.string().nullish(),
  needed: z.string().nullish(),
  errors: z.array(z.unknown()).nullish(),
  response_metadata: z.looseObject({ messages: z.array(z.string()).nullish() }).nullish(),
});

export function createWebApi(http: Http, { token, moreSecrets, base, timeoutMs, paceMs }: WebApiOptions): WebApi {
  const pace = createPace(paceMs);
  const headers = { authorization: new Secret(`Bearer ${token.reveal()}`) };
  const api: WebApi = {
    async call({ method, args, reply, idempotencyKey }, signal) {
      const delivery = {
        method: 'POST' as const,
        url: new Secret(base),
        path: `/${method}`,
        headers,
        body: formOf(args),
        openHeaders: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        moreSecrets,
        maxBytes,
        timeoutMs,
        idempotencyKey,
      };
      const delivered = await deliver(http, delivery, signal).catch((error: unknown) => {
        if (error instanceof EffectError && error.retryAfterMs !== undefined) pace.pause(Math.min(error.retryAfterMs, maxPauseMs));
        throw error;
      });
      return answerOf(method, delivered, reply);
    },
    async write(call, signal) {
      await pace.turn(signal).catch(() => {
        throw new EffectError('unreachable', 'nothing was sent to Slack: the delivery was aborted');
      });
      return await api.call(call, signal);
    },
  };
  return api;
}

function formOf(args: Arguments): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(args)) {
    if (value !== undefined) form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return form.toString();
}

function answerOf<S extends z.ZodType>(method: string, { text, excerpt, clean }: DeliveredResponse, reply: S): SlackResponse<z.output<S>> {
  const body = parseJson(text);
  const envelope = Envelope.safeParse(body).data;
  if (envelope?.ok === false && envelope.error) {
    const more = [...(envelope.errors ?? []), ...(envelope.response_metadata?.messages ?? [])].map(String);
    return { ok: false, code: envelope.error, error: refusalOf({ method, code: envelope.error, needed: envelope.needed, more }, clean) };
  }
  const value = envelope?.ok === true ? reply.safeParse(body) : null;
  if (value?.success) return { ok: true, value: value.data };
  throw new EffectError('failed', `the answer of Slack to ${method} has an unknown form${excerpt && `: ${excerpt}`}`, { output: excerpt });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
