import { createHmac } from 'node:crypto';

/** A press of a button. */
export type Press = {
  readonly user?: string;
  readonly action?: string;
  readonly deploy?: string;
  readonly actionTs?: string;
  readonly replyTo?: string;
  readonly type?: string;
};

let presses = 0;

/** The body that Slack posts for a press, including fields that the inbox does not read. */
export function pressBody({ user = 'U0123ANA', action = 'roll_back', deploy = 'deploy-2', replyTo, ...rest }: Press = {}): string {
  presses += 1;
  const { type = 'block_actions', actionTs = `1795226400.${String(presses).padStart(6, '0')}` } = rest;
  const payload = {
    type,
    team: { id: 'T0123TEAM', domain: 'example' },
    user: { id: user, username: 'ana', name: 'ana', team_id: 'T0123TEAM' },
    api_app_id: 'A0123APP',
    token: 'an-old-token-that-proves-nothing',
    container: { type: 'message_attachment', message_ts: '1795226400.000100', channel_id: 'C0123TEAM', is_ephemeral: false },
    trigger_id: '1.2.3',
    channel: { id: 'C0123TEAM', name: 'deploys' },
    message: { type: 'message', ts: '1795226400.000100', text: 'ş 版本' },
    response_url: replyTo ?? 'https://hooks.slack.com/actions/T0123TEAM/1/x',
    actions: [
      {
        type: 'button',
        block_id: 'b1',
        action_id: `bakewatch.${action}`,
        value: deploy,
        action_ts: actionTs,
        text: { type: 'plain_text', text: 'x' },
      },
    ],
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** The headers with which Slack signs a body. */
export function slackHeaders(secret: string, body: string, at: number): Record<string, string> {
  const seconds = Math.floor(at / 1_000);
  const digest = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex');
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(seconds),
    'x-slack-signature': `v0=${digest}`,
  };
}
