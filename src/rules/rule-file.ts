import { z } from 'zod';
import { Amount, duration, PastStretch, RuleName, Timezone } from '../core/rules/written-values.ts';
import { AlertSection } from './alert-file.ts';
import { BareCondition, FailWhen } from './conditions.ts';
import { ProbeSection } from './probe-file.ts';
import { Ratio, Source } from './ratio-file.ts';
import { SloSection } from './slo-file.ts';

/** `unless` of a check or of the whole file. */
export const Unless = z
  .union([z.array(RuleName).min(1).max(10), RuleName])
  .describe(
    'Checks (of a dependency, say) that excuse the deploy: while one of them fails, people are notified and the bake is extended instead.',
  );

/** `by` of a check. */
const LabelName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z_]\w*$/, 'is no label name: write one such as endpoint');

/** One check of a rule file. */
export const Check = z
  .strictObject({
    provider: RuleName.optional().describe(
      "The name of a provider in the operator's config. Required, except for a probe, whose default is the provider `probe`, and for `alert`, which may name it itself.",
    ),
    ratio: Ratio.optional(),
    rate: Source.optional().describe('Events per tick, such as orders.'),
    exposure: Source.optional().describe('Only with `rate`: what the events are divided by, such as visits.'),
    latency: Source.optional().describe('The bucket counters of a histogram (`…_bucket`), or a native histogram.'),
    value: Source.optional().describe('Any query that returns one number: a gauge, a percentile, a recording rule.'),
    probe: ProbeSection.optional(),
    slo: SloSection.optional(),
    alert: AlertSection.optional(),
    by: LabelName.optional().describe(
      'A label, such as `endpoint`: each of its values (up to 50, those with the most traffic before the deploy) is judged on its own, within the budget of this one check. All others are judged as one. Only for providers that can split: prometheus.',
    ),
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
      .describe(
        'How many events (for rate and value: ticks) `above`, `below`, `slower_than`, `relative`, `anomaly` and `mann_whitney` need for one reading. With fewer, they cannot tell. `regression`, `drop` and `trend` ignore it: their evidence counts from the first event on. Default: 20 for ratio, latency and slo, 1 otherwise.',
      ),
    direction: z
      .enum(['up', 'down', 'both'])
      .optional()
      .describe(
        'Which way is worse. Default: what `fail_when` says; where it does not say, `up` for ratio and latency and `both` for rate and value.',
      ),
    critical: z
      .boolean()
      .default(true)
      .describe(
        'If a critical check fails, the deploy is unhealthy. `false` makes the check advisory: its result is shown and sent, but never decides.',
      ),
    unit: z
      .string()
      .regex(/^(?:%|[a-z]+(?:\/[a-z]+)?)$/i, 'is no unit: write a word such as seconds, bytes or orders, or %')
      .max(20)
      .optional()
      .describe(
        'The unit of what is measured: `seconds`, `bytes`, or what is counted, such as `orders`. For a latency, `milliseconds` says that the bounds of its histogram are no seconds. Default: guessed from the name of the metric.',
      ),
    never_seen: z
      .literal('ok')
      .optional()
      .describe('`ok` confirms that a selector may never have matched a series, such as the errors of a service that never had one.'),
    unless: Unless.optional(),
  })
  .describe(
    'What is measured (exactly one of `ratio`, `rate`, `latency`, `value`, `probe`, `slo` and `alert`), and when the result is bad.',
  );

/** One stage: a share of the traffic and a duration. `readStages` reports problems. */
const StageText = z.string().meta({ pattern: '^\\s*\\d+(\\.\\d+)?\\s*%\\s+(\\d+(\\.\\d+)?(ms|s|m|h|d|w))+\\s*$' });

/** `bake.stages` of a rule file. */
export const Stages = z.union([z.array(StageText).min(1).max(20), z.string()]);

/** The section `bake` of a rule file. */
export const BakeSection = z.strictObject({
  for: duration({ min: '1s', max: '7d' }).default(900_000).describe('How long the deploy is watched. Default: 15m.'),
  stages: Stages.optional().describe(
    'Instead of `for`: the shares of the traffic that the release gets, one after the other, and how long it is watched with each, such as `[5% 10m, 25% 10m, 100% 15m]`. The last share must be 100%. Needs `traffic`.',
  ),
  every: duration({ min: '1s', max: '1h' })
    .default(15_000)
    .describe('How often the checks are measured. This is the length of one tick. Default: 15s.'),
  warmup: duration({ max: '1d' })
    .default(30_000)
    .describe('The time after the deploy, and after each shift of traffic, in which nothing is judged. Default: 30s.'),
  extend: duration({ max: '7d' }).optional().describe('The maximum extension, in all, while the result is not clear. Default: as `for`.'),
  false_alarms: Amount.default({ value: 0.01, isPercent: true, text: '1%' }).describe(
    'The maximum probability that `regression`, `drop` and `trend` fail a healthy bake, over all critical checks and all passes together: 0.01% to 20%. With a lower value, a bad release is found later. Default: 1%.',
  ),
});

/** The section `baseline` of a rule file. */
export const BaselineSection = z.strictObject({
  history: duration({ min: '1h', max: '35d' }).default(1_209_600_000).describe('How much of the past is read. Default: 14d.'),
  like: z
    .array(PastStretch)
    .min(1)
    .max(10)
    .optional()
    .describe('The past times that the bake is compared with. Default: those of `[before, 1d, 7d]` that lie within `history`.'),
  timezone: Timezone.default('UTC').describe('The time zone for "the same time yesterday". Default: UTC.'),
});

const Matchers = z.string().min(1, 'must not be empty').max(1000);

/** The section `control` of a rule file. */
export const ControlSection = z.strictObject({
  canary: Matchers.describe('Matchers of the new release, such as `version="$version"`.'),
  stable: Matchers.describe('Matchers of the old release next to it, such as `version="$known_good"`.'),
});

/** The section `rollback` of a rule file. */
export const RollbackSection = z.strictObject({
  hook: RuleName.describe("The rollback hook: a name under `hooks` in the operator's config."),
  verify: duration({ min: '1s', max: '1d' }).default(300_000).describe('How long the recovery is watched after a rollback. Default: 5m.'),
});

/** The section `traffic` of a rule file. */
export const TrafficSection = z.strictObject({
  hook: RuleName.describe("The traffic hook: a name under `traffic` in the operator's config."),
});

/** `notify` of a rule file. */
export const Notify = z
  .union([z.array(RuleName).max(50), RuleName])
  .describe("Who is notified: names of notifiers in the operator's config. Default: none.");

/** `on_failure` of a rule file. */
export const OnFailure = z
  .enum(['rollback', 'notify', 'approve'])
  .describe(
    'What happens if the deploy is unhealthy. Default: `rollback` if there is a hook that rolls back or shifts traffic, otherwise `notify`.',
  );

/** `when_undecided` of a rule file. */
export const Undecided = z
  .enum(['hold', 'pass', 'roll_back'])
  .describe(
    'How a bake ends that is still undecided after `extend`: `hold` ends it inconclusive and notifies people. The others apply only where every critical check has data and total failure is ruled out. Default: `hold`.',
  );

/** `extends` of a rule file. */
export const Extends = z
  .string()
  .min(1)
  .describe('A file whose settings this file takes over, in the same folder or below. Maps are merged; the values of this file win.');

/** A rule file as people write it. Editors use the whole schema. The parser goes section by section, to find all problems at once. */
export const RuleFile = z
  .strictObject({
    rules: z.literal(1).describe('The version of the format: 1.'),
    extends: Extends.optional(),
    service: RuleName.optional().describe('The service to watch. Exactly one of `service`, `services` and `match` is required.'),
    services: z
      .array(RuleName)
      .min(1)
      .max(500)
      .optional()
      .describe('The services to watch, each by itself with these rules. `$service` in a query is the one that is deployed.'),
    match: z
      .strictObject({ service: z.string().max(1_000).describe('A regular expression for the whole name, such as `team-a-.*`.') })
      .optional()
      .describe('Rules for every service that matches and that no other file names.'),
    environment: RuleName.describe('The environment of the service, such as production.'),
    bake: BakeSection.optional().describe('How long and how often the deploy is measured.'),
    baseline: BaselineSection.optional().describe("The service's own past, for comparisons."),
    control: ControlSection.optional().describe('Matchers that are added to every selector, if the old release runs next to the new one.'),
    checks: z.record(RuleName, Check).describe('The checks, by name: 1 to 50.'),
    on_failure: OnFailure.optional(),
    when_undecided: Undecided.optional(),
    unless: Unless.optional(),
    traffic: TrafficSection.optional().describe('How traffic is shifted through `bake.stages`.'),
    rollback: RollbackSection.optional().describe('How the service is rolled back.'),
    notify: Notify.optional(),
  })
  .describe('A rule file of Bakewatch: which checks watch the deploys of a service, and what happens when one fails.');
