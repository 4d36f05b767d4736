import type { Http } from '../src/net/http.ts';
import type { RunProcess } from '../src/net/process.ts';

/** What every provider gets: an HTTP client and a process runner. */
export type ProviderDeps = { readonly http: Http; readonly run: RunProcess };
