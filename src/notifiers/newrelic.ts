import { z } from 'zod';
import { EffectError, type EffectErrorKind, type ProviderErrorKind } from '../core/base/errors.ts';
import { Duration, SecretText } from '../core/base/option-schemas.ts';
import { Secret } from '../core/base/secret.ts';
import { HttpAddress } from '../net/address.ts';
import { deliver } from '../net/deliver.ts';
import { isRecord, nerdGraphUrls, readNerdGraph } from '../net/nerdgraph.ts';
import type { Notifier } from '../ports/notifier.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { NotifierDeps } from './deps.ts';
import { changeOf } from './newrelic-change.ts';

const options = z
  .strictObject({
    key: SecretText.refine((key) => /^[ -~]+$/.test(key.reveal()), 'must be one line of printable ASCII').describe('A user key (NRAK-…).'),
    region: z.enum(['us', 'eu', 'jp', 'gov']).optional().describe('Where the account lives. Default: us.'),
    url: HttpAddress.optional().describe('The address of NerdGraph, instead of `region`, for a proxy, say.'),
    entity: z
      .string()
      .min(1)
      .max(1_000)
      .default("name = '{service}' AND domain = 'APM' AND type = 'APPLICATION'")
      .describe(
        "The search that finds the one entity of a service; `{service}` and `{environment}` are filled in. Default: name = '{service}' AND domain = 'APM' AND type = 'APPLICATION'.",
      ),
    timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
  })
  .refine(({ region, url }) => region === undefined || url === undefined, 'has both region and url: give one of them');

/** Marks deploys and their verdicts on the charts of New Relic, by change tracking. New Relic has no idempotency keys: a repeated notice may be marked twice. */
export const newrelic = definePlugin({
  type: 'newrelic',
  summary: 'Marks every deploy and its verdict on the charts of New Relic.',
  options,
  example: { key: 'NRAK-PLACEHOLDER', region: 'eu' },
  create: ({ key, region = 'us', url, entity, timeout }: z.output<typeof options>, { http }: NotifierDeps): Notifier => ({
    async notify(notice, { signal }) {
      const address = url ?? new Secret(nerdGraphUrls[region]);
      const body = JSON.stringify(changeOf(notice, entity));
      const sent = {
        method: 'POST',
        url: address,
        headers: { 'api-key': key },
        body,
        idempotencyKey: notice.id,
        timeoutMs: timeout,
      } as const;
      const { text, excerpt, clean } = await deliver(http, sent, signal);
      const reply = readNerdGraph(text);
      if (reply?.fault) {
        throw new EffectError(kinds[reply.fault.kind], `New Relic did not mark the deploy: ${clean(reply.fault.message).slice(0, 300)}`, {
          output: excerpt,
        });
      }
      const made = reply?.data?.changeTrackingCreateEvent;
      if (isRecord(made) && isRecord(made.changeTrackingEvent)) return null;
      throw new EffectError('refused', `New Relic did not confirm the mark${excerpt && `: ${excerpt}`}`, { output: excerpt });
    },
  }),
});

const kinds: Readonly<Record<ProviderErrorKind, EffectErrorKind>> = {
  rate_limited: 'failed',
  unavailable: 'failed',
  timeout: 'timeout',
  unauthorized: 'refused',
  bad_query: 'refused',
  bad_response: 'refused',
};
