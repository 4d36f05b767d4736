import { z } from 'zod';
import { duration, RuleName } from '../core/rules/written-values.ts';

const Text = z.string().min(1, 'must not be empty').max(1_000);
const Status = z.union([
  z.number().int().min(100).max(599),
  z.string().regex(/^[1-5]\d\d-[1-5]\d\d$/, 'must be a code such as 200, or a range such as 200-299'),
]);
const Headers = z.record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'is not a header name: use only letters, digits and -'), Text);

/** A probe as people write it: one of `http`, `tcp` and `command`, and the keys that belong to it. */
export const ProbeSection = z
  .strictObject({
    http: Text.optional().describe('The URL to request. Placeholders may stand only in its path and query.'),
    method: z.enum(['GET', 'HEAD', 'POST']).optional().describe('For `http`. Default: GET.'),
    send: Headers.optional().describe('For `http`: headers to send, such as `Host`. Rules must not hold secrets.'),
    status: z
      .union([z.array(Status).min(1).max(20), Status])
      .optional()
      .describe('For `http`: the expected status, a range such as `200-299`, or a list of these. Default: 200-299.'),
    body: Text.optional().describe('For `http`: a text that the first MiB of the body must contain.'),
    body_not: Text.optional().describe('For `http`: a text that the first MiB of the body must not contain.'),
    header: Headers.optional().describe('For `http`: texts that the headers of the answer must contain, by header name.'),
    redirects: z
      .number()
      .int()
      .min(0)
      .max(10)
      .optional()
      .describe('For `http`: the maximum number of redirects to follow. Default: 0: a redirect is an answer like any other.'),
    tls_days: z
      .number()
      .int()
      .min(1)
      .max(365)
      .optional()
      .describe('For `http` and `tcp`: the number of days for which the certificate must stay valid. It must always be trusted.'),
    tcp: Text.optional().describe('HOST:PORT that must accept a connection.'),
    command: z
      .array(z.string().max(10_000))
      .min(1)
      .max(100)
      .optional()
      .describe('Program and arguments. The exit code must be 0. There is no shell: each argument is passed as it is.'),
    ssh: RuleName.optional().describe(
      "For `command`: the machine to run on, by its name in the operator's `probe` provider. Default: the machine of the server, if the operator allows that.",
    ),
    cwd: z.string().min(1).optional().describe('For `command` on the machine of the server: the working directory.'),
    within: duration({ min: '100ms', max: '20s' })
      .optional()
      .describe('The timeout of one attempt. Then the attempt has failed, and is stopped with everything it started. Default: 5s.'),
    attempts: z
      .number()
      .int()
      .min(1)
      .max(10)
      .optional()
      .describe('The number of attempts in each tick. Default: 3, or as many as fit into the 22s that a probe may take in all.'),
    apart: duration({ max: '10s' }).optional().describe('The pause between two attempts. Default: 1s.'),
  })
  .describe('Tries whether the service works, instead of reading a metric: exactly one of `http`, `tcp` and `command`.');
