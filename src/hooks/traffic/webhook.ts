import { z } from 'zod';
import { EffectError } from '../../core/errors.ts';
import { Duration } from '../../core/fields.ts';
import { ExtraHeaders, HttpAddress, SigningSecret } from '../../net/address.ts';
import { type Delivered, type Delivery, deliver } from '../../net/deliver.ts';
import type { Place } from '../../ports/hook.ts';
import { definePlugin } from '../../ports/plugin.ts';
import type { ShiftHook, ShiftOrder } from '../../ports/shift-hook.ts';
import type { HookDeps } from '../deps.ts';
import { fillAddress } from '../fill-address.ts';
import { foundOut, readWeight, shiftAndLook } from './weight.ts';

const options = z.strictObject({
  url: HttpAddress.describe('Receives the order as a signed POST.'),
  secret: SigningSecret.describe('The key of the signature, at least 16 characters.'),
  weight_url: HttpAddress.optional().describe(
    "A signed GET answers the release's share in percent; {service} and {environment} are filled in.",
  ),
  headers: ExtraHeaders.optional().describe('Headers to send with every request.'),
  timeout: Duration.prefault('30s').describe('How long to wait for an answer. Default: 30s.'),
});

/** Asks another program to shift traffic, by HTTP. */
export const webhook = definePlugin({
  type: 'webhook',
  summary: 'Posts the order, signed, to a program that shifts the traffic.',
  options,
  example: { url: 'https://edge.example.com/weights', secret: 'a-secret-of-at-least-16-characters' },
  create: (settings: z.output<typeof options>, { http }: HookDeps): ShiftHook => {
    const common = { signWith: settings.secret, headers: settings.headers, timeoutMs: settings.timeout, busyIs: 'unreachable' as const };
    const look = async (place: Place, signal: AbortSignal) => {
      if (!settings.weight_url) return null;
      return weightIn(await deliver(http, { ...common, method: 'GET', url: fillAddress(settings.weight_url, place) }, signal));
    };
    return {
      weight: look,
      shift: (order, signal) => {
        const delivery: Delivery = {
          ...common,
          method: 'POST',
          url: settings.url,
          body: JSON.stringify(bodyOf(order)),
          idempotencyKey: order.id,
        };
        const act = async () => {
          const { status, excerpt } = await deliver(http, delivery, signal);
          return { what: `the webhook answered ${status}`, output: excerpt, isPending: status === 202 };
        };
        return shiftAndLook(order, { look: () => look(order.place, signal), act });
      },
      rehearse: async ({ place }, signal) => foundOut(await look(place, signal), [], 'give the hook a `weight_url`'),
    };
  },
});

function bodyOf({ id, place, release, weight }: ShiftOrder) {
  return { id, service: place.service, environment: place.environment, release, weight };
}

const Answer = z.object({ weight: z.union([z.number(), z.string()]) });

/** The field `weight` of a JSON object, or one line of text. */
function weightIn({ text, clean, excerpt }: Delivered): number {
  try {
    const parsed = Answer.safeParse(JSON.parse(text));
    return readWeight(clean(parsed.success ? String(parsed.data.weight) : text), '`weight_url`');
  } catch (error) {
    if (error instanceof EffectError) throw error;
    return readWeight(excerpt, '`weight_url`');
  }
}
