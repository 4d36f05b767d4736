import { z } from 'zod';
import { duration, RuleName } from '../core/rules/written-values.ts';

const secretHint = `Write \`\${NAME}\` to take it from the environment, or \`file:PATH\` to take it from a file.`;

export const ServerSection = z.strictObject({
  listen: z
    .string()
    .regex(/^(\[[0-9A-Fa-f:.]+\]|[^:\s[\]]+):\d{1,5}$/, 'must be HOST:PORT, such as 127.0.0.1:8700')
    .default('127.0.0.1:8700')
    .describe('Address and port to listen on. Default: 127.0.0.1:8700. Any other than a loopback address needs `tokens`.'),
  public_url: z
    .url({ protocol: /^https?$/, error: 'must be a URL, such as https://bakewatch.example.com' })
    .optional()
    .describe('Where people reach this server; notices link to it.'),
});

export const DatabaseSection = z.strictObject({
  url: z
    .string()
    .regex(/^postgres(ql)?:\/\/./, 'must be a PostgreSQL URL, such as postgres://user@host/name')
    .optional()
    .describe(`A PostgreSQL server to use instead of the embedded one. ${secretHint}`),
  retention: duration({ min: '1d' })
    .default(90 * 86_400_000)
    .describe(
      'How long the single measurements of a bake are kept after its end, for `export`. The deploy, how it ended and its timeline stay. Default: 90d.',
    ),
});

export const TokenSection = z.strictObject({
  name: RuleName.describe('Who it is; shown in the audit log.'),
  token: z.string().min(16).max(1000).optional().describe(`The secret, at least 16 characters. ${secretHint}`),
  hash: z
    .string()
    .regex(/^sha256:[0-9a-fA-F]{64}$/, 'must be sha256: and 64 hexadecimal digits')
    .optional()
    .describe('Instead of `token`: `sha256:` and the SHA-256 of the secret in hexadecimal.'),
  verbs: z
    .array(z.enum(['register', 'read', 'operate']))
    .min(1)
    .describe('What it may do: `register` deploys, `read`, `operate` (cancel, roll back, approve, freeze …).'),
  services: z.array(RuleName).min(1).optional().describe('Only for these services. Default: all.'),
  environments: z.array(RuleName).min(1).optional().describe('Only for these environments. Default: all.'),
});

export const RollbackBudget = z.strictObject({
  rollbacks: z.int().min(1).max(1000).default(3).describe('So many rollbacks of one service and environment. Default: 3.'),
  within: duration({ min: '1m', max: '30d' }).default(3_600_000).describe('In so much time. Default: 1h.'),
  cooldown: duration({ min: '0s', max: '1d' }).default(120_000).describe('None sooner than this after the last one. Default: 2m.'),
});

export const SharedCause = z.strictObject({
  services: z.int().min(1).max(1000).default(3).describe('So many other services of the environment. Default: 3.'),
  within: duration({ min: '10s', max: '1d' }).default(600_000).describe('Went bad in so much time. Default: 10m.'),
});

export const DrillPolicy = z.strictObject({
  every: duration({ min: '1h', max: '90d' })
    .optional()
    .describe('Rehearse every rollback so often; people are told when one would not work. Default: never.'),
  for_real_in: z
    .array(RuleName)
    .max(100)
    .optional()
    .describe('Environments in which `bakewatch drill --for-real` may roll back and come back.'),
});

export const PolicySection = z.strictObject({
  observe_only: z.boolean().default(false).describe('Judge and tell, but never roll back. Default: false.'),
  approval: duration({ min: '1m', max: '7d' }).default(3_600_000).describe('How long a rollback may wait for approval. Default: 1h.'),
  finish: duration({ min: '1m', max: '7d' })
    .default(3_600_000)
    .describe('How long a deploy that was registered as started may take to finish. Default: 1h.'),
  rollback_timeout: duration({ min: '10s', max: '1d' })
    .default(900_000)
    .describe(
      'After this long without proof a rollback counts as unknown and people are told; a shift of traffic counts as failed. Default: 15m.',
    ),
  blind_after: duration({ min: '10s', max: '1d' })
    .default(60_000)
    .describe('How long a provider may be unreachable before people are told. Default: 1m.'),
  rollback_budget: RollbackBudget.prefault({}).describe('No more automatic rollbacks than this; beyond it people are paged instead.'),
  next_known_good: z
    .boolean()
    .default(false)
    .describe(
      'Where the known-good release is gone from the platform, put the one before it back, at most three further. Default: false: people are told.',
    ),
  drill: DrillPolicy.optional().describe('How rollbacks are proved without an incident.'),
  shared_cause: z
    .union([z.literal(false), SharedCause])
    .prefault({})
    .describe(
      'Many services that go bad at once are not rolled back: people are paged to look for the shared cause. `false` turns this off.',
    ),
});

/** An instance as every kind has it; the plug-in of the type checks the rest. */
export const Instance = z.looseObject({ type: z.string().describe('Which plug-in it is.') });

export const RulePattern = z.string().min(1).max(1000);

/** The operator's config as people write it. Editors take it whole; the parser goes section by section, to find every problem at once. */
export const ConfigFile = z
  .strictObject({
    config: z.literal(1).describe('The version of the format: 1.'),
    server: ServerSection.optional().describe('How the server is reached.'),
    database: DatabaseSection.optional().describe('Where state is kept. Default: an embedded PostgreSQL in `data_dir`.'),
    data_dir: z
      .string()
      .min(1)
      .default('./bakewatch-data')
      .describe('The folder of the embedded database, relative to where the server is started. Default: ./bakewatch-data.'),
    tokens: z.array(TokenSection).optional().describe('Who may call the HTTP API. Without any, only this machine may.'),
    providers: z.record(RuleName, Instance).optional().describe('Where metrics come from, by the name that rules use.'),
    hooks: z.record(RuleName, Instance).optional().describe('How releases are rolled back, by the name that rules use.'),
    traffic: z.record(RuleName, Instance).optional().describe('How traffic is shifted between two releases, by the name that rules use.'),
    notifiers: z.record(RuleName, Instance).optional().describe('Who is told, by the name that rules use.'),
    rules: z
      .union([z.array(RulePattern), RulePattern])
      .optional()
      .describe('Rule files, relative to this file. A `*` stands for any part of a file name: `rules/*.yaml`.'),
    policy: PolicySection.optional().describe('What rules may not loosen.'),
  })
  .describe("The operator's config of Bakewatch: addresses, secrets, instances, tokens and policies.");
