import { EffectError } from '../core/base/errors.ts';
import { nameProblem } from '../core/base/name-pattern.ts';
import { Duration } from '../core/base/option-schemas.ts';
import { Secret } from '../core/base/secret.ts';
import { ExtraHeaders, HttpAddress, SigningSecret, secretsIn } from '../net/address.ts';
import { type DeliveredResponse, deliver } from '../net/deliver.ts';
import type { Http } from '../net/http.ts';
import type { Place, RollbackOrder } from '../ports/hook.ts';
import type { ShiftOrder } from '../ports/shift-hook.ts';

/** The options of every hook that sends its orders as signed HTTP calls. */
export const SignedCallOptions = {
  url: HttpAddress.describe('Receives the order as a signed POST.'),
  secret: SigningSecret.describe('The key of the signature, at least 16 characters.'),
  headers: ExtraHeaders.optional().describe('Headers to send with every request.'),
  timeout: Duration.prefault('30s').describe('How long to wait for an answer. Default: 30s.'),
};

type SignedCallSettings = {
  readonly url: Secret;
  /** The address that answers the state; `undefined` if the operator configured none. */
  readonly askUrl: Secret | undefined;
  readonly secret: Secret;
  readonly headers?: Readonly<Record<string, Secret>> | undefined;
  readonly timeout: number;
};

/** A program that answers questions and takes orders by signed HTTP calls. Both methods throw `EffectError`. */
export type SignedCalls = {
  /** Returns `null` if there is no address to ask. */
  ask(place: Place, signal: AbortSignal): Promise<DeliveredResponse | null>;
  order(order: RollbackOrder | ShiftOrder, signal: AbortSignal): Promise<DeliveredResponse>;
};

export function createSignedCalls({ url, askUrl, secret, headers, timeout }: SignedCallSettings, http: Http): SignedCalls {
  // Both addresses belong to the same program: its answer at one may contain the other.
  const moreSecrets = [url, askUrl ?? []].flat().flatMap(secretsIn);
  const signWith = { format: 'bakewatch', secrets: [secret] } as const;
  const common = { signWith, headers, timeoutMs: timeout, moreSecrets, busyIs: 'unreachable' as const };
  return {
    ask: async (place, signal) =>
      askUrl === undefined ? null : await deliver(http, { ...common, method: 'GET', url: fillAddress(askUrl, place) }, signal),
    order: ({ id, place: { service, environment }, ...what }, signal) => {
      const body = JSON.stringify({ id, service, environment, ...what });
      return deliver(http, { ...common, method: 'POST', url, body, idempotencyKey: id }, signal);
    },
  };
}

/** Replaces {service} and {environment} in an address. Throws `EffectError` `refused` if a name does not match the strict pattern. */
function fillAddress(address: Secret, place: Place): Secret {
  const url = address.reveal().replace(/\{(service|environment)\}/g, (_, name: 'service' | 'environment') => {
    const problem = nameProblem(place[name]);
    if (problem) throw new EffectError('refused', `the ${name} ${problem}; no request was sent`);
    return encodeURIComponent(place[name]);
  });
  return new Secret(url);
}
