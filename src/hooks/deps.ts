import type { Http } from '../net/http.ts';
import type { RunProcess } from '../net/process.ts';

/** What every rollback hook is given: the ways out of this process. */
export type HookDeps = { readonly http: Http; readonly run: RunProcess };
