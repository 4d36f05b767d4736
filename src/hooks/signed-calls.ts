import { EffectError } from '../core/base/errors.ts';
import { nameProblem } from '../core/base/name-pattern.ts';
import { Duration } from '../core/base/option-schemas.ts';
import { Secret } from '../core/base/secret.ts';
import { ExtraHeaders, HttpAddress, SigningSecret, secretsIn } from '../net/address.ts';
import { type DeliveredResponse, deliver } from '../net/deliver.ts';
import type { Http } from '../net/http.ts';
import type { Place, RollbackOrder } from '../ports/hook.ts';
import type { ShiftOrder } from '../ports/shift-hook.ts';

/** What every hook has that orders by a signed call. */
export const SignedCallOptions = {
  url: HttpAddress.describe('Receives the order as a signed POST.'),
  secret: SigningSecret.describe('The key of the signature, at least 16 characters.'),
  headers: ExtraHeaders.optional().describe('Headers to send with every request.'),
  timeout: Duration.prefault('30s').describe('How long to wait for an answer. Default: 30s.'),
};

type SignedCallSettings = {
  readonly url: Secret;
  /** Where the state is asked for; `undefined` where there is no way to ask. */
  readonly askUrl: Secret | undefined;
  readonly secret: Secret;
  readonly headers?: Readonly<Record<string, Secret>> | undefined;
  readonly timeout: number;
};

/** Another program that is asked and told by signed calls. Both ways throw `EffectError`. */
export type SignedCalls = {
  /** `null` where there is no way to ask. */
  ask(place: Place, signal: AbortSignal): Promise<DeliveredResponse | null>;
  order(order: RollbackOrder | ShiftOrder, signal: AbortSignal): Promise<DeliveredResponse>;
};

export function createSignedCalls({ url, askUrl, secret, headers, timeout }: SignedCallSettings, http: Http): SignedCalls {
  // Both addresses are the same program's: it may name the one when it is asked at the other.
  const moreSecrets = [url, askUrl ?? []].flat().flatMap(secretsIn);
  const common = { signWith: secret, headers, timeoutMs: timeout, moreSecrets, busyIs: 'unreachable' as const };
  return {
    ask: async (place, signal) =>
      askUrl === undefined ? null : await deliver(http, { ...common, method: 'GET', url: fillAddress(askUrl, place) }, signal),
    order: ({ id, place: { service, environment }, ...what }, signal) => {
      const body = JSON.stringify({ id, service, environment, ...what });
      return deliver(http, { ...common, method: 'POST', url, body, idempotencyKey: id }, signal);
    },
  };
}

/** Puts the place into an address, for {service} and {environment}. Throws `EffectError` `refused` where a name is not a strict one. */
function fillAddress(address: Secret, place: Place): Secret {
  const url = address.reveal().replace(/\{(service|environment)\}/g, (_, name: 'service' | 'environment') => {
    const problem = nameProblem(place[name]);
    if (problem) throw new EffectError('refused', `the ${name} ${problem}: it was kept out of the address`);
    return encodeURIComponent(place[name]);
  });
  return new Secret(url);
}
