import type { Http } from '../src/net/http.ts';

/** What every provider is given: the way out of this process. */
export type ProviderDeps = { readonly http: Http };
