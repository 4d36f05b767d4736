import type { Http, HttpRequest, HttpResponse } from '../../src/net/http.ts';

/** An `Http` that sends nothing: it records every request and always returns the same answer. */
export function recordingHttp(answer: Partial<HttpResponse> = {}): Http & { readonly requests: readonly HttpRequest[] } {
  const requests: HttpRequest[] = [];
  return {
    requests,
    request: async (request) => {
      requests.push(request);
      return { status: 202, headers: {}, text: '', ...answer };
    },
    close: async () => {},
  };
}
