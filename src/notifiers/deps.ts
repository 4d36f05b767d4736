import type { Http } from '../net/http.ts';

/** What every notifier is given. */
export type NotifierDeps = { readonly http: Http };
