import type { ApiSchemas } from '../client/index.ts';
import { formatDuration } from '../core/base/duration.ts';
import { AppError } from '../core/base/errors.ts';
import { answerOf, type Client, type DeployAnswer } from './client.ts';
import { type Io, note } from './io.ts';
import { ServerAway } from './refusal.ts';

const pauseMs = 5_000;
const startingPauseMs = 1_000;
/** How long a server that is just starting is retried, without `--retry`. */
const startingMs = 30_000;

/** `retryMs`: how long any server that does not answer is retried; `null`: only one that is just starting. */
type RegistrationCall = {
  readonly body: ApiSchemas['RegisterDeploy'];
  /** Retried calls with the same key, or with the same build id in the body, are the same deploy. */
  readonly key: string | null;
  readonly retryMs: number | null;
};

/**
 * Registers a deploy, and retries while no server answers. Every try says how long ago the first one was: what was measured since then is of this deploy,
 * and not of the time before it.
 */
export async function registerWithRetries(client: Client, io: Io, { body, key, retryMs }: RegistrationCall): Promise<DeployAnswer> {
  const startedAt = io.now();
  const limitMs = retryMs ?? startingMs;
  let isNoted = false;
  for (;;) {
    const seconds = Math.round((io.now() - startedAt) / 1000);
    try {
      const header = { ...(key !== null && { 'idempotency-key': key }), ...(seconds > 0 && { 'bakewatch-first-try-ago': seconds }) };
      return await answerOf(client.POST('/v1/deploys', { params: { header }, body }));
    } catch (error) {
      const isStarting = error instanceof ServerAway && error.isStarting;
      const isRetried = isStarting || (retryMs !== null && error instanceof AppError && error.code === 'unavailable');
      const isShort = isStarting && io.now() - startedAt < startingMs;
      const nextMs = isShort ? startingPauseMs : pauseMs;
      if (!isRetried || io.now() - startedAt + nextMs > limitMs) throw error;
      if (!isNoted) note(io, `${error.message}; retrying for ${formatDuration(limitMs)}`);
      else if (!isShort) note(io, `${error.message}; retrying`);
      isNoted = true;
      await io.sleep(nextMs);
    }
  }
}
