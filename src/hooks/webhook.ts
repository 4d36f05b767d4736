import { z } from 'zod';
import { EffectError } from '../core/base/errors.ts';
import { HttpAddress } from '../net/address.ts';
import type { DeliveredResponse } from '../net/deliver.ts';
import type { Place, RollbackHook } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { HookDeps } from './deps.ts';
import { type ActResult, lookActLook } from './look-act-look.ts';
import { found } from './rehearsal.ts';
import { createSignedCalls, SignedCallOptions } from './signed-calls.ts';
import { heedGone } from './target-gone.ts';

const options = z.strictObject({
  ...SignedCallOptions,
  current_url: HttpAddress.optional().describe('A signed GET answers what runs now; {service} and {environment} are filled in.'),
});

/** Asks another program to roll back, by HTTP. */
export const webhook = definePlugin({
  type: 'webhook',
  summary: 'Posts the order, signed, to a program that performs the rollback.',
  options,
  example: { url: 'https://deploys.example.com/rollback', secret: 'a-secret-of-at-least-16-characters' },
  create: ({ current_url: askUrl, ...rest }: z.output<typeof options>, { http }: HookDeps): RollbackHook => {
    const calls = createSignedCalls({ ...rest, askUrl }, http);
    const look = async (place: Place, signal: AbortSignal) => {
      const answer = await calls.ask(place, signal);
      return answer && runningIn(answer);
    };
    return {
      current: look,
      rollBack: (order, signal) => {
        const act = async () => actedOn(await calls.order(order, signal).catch(heedGone));
        return lookActLook(order, { look: () => look(order.place, signal), act });
      },
      rehearse: async ({ place }, signal) => found(await look(place, signal), [], 'give the hook a `current_url`'),
    };
  },
});

/** What the receiver may answer; everything is optional, and text that is no JSON object is no news. */
const Answer = z.object({ status: z.string().nullish(), current: z.string().nullish() });

function answerOf(text: string): z.output<typeof Answer> {
  try {
    return Answer.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}

function actedOn({ status, text, excerpt }: DeliveredResponse): ActResult {
  const alreadyThere = answerOf(text).status === 'already_there';
  if (alreadyThere) return { what: 'the webhook answered that the target was already there', output: excerpt, alreadyThere };
  if (status === 202) return { what: 'the webhook accepted the order (202)', output: excerpt, isPending: true };
  return { what: `the webhook answered ${status}`, output: excerpt };
}

/** What runs now: the field `current` of a JSON object, or a text of one line. */
function runningIn({ text, excerpt, clean }: DeliveredResponse): string {
  const line = text.trim();
  const isPlain = line.length <= 500 && /^[^\s<>{}[\]"][^\n<>{}[\]"]*$/.test(line);
  const current = answerOf(text).current?.trim() || (isPlain ? line : '');
  if (current === '' || current.length > 500 || /\p{Cc}/u.test(current)) {
    throw new EffectError('failed', `\`current_url\` answered neither {"current":"…"} nor one line of text${excerpt && `: ${excerpt}`}`);
  }
  return clean(current);
}
