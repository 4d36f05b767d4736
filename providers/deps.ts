import type { Http } from '../src/net/http.ts';
import type { RunProcess } from '../src/net/process.ts';
import type { AlertStore } from '../src/ports/alert-store.ts';

/**
 * What every provider gets: an HTTP client and a process runner. `otherHttp`: the client for a server that is not the provider's own, such as one that gives
 * tokens: its clock means nothing. Default: `http`. `alerts`: what other systems sent to this server; only a server has them.
 */
export type ProviderDeps = {
  readonly http: Http;
  readonly otherHttp?: Http;
  readonly run: RunProcess;
  readonly alerts?: Pick<AlertStore, 'pushedAlerts'>;
};
