import type { Http } from '../net/http.ts';

/** What every notifier gets: HTTP requests with limits of time and size, and with redaction. */
export type NotifierDeps = { readonly http: Http };
