import { z } from 'zod';
import { AppError } from '../../core/base/errors.ts';
import { Secret } from '../../core/base/secret.ts';
import { deliver } from '../../net/deliver.ts';
import type { Http } from '../../net/http.ts';
import type { Place } from '../../ports/hook.ts';
import type { Inbox, InboxCall, PersonRequest } from '../../ports/inbox.ts';
import { actionPrefix } from './buttons.ts';
import { type ButtonOptions, type Person, signingSecretsOf } from './options.ts';
import { isOwnAddress } from './own-address.ts';
import { isFromSlack } from './signature.ts';
import { escaped } from './text.ts';
import { verbs } from './verbs.ts';

/** An interaction. Besides presses of our buttons, Slack also sends those of links, menus and other apps, which are ignored. */
const Payload = z.looseObject({
  type: z.string(),
  user: z.looseObject({ id: z.string().max(40) }).nullish(),
  response_url: z.string().nullish(),
  actions: z
    .array(z.looseObject({ action_id: z.string(), action_ts: z.string().max(40).nullish(), value: z.string().max(2_000).nullish() }))
    .nullish(),
});

export type InboxOptions = ButtonOptions & { readonly base: string; readonly timeoutMs: number };

/** Reads presses of buttons from Slack. Verifies the signature of every call, and the rights of the person for every press. */
export function createInbox(http: Http, options: InboxOptions): Inbox {
  const secrets = signingSecretsOf(options);
  return {
    read(call) {
      if (!secrets.some((secret) => isFromSlack(secret, call))) {
        throw new AppError('unauthorized', 'the signature does not match the signing secret, the body and the time');
      }
      const { type, user, response_url: replyTo, actions } = payloadOf(call);
      const action = actions?.[0];
      const verb = verbs.find((one) => action?.action_id === `${actionPrefix}${one}`);
      if (type !== 'block_actions' || action === undefined || verb === undefined) return null;
      if (!user || !action.value || !action.action_ts) throw new AppError('invalid', 'the interaction has no user, time or deploy');
      const person = options.people.find(({ slack }) => slack === user.id);
      return {
        key: ['slack', user.id, action.action_ts, verb, action.value].join(' '),
        deployId: action.value,
        verb,
        by: `${person?.name ?? user.id} (slack)`,
        refusal: (place) => refusalOf({ id: user.id, person, verb }, place),
        answer: (text, signal) => answer(http, { text, replyTo, ...options }, signal),
      };
    },
  };
}

function payloadOf({ body }: InboxCall): z.output<typeof Payload> {
  const text = new URLSearchParams(Buffer.from(body).toString('utf8')).get('payload');
  const parsed = Payload.safeParse(parseJson(text ?? ''));
  if (parsed.success) return parsed.data;
  throw new AppError('invalid', 'the form has no field `payload` with the JSON of an interaction');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

type SlackAction = { readonly id: string; readonly person: Person | undefined; readonly verb: PersonRequest['verb'] };

function refusalOf({ id, person, verb }: SlackAction, { service, environment }: Place) {
  if (person === undefined) return `you are not in \`people\`; the operator of Bakewatch can add your member id ${id}`;
  const { services, environments } = person;
  const isInScope = (services?.includes(service) ?? true) && (environments?.includes(environment) ?? true);
  if (!isInScope) return `you may not do this for ${service} in ${environment}; the operator of Bakewatch can allow it in \`people\``;
  return person.verbs.includes(verb) ? null : `you may not do this; the operator of Bakewatch can add \`${verb}\` to your \`verbs\``;
}

type Reply = { readonly text: string; readonly replyTo: string | null | undefined; readonly base: string; readonly timeoutMs: number };

async function answer(http: Http, { text, replyTo, base, timeoutMs }: Reply, signal: AbortSignal): Promise<void> {
  if (!replyTo || !isOwnAddress(replyTo, 'hooks', base)) return;
  const body = JSON.stringify({ response_type: 'ephemeral', replace_original: false, text: escaped(text, 3_000) });
  await deliver(http, { method: 'POST', url: new Secret(replyTo), body, timeoutMs }, signal);
}
