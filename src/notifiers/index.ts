import type { Notifier } from '../ports/notifier.ts';
import type { Plugin } from '../ports/plugin.ts';
import { alertmanager } from './alertmanager.ts';
import type { NotifierDeps } from './deps.ts';
import { discord } from './discord.ts';
import { googleChat } from './google-chat.ts';
import { grafana } from './grafana.ts';
import { newrelic } from './newrelic.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { webhook } from './webhook.ts';

/** Read by people: digests and quiet time are allowed. */
const people = [discord, googleChat, slack, teams];
/** Read by programs: every notice is sent by itself, at once. */
const systems = [alertmanager, grafana, newrelic, opsgenie, pagerduty, webhook];

type NotifierPlugin = Plugin<Notifier, NotifierDeps> & { readonly audience: 'people' | 'systems' };

/** Every kind of notifier by its `type`. A new one is one file and one import and word above. */
export const notifiers: ReadonlyMap<string, NotifierPlugin> = new Map(
  [
    ...people.map((plugin) => ({ ...plugin, audience: 'people' as const })),
    ...systems.map((plugin) => ({ ...plugin, audience: 'systems' as const })),
  ]
    .toSorted((a, b) => (a.type < b.type ? -1 : 1))
    .map((plugin) => [plugin.type, plugin]),
);
