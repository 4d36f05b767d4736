import type { Http } from '../src/net/http.ts';
import type { RunProcess } from '../src/net/process.ts';

/**
 * What every provider gets: an HTTP client and a process runner. `otherHttp`: the client for a server that is not the provider's own, such as one that gives
 * tokens: its clock means nothing. Default: `http`.
 */
export type ProviderDeps = { readonly http: Http; readonly otherHttp?: Http; readonly run: RunProcess };
