import type { Topic } from '../../src/core/bake/effect.ts';
import { createHttp } from '../../src/net/http.ts';
import { slack } from '../../src/notifiers/slack.ts';
import type { Notice, Notifier } from '../../src/ports/notifier.ts';
import { aNotice } from './a-notice.ts';
import type { FakeSlack, SlackMessage } from './fake-slack.ts';

/** Options that let one person press buttons. */
export const slackButtons = { signing_secret: '8f742231b10e8888abcd99yyyzzz85a5', people: [{ slack: 'U0123ANA', name: 'ana' }] };

/** The notifier `slack` as a bot of the fake. */
export function slackBot(fake: FakeSlack, rest: object = {}): Notifier {
  const options = { token: fake.token, channel: fake.channel, api: fake.api, pace: '1ms', timeout: '500ms' };
  return slack.bind({ ...options, ...rest })({ http: createHttp() });
}

/** A notice of the deploy `deploy-2`, with an id for its topic. */
export function slackNotice(topic: Topic, rest: Partial<Notice> = {}): Notice {
  const texts = { title: `shop v2 (production) ${topic}`, reasons: [`because of ${topic}`] as const };
  return aNotice({ id: `deploy-2:${topic}:team`, topic, ...texts, ...rest });
}

/** The blocks and attachments of a message, as JSON. */
export function shownIn(message: SlackMessage | undefined): string {
  return JSON.stringify([message?.blocks, message?.attachments]);
}
