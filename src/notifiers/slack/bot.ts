import { z } from 'zod';
import type { Json } from '../../core/base/json.ts';
import { severityOf } from '../../core/notify/severity.ts';
import type { Delivery, Notice, Notifier } from '../../ports/notifier.ts';
import { slackMessage } from '../slack-message.ts';
import { messagesSince, metadataOf, sentAs } from './find-sent.ts';
import { pictureName, type ShowDeps, showChart } from './show-chart.ts';

/** Where the message of a deploy is. */
const BotMessage = z.object({ channel: z.string(), ts: z.string() });
type BotMessage = z.output<typeof BotMessage>;
/** `isNew`: posted for this very notice, so that people have been told of it already. */
type ShownMessage = { readonly message: BotMessage; readonly isNew: boolean };

const Posted = z.looseObject({ ts: z.string() });

/** Slack will not edit this message any more; a new one takes its place. */
const lost: ReadonlySet<string> = new Set(['message_not_found', 'edit_window_closed', 'cant_update_message', 'msg_too_long']);

export type BotOptions = { readonly channel: string; readonly canAct: boolean };

type ShowRequest = {
  readonly deps: ShowDeps;
  readonly options: BotOptions;
  readonly notice: Notice;
} & Omit<Delivery, 'memory'>;

/** How many deploys' messages a process knows of beside what the store remembers. */
const mostBegun = 1_000;

/**
 * One message a deploy, edited in place, so that the channel shows where the deploy stands; every notice with its reasons goes into the thread. An edit
 * makes no sound, so what wants a person's eyes is shown in the channel as well. A repeat first looks for what an earlier try has posted.
 */
export function createBot(deps: ShowDeps, options: BotOptions): Notifier['notify'] {
  // What was posted by a try that failed later on: nobody remembers it yet, and where the bot may not read nobody could find it.
  const begun = new Map<string, { readonly message: BotMessage; readonly newFor: string | null }>();
  return async (notice, { memory, ...delivery }): Promise<Json> => {
    const work = { deps, options, notice, ...delivery };
    if (notice.isDigest) return await showDigest(work);
    const early = begun.get(notice.deployId);
    const known = early?.message ?? BotMessage.safeParse(memory).data;
    const { message, isNew } = await showState(work, known?.channel === options.channel ? known : null);
    const newFor = isNew ? notice.id : (early?.newFor ?? null);
    begun.set(notice.deployId, { message, newFor });
    for (const oldest of [...begun.keys()].slice(0, -mostBegun)) begun.delete(oldest);
    // A message that only began its life has said all there is to say.
    if (notice.topic !== 'started') await showDetails(work, { message, isNew: newFor === notice.id });
    begun.delete(notice.deployId);
    return message;
  };
}

/** Posts what is told of many deploys; it is no deploy's message, and is never edited. */
async function showDigest(work: ShowRequest): Promise<null> {
  const isThere = (await findState(work)) !== null;
  if (!isThere) await post(work);
  return null;
}

/** Edits the deploy's message, or posts it. */
async function showState(work: ShowRequest, known: BotMessage | null): Promise<ShownMessage> {
  const { deps, signal } = work;
  const sent = known ?? (await findState(work));
  if (sent !== null) {
    const edited = await deps.api.write({ method: 'chat.update', args: { ...contentOf(work), ...sent }, reply: Posted }, signal);
    if (edited.ok) return { message: sent, isNew: known === null };
    if (!lost.has(edited.code)) throw edited.error;
    const other = known === null ? null : await findState(work);
    if (other !== null) return { message: other, isNew: true };
  }
  return { message: await post(work), isNew: true };
}

async function post(work: ShowRequest): Promise<BotMessage> {
  const { deps, options, notice, signal } = work;
  const args = { ...contentOf(work), channel: options.channel };
  const posted = await deps.api.write({ method: 'chat.postMessage', args, reply: Posted, idempotencyKey: notice.id }, signal);
  if (!posted.ok) throw posted.error;
  return { channel: options.channel, ts: posted.value.ts };
}

function contentOf({ options, notice }: ShowRequest) {
  const canAct = options.canAct && !notice.isDigest;
  return { ...slackMessage(notice, { canAct }), metadata: metadataOf('bakewatch_deploy', notice), unfurl_links: false };
}

/** The message that an earlier try posted for this very notice. */
async function findState({ deps: { api }, options, notice, isRepeat, signal }: ShowRequest): Promise<BotMessage | null> {
  if (!isRepeat) return null;
  const { channel } = options;
  const messages = await messagesSince(api, { where: { channel }, at: notice.at }, signal);
  const ts = sentAs(messages, 'bakewatch_deploy', notice)?.ts;
  return ts === undefined ? null : { channel, ts };
}

/** Puts the notice and its chart into the thread. */
async function showDetails(work: ShowRequest, shown: ShownMessage): Promise<void> {
  const { deps, notice, isRepeat, chart, signal } = work;
  const { channel, ts } = shown.message;
  const replies = isRepeat ? await messagesSince(deps.api, { where: { channel, thread: ts }, at: notice.at }, signal) : [];
  if (sentAs(replies, 'bakewatch_notice', notice) === undefined) await reply(work, shown);
  const name = pictureName(notice);
  const isShown = replies.some(({ files }) => files?.some((file) => file.name === name));
  if (!isShown) await showChart(deps, { chart: await chart(), name, thread: shown.message }, signal);
}

/** Where the deploy's message is new, people have seen all of this in it. */
async function reply({ deps: { api }, options, notice, signal }: ShowRequest, { message, isNew }: ShownMessage): Promise<void> {
  const severity = severityOf[notice.topic];
  const isLoud = !isNew && (severity === 'bad' || severity === 'wait');
  const args = {
    ...slackMessage(notice, { canAct: options.canAct && isLoud }),
    metadata: metadataOf('bakewatch_notice', notice),
    unfurl_links: false,
    channel: message.channel,
    thread_ts: message.ts,
    reply_broadcast: isLoud,
  };
  const call = { method: 'chat.postMessage', args, reply: Posted, idempotencyKey: `${notice.id}:details` };
  const posted = await api.write(call, signal);
  if (!posted.ok) throw posted.error;
}
