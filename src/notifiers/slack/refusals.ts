import { EffectError } from '../../core/base/errors.ts';

/** Codes of trouble that passes; every other one says no for good. */
const passing: ReadonlySet<string> = new Set([
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

const token = 'the token is not valid any more; put the one that Slack shows under OAuth & Permissions into the config';
const hints: Readonly<Record<string, string>> = {
  not_in_channel: 'invite the bot to the channel',
  channel_not_found: "is it the channel's id, and if the channel is private, was the bot invited?",
  is_archived: 'the channel is archived',
  not_authed: token,
  invalid_auth: token,
  account_inactive: token,
  token_revoked: token,
  token_expired: token,
};

type Refusal = {
  readonly method: string;
  readonly code: string;
  /** The scope that the token lacks. */
  readonly needed: string | null | undefined;
  /** What Slack says beside the code, such as which block is wrong. */
  readonly more: readonly string[];
};

/** A refusal of Slack's in words. `clean` takes secrets out of what Slack wrote. */
export function refusalOf({ method, code, needed, more }: Refusal, clean: (text: string) => string): EffectError {
  const hint = needed ? `the token lacks the scope ${needed}` : hints[code];
  const details = [...more.slice(0, 5), ...(hint === undefined ? [] : [hint])].join('; ');
  const text = clean(`${code}${details && `: ${details}`}`.replace(/[\p{Cc}\s]+/gu, ' ')).slice(0, 500);
  return new EffectError(passing.has(code) ? 'failed' : 'refused', `Slack refused ${method}: ${text}`, { output: text });
}
