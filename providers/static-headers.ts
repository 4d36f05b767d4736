import { Secret } from '../src/core/base/secret.ts';
import { secretsInHeader } from '../src/net/address.ts';

/** The credentials of an instance that never change. */
export type StaticCredentials = {
  readonly headers: Readonly<Record<string, Secret>>;
  readonly bearer?: Secret | undefined;
  readonly basic?: { readonly user: string; readonly password: Secret } | undefined;
};

/** The headers of every request, and what must be removed from everything that the server says. */
export type StaticHeaders = { readonly reveal: () => Record<string, string>; readonly secrets: readonly Secret[] };

/** Builds the headers of fixed credentials. */
export function staticHeaders({ headers, bearer, basic }: StaticCredentials): StaticHeaders {
  const pair = basic && Buffer.from(`${basic.user}:${basic.password.reveal()}`).toString('base64');
  const authorization = bearer ? `Bearer ${bearer.reveal()}` : pair && `Basic ${pair}`;
  const all = { ...headers, ...(authorization && { authorization: new Secret(authorization) }) };
  return {
    reveal: () => Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value.reveal()])),
    secrets: [...Object.values(all).flatMap(secretsInHeader), ...(basic ? [basic.password] : [])],
  };
}
