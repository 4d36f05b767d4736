import { z } from '@hono/zod-openapi';
import { answerLayers, SplitAnswer, Summary, Timeline } from './deploy-schemas.ts';

export const reportFormats = ['json', 'md', 'html'] as const;
export const ReportQuery = z.object({
  format: z.enum(reportFormats).optional().openapi({ description: 'default: as the Accept header prefers, else json' }),
});

const instant = z.iso.datetime();
const duration = z.number().nullable();
const Released = z.object({ version: z.string(), commit: z.string().nullable() });
const Answer = z.object({
  outcome: z.enum(['pass', 'fail', 'inconclusive', 'error']),
  ...answerLayers,
  reason: z.string(),
  by: SplitAnswer,
  at: instant,
});

const Chart = z
  .object({
    check: z.string(),
    title: z.string(),
    caption: z.string().nullable().openapi({ description: 'The headline of the verdict that decided.' }),
    outcome: z.enum(['pass', 'fail', 'inconclusive']).nullable(),
    unit: z.string().openapi({ description: 'Such as `%`, `bytes`, `seconds` or `orders/second`. Empty: none.' }),
    from: instant,
    to: instant,
    series: z.array(
      z.object({
        kind: z.enum(['before', 'control', 'release', 'recovery']),
        label: z.string(),
        points: z.array(z.object({ at: instant, value: z.number().nullable() })),
      }),
    ),
    lines: z.array(
      z.object({
        kind: z.enum(['limit', 'expected']),
        value: z.number(),
        label: z.string(),
        bad_side: z.enum(['above', 'below']).nullable(),
        decides: z.boolean().openapi({ description: 'Whether the line belongs to the verdict that decided.' }),
      }),
    ),
    marks: z.array(
      z.object({ kind: z.enum(['deployed', 'shifted', 'judged_bad', 'rolled_back', 'recovered']), at: instant, label: z.string() }),
    ),
  })
  .openapi('Chart');

export const Report = z
  .object({
    at: instant,
    url: z.string(),
    title: z.string(),
    summary: z.string(),
    final: z.boolean(),
    state: Summary.shape.state,
    deploy: z.object({
      id: z.uuid(),
      service: z.string(),
      environment: z.string(),
      registered_at: instant,
      registered_by: z.string(),
      deployed_at: instant.nullable(),
      cause: z.enum(['release', 'rollback']),
      links: Summary.shape.links,
    }),
    change: z.object({ from: Released.nullable(), to: Released, compare_url: z.string().nullable() }),
    times: z.object({
      first_bad_at: instant.nullable(),
      judged_bad_at: instant.nullable(),
      ordered_at: instant.nullable(),
      rolled_back_at: instant.nullable(),
      recovered_at: instant.nullable(),
      detect_ms: duration,
      decide_ms: duration,
      roll_back_ms: duration,
      recover_ms: duration,
      affected_ms: duration,
      still_affected: z.boolean(),
    }),
    checks: z.array(
      z.object({
        name: z.string(),
        provider: z.string(),
        critical: z.boolean(),
        asked: z.number(),
        could_not_ask: z.number(),
        query: z.string().nullable(),
        during_bake: Answer.nullable(),
        after_rollback: Answer.nullable(),
      }),
    ),
    charts: z.array(Chart),
    interventions: Timeline,
    attempts: z.array(
      z.object({
        number: z.number(),
        started_at: instant,
        ended_at: instant.nullable(),
        outcome: z.string().nullable(),
        output: z.string(),
      }),
    ),
    timeline: Timeline,
    unknowns: z.array(z.string()),
  })
  .openapi('Report');
