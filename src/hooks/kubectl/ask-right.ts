import { EffectError } from '../../core/base/errors.ts';
import type { Kubectl } from './run.ts';

/** A right in a Role. `subresource` is one such as `status`. */
export type AccountRight = { readonly verb: string; readonly resource: string; readonly subresource?: string | undefined };

/** Asks the cluster whether the account has a right. Throws `EffectError`: `refused` if it does not, `unreachable` if the cluster gives no answer. */
export async function askRight(client: Kubectl, { verb, resource, subresource }: AccountRight, signal: AbortSignal): Promise<void> {
  const where = subresource === undefined ? resource : `the ${subresource} of ${resource}`;
  const flags = subresource === undefined ? [] : [`--subresource=${subresource}`];
  const args = ['auth', 'can-i', verb, ...flags, '--', resource];
  try {
    await client.run({ what: `asking for the right to ${verb} ${where}`, phase: 'ask', args }, signal);
  } catch (error) {
    if (!(error instanceof EffectError) || !/^no\b/m.test(error.output)) throw error;
    const why = `this account may not ${verb} ${where}; grant the account the rights that the how-to lists`;
    throw new EffectError('refused', why, { cause: error, output: error.output });
  }
}
