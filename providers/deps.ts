import type { Http } from '../src/net/http.ts';
import type { RunProcess } from '../src/net/process.ts';

/** What every provider is given: the ways out of this process. */
export type ProviderDeps = { readonly http: Http; readonly run: RunProcess };
