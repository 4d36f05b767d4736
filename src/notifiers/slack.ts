import { EffectError } from '../core/base/errors.ts';
import type { Secret } from '../core/base/secret.ts';
import { deliver } from '../net/deliver.ts';
import type { Http } from '../net/http.ts';
import type { Notifier } from '../ports/notifier.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { NotifierDeps } from './deps.ts';
import { createBot } from './slack/bot.ts';
import { createInbox } from './slack/inbox.ts';
import { SlackOptions, signingSecretsOf } from './slack/options.ts';
import { createWebApi } from './slack/web-api.ts';
import { slackMessage } from './slack-message.ts';

/** Posts to a Slack channel: through an incoming webhook, which can only add messages, or as a bot. */
export const slack = definePlugin({
  type: 'slack',
  summary: 'Writes to a Slack channel, as a bot or through an incoming webhook.',
  options: SlackOptions,
  example: { url: 'https://hooks.slack.com/services/T00000000/B00000000/placeholder' },
  create: ({ url, token, channel, buttons, ...rest }: SlackOptions, { http }: NotifierDeps): Notifier => {
    const { api: base, timeout: timeoutMs, pace: paceMs } = rest;
    if (url !== undefined) return { announces: true, notify: webhook(http, url, timeoutMs) };
    if (token === undefined || channel === undefined) throw new Error('the options of slack have neither url nor token and channel');
    const api = createWebApi(http, { token, moreSecrets: buttons ? signingSecretsOf(buttons) : [], base, timeoutMs, paceMs });
    const notify = createBot({ api, http, base, timeoutMs }, { channel, canAct: buttons !== undefined });
    return { announces: true, notify, inbox: buttons && createInbox(http, { ...buttons, base, timeoutMs }) };
  },
});

/** Webhooks of Slack have no idempotency keys: a repeated notice may be shown twice. */
function webhook(http: Http, url: Secret, timeoutMs: number): Notifier['notify'] {
  return async (notice, { signal }) => {
    const body = JSON.stringify(slackMessage(notice));
    const { text, excerpt } = await deliver(http, { method: 'POST', url, body, idempotencyKey: notice.id, timeoutMs }, signal);
    if (text.trim() !== 'ok') throw new EffectError('failed', `Slack did not answer ok${excerpt && `: ${excerpt}`}`, { output: excerpt });
    return null;
  };
}
