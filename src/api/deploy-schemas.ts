import { z } from '@hono/zod-openapi';
import { AttemptAnswer } from './attempt-schema.ts';
import { states } from './request-schemas.ts';

/** Problem details (RFC 9457). */
export const Problem = z
  .object({
    type: z.string().openapi({
      description:
        'what programs tell the refusal by: `urn:bakewatch:problem:` and a stable name, such as `key_conflict`; `about:blank` where the status says it all',
    }),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem', {
    example: {
      type: 'about:blank',
      title: 'The request is not valid',
      status: 400,
      detail: 'body: there is no field "bild_id" (did you mean `build_id`?)',
      errors: [{ path: 'body', message: 'there is no field "bild_id" (did you mean `build_id`?)' }],
    },
  });

/** A check's answer in layers. */
export const answerLayers = {
  headline: z.string().openapi({ description: "what was measured, in the metric's own unit, without the name of the check" }),
  because: z.string().openapi({ description: 'compared with what, and how sure; empty if the headline says everything' }),
  notes: z.array(z.string()).openapi({ description: 'limits of the measurement' }),
  unproven: z.string().nullable().openapi({ description: 'why an answer that is no failure proves nothing yet' }),
};

const SplitRow = z.object({
  value: z.string().nullable().openapi({ description: 'a value of the label; null is the rest, which is judged as one' }),
  outcome: z.enum(['pass', 'fail', 'inconclusive', 'unjudged']).openapi({ description: 'unjudged: new, so it has no past of its own' }),
  measured: z.number().nullable(),
  expected: z.number().nullable(),
  samples: z.number().nullable(),
  events: z.number().nullable(),
});

/** What a check with `by` says of each value of its label. */
export const SplitAnswer = z
  .object({ label: z.string(), rows: z.array(SplitRow) })
  .nullable()
  .openapi({ description: 'of a check with `by`: what it says of each value of the label, the worst first' });

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
  by: SplitAnswer,
  at: instant.nullable(),
  asked: z.number(),
  could_not_ask: z.number(),
});
export const Timeline = z.array(
  z.object({ at: instant, kind: z.string(), by: z.string(), text: z.string(), detail: z.string().nullable() }),
);
const summaryExample = {
  id: '47f0c12b-4af8-4105-92e5-05379123ad2c',
  url: 'https://bakewatch.example.com/deploys/47f0c12b-4af8-4105-92e5-05379123ad2c',
  service: 'shop',
  environment: 'production',
  release: { version: 'v42', commit: '4f2c1d9', image: null, metadata: {} },
  cause: 'release',
  migrations: 'none',
  links: [{ title: 'build', url: 'https://ci.example.com/runs/83' }],
  adopted: false,
  registered_at: '2026-11-21T14:00:00.000Z',
  registered_by: 'ci',
  deployed_at: '2026-11-21T14:00:00.000Z',
  state: 'warming',
  bake_version: 1,
  final: false,
  summary: 'warming up',
  reasons: ['warming up'],
  baking: null,
  clear_at: null,
  stage: null,
  weight: null,
  ended_at: null,
  target: null,
  target_unverified: false,
  rolled_back: null,
  rolled_forward: false,
  rollback_did_not_help: false,
  confidence: null,
};

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
    bake_version: z.int().openapi({ description: 'the number of changes of the bake so far' }),
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
  .openapi('DeploySummary', { example: summaryExample });
export const Registered = Summary.extend({
  warnings: z
    .array(z.string())
    .openapi({ description: 'what looks wrong with the queries of the rules, such as a selector that has never matched a series' }),
}).openapi('RegisteredDeploy', { example: { ...summaryExample, warnings: [] } });
export const Adopted = Summary.extend({
  running: z
    .string()
    .nullable()
    .openapi({ description: 'what runs, in the words of the platform; null where the rollback hook cannot ask' }),
  note: z.string().nullable().openapi({ description: 'why it is not proved that this release runs; null where it is' }),
}).openapi('AdoptedRelease', {
  example: { ...summaryExample, adopted: true, state: 'passed', final: true, running: 'shop:v42', note: null },
});
export const Deploy = Summary.extend({
  explained: z
    .array(z.object({ text: z.string(), check: z.string().nullable(), because: z.string(), notes: z.array(z.string()) }))
    .openapi({ description: 'the reasons with what lies below them; check is null where a reason is no headline of a check' }),
  asides: z
    .array(z.string())
    .openapi({ description: 'advisory failures, checks that prove nothing yet, and checks that could never be asked' }),
  checks: z.array(Check),
  timeline: Timeline,
  attempts: z.array(AttemptAnswer),
}).openapi('Deploy', { example: { ...summaryExample, explained: [], asides: [], checks: [], timeline: [], attempts: [] } });
