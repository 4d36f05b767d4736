import { z } from 'zod';
import type { Json } from '../../core/base/json.ts';
import { severityOf } from '../../core/notify/severity.ts';
import type { Delivery, Notice, Notifier } from '../../ports/notifier.ts';
import { slackMessage } from '../slack-message.ts';
import { findPart, messagesSince, metadataOf } from './sent-messages.ts';
import { pictureName, type ShowDeps, showChart } from './show-chart.ts';

/** The address of a deploy's message. */
const BotMessage = z.object({ channel: z.string(), ts: z.string() });
type BotMessage = z.output<typeof BotMessage>;
/** `isNew`: it was posted for this notice, so people have already been notified. */
type ShownMessage = { readonly message: BotMessage; readonly isNew: boolean };

const Posted = z.looseObject({ ts: z.string() });

/** With these codes, Slack does not edit the message any more; a new message replaces it. */
const notEditableCodes: ReadonlySet<string> = new Set(['message_not_found', 'edit_window_closed', 'cant_update_message', 'msg_too_long']);

export type BotOptions = { readonly channel: string; readonly canAct: boolean };

type ShowRequest = {
  readonly deps: ShowDeps;
  readonly options: BotOptions;
  readonly notice: Notice;
} & Omit<Delivery, 'memory'>;

/** The maximum number of posted messages that this process keeps and the store does not know yet. */
const maxPending = 1_000;

/**
 * Keeps one message per deploy, edits it so that the channel shows the present state, and posts every notice with its reasons into the thread. Slack does
 * not notify people of an edit, so a notice that needs a person is also posted to the channel. A repeated notice first searches for what an earlier
 * attempt posted.
 */
export function createBot(deps: ShowDeps, options: BotOptions): Notifier['notify'] {
  // Messages of attempts that failed after posting: the store does not know them, and a bot without read access could not find them.
  const pending = new Map<string, { readonly message: BotMessage; readonly newFor: string | null }>();
  return async (notice, { memory, ...delivery }): Promise<Json> => {
    const work = { deps, options, notice, ...delivery };
    if (notice.isDigest) return await showDigest(work);
    const earlier = pending.get(notice.deployId);
    const known = earlier?.message ?? BotMessage.safeParse(memory).data;
    const { message, isNew } = await showState(work, known?.channel === options.channel ? known : null);
    const newFor = isNew ? notice.id : (earlier?.newFor ?? null);
    pending.set(notice.deployId, { message, newFor });
    for (const oldest of [...pending.keys()].slice(0, -maxPending)) pending.delete(oldest);
    // The first message of a deploy already says everything about its start.
    if (notice.topic !== 'started') await showDetails(work, { message, isNew: newFor === notice.id });
    pending.delete(notice.deployId);
    return message;
  };
}

/** Posts a digest. It belongs to no single deploy and is never edited. */
async function showDigest(work: ShowRequest): Promise<null> {
  const isPosted = (await findState(work)) !== null;
  if (!isPosted) await post(work);
  return null;
}

/** Edits the deploy's message, or posts it. */
async function showState(work: ShowRequest, known: BotMessage | null): Promise<ShownMessage> {
  const { deps, signal } = work;
  const sent = known ?? (await findState(work));
  if (sent !== null) {
    const edited = await deps.api.write({ method: 'chat.update', args: { ...contentOf(work), ...sent }, reply: Posted }, signal);
    if (edited.ok) return { message: sent, isNew: known === null };
    if (!notEditableCodes.has(edited.code)) throw edited.error;
    const replacement = known === null ? null : await findState(work);
    if (replacement !== null) return { message: replacement, isNew: true };
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

/** The message that an earlier attempt posted for this notice. */
async function findState({ deps: { api }, options, notice, isRepeat, signal }: ShowRequest): Promise<BotMessage | null> {
  if (!isRepeat) return null;
  const { channel } = options;
  const messages = await messagesSince(api, { where: { channel }, at: notice.at }, signal);
  const ts = findPart(messages, 'bakewatch_deploy', notice)?.ts;
  return ts === undefined ? null : { channel, ts };
}

/** Posts the notice and its chart into the thread. */
async function showDetails(work: ShowRequest, shown: ShownMessage): Promise<void> {
  const { deps, notice, isRepeat, chart, signal } = work;
  const { channel, ts } = shown.message;
  const replies = isRepeat ? await messagesSince(deps.api, { where: { channel, thread: ts }, at: notice.at }, signal) : [];
  if (findPart(replies, 'bakewatch_notice', notice) === undefined) await reply(work, shown);
  const name = pictureName(notice);
  const isShown = replies.some(({ files }) => files?.some((file) => file.name === name));
  if (!isShown) await showChart(deps, { chart: await chart(), name, thread: shown.message }, signal);
}

/** Posts the notice into the thread, and into the channel if it needs a person. A new message of the deploy has already notified people. */
async function reply({ deps: { api }, options, notice, signal }: ShowRequest, { message, isNew }: ShownMessage): Promise<void> {
  const severity = severityOf[notice.topic];
  const isBroadcast = !isNew && (severity === 'bad' || severity === 'wait');
  const args = {
    ...slackMessage(notice, { canAct: options.canAct && isBroadcast }),
    metadata: metadataOf('bakewatch_notice', notice),
    unfurl_links: false,
    channel: message.channel,
    thread_ts: message.ts,
    reply_broadcast: isBroadcast,
  };
  const call = { method: 'chat.postMessage', args, reply: Posted, idempotencyKey: `${notice.id}:details` };
  const posted = await api.write(call, signal);
  if (!posted.ok) throw posted.error;
}
