import { z } from 'zod';
import { formatDuration } from '../src/core/base/duration.ts';
import { ProviderError } from '../src/core/base/errors.ts';
import { Duration } from '../src/core/base/option-schemas.ts';
import type { AlertAnswer } from '../src/ports/provider.ts';
import { defineProvider } from './define-provider.ts';

const InboundOptions = z.strictObject({
  alive: Duration.default(900_000).describe(
    'How long after its last call a sender of alerts counts as alive. Later, the state of its alerts is unknown. Default: 15m.',
  ),
});

const onlyServers = 'only a running server has the alerts that were sent to it';
const onlyAlerts = 'this server is sent alerts only: write `alert:` in the rules';

/** Answers from the alerts that other systems send to `POST /v1/alerts`. */
export const inbound = defineProvider({
  type: 'inbound',
  summary: 'Alerts that Alertmanager or Grafana send to this server, for checks with `alert`.',
  options: InboundOptions,
  example: { alive: '15m' },
  isBuiltIn: true,
  hasAlerts: true,
  lintSelector: () => onlyAlerts,
  lintQuery: () => ({ message: onlyAlerts, hint: 'or name another provider' }),
  settleMs: () => 0,
  limits: () => ({ concurrency: 8, perSecond: null }),
  create: ({ alive }, { alerts }) => ({
    ...(alerts === undefined && { whyUnaskable: onlyServers }),
    fetchSeries: async (query) => {
      if (query.form !== 'alert') throw new ProviderError('bad_query', onlyAlerts);
      const { window, match, lookbackMs } = query;
      const { service } = match;
      if (service === undefined) throw new ProviderError('bad_query', 'alerts are stored by service: add `service: $service` to `match`');
      if (alerts === undefined) throw new ProviderError('unavailable', onlyServers);
      const { runs, heardAt } = await alerts.pushedAlerts({ match: { ...match, service }, since: window.from - lookbackMs });
      if (heardAt === null) return unknown(`no alert of ${service} has ever been received`);
      // A sender that was alive at the end of the window may have gone silent since.
      if (heardAt < window.to - alive)
        return unknown(`nothing was received from the sender of the alerts of ${service} in the last ${formatDuration(alive)}`);
      return {
        shape: 'alerts',
        series: [],
        alerts: runs.filter(({ activeAt }) => activeAt <= window.to),
        unknown: null,
        knownFrom: window.to - window.stepMs,
      };
    },
    // There is no server to log in to.
    ping: async () => {},
  }),
});

/** What fired before a silence may be over: it is not held against a deploy. */
function unknown(why: string): AlertAnswer {
  return { shape: 'alerts', series: [], alerts: [], unknown: why, knownFrom: null };
}
