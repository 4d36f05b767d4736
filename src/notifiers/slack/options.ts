import { z } from 'zod';
import { Duration, Name, SecretText } from '../../core/base/option-schemas.ts';
import { HttpAddress, SigningSecret } from '../../net/address.ts';
import { verbs } from './verbs.ts';

const Person = z.strictObject({
  slack: z
    .string()
    .regex(/^[UW][A-Z0-9]{5,20}$/, 'must be a member id, such as U0123ABCD: in Slack under the profile, "Copy member ID"')
    .describe("The person's member id, such as U0123ABCD."),
  name: Name.describe('Who it is; shown in the audit log.'),
  verbs: z
    .array(z.enum(verbs))
    .min(1)
    .default([...verbs])
    .describe('Which buttons work for this person: `approve`, `roll_back`, `pass`, `extend`, `mute`. Default: all.'),
  services: z.array(Name).min(1).optional().describe('Only for these services. Default: all.'),
  environments: z.array(Name).min(1).optional().describe('Only for these environments. Default: all.'),
});
export type Person = z.output<typeof Person>;

const ButtonOptions = z.strictObject({
  signing_secret: SigningSecret.describe("The app's signing secret, which proves that a press comes from Slack."),
  people: z
    .array(Person)
    .min(1)
    .max(1000)
    .superRefine((people, context) => {
      const twice = people.findIndex(({ slack }, i) => people.findIndex((other) => other.slack === slack) < i);
      if (twice >= 0)
        context.addIssue({ code: 'custom', path: [twice, 'slack'], message: 'stands twice; write all of a person in one entry' });
    })
    .describe('Who may press which button.'),
});
export type ButtonOptions = z.output<typeof ButtonOptions>;

/** Slack's other tokens, and its webhooks, are easily taken for the bot's. */
const BotToken = SecretText.refine((token) => !/^(xox(?!b-|e\.xoxb-)|xapp-|https?:)/.test(token.reveal()), {
  message: 'must be a bot token, which begins with xoxb-',
});

/** Either the address of an incoming webhook, or a bot's token and a channel. */
export const SlackOptions = z
  .strictObject({
    url: HttpAddress.optional().describe('The address of an incoming webhook of Slack; it is a secret.'),
    token: BotToken.optional().describe("Instead of `url`: the bot token of an app of one's own."),
    channel: z
      .string()
      .regex(
        /^[CGD][A-Z0-9]{5,20}$/,
        'must be the id of a channel, such as C0123ABCD: in Slack at the end of what "View channel details" shows',
      )
      .optional()
      .describe('With `token`: the id of the channel, such as C0123ABCD.'),
    buttons: ButtonOptions.optional().describe('With `token`: lets people act from within the messages.'),
    pace: Duration.refine((ms) => ms <= 60_000, { message: 'at most 1m: notices would be given up while they wait' })
      .prefault('1s')
      .describe(
        'With `token`: the least time between two messages of this server. Slack allows about one a second in a channel; servers that share one need more. Default: 1s.',
      ),
    api: z
      .url({ protocol: /^https?$/ })
      .default('https://slack.com/api')
      .describe("With `token`: where Slack's Web API is. Default: https://slack.com/api."),
    timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
  })
  .superRefine(({ url, token, channel, buttons }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (url !== undefined && token !== undefined) wrong('url', 'and `token` are two ways to the same channel: keep one of them');
    if (url === undefined && token === undefined)
      context.addIssue({ code: 'custom', message: 'needs `token` and `channel`, or the `url` of an incoming webhook' });
    if (token !== undefined && channel === undefined) wrong('token', 'needs a `channel` beside it');
    if (token === undefined && channel !== undefined)
      wrong('channel', 'needs a `token` beside it: a webhook has its channel in its address');
    if (token === undefined && buttons !== undefined) wrong('buttons', 'need a `token`: behind an incoming webhook nobody hears them');
  });
export type SlackOptions = z.output<typeof SlackOptions>;
