import type { CustomFetch } from 'openid-client';
import { type Http, HttpError } from '../net/http.ts';

const timeoutMs = 10_000;

/** Sends the requests of openid-client through our HTTP client. `ca`: PEM text that replaces the certificate authorities of the system. */
export function createOidcFetch(http: Http, ca: string | null): CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    if (method !== 'GET' && method !== 'POST') throw new HttpError('unreachable', `a request with ${method} is not expected`);
    const text = body === undefined || body === null ? undefined : body.toString();
    const response = await http.request(
      {
        method,
        url,
        headers: { ...headers, 'user-agent': 'bakewatch' },
        timeoutMs,
        ...(text !== undefined && { body: text }),
        ...(ca !== null && { ca }),
      },
      signal ?? AbortSignal.timeout(timeoutMs),
    );
    const hasBody = response.status !== 204 && response.status !== 304;
    const type = response.headers['content-type'];
    return new Response(hasBody ? response.text : null, {
      status: response.status,
      ...(type !== undefined && { headers: { 'content-type': type } }),
    });
  };
}
