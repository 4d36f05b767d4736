import { z } from 'zod';
import { duration, RuleName } from '../core/rules/written-values.ts';

const ClaimValue = z.union([
  z.string().min(1).max(1000),
  z.int().transform(String),
  z.array(z.string().min(1).max(1000)).min(1).max(100).describe('One of these values.'),
]);

/** One entry of the section `pipelines` of the config. */
export const PipelineSection = z.strictObject({
  name: RuleName.describe('A name for the entry. It stands in the audit log, before the repository and the run.'),
  issuer: z
    .url({ protocol: /^https?$/, error: 'must be the URL of the issuer, such as https://token.actions.githubusercontent.com' })
    .describe(
      'Who makes the tokens, exactly as they name it (`iss`): https://token.actions.githubusercontent.com, https://gitlab.com, or the address of your own GitLab. It must be https, except on this machine.',
    ),
  audience: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'For whom the tokens must be made (`aud`), so that a token for another system does not work here. Default: `server.public_url`.',
    ),
  claims: z
    .record(z.string().min(1).max(200), ClaimValue)
    .describe(
      'What else the tokens must say, exactly: each claim with its value, or with a list of values of which one must match. At least one must say whose pipeline it is, best by a number that never changes: `repository_id` (GitHub), `project_id` (GitLab).',
    ),
  verbs: z
    .array(z.enum(['register', 'read', 'operate', 'alert']))
    .min(1)
    .default(['register', 'read'])
    .describe('What such a pipeline may do. It needs `operate` to cancel its bake. Default: register and read.'),
  services: z.array(RuleName).min(1).optional().describe('Only for these services. Default: all.'),
  environments: z.array(RuleName).min(1).optional().describe('Only for these environments. Default: all.'),
  max_age: duration({ min: '1m', max: '1d' })
    .default(3_600_000)
    .describe('The maximum age of a token, even if it says that it works longer. Default: 1h.'),
  pull_requests: z
    .boolean()
    .default(false)
    .describe(
      'Whether tokens of pull requests, merge requests and forks count: their code was not reviewed. Default: false, they are refused.',
    ),
});
