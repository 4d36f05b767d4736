import type { Secret } from '../../core/base/secret.ts';
import type { Http, HttpRequest, HttpResponse } from '../http.ts';

/** `refused`: there are no credentials, or they are not good · `unreachable`, `timeout`: what makes them does not answer. */
export type LoginErrorKind = 'refused' | 'unreachable' | 'timeout';

/** The credentials of a request cannot be had. The message holds no secret. */
export class LoginError extends Error {
  readonly kind: LoginErrorKind;
  constructor(kind: LoginErrorKind, message: string) {
    super(message);
    this.name = 'LoginError';
    this.kind = kind;
  }
}

/** Credentials that change while the server runs. */
export interface Login {
  /** Returns the request with the credentials of this moment. Throws `LoginError`. */
  sign(request: HttpRequest, signal: AbortSignal): Promise<HttpRequest>;
  /** Called for every answer to a signed request. Returns true if the server refused credentials that `sign` now replaces: ask once more. */
  renew(request: HttpRequest, response: HttpResponse): boolean;
  /** The credentials that were sent, to remove them from what the server says. */
  secrets(): readonly Secret[];
}

/** Whether a server says that it does not take these credentials: by its status, or, as vmauth of older versions does, by a 400 in plain words. */
export function isCredentialRefusal({ status, text }: HttpResponse): boolean {
  return status === 401 || (status === 400 && /^[^{<]{0,40}\bauth token\b/i.test(text));
}

/** An HTTP client that signs each request. Where the server refuses the credentials, it asks once more with new ones. */
export function withLogin(http: Http, login: Login): Http {
  return {
    ...http,
    request: async (request, signal) => {
      const signed = await login.sign(request, signal);
      const response = await http.request(signed, signal);
      if (!login.renew(signed, response)) return response;
      return await http.request(await login.sign(request, signal), signal);
    },
  };
}
