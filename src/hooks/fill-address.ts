import { EffectError } from '../core/errors.ts';
import { nameProblem } from '../core/names.ts';
import { Secret } from '../core/secret.ts';
import type { Place } from '../ports/hook.ts';

/** Puts the place into an address, for {service} and {environment}. Throws `EffectError` `refused` where a name is not a strict one. */
export function fillAddress(address: Secret, place: Place): Secret {
  const url = address.reveal().replace(/\{(service|environment)\}/g, (_, name: 'service' | 'environment') => {
    const problem = nameProblem(place[name]);
    if (problem) throw new EffectError('refused', `the ${name} ${problem}: it was kept out of the address`);
    return encodeURIComponent(place[name]);
  });
  return new Secret(url);
}
