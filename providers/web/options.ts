import { z } from 'zod';
import { Duration } from '../../src/core/base/option-schemas.ts';
import { ExtraHeaders, ServerAddress } from '../../src/net/address.ts';
import { loginOptions, loginOptionsFault } from '../../src/net/login/login-options.ts';
import { ArgumentPatterns } from '../arguments.ts';
import { LimitsOption } from '../limits-option.ts';

/** The options of an instance: everything but the path, the declared parameters and the JSONPath, which are the rules'. */
export const WebOptions = z
  .strictObject({
    url: ServerAddress.describe('The address below which rules may ask, with a path if it has one. No rule can leave it.'),
    method: z.enum(['GET', 'POST']).default('GET').describe('The method of every request. Default: GET.'),
    body: z
      .string()
      .max(10_000)
      .optional()
      .describe('The body of every request with POST. `{from}`, `{to}` and `{step}` are filled in, as in the rules.'),
    content_type: z
      .string()
      .regex(/^[\w.+/-]+(?:; ?charset=[\w-]+)?$/, 'must be a media type, such as application/json')
      .default('application/json')
      .describe('The media type of the body. Default: application/json.'),
    params: ArgumentPatterns.default({}).describe(
      'The query parameters that rules may give, each with a regular expression that the whole value must match. Default: none.',
    ),
    ...loginOptions,
    headers: ExtraHeaders.default({}).describe('Additional headers of every request, such as `X-Api-Key`.'),
    ping: z
      .string()
      .regex(/^\/[\w./~-]*$/, 'must be a path such as /health')
      .optional()
      .describe(
        'A path below `url` that answers 200 where the credentials are right, for `bakewatch doctor`. Default: `url` itself, where 404 will do.',
      ),
    stamps: z
      .enum(['end', 'begin'])
      .default('end')
      .describe('Whether the time of a sample is the end or the begin of its interval. Default: end.'),
    timeout: Duration.default(10_000).describe('How long to wait for an answer. Default: 10s.'),
    settle: Duration.default(5_000).describe('How long after its end a tick may still change. Default: 5s.'),
    limits: LimitsOption,
  })
  .superRefine((options, context) => {
    const fault = loginOptionsFault(options);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  })
  .refine(({ method, body }) => body === undefined || method === 'POST', 'has a body, but its method is GET');

/** Parsed options of an instance. */
export type WebSettings = z.output<typeof WebOptions>;
