import type { Http, HttpRequest, HttpResponse } from '../../src/net/http.ts';

/** An `Http` that sends nothing: it keeps every request, and answers each the same. */
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
