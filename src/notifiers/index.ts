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

/** Read by people: they may be told of many deploys in one message, and not at night. */
const people = [discord, googleChat, slack, teams];
/** Told of every deploy by itself, at once. */
const systems = [alertmanager, grafana, newrelic, opsgenie, pagerduty, webhook];

type NotifierPlugin = Plugin<Notifier, NotifierDeps> & { readonly audience: 'people' | 'systems' };

/** Every kind of notifier by its `type`; a new one is one file and one word above. */
export const notifiers: ReadonlyMap<string, NotifierPlugin> = new Map(
  [
    ...people.map((plugin) => ({ ...plugin, audience: 'people' as const })),
    ...systems.map((plugin) => ({ ...plugin, audience: 'systems' as const })),
  ]
    .toSorted((a, b) => (a.type < b.type ? -1 : 1))
    .map((plugin) => [plugin.type, plugin]),
);
