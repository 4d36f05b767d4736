import createFetchClient, { type Client as FetchClient } from 'openapi-fetch';
import type { components, paths } from './api-types.ts';

/** The HTTP API of a server, with the paths, parameters and answers of its OpenAPI document. */
export type ApiClient = FetchClient<paths>;

/** The bodies of the API, by their names in the OpenAPI document. */
export type ApiSchemas = components['schemas'];

/** `url`: the address of the server. `token`: sent in the Authorization header. `fetch`: the default is Node's own. */
export type ApiClientOptions = {
  readonly url: string;
  readonly token?: string | null | undefined;
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
};

/** Creates a typed client of the HTTP API. Its calls return `data` or `error`, and throw where no server answers. */
export function createClient({ url, token, fetch }: ApiClientOptions): ApiClient {
  return createFetchClient<paths>({
    baseUrl: url.replace(/\/$/, ''),
    ...(fetch !== undefined && { fetch }),
    headers: token == null ? {} : { authorization: `Bearer ${token}` },
  });
}
