import { z } from 'zod';
import { Duration, Name, SecretText } from '../../core/base/option-schemas.ts';
import type { Secret } from '../../core/base/secret.ts';
import { HttpAddress, SigningSecret } from '../../net/address.ts';
import { verbs } from './verbs.ts';

const Person = z.strictObject({
  slack: z
    .string()
    .regex(/^[UW][A-Z0-9]{5,20}$/, 'must be a member id, such as U0123ABCD: in Slack under the profile, "Copy member ID"')
    .describe('The member id of the person, such as U0123ABCD.'),
  name: Name.describe('The name of the person in the audit log.'),
  verbs: z
    .array(z.enum(verbs))
    .min(1)
    .default([...verbs])
    .describe('The buttons that work for this person: `approve`, `roll_back`, `pass`, `extend`, `mute`. Default: all.'),
  services: z.array(Name).min(1).optional().describe('Only for these services. Default: all.'),
  environments: z.array(Name).min(1).optional().describe('Only for these environments. Default: all.'),
});
export type Person = z.output<typeof Person>;

const ButtonOptions = z
  .strictObject({
    signing_secret: SigningSecret.optional().describe("The app's signing secret, which proves that a press comes from Slack."),
    signing_secrets: z
      .array(SigningSecret)
      .min(1)
      .max(2)
      .optional()
      .describe('Instead of `signing_secret`, while the secret is replaced: a press may be signed with either of the two.'),
    people: z
      .array(Person)
      .min(1)
      .max(1000)
      .superRefine((people, context) => {
        const duplicate = people.findIndex(({ slack }, i) => people.findIndex((other) => other.slack === slack) < i);
        if (duplicate >= 0)
          context.addIssue({ code: 'custom', path: [duplicate, 'slack'], message: 'appears twice; write one entry per person' });
      })
      .describe('The people who may press buttons.'),
  })
  .refine(
    (buttons) => (buttons.signing_secret === undefined) !== (buttons.signing_secrets === undefined),
    'needs either signing_secret or signing_secrets',
  );
export type ButtonOptions = z.output<typeof ButtonOptions>;

/** The secrets with which Slack may have signed a press. */
export function signingSecretsOf({ signing_secret: one, signing_secrets: some }: ButtonOptions): readonly Secret[] {
  return some ?? (one === undefined ? [] : [one]);
}

/** Refuses the other tokens of Slack and addresses of webhooks, which are often confused with the bot token. */
const BotToken = SecretText.refine((token) => !/^(xox(?!b-|e\.xoxb-)|xapp-|https?:)/.test(token.reveal()), {
  message: 'must be a bot token, which begins with xoxb-',
});

/** The options of the notifier `slack`: either the address of an incoming webhook, or a bot token and a channel. */
export const SlackOptions = z
  .strictObject({
    url: HttpAddress.optional().describe('The address of an incoming webhook of Slack; it is a secret.'),
    token: BotToken.optional().describe('Instead of `url`: the bot token of your own app.'),
    channel: z
      .string()
      .regex(/^[CGD][A-Z0-9]{5,20}$/, 'must be the id of a channel, such as C0123ABCD: in Slack at the end of "View channel details"')
      .optional()
      .describe('With `token`: the id of the channel, such as C0123ABCD.'),
    buttons: ButtonOptions.optional().describe('With `token`: lets people act by buttons in the messages.'),
    pace: Duration.refine((ms) => ms <= 60_000, { message: 'must be at most 1m, because notices would expire while they wait' })
      .prefault('1s')
      .describe(
        'With `token`: the minimum time between two messages of this server. Slack allows about one per second and channel; servers that share a channel need more. Default: 1s.',
      ),
    api: z
      .url({ protocol: /^https?$/ })
      .default('https://slack.com/api')
      .describe('With `token`: the address of the Web API of Slack. Default: https://slack.com/api.'),
    timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
  })
  .superRefine(({ url, token, channel, buttons }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (url !== undefined && token !== undefined) wrong('url', 'and `token` exclude each other: keep one of them');
    if (url === undefined && token === undefined)
      context.addIssue({ code: 'custom', message: 'needs `token` and `channel`, or the `url` of an incoming webhook' });
    if (token !== undefined && channel === undefined) wrong('token', 'needs a `channel`');
    if (token === undefined && channel !== undefined)
      wrong('channel', 'needs a `token`: an incoming webhook already belongs to one channel');
    if (token === undefined && buttons !== undefined) wrong('buttons', 'need a `token`: an incoming webhook cannot receive presses');
  });
export type SlackOptions = z.output<typeof SlackOptions>;
