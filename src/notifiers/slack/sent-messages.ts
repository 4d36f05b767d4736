import { z } from 'zod';
import type { Notice } from '../../ports/notifier.ts';
import type { WebApi } from './web-api.ts';

/** The message of a deploy, or one of a notice in its thread. */
export type MessagePart = 'bakewatch_deploy' | 'bakewatch_notice';

/** Invisible data of a message, by which it is found again. */
export function metadataOf(part: MessagePart, { id, deployId }: Notice) {
  return { event_type: part, event_payload: { notice: id, deploy: deployId } };
}

const pageSize = 200;
const maxPages = 3;
/** The maximum difference between our clock and the one of Slack. */
const maxClockSkewMs = 300_000;

/** With these codes, the bot may not read the channel. */
const noAccessCodes: ReadonlySet<string> = new Set([
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'not_in_channel',
  'channel_not_found',
  'method_not_supported_for_channel_type',
]);

const Page = z.looseObject({
  messages: z.array(
    z.looseObject({
      ts: z.string(),
      metadata: z
        .looseObject({ event_type: z.string().nullish(), event_payload: z.looseObject({ notice: z.string().nullish() }).nullish() })
        .nullish(),
      files: z.array(z.looseObject({ name: z.string().nullish() })).nullish(),
    }),
  ),
  response_metadata: z.looseObject({ next_cursor: z.string().nullish() }).nullish(),
});
type SentMessage = z.output<typeof Page>['messages'][number];

export type SentPlace = { readonly channel: string; readonly thread?: string };

/** The messages of a channel or a thread since a time, at most 600. Empty if the bot may not read there. Throws `EffectError` for other failures. */
export async function messagesSince(api: WebApi, { where, at }: { readonly where: SentPlace; readonly at: number }, signal: AbortSignal) {
  const messages: SentMessage[] = [];
  const { channel, thread } = where;
  const method = thread === undefined ? 'conversations.history' : 'conversations.replies';
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const oldest = ((at - maxClockSkewMs) / 1_000).toFixed(6);
    const args = { channel, ts: thread, oldest, limit: pageSize, include_all_metadata: true, cursor };
    const answer = await api.call({ method, args, reply: Page }, signal);
    if (!answer.ok && noAccessCodes.has(answer.code)) return messages;
    if (!answer.ok) throw answer.error;
    messages.push(...answer.value.messages);
    cursor = answer.value.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) break;
  }
  return messages;
}

/** The message that was posted as this part of this notice. */
export function findPart(messages: readonly SentMessage[], part: MessagePart, { id }: Notice): SentMessage | undefined {
  return messages.find(({ metadata }) => metadata?.event_type === part && metadata.event_payload?.notice === id);
}
