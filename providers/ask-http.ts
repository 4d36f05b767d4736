import { type Http, HttpError, type HttpRequest, type HttpResponse } from '../src/net/http.ts';
import { LoginError } from '../src/net/login/login.ts';
import { loginFailure, refusalOf, transportError, type Vendor } from './refusal.ts';

/**
 * Sends one request and returns an answer of status 2xx. Throws `ProviderError` for everything else. A vendor that reports errors with status 200 reads
 * them from the answer and throws `refusalOf` itself.
 */
export async function askHttp(
  { http, vendor }: { readonly http: Http; readonly vendor: Vendor },
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const headers = { accept: 'application/json', 'user-agent': 'bakewatch', ...request.headers };
  const response = await http.request({ ...request, headers }, signal).catch((error: unknown) => {
    if (error instanceof LoginError) throw loginFailure(error, vendor);
    throw error instanceof HttpError ? transportError(error, vendor.tooLarge) : error;
  });
  if (response.status >= 200 && response.status < 300) return response;
  throw refusalOf(response, vendor);
}
