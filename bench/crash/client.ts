import { setTimeout as wait } from 'node:timers/promises';
import { nothing } from '../world.ts';

/** A client that retries: it asks one server after the other until one answers. */
export type RetryingClient = {
  call<T>(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<T>;
  /** Vouches for v1 of a service, installs v2, and registers it. Returns the id of the deploy. */
  tell(service: string, install: () => void): Promise<string>;
};

/** Longer than the pages and the API take with a database that hangs. A server that is stopped does not answer at all. */
const timeoutMs = 20_000;
/** Longer than any fault lasts. */
const slowMs = 120_000;

/** `onSlow` is told once of each request that no server has carried out in two minutes, with the last answers. */
export function createClient(urls: readonly string[], patienceMs: number, onSlow: (what: string) => void = nothing): RetryingClient {
  async function call<T>(method: string, path: string, body?: object, extra: Readonly<Record<string, string>> = {}): Promise<T> {
    const startedAt = performance.now();
    const until = startedAt + patienceMs;
    const answers: string[] = [];
    let isSlow = false;
    const headers = { 'content-type': 'application/json', ...extra };
    for (let i = 0; ; i++) {
      const request = { method, headers, ...(body && { body: JSON.stringify(body) }), signal: AbortSignal.timeout(timeoutMs) };
      const answer = await fetch(`${urls[i % urls.length]}${path}`, request)
        .then(async (response) => ({ status: response.status, body: await response.json() }))
        .catch((error: unknown) => ({ status: 503, body: String(error) }));
      if (answer.status < 300) return answer.body as T;
      if ((answer.status < 500 && answer.status !== 429) || performance.now() > until)
        throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      answers.push(`${urls[i % urls.length]}: ${answer.status} ${JSON.stringify(answer.body)}`);
      if (!isSlow && performance.now() - startedAt > slowMs) {
        isSlow = true;
        onSlow(
          [`${method} ${path} ${JSON.stringify(body ?? {})} got ${answers.length} answers. The last:`, ...answers.slice(-6)].join('\n'),
        );
      }
      // A token may ask 1,200 times in a minute.
      await wait(answer.status === 429 ? 1_000 : 50);
    }
  }
  return {
    call,
    async tell(service, install) {
      const place = { service, environment: 'production' };
      await call('POST', '/v1/adopt', { ...place, version: 'v1' });
      // Before the registration, as a pipeline does: the server looks at once which release runs.
      install();
      // As every pipeline does: the answer to the first try may have been lost.
      const key = { 'idempotency-key': `${service}-v2` };
      return (await call<{ readonly id: string }>('POST', '/v1/deploys', { ...place, version: 'v2' }, key)).id;
    },
  };
}
