import { z } from 'zod';
import { duration, RuleName } from '../core/rules/written-values.ts';

const Text = z.string().min(1, 'must not be empty').max(1_000);
const Status = z.union([
  z.number().int().min(100).max(599),
  z.string().regex(/^[1-5]\d\d-[1-5]\d\d$/, 'must be a code such as 200, or a range such as 200-299'),
]);
const Headers = z.record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'is not a header name: letters, digits and - only'), Text);

/** A probe as people write it: one of `http`, `tcp` and `command`, and what belongs to it. */
export const ProbeSection = z
  .strictObject({
    http: Text.optional().describe('The URL to ask; placeholders stand in its path and query only.'),
    method: z.enum(['GET', 'HEAD', 'POST']).optional().describe('For `http`. Default: GET.'),
    send: Headers.optional().describe('For `http`: headers to send, such as `Host`. Rules hold no secrets.'),
    status: z
      .union([z.array(Status).min(1).max(20), Status])
      .optional()
      .describe('For `http`: the status expected, a range such as `200-299`, or a list of them. Default: 200-299.'),
    body: Text.optional().describe('For `http`: a text that the body must hold, in its first MiB.'),
    body_not: Text.optional().describe('For `http`: a text that it must not hold.'),
    header: Headers.optional().describe('For `http`: texts that headers of the answer must hold, by the name of the header.'),
    redirects: z
      .number()
      .int()
      .min(0)
      .max(10)
      .optional()
      .describe('For `http`: how many redirects are followed. Default: 0, so that a redirect is an answer like any other.'),
    tls_days: z
      .number()
      .int()
      .min(1)
      .max(365)
      .optional()
      .describe('For `http` and `tcp`: for how many days more the certificate must be good. It must be trusted in any case.'),
    tcp: Text.optional().describe('HOST:PORT that must take a connection.'),
    command: z
      .array(z.string().max(10_000))
      .min(1)
      .max(100)
      .optional()
      .describe('Program and arguments that must end with exit code 0. No shell: each argument stands for itself.'),
    ssh: RuleName.optional().describe(
      "For `command`: the machine it runs on, by the name that the operator's `probe` provider gives it. Default: the machine of the server, where the operator allows that.",
    ),
    cwd: z.string().min(1).optional().describe('For `command` on the machine of the server: the folder it runs in.'),
    within: duration({ min: '100ms', max: '20s' })
      .optional()
      .describe('How long one attempt may take; then it is ended, with everything it started, and has failed. Default: 5s.'),
    attempts: z
      .number()
      .int()
      .min(1)
      .max(10)
      .optional()
      .describe('How often it is tried at each tick. Default: 3, or as often as fits into the 22s that a probe may take in all.'),
    apart: duration({ max: '10s' }).optional().describe('The pause between two attempts. Default: 1s.'),
  })
  .describe('Tries it out, instead of asking for a metric: exactly one of `http`, `tcp` and `command`.');
