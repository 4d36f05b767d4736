import { z } from '@hono/zod-openapi';
import { markKinds } from '../core/bake/verdict-mark.ts';
import { Duration, Name } from '../core/base/option-schemas.ts';

// The schemas of core have no OpenAPI descriptions; a schema that is piped into them can have one.

/** Text for people: no control characters except line breaks and tabs. */
const plainText = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this refuses them.
    .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, 'has control characters');

const HttpUrl = z.url({ protocol: /^https?$/ }).max(2000);

/** A field that holds a name of the strict pattern. */
export const name = (description: string, example: string) => z.string().pipe(Name).openapi({ description, example, type: 'string' });

export const Environment = name('where it runs', 'production');

/** A registration, as CI sends it. Strict: a misspelt field is an error, not a silent default. */
export const RegisterBody = z
  .strictObject({
    service: name('the service, as the rule file names it', 'shop'),
    environment: Environment,
    version: name('the release: a tag, a SHA or a digest', 'v42'),
    commit: name('the commit of the release', '4f2c1d9').optional(),
    image: name('the image of the release', 'registry.example.com/shop@sha256:4f2c').optional(),
    cause: z
      .enum(['release', 'rollback'])
      .default('release')
      .openapi({ description: 'rollback: this deploy returns to an older release; it is never rolled back itself' }),
    rollback_of: z.uuid().optional().openapi({ description: 'the deploy that this one rolls back' }),
    migrations: z.enum(['none', 'compatible', 'irreversible']).default('none'),
    links: z
      .array(z.strictObject({ title: plainText(100), url: HttpUrl }))
      .max(20)
      .default([]),
    build_id: plainText(200).optional().openapi({ description: 'a retried call with the same build id returns the same deploy' }),
    phase: z
      .enum(['started', 'finished'])
      .default('finished')
      .openapi({ description: 'started: the bake begins with the call to /finished' }),
    metadata: z
      .record(plainText(100), z.union([plainText(1000), z.literal('')]))
      .refine((map) => Object.keys(map).length <= 50, { message: 'has more than 50 entries' })
      .default({}),
    force: z.boolean().default(false).openapi({ description: 'register the deploy even while a rollback is under way' }),
  })
  .openapi('RegisterDeploy');

export const AdoptBody = z
  .strictObject({
    service: name('the service', 'shop'),
    environment: Environment,
    version: name('the release that runs now', 'v41'),
    commit: name('its commit', '4f2c1d9').optional(),
    image: name('its image', 'shop:v41').optional(),
    force: z
      .boolean()
      .default(false)
      .openapi({ description: 'adopt although the rollback hook says that another release runs: it is this release under another name' }),
  })
  .openapi('AdoptRelease');

export const WhyBody = z.strictObject({ why: plainText(500) }).openapi('Why');
export const ForwardBody = z
  .strictObject({
    why: plainText(500),
    confirm: z.boolean().default(false).openapi({ description: 'also where a freeze or a verdict would hold an automatic order' }),
  })
  .openapi('RollForward');
export const MarkBody = z
  .strictObject({
    kind: z.enum(markKinds).openapi({ description: 'the verdict is a false alarm, or the cause of the failure lies elsewhere' }),
    why: plainText(500),
    undo: z.boolean().default(false).openapi({ description: 'take the mark back' }),
  })
  .openapi('Mark');
export const ExtendBody = z
  .strictObject({ by: z.string().pipe(Duration).openapi({ description: 'a duration such as 10m', example: '10m', type: 'string' }) })
  .openapi('Extend');
export const FreezeBody = z
  .strictObject({
    frozen: z.boolean(),
    service: name('one service; default: all services', 'shop').optional(),
    why: plainText(500).optional(),
  })
  .openapi('Freeze');

export const DeployId = z.object({
  id: z.uuid().openapi({ param: { name: 'id', in: 'path' }, example: '0f8fad5b-d9cb-469f-a165-70867728950e' }),
});
export const states = [
  'warming',
  'shifting',
  'baking',
  'awaiting_approval',
  'rolling_back',
  'verifying',
  'passed',
  'rolled_back',
  'inconclusive',
  'failed',
  'canceled',
  'superseded',
] as const;
export const ListQuery = z.strictObject({
  service: z.string().max(200).optional(),
  environment: z.string().max(200).optional(),
  state: z.enum(states).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.uuid().optional().openapi({ description: 'only deploys registered before this one' }),
});
export const WaitQuery = z.strictObject({
  timeout: z
    .string()
    .pipe(Duration)
    .default(30_000)
    .openapi({ type: 'string', example: '30s' })
    .refine((ms) => ms <= 60_000, { message: 'at most 60s a call; call again' }),
  after: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .openapi({ description: 'answer as soon as the version of the bake is greater than this' }),
  until: z
    .enum(['final', 'clear'])
    .default('final')
    .openapi({ description: 'clear: answer also as soon as every critical check has ruled out harm; the bake goes on' }),
});

/** Problem details (RFC 9457). */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem');

/** A check's answer in layers. */
export const answerLayers = {
  headline: z.string().openapi({ description: "what was measured, in the metric's own unit, without the name of the check" }),
  because: z.string().openapi({ description: 'compared with what, and how sure; empty if the headline says everything' }),
  notes: z.array(z.string()).openapi({ description: 'limits of the measurement' }),
  unproven: z.string().nullable().openapi({ description: 'why an answer that is no failure proves nothing yet' }),
};

const instant = z.iso.datetime();
const Check = z.object({
  name: z.string(),
  provider: z.string(),
  critical: z.boolean(),
  outcome: z.enum(['pass', 'fail', 'inconclusive', 'error', 'not_asked']),
  ...answerLayers,
  reason: z.string().openapi({ description: 'headline, because and notes in one text' }),
  measured: z.number().nullable(),
  limit: z.number().nullable(),
  at: instant.nullable(),
  asked: z.number(),
  could_not_ask: z.number(),
});
export const Timeline = z.array(
  z.object({ at: instant, kind: z.string(), by: z.string(), text: z.string(), detail: z.string().nullable() }),
);
export const Summary = z
  .object({
    id: z.uuid(),
    url: z.string(),
    service: z.string(),
    environment: z.string(),
    release: z.object({
      version: z.string(),
      commit: z.string().nullable(),
      image: z.string().nullable(),
      metadata: z.record(z.string(), z.string()),
    }),
    cause: z.enum(['release', 'rollback']),
    migrations: z.string(),
    links: z.array(z.object({ title: z.string(), url: z.string() })),
    adopted: z.boolean(),
    registered_at: instant,
    registered_by: z.string(),
    deployed_at: instant.nullable(),
    state: z.enum(states),
    bake_version: z.number(),
    final: z.boolean(),
    summary: z.string(),
    reasons: z.array(z.string()).openapi({ description: 'the headlines of the checks that decide, and what else decided' }),
    baking: z
      .object({
        from: instant,
        ends_at: instant,
        limit_at: instant,
        extended_until: instant.nullable().openapi({ description: 'the latest end of a bake that goes on beyond its planned end' }),
        extended_because: z.string().nullable(),
      })
      .nullable(),
    clear_at: instant
      .nullable()
      .openapi({ description: 'when every critical check had ruled out harm; the bake goes on to its planned end' }),
    stage: z.object({ number: z.number(), of: z.number(), weight: z.number(), ends_at: instant }).nullable(),
    weight: z
      .number()
      .nullable()
      .openapi({ description: 'the share of the traffic, in percent, that the release has since the last shift' }),
    ended_at: instant.nullable(),
    target: z.string().nullable(),
    target_unverified: z
      .boolean()
      .openapi({ description: 'the bake of the target ended inconclusive with nothing seen against it, and no release is verified' }),
    rolled_back: z.enum(['no', 'yes', 'unknown']).nullable(),
    rolled_forward: z.boolean().openapi({ description: 'a person puts the release back after a rollback, or has put it back' }),
    rollback_did_not_help: z
      .boolean()
      .openapi({ description: 'the checks still failed after the rollback, so the release is not counted as bad' }),
    confidence: z.enum(['full', 'low']).nullable(),
  })
  .openapi('DeploySummary');
export const Registered = Summary.extend({
  warnings: z
    .array(z.string())
    .openapi({ description: 'what looks wrong with the queries of the rules, such as a selector that has never matched a series' }),
}).openapi('RegisteredDeploy');
export const Adopted = Summary.extend({
  running: z
    .string()
    .nullable()
    .openapi({ description: 'what runs, in the words of the platform; null where the rollback hook cannot ask' }),
  note: z.string().nullable().openapi({ description: 'why it is not proved that this release runs; null where it is' }),
}).openapi('AdoptedRelease');
export const Deploy = Summary.extend({
  explained: z
    .array(z.object({ text: z.string(), check: z.string().nullable(), because: z.string(), notes: z.array(z.string()) }))
    .openapi({ description: 'the reasons with what lies below them; check is null where a reason is no headline of a check' }),
  asides: z
    .array(z.string())
    .openapi({ description: 'advisory failures, checks that prove nothing yet, and checks that could never be asked' }),
  checks: z.array(Check),
  timeline: Timeline,
  attempts: z.array(
    z.object({
      order: z.string(),
      number: z.number(),
      started_at: instant,
      ended_at: instant.nullable(),
      outcome: z.string().nullable().openapi({ description: 'null: under way, or its end was never recorded' }),
      output: z.string().openapi({ description: 'the output of the hook so far, without secrets' }),
    }),
  ),
}).openapi('Deploy');
