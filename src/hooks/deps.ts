import type { Http } from '../net/http.ts';
import type { RunProcess } from '../net/process.ts';

/** What every hook gets: HTTP requests and programs, both with limits of time and size, and with redaction. */
export type HookDeps = { readonly http: Http; readonly run: RunProcess };
