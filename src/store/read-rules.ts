import { z } from 'zod';
import type { Plan } from '../core/bake/plan.ts';
import { defaultFalseAlarms } from '../core/judge/check.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { BookContent } from '../ports/rule-book-store.ts';
import { read } from './read.ts';

const onFailure = z.enum(['rollback', 'notify', 'approve']);
const whenUndecided = z.enum(['hold', 'pass', 'roll_back']);
const traffic = z.object({ hook: z.string(), stages: z.array(z.object({ weight: z.number(), forMs: z.number() })) });
const source = z.union([z.object({ selector: z.string() }), z.object({ query: z.string() })]);
const texts = z.record(z.string(), z.string());
const target = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('http'),
    method: z.enum(['GET', 'HEAD', 'POST']),
    url: z.string(),
    send: texts,
    status: z.array(z.object({ from: z.number(), to: z.number() })),
    redirects: z.number(),
    contains: z.string().nullable(),
    lacks: z.string().nullable(),
    headers: texts,
    tlsDays: z.number().nullable(),
  }),
  z.object({ kind: z.literal('tcp'), host: z.string(), port: z.number(), tlsDays: z.number().nullable() }),
  z.object({
    kind: z.literal('command'),
    argv: z.tuple([z.string()], z.string()),
    cwd: z.string().nullable(),
    ssh: z.string().nullable(),
  }),
]);
const probe = z.object({ target, withinMs: z.number(), attempts: z.number(), apartMs: z.number() });
const metric = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ratio'), bad: source, total: source }),
  z.object({ kind: z.literal('rate'), count: source, exposure: source.optional() }),
  z.object({ kind: z.literal('latency'), buckets: source }),
  z.object({ kind: z.literal('value'), query: z.string() }),
]);
const alert = z.object({ kind: z.literal('value'), alert: texts });
const question = z.union([z.object({ kind: z.literal('ratio'), probe }), alert, metric]);
const condition = z.object({
  analyzer: z.string(),
  params: z.record(z.string(), z.unknown()),
  damping: z.object({ k: z.number(), n: z.number() }),
});
const check = z.object({
  name: z.string(),
  provider: z.string(),
  question,
  by: z.string().optional(),
  direction: z.enum(['up', 'down', 'both']),
  failWhen: z.array(condition),
  minSamples: z.number(),
  critical: z.boolean(),
  unit: z.string().optional(),
  neverSeen: z.literal('ok').optional(),
  unless: z.array(z.string()).optional(),
});
const like = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('before') }),
  z.object({ kind: z.literal('days_ago'), days: z.number() }),
]);
const StoredRuleSet = z.object({
  service: z.string(),
  pattern: z.string().optional(),
  environment: z.string(),
  bake: z.object({ forMs: z.number(), everyMs: z.number(), warmupMs: z.number(), extendMs: z.number() }),
  // Missing in rule sets of versions without this setting: they have the default.
  falseAlarms: z.number().default(defaultFalseAlarms),
  baseline: z.object({ historyMs: z.number(), like: z.array(like), timezone: z.string() }),
  control: z.object({ canary: z.string(), stable: z.string() }).nullable(),
  checks: z.array(check),
  onFailure,
  whenUndecided: whenUndecided.optional(),
  unless: z.array(z.string()).optional(),
  // Missing in rule sets and plans of versions without stages.
  traffic: traffic.nullable().default(null),
  rollback: z.object({ hook: z.string(), verifyMs: z.number() }).nullable(),
  notify: z.array(z.string()),
});

/** The rule set that was frozen with a deploy. */
export function readRuleSet(value: unknown): RuleSet {
  return read(StoredRuleSet, value, 'rule set');
}

const Budget = z.object({ rollbacks: z.number(), withinMs: z.number(), cooldownMs: z.number() });
const SharedCause = z.object({ services: z.number(), withinMs: z.number() });

const StoredPlan = z.object({
  stepMs: z.number(),
  warmupMs: z.number(),
  forMs: z.number(),
  extendMs: z.number(),
  verifyMs: z.number(),
  settleMs: z.number(),
  onFailure,
  whenUndecided: whenUndecided.optional(),
  observeOnly: z.boolean(),
  hook: z.string().nullable(),
  traffic: traffic.nullable().default(null),
  knownGood: z.string().nullable(),
  approvalMs: z.number(),
  finishMs: z.number(),
  rollbackMs: z.number(),
  blindAfterMs: z.number(),
  budget: Budget.default({ rollbacks: 3, withinMs: 3_600_000, cooldownMs: 0 }),
  sharedCause: SharedCause.nullable().default(null),
  // Missing in plans of versions without this setting.
  nextKnownGood: z.boolean().default(false),
});

/** The plan that was frozen with a deploy. */
export function readPlan(value: unknown): Plan {
  return read(StoredPlan, value, 'plan');
}

const StoredBook = z.object({
  entries: z.array(z.object({ file: z.string(), ruleSet: StoredRuleSet })),
  policy: z.object({
    observeOnly: z.boolean(),
    approvalMs: z.number(),
    finishMs: z.number(),
    rollbackMs: z.number(),
    blindAfterMs: z.number(),
    drill: z.object({ everyMs: z.number().nullable(), forRealIn: z.array(z.string()) }),
    budget: Budget,
    sharedCause: SharedCause.nullable(),
    nextKnownGood: z.boolean(),
  }),
});

/** The rules and the policy of a rule book. */
export function readBookContent(value: unknown): BookContent {
  return read(StoredBook, value, 'rule book');
}
