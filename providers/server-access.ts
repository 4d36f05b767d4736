import type { Secret } from '../src/core/base/secret.ts';
import { secretsInHeader } from '../src/net/address.ts';
import type { Http, HttpRequest } from '../src/net/http.ts';
import { createLogin } from '../src/net/login/create-login.ts';
import { withLogin } from '../src/net/login/login.ts';
import type { LoginOptions } from '../src/net/login/login-options.ts';
import type { ProviderDeps } from './deps.ts';

type AccessOptions = LoginOptions & { readonly headers: Readonly<Record<string, Secret>> };

/** How an instance reaches its server: a client that logs in, the headers and the certificates of every request, and what no message may show. */
export type ServerAccess = {
  readonly http: Http;
  readonly headers: () => Record<string, string>;
  readonly tls: Pick<HttpRequest, 'ca' | 'certificate'>;
  /** Tokens change, so they are asked for each time. */
  readonly secrets: () => readonly Secret[];
};

/** Prepares the access of an instance by its options. */
export function accessOf(options: AccessOptions, { http, otherHttp = http, run }: ProviderDeps): ServerAccess {
  const { ca, client_cert: cert, client_key: key } = options;
  const own = Object.entries(options.headers);
  const login = createLogin(options, { http: otherHttp, run, awsService: 'aps' });
  return {
    http: withLogin(http, login),
    headers: () => Object.fromEntries(own.map(([name, value]) => [name, value.reveal()])),
    tls: { ...(ca !== undefined && { ca }), ...(cert !== undefined && key && { certificate: { cert, key } }) },
    secrets: () => [...login.secrets(), ...own.flatMap(([, value]) => secretsInHeader(value))],
  };
}
