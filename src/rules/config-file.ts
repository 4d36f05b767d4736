import { isIP } from 'node:net';
import { z } from 'zod';
import { tokenVerbs } from '../core/base/grant.ts';
import { duration, RuleName } from '../core/rules/written-values.ts';
import { PipelineSection } from './pipelines-file.ts';
import { SignInSection } from './sign-in-file.ts';

const secretHint = `Write \`\${NAME}\` to take it from the environment, or \`file:PATH\` to take it from a file.`;

/** `server.tls` of the config. */
export const TlsSection = z.strictObject({
  cert: z.string().describe('The certificate, with the certificates between it and its authority after it, in PEM: `file:PATH`.'),
  key: z.string().describe('The private key of the certificate, in PEM and without a passphrase: `file:PATH`.'),
});

/** The section `server` of the config. */
export const ServerSection = z.strictObject({
  listen: z
    .string()
    .regex(/^(\[[0-9A-Fa-f:.]+\]|[^:\s[\]]+):\d{1,5}$/, 'must be HOST:PORT, such as 127.0.0.1:8700')
    .default('127.0.0.1:8700')
    .describe('Address and port to listen on. Default: 127.0.0.1:8700. Any other than a loopback address needs `tokens` or `sign_in`.'),
  public_url: z
    .url({ protocol: /^https?$/, error: 'must be a URL, such as https://bakewatch.example.com' })
    .optional()
    .describe('The address of this server for people. Notices link to it.'),
  tls: TlsSection.optional().describe(
    'The certificate of this server, which then speaks HTTPS. Changed files are used without a restart. Default: plain HTTP.',
  ),
  trusted_proxies: z
    .array(z.string().refine(isNetwork, 'must be an IP address, or a network such as 10.0.0.0/8'))
    .max(100)
    .default([])
    .describe(
      'The proxies in front of this server, as IP addresses or networks. Only their header `X-Forwarded-For` says which address a caller has, for the audit trail and the log. Default: none.',
    ),
});

/** The section `database` of the config. */
export const DatabaseSection = z.strictObject({
  url: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, 'must be a PostgreSQL URL, such as postgres://user@host/name')
    .optional()
    .describe(`A PostgreSQL server to use instead of the embedded one. ${secretHint}`),
  compact: z
    .boolean()
    .default(false)
    .describe(
      'Whether measurements and pasts are written in half of the bytes. A server of version 0.1 cannot read them: switch it on once all servers on this database are newer. The embedded database has one server, so it always does. Default: false.',
    ),
  retention: duration({ min: '1d' })
    .default(90 * 86_400_000)
    .describe(
      'How long the single measurements of a bake are kept after its end, for charts and `export`. Its last results, in words, stay with the deploy. Default: 90d.',
    ),
  past_retention: duration({ min: '1d' })
    .default(30 * 86_400_000)
    .describe(
      'How long the past that a bake was compared with is kept after its end, for charts and `export`: the larger part of a finished bake. At most as long as the measurements. The newest deploy of each service and environment keeps it. Default: 30d.',
    ),
  deploy_retention: duration({ min: '30d' })
    .default(730 * 86_400_000)
    .describe(
      'How long a deploy with its result, timeline and hook attempts is kept after the end of its bake. At least as long as its measurements. The newest 200 deploys of each service and environment and its newest 10 that passed are never deleted. Default: 730d.',
    ),
  audit_retention: duration({ min: '30d' })
    .default(400 * 86_400_000)
    .describe(
      'How long a row of the audit trail is kept. Rows are deleted by whole days (UTC), and a checkpoint proves the rest. Default: 400d.',
    ),
});

/** One entry of the section `tokens` of the config. */
export const TokenSection = z.strictObject({
  name: RuleName.describe('The name of the caller, as shown in the audit log.'),
  token: z.string().min(16).max(1000).optional().describe(`The secret, at least 16 characters. ${secretHint}`),
  hash: z
    .string()
    .regex(/^sha256:[0-9a-fA-F]{64}$/, 'must be sha256: and 64 hexadecimal digits')
    .optional()
    .describe('Instead of `token`: `sha256:` and the SHA-256 of the secret in hexadecimal.'),
  verbs: z
    .array(z.enum(tokenVerbs))
    .min(1)
    .describe(
      'What the caller may do: `register` deploys, `read`, `operate` (cancel, roll back, approve, freeze …), send alerts (`alert`), manage tokens and sessions (`admin`).',
    ),
  services: z.array(RuleName).min(1).optional().describe('Only for these services. Default: all.'),
  environments: z.array(RuleName).min(1).optional().describe('Only for these environments. Default: all.'),
  expires: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/, {
      error: 'must be a day, such as 2027-01-31, or an instant, such as 2027-01-31T12:00:00Z',
      abort: true,
    })
    .refine((text) => !Number.isNaN(endOf(text)), 'is no day of the calendar')
    .transform(endOf)
    .optional()
    .describe('Until when it works: a day (to its end, in UTC) or an instant. Default: without an end.'),
});

/** The instant at which a token ends. `NaN` for a day that does not exist. */
function endOf(text: string): number {
  const at = Date.parse(text);
  const isDay = text.length === 10;
  if (isDay && !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) !== text) return Number.NaN;
  return isDay ? at + 86_400_000 : at;
}

/** `policy.rollback_budget` of the config. */
export const RollbackBudget = z.strictObject({
  rollbacks: z
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .describe('The maximum number of rollbacks of one service and environment within `within`. Default: 3.'),
  within: duration({ min: '1m', max: '30d' }).default(3_600_000).describe('The time in which rollbacks are counted. Default: 1h.'),
  cooldown: duration({ min: '0s', max: '1d' }).default(120_000).describe('The minimum time between two rollbacks. Default: 2m.'),
});

/** `policy.shared_cause` of the config. */
export const SharedCause = z.strictObject({
  services: z.int().min(1).max(1000).default(3).describe('How many other services of the environment must become unhealthy. Default: 3.'),
  within: duration({ min: '10s', max: '1d' }).default(600_000).describe('The time in which they must become unhealthy. Default: 10m.'),
});

/** `policy.drill` of the config. */
export const DrillPolicy = z.strictObject({
  every: duration({ min: '1h', max: '90d' })
    .optional()
    .describe('How often every rollback is rehearsed. People are notified if a rollback would not work. Default: never.'),
  for_real_in: z
    .array(RuleName)
    .max(100)
    .optional()
    .describe('The environments in which `bakewatch drill --for-real` may really roll back and then return.'),
});

/** The section `policy` of the config. */
export const PolicySection = z.strictObject({
  observe_only: z.boolean().default(false).describe('Judge and notify, but never roll back. Default: false.'),
  approval: duration({ min: '1m', max: '7d' }).default(3_600_000).describe('How long a rollback may wait for approval. Default: 1h.'),
  finish: duration({ min: '1m', max: '7d' })
    .default(3_600_000)
    .describe('The maximum duration of a deploy that was registered as started. Default: 1h.'),
  rollback_timeout: duration({ min: '10s', max: '1d' })
    .default(900_000)
    .describe(
      'The timeout of a rollback and of a shift of traffic. After it, the result of a rollback is unknown and people are notified; a shift counts as failed. Default: 15m.',
    ),
  blind_after: duration({ min: '10s', max: '1d' })
    .default(60_000)
    .describe('How long a provider may be unreachable before people are notified. Default: 1m.'),
  rollback_budget: RollbackBudget.prefault({}).describe('The maximum number of automatic rollbacks. Beyond it, people are paged instead.'),
  next_known_good: z
    .boolean()
    .default(false)
    .describe(
      'If the known-good release is gone from the platform, roll back to the one before it, at most three further back. Default: false: people are notified.',
    ),
  drill: DrillPolicy.optional().describe('Tests of rollbacks without an incident.'),
  shared_cause: z
    .union([z.literal(false), SharedCause])
    .prefault({})
    .describe(
      'If many services become unhealthy at once, none is rolled back: people are paged to look for the shared cause. `false` turns this off.',
    ),
});

/** An instance of any plug-in. The plug-in of the type checks the other keys. */
export const Instance = z.looseObject({ type: z.string().describe('The type of the plug-in.') });

/** One entry of the section `rules` of the config. */
export const RulePattern = z.string().min(1).max(1000);

/** The config file as people write it. Editors use the whole schema. The parser goes section by section, to find all problems at once. */
export const ConfigFile = z
  .strictObject({
    config: z.literal(1).describe('The version of the format: 1.'),
    server: ServerSection.optional().describe('The addresses of the server.'),
    database: DatabaseSection.optional().describe('Where the state is stored. Default: an embedded PostgreSQL in `data_dir`.'),
    data_dir: z
      .string()
      .min(1)
      .default('./bakewatch-data')
      .describe('The folder of the embedded database, relative to the working directory of the server. Default: ./bakewatch-data.'),
    drain: duration({ min: '0s', max: '1h' })
      .default(60_000)
      .describe(
        'How long a stop (SIGTERM) waits for hooks and notices that are under way; then they are ended, and the next server goes on with their orders. Default: 60s.',
      ),
    tokens: z
      .array(TokenSection)
      .optional()
      .describe('Who may call the HTTP API. Without tokens and without `sign_in`, only this machine may.'),
    pipelines: z
      .array(PipelineSection)
      .max(1000)
      .optional()
      .describe('Which jobs of a CI system may call the HTTP API with the token that their system makes for them, without a secret.'),
    sign_in: SignInSection.optional().describe('How people sign in to the pages, and what they may do.'),
    providers: z.record(RuleName, Instance).optional().describe('Where metrics come from, by the name that the rules use.'),
    hooks: z.record(RuleName, Instance).optional().describe('How releases are rolled back, by the name that the rules use.'),
    traffic: z
      .record(RuleName, Instance)
      .optional()
      .describe('How traffic is shifted between two releases, by the name that the rules use.'),
    notifiers: z.record(RuleName, Instance).optional().describe('Who is notified, by the name that the rules use.'),
    rules: z
      .union([z.array(RulePattern), RulePattern])
      .optional()
      .describe('Rule files, relative to this file. A `*` stands for any part of a file name: `rules/*.yaml`.'),
    policy: PolicySection.optional().describe('Limits that the rules cannot loosen.'),
  })
  .describe("The operator's config of Bakewatch: addresses, secrets, instances, tokens and policies.");

function isNetwork(text: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(prefix ?? 0) <= (version === 6 ? 128 : 32);
}
