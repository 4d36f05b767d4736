import { z } from 'zod';
import { Amount, duration, PastStretch, RuleName, Timezone } from '../core/rules/written-values.ts';
import { BareCondition, FailWhen } from './conditions.ts';
import { ProbeSection } from './probe-file.ts';

const Selector = z.string().min(1, 'must not be empty').max(10_000);

export const Source = z
  .union([
    Selector.describe('A counter selector: its exact increments are read, so it needs no rate().'),
    z.strictObject({
      query: Selector.describe('A query that yields the events of each tick; `$step`, `$version` and others are filled in.'),
    }),
  ])
  .describe('A counter selector, or `{ query: … }` for any query that yields the events of each tick.');

export const Ratio = z
  .strictObject({
    bad: Source.describe('What counts as bad, such as responses with a 5xx code.'),
    total: Source.describe('What it is a share of, such as all responses.'),
  })
  .describe('The share of bad events among all.');

export const Check = z
  .strictObject({
    provider: RuleName.optional().describe(
      "Who is asked: the name of a provider in the operator's config. Required, but for a probe, which the provider `probe` makes.",
    ),
    ratio: Ratio.optional(),
    rate: Source.optional().describe('Events a tick, such as orders.'),
    exposure: Source.optional().describe('Beside `rate`: what the events are counted against, such as visits.'),
    latency: Source.optional().describe('The bucket counters of a histogram.'),
    value: Source.optional().describe('Any query that yields one number: a gauge, a percentile, a recording rule.'),
    probe: ProbeSection.optional(),
    fail_when: z
      .union([
        z
          .array(z.union([FailWhen, BareCondition]))
          .min(1)
          .max(20),
        FailWhen,
        BareCondition,
      ])
      .optional()
      .describe(
        'When the check fails: one reason, or a list of which any is enough. Default: `regression`; for a probe, that every attempt fails in 2 of the last 2 ticks.',
      ),
    min_samples: z
      .number()
      .int()
      .min(1)
      .max(1_000_000_000)
      .optional()
      .describe('Fewer events (ticks, for rate and value) than this are "could not tell". Default: 20 for ratio and latency, 1 otherwise.'),
    direction: z
      .enum(['up', 'down', 'both'])
      .optional()
      .describe(
        'Which way is worse. Default: what `fail_when` says; where it does not say, `up` for ratio and latency and `both` for rate and value.',
      ),
    critical: z
      .boolean()
      .default(true)
      .describe("A critical check's failure decides alone; `false` makes it advisory: shown and told, but never deciding."),
  })
  .describe('One question: exactly one of `ratio`, `rate`, `latency`, `value` and `probe`, and when its answer is bad.');

/** One stage: a share of the traffic and a duration. What is wrong with it is told by `readStages`. */
const StageText = z.string().meta({ pattern: '^\\s*\\d+(\\.\\d+)?\\s*%\\s+(\\d+(\\.\\d+)?(ms|s|m|h|d|w))+\\s*$' });

export const Stages = z.union([z.array(StageText).min(1).max(20), z.string()]);

export const BakeSection = z.strictObject({
  for: duration({ min: '1s', max: '7d' }).default(900_000).describe('How long the deploy is watched. Default: 15m.'),
  stages: Stages.optional().describe(
    'Instead of `for`: which shares of the traffic the release gets, one after the other, and how long it is watched with each, such as `[5% 10m, 25% 10m, 100% 15m]`. The last one is 100%. Needs `traffic`.',
  ),
  every: duration({ min: '1s', max: '1h' }).default(15_000).describe('How often it is measured; the length of one tick. Default: 15s.'),
  warmup: duration({ max: '1d' })
    .default(30_000)
    .describe('How long after the deploy, or after each shift of traffic, nothing is judged yet. Default: 30s.'),
  extend: duration({ max: '7d' })
    .optional()
    .describe('How much longer, in all, it may be watched while it cannot be told. Default: as `for`.'),
  false_alarms: Amount.default({ value: 0.01, isPercent: true, text: '1%' }).describe(
    'The probability that `regression`, `drop` and `trend` fail a healthy bake, all critical checks and all looks together: 0.01% to 20%. Less finds later. Default: 1%.',
  ),
});

export const BaselineSection = z.strictObject({
  history: duration({ min: '1h', max: '35d' }).default(1_209_600_000).describe('How far back the past is read. Default: 14d.'),
  like: z
    .array(PastStretch)
    .min(1)
    .max(10)
    .optional()
    .describe('Which past stretches are alike. Default: those of `[before, 1d, 7d]` that lie within `history`.'),
  timezone: Timezone.default('UTC').describe('Whose clock "the same time yesterday" follows. Default: UTC.'),
});

const Matchers = z.string().min(1, 'must not be empty').max(1000);

export const ControlSection = z.strictObject({
  canary: Matchers.describe('Matchers of the new release, such as `version="$version"`.'),
  stable: Matchers.describe('Matchers of the old release beside it, such as `version="$known_good"`.'),
});

export const RollbackSection = z.strictObject({
  hook: RuleName.describe("Who rolls back: the name of a hook in the operator's config."),
  verify: duration({ min: '1s', max: '1d' }).default(300_000).describe('How long the recovery is watched after a rollback. Default: 5m.'),
});

export const TrafficSection = z.strictObject({
  hook: RuleName.describe("Who shifts the traffic: a name under `traffic` in the operator's config."),
});

export const Notify = z
  .union([z.array(RuleName).max(50), RuleName])
  .describe("Who is told: names of notifiers in the operator's config. Default: nobody.");

export const OnFailure = z
  .enum(['rollback', 'notify', 'approve'])
  .describe(
    'What happens when the deploy is bad. Default: `rollback` where a hook is given that rolls back or shifts traffic, else `notify`.',
  );

export const Extends = z
  .string()
  .min(1)
  .describe('A file below this one whose settings are taken over; maps are merged, and this file wins.');

/** A rule file as people write it. Editors take it whole; the parser goes section by section, to find every problem at once. */
export const RuleFile = z
  .strictObject({
    rules: z.literal(1).describe('The version of the format: 1.'),
    extends: Extends.optional(),
    service: RuleName.describe('The service that is watched.'),
    environment: RuleName.describe('Where it runs, such as production.'),
    bake: BakeSection.optional().describe('How long and how often is watched.'),
    baseline: BaselineSection.optional().describe("The service's own past, for comparisons."),
    control: ControlSection.optional().describe(
      'Matchers that are added to every selector, where the old release runs beside the new one.',
    ),
    checks: z.record(RuleName, Check).describe('What is asked, by name: 1 to 50 checks.'),
    on_failure: OnFailure.optional(),
    traffic: TrafficSection.optional().describe('How traffic is shifted through `bake.stages`.'),
    rollback: RollbackSection.optional().describe('How it is rolled back.'),
    notify: Notify.optional(),
  })
  .describe('A rule file of Bakewatch: which checks watch the deploys of a service, and what happens when one fails.');
