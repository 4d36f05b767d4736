import type { Notifier } from '../ports/notifier.ts';
import type { Plugin } from '../ports/plugin.ts';
import type { NotifierDeps } from './deps.ts';
import { grafana } from './grafana.ts';
import { newrelic } from './newrelic.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

/** Every kind of notifier by its `type`; a new one is one file and one line here. */
export const notifiers: ReadonlyMap<string, Plugin<Notifier, NotifierDeps>> = new Map(
  [grafana, newrelic, slack, webhook].map((notifier) => [notifier.type, notifier]),
);
