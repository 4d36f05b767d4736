import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';
import { HttpAddress } from '../../net/address.ts';
import type { DeliveredResponse } from '../../net/deliver.ts';
import type { Place } from '../../ports/hook.ts';
import { definePlugin } from '../../ports/plugin.ts';
import type { ShiftHook } from '../../ports/shift-hook.ts';
import type { HookDeps } from '../deps.ts';
import { createSignedCalls, SignedCallOptions } from '../signed-calls.ts';
import { parseWeight, shiftAndLook, shiftFindings } from './weight.ts';

const options = z.strictObject({
  ...SignedCallOptions,
  weight_url: HttpAddress.optional().describe(
    "A signed GET returns the release's share in percent; {service} and {environment} are filled in.",
  ),
});

/** Orders the shift of traffic from another program, by HTTP. */
export const webhook = definePlugin({
  type: 'webhook',
  summary: 'Posts the order, signed, to a program that shifts the traffic.',
  options,
  example: { url: 'https://edge.example.com/weights', secret: 'a-secret-of-at-least-16-characters' },
  create: ({ weight_url: askUrl, ...rest }: z.output<typeof options>, { http }: HookDeps): ShiftHook => {
    const calls = createSignedCalls({ ...rest, askUrl }, http);
    const look = async (place: Place, signal: AbortSignal) => {
      const answer = await calls.ask(place, signal);
      return answer && weightIn(answer);
    };
    return {
      timeoutMs: rest.timeout,
      isRemote: true,
      weight: look,
      shift: (order, signal) => {
        const act = async () => {
          const { status, excerpt } = await calls.order(order, signal);
          return { what: `the webhook answered ${status}`, output: excerpt, isPending: status === 202 };
        };
        return shiftAndLook(order, { look: () => look(order.place, signal), act });
      },
      rehearse: async ({ place }, signal) => shiftFindings(await look(place, signal), [], 'give the hook a `weight_url`'),
    };
  },
});

const Answer = z.object({ weight: z.union([z.number(), z.string()]) });

/** The share: the field `weight` of a JSON object, or one line of text. */
function weightIn({ text, clean, excerpt }: DeliveredResponse): number {
  try {
    const parsed = Answer.safeParse(JSON.parse(text));
    return parseWeight(clean(parsed.success ? String(parsed.data.weight) : text), '`weight_url`');
  } catch (error) {
    if (error instanceof EffectError) throw error;
    return parseWeight(excerpt, '`weight_url`');
  }
}
