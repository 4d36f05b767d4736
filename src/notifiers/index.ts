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

/** Every kind of notifier by its `type`; a new one is one file and one line here. */
export const notifiers: ReadonlyMap<string, Plugin<Notifier, NotifierDeps>> = new Map(
  [alertmanager, discord, googleChat, grafana, newrelic, opsgenie, pagerduty, slack, teams, webhook].map((notifier) => [
    notifier.type,
    notifier,
  ]),
);
