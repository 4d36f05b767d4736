import { z } from 'zod';
import { EffectError } from '../core/base/errors.ts';
import { HttpAddress } from '../net/address.ts';
import type { DeliveredResponse } from '../net/deliver.ts';
import type { Place, RollbackHook } from '../ports/hook.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { HookDeps } from './deps.ts';
import { type ActResult, lookActLook } from './look-act-look.ts';
import { rehearsalFindings } from './rehearsal-findings.ts';
import { rethrowTargetGone } from './rethrow-target-gone.ts';
import { createSignedCalls, SignedCallOptions } from './signed-calls.ts';

const options = z.strictObject({
  ...SignedCallOptions,
  current_url: HttpAddress.optional().describe('A signed GET returns the running release; {service} and {environment} are filled in.'),
});

/** Orders the rollback from another program, by HTTP. */
export const webhook = definePlugin({
  type: 'webhook',
  summary: 'Posts the order, signed, to a program that performs the rollback.',
  options,
  example: { url: 'https://deploys.example.com/rollback', secret: 'a-secret-of-at-least-16-characters' },
  create: ({ current_url: askUrl, ...rest }: z.output<typeof options>, { http }: HookDeps): RollbackHook => {
    const calls = createSignedCalls({ ...rest, askUrl }, http);
    const look = async (place: Place, signal: AbortSignal) => {
      const answer = await calls.ask(place, signal);
      return answer && fingerprintIn(answer);
    };
    return {
      timeoutMs: rest.timeout,
      isRemote: true,
      current: look,
      rollBack: (order, signal) => {
        const act = async () => actResultOf(await calls.order(order, signal).catch(rethrowTargetGone));
        return lookActLook(order, { look: () => look(order.place, signal), act });
      },
      rehearse: async ({ place }, signal) =>
        rehearsalFindings(
          { running: await look(place, signal), notChecked: ['whether the URL accepts an order'] },
          'give the hook a `current_url`',
        ),
    };
  },
});

/** The answer of the receiver. All fields are optional; text that is not a JSON object counts as an empty answer. */
const Answer = z.object({ status: z.string().nullish(), current: z.string().nullish() });

function parseAnswer(text: string): z.output<typeof Answer> {
  try {
    return Answer.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}

function actResultOf({ status, text, excerpt }: DeliveredResponse): ActResult {
  const alreadyThere = parseAnswer(text).status === 'already_there';
  if (alreadyThere) return { what: 'the webhook answered that the target was already there', output: excerpt, alreadyThere };
  if (status === 202) return { what: 'the webhook accepted the order (202)', output: excerpt, isPending: true };
  return { what: `the webhook answered ${status}`, output: excerpt };
}

/** The running release: the field `current` of a JSON object, or one line of text. */
function fingerprintIn({ text, excerpt, clean }: DeliveredResponse): string {
  const line = text.trim();
  const isPlain = line.length <= 500 && /^[^\s<>{}[\]"][^\n<>{}[\]"]*$/.test(line);
  const current = parseAnswer(text).current?.trim() || (isPlain ? line : '');
  if (current === '' || current.length > 500 || /\p{Cc}/u.test(current)) {
    throw new EffectError('failed', `\`current_url\` answered neither {"current":"…"} nor one line of text${excerpt && `: ${excerpt}`}`);
  }
  return clean(current);
}
