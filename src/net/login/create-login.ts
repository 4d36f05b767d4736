import { Secret } from '../../core/base/secret.ts';
import { createAwsKeySource } from '../aws-keys.ts';
import type { Http } from '../http.ts';
import type { RunProcess } from '../process.ts';
import { secretsIn } from '../variables.ts';
import { createAwsLogin } from './aws-login.ts';
import type { Login } from './login.ts';
import type { LoginOptions } from './login-options.ts';
import { createOauth2Tokens } from './oauth2.ts';
import { createTokenCache, type TokenSource } from './token-cache.ts';
import { createCommandTokens } from './token-command.ts';
import { createTokenLogin } from './token-login.ts';

/** `http`: for the server that gives tokens. `awsService`: the name of the service in signatures, where the options name none. */
export type LoginDeps = { readonly http: Http; readonly run: RunProcess; readonly awsService: string };

/** Creates the login that the options describe. */
export function createLogin(options: LoginOptions, { http, run, awsService }: LoginDeps): Login {
  const now = http.now ?? Date.now;
  const { oauth2, token_command: argv, token_env: env = {}, sigv4, token_timeout: timeoutMs } = options;
  const byToken = (source: TokenSource): Login => createTokenLogin(createTokenCache(source, { now, timeoutMs }));
  if (sigv4) return createAwsLogin(createAwsKeySource(sigv4), { region: sigv4.region, service: sigv4.service ?? awsService, now });
  if (argv) return byToken(createCommandTokens({ argv, env, secrets: secretsIn(env), timeoutMs }, { run, now }));
  if (!oauth2) return fixedLogin(options);
  const { token_url: tokenUrl, client_id: clientId, client_secret: clientSecret, client_auth: clientAuth, ca } = oauth2;
  const parameters = {
    ...oauth2.params,
    ...(oauth2.scope !== undefined && { scope: oauth2.scope }),
    ...(oauth2.audience !== undefined && { audience: oauth2.audience }),
  };
  return byToken(
    createOauth2Tokens({ tokenUrl, clientId, clientSecret, isInBody: clientAuth === 'body', parameters, timeoutMs, ca }, { http, now }),
  );
}

/** Bearer token or user and password: they change only with the config. */
function fixedLogin({ bearer, basic }: LoginOptions): Login {
  const pair = basic && new Secret(Buffer.from(`${basic.user}:${basic.password.reveal()}`).toString('base64'));
  const authorization = bearer ? `Bearer ${bearer.reveal()}` : pair && `Basic ${pair.reveal()}`;
  const secrets = [bearer, basic?.password, pair].filter((secret) => secret !== undefined);
  return {
    sign: async (request) => (authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization } }),
    renew: () => false,
    secrets: () => secrets,
  };
}
