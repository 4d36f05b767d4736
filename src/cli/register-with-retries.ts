import { AppError } from '../core/base/errors.ts';
import type { Client, DeployAnswer } from './client.ts';
import { type Io, note } from './io.ts';

const pauseMs = 5_000;

type RegistrationCall = { readonly body: unknown; readonly headers: Readonly<Record<string, string>>; readonly retryMs: number };

/**
 * Registers a deploy, and retries for `retryMs` while no server answers. Every try says how long ago the first one was: what was measured since then is
 * of this deploy, and not of the time before it.
 */
export async function registerWithRetries(client: Client, io: Io, { body, headers, retryMs }: RegistrationCall): Promise<DeployAnswer> {
  const startedAt = io.now();
  for (;;) {
    const seconds = Math.round((io.now() - startedAt) / 1000);
    try {
      const first = seconds > 0 ? { 'bakewatch-first-try-ago': String(seconds) } : {};
      return await client.call<DeployAnswer>('POST', '/v1/deploys', { body, headers: { ...headers, ...first } });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unavailable' || io.now() - startedAt + pauseMs > retryMs) throw error;
      note(io, `${error.message}; retrying`);
      await io.sleep(pauseMs);
    }
  }
}
