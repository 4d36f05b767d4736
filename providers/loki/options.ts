import { z } from 'zod';
import { Duration } from '../../src/core/base/option-schemas.ts';
import { ExtraHeaders, ServerAddress } from '../../src/net/address.ts';
import { loginOptions, loginOptionsFault } from '../../src/net/login/login-options.ts';
import { GrafanaOption } from '../grafana-explore.ts';
import { LimitsOption } from '../limits-option.ts';

/** The options of an instance. */
export const LokiOptions = z
  .strictObject({
    url: ServerAddress.refine((url) => !/\/loki\/api\/v1\/?$/.test(url), 'must end before /loki/api/v1').describe(
      'The address of the server, with its path prefix if it has one, and without `/loki/api/v1`.',
    ),
    tenant: z
      .string()
      .regex(/^[A-Za-z0-9!._*'()|-]{1,150}$/, 'must be the ID of a tenant, or several with | between them')
      .optional()
      .describe('The tenant, sent as `X-Scope-OrgID`. Default: none.'),
    ...loginOptions,
    headers: ExtraHeaders.default({}).describe('Additional headers of every request.'),
    grafana: GrafanaOption,
    timeout: Duration.default(10_000).describe('How long to wait for an answer. Default: 10s.'),
    settle: Duration.default(30_000).describe(
      'How long after its end a tick may still change, because agents send lines in batches. Default: 30s.',
    ),
    limits: LimitsOption,
  })
  .superRefine((options, context) => {
    const fault = loginOptionsFault(options);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });
