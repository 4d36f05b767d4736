import { z } from 'zod';
import { EffectError } from '../core/errors.ts';
import { Duration } from '../core/fields.ts';
import { HttpAddress } from '../net/address.ts';
import { deliver } from '../net/deliver.ts';
import type { Notifier } from '../ports/notifier.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { NotifierDeps } from './deps.ts';
import { slackMessage } from './slack-message.ts';

const options = z.strictObject({
  url: HttpAddress.describe('The address of an incoming webhook of Slack; it is a secret.'),
  timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
});

/** Tells a Slack channel. Slack knows no idempotency keys: a notice that is handed over twice may be seen twice. */
export const slack = definePlugin({
  type: 'slack',
  summary: 'Writes to a Slack channel through an incoming webhook.',
  options,
  example: { url: 'https://hooks.slack.com/services/T00000000/B00000000/placeholder' },
  create: ({ url, timeout }: z.output<typeof options>, { http }: NotifierDeps): Notifier => ({
    async notify(notice, { signal }) {
      const body = JSON.stringify(slackMessage(notice));
      const { text, excerpt } = await deliver(http, { method: 'POST', url, body, idempotencyKey: notice.id, timeoutMs: timeout }, signal);
      if (text.trim() !== 'ok') throw new EffectError('failed', `Slack did not answer ok${excerpt && `: ${excerpt}`}`, { output: excerpt });
      return null;
    },
  }),
});
