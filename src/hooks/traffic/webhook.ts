import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';
import { HttpAddress } from '../../net/address.ts';
import type { DeliveredResponse } from '../../net/deliver.ts';
import type { Place } from '../../ports/hook.ts';
import { definePlugin } from '../../ports/plugin.ts';
import type { ShiftHook } from '../../ports/shift-hook.ts';
import type { HookDeps } from '../deps.ts';
import { createSignedCalls, SignedCallOptions } from '../signed-calls.ts';
import { foundOut, readWeight, shiftAndLook } from './weight.ts';

const options = z.strictObject({
  ...SignedCallOptions,
  weight_url: HttpAddress.optional().describe(
    "A signed GET answers the release's share in percent; {service} and {environment} are filled in.",
  ),
});

/** Asks another program to shift traffic, by HTTP. */
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
      weight: look,
      shift: (order, signal) => {
        const act = async () => {
          const { status, excerpt } = await calls.order(order, signal);
          return { what: `the webhook answered ${status}`, output: excerpt, isPending: status === 202 };
        };
        return shiftAndLook(order, { look: () => look(order.place, signal), act });
      },
      rehearse: async ({ place }, signal) => foundOut(await look(place, signal), [], 'give the hook a `weight_url`'),
    };
  },
});

const Answer = z.object({ weight: z.union([z.number(), z.string()]) });

/** The field `weight` of a JSON object, or one line of text. */
function weightIn({ text, clean, excerpt }: DeliveredResponse): number {
  try {
    const parsed = Answer.safeParse(JSON.parse(text));
    return readWeight(clean(parsed.success ? String(parsed.data.weight) : text), '`weight_url`');
  } catch (error) {
    if (error instanceof EffectError) throw error;
    return readWeight(excerpt, '`weight_url`');
  }
}
