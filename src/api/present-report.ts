import type { z } from '@hono/zod-openapi';
import type { Chart } from '../core/chart/chart.ts';
import { answerOf } from '../core/judge/check-answer.ts';
import type { Report } from '../core/report/report.ts';
import type { ReportCheck } from '../core/report/report-source.ts';
import { iso, presentEntry, presentSplit } from './present.ts';
import type { Report as Shown } from './report-schemas.ts';

/** Presents a report as JSON. Instants become ISO-8601. */
export function presentReport(report: Report, url: string): z.output<typeof Shown> {
  const { at, title, summary, isFinal, bake, deploy, change, unknowns } = report;
  return {
    at: iso(at),
    url,
    title,
    summary,
    final: isFinal,
    state: bake.state,
    deploy: {
      id: deploy.id,
      service: deploy.service,
      environment: deploy.environment,
      registered_at: iso(deploy.registeredAt),
      registered_by: deploy.registeredBy,
      deployed_at: isoOrNull(bake.deployedAt),
      cause: deploy.cause.kind,
      links: [...deploy.links],
    },
    change: { from: change.from, to: change.to, compare_url: change.compareUrl },
    times: presentTimes(report.times),
    checks: report.checks.map(presentCheck),
    charts: report.charts.map(presentChart),
    interventions: report.interventions.map(presentEntry),
    attempts: report.attempts.map(({ number, startedAt, endedAt, outcome, output }) => ({
      number,
      started_at: iso(startedAt),
      ended_at: isoOrNull(endedAt),
      outcome,
      output,
    })),
    timeline: report.timeline.map(presentEntry),
    unknowns: [...unknowns],
  };
}

function presentTimes(times: Report['times']) {
  return {
    first_bad_at: isoOrNull(times.firstBadAt),
    judged_bad_at: isoOrNull(times.judgedBadAt),
    ordered_at: isoOrNull(times.orderedAt),
    rolled_back_at: isoOrNull(times.rolledBackAt),
    recovered_at: isoOrNull(times.recoveredAt),
    detect_ms: times.detectMs,
    decide_ms: times.decideMs,
    roll_back_ms: times.rollBackMs,
    recover_ms: times.recoverMs,
    affected_ms: times.affectedMs,
    still_affected: times.isStillAffected,
  };
}

function presentCheck(check: ReportCheck) {
  const { name, provider, critical, baking, verifying, asked, couldNotAsk } = check;
  const answer = (measurement: ReportCheck['baking']) => {
    if (measurement === null) return null;
    const { headline, because, notes, unproven, reason, split } = answerOf(check, measurement);
    const layers = { headline, because, notes: [...notes], unproven, reason };
    return { outcome: measurement.result.outcome, ...layers, by: presentSplit(split), at: iso(measurement.at) };
  };
  return {
    name,
    provider,
    critical,
    asked,
    could_not_ask: couldNotAsk,
    query: (verifying ?? baking)?.query ?? null,
    during_bake: answer(baking),
    after_rollback: answer(verifying),
  };
}

function presentChart({ check, title, caption, outcome, unit, from, to, series, lines, marks }: Chart) {
  return {
    check,
    title,
    caption,
    outcome,
    unit,
    from: iso(from),
    to: iso(to),
    series: series.map(({ kind, label, points }) => ({ kind, label, points: points.map(([at, value]) => ({ at: iso(at), value })) })),
    lines: lines.map(({ kind, value, label, badSide, decides }) => ({ kind, value, label, bad_side: badSide, decides })),
    marks: marks.map((mark) => ({ ...mark, at: iso(mark.at) })),
  };
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}
