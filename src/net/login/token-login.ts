import { Secret } from '../../core/base/secret.ts';
import { isCredentialRefusal, type Login } from './login.ts';
import type { TokenCache } from './token-cache.ts';

/** Sends a bearer token. A refusal makes one new token. */
export function createTokenLogin(tokens: TokenCache): Login {
  const sent = new WeakMap<object, Secret>();
  return {
    async sign(request, signal) {
      const token = await tokens.current(signal);
      const signed = { ...request, headers: { ...request.headers, authorization: `Bearer ${token.reveal()}` } };
      sent.set(signed, token);
      return signed;
    },
    renew(request, response) {
      const token = sent.get(request);
      return token !== undefined && isCredentialRefusal(response) && tokens.refuse(token);
    },
    secrets: () => tokens.secrets().flatMap((token) => [token, new Secret(`Bearer ${token.reveal()}`)]),
  };
}
