import { type Client, createClient } from '../../src/cli/client.ts';

/** A call as it goes over the wire. `path` has the query. */
export type WireCall = { readonly method: string; readonly path: string; readonly body: unknown; readonly headers: Headers };

/** The real client of the command line in front of a server that is a function. A text is sent as it is, everything else as JSON; what it throws, the network throws. */
export function fakeClient(answer: (call: WireCall) => unknown): Client {
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const { pathname, search } = new URL(String(input));
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const result = answer({ method: init.method ?? 'GET', path: `${pathname}${search}`, body, headers: new Headers(init.headers) });
    if (result instanceof Response) return result;
    return typeof result === 'string' ? new Response(result) : Response.json(result);
  };
  return createClient({ url: 'http://127.0.0.1:8700', token: null, fetch });
}
