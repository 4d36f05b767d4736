import { EffectError } from '../../core/base/errors.ts';

/** Codes of temporary failures; every other code is final. */
const temporaryCodes: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'external_channel_migrating',
]);

const renewToken = 'the token is not valid; write the one that Slack shows under OAuth & Permissions into the config';
const hints: Readonly<Record<string, string>> = {
  not_in_channel: 'invite the bot to the channel',
  channel_not_found: 'check that this is the id of the channel, and, for a private channel, that the bot is invited',
  is_archived: 'the channel is archived',
  not_authed: renewToken,
  invalid_auth: renewToken,
  account_inactive: renewToken,
  token_revoked: renewToken,
  token_expired: renewToken,
};

type Refusal = {
  readonly method: string;
  readonly code: string;
  /** The scope that the token lacks. */
  readonly needed: string | null | undefined;
  /** Further texts from Slack, such as which block is wrong. */
  readonly more: readonly string[];
};

/** The error for a refusal by Slack. `clean` removes secrets from the texts of Slack; our own hint is not changed. */
export function refusalOf({ method, code, needed, more }: Refusal, clean: (text: string) => string): EffectError {
  const fromSlack = (text: string, limit: number) => clean(text.replace(/[\p{Cc}\s]+/gu, ' ')).slice(0, limit);
  const details = more.slice(0, 5).join('; ');
  const hint = needed ? `the token lacks the scope ${fromSlack(needed, 100)}` : hints[code];
  const text = [fromSlack(details === '' ? code : `${code}: ${details}`, 400), hint].filter((part) => part !== undefined).join(': ');
  return new EffectError(temporaryCodes.has(code) ? 'failed' : 'refused', `Slack refused ${method}: ${text}`, { output: text });
}
