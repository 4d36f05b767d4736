import { hookKindOf } from '../bake/order-shift.ts';
import { formatClock } from '../bake/time-left.ts';
import { formatShare } from '../base/format-number.ts';
import type { Chart } from '../chart/chart.ts';
import type { ReportCheck, ReportSource } from './report-source.ts';
import type { Times } from './times.ts';

/** Lists in sentences what is not known about a deploy. */
export function unknownsOf(
  source: ReportSource,
  { charts, times }: { readonly charts: readonly Chart[]; readonly times: Times },
): readonly string[] {
  const { record, checks, attempts, timeline, prunedAt, pastPrunedAt } = source;
  const { bake } = record;
  return [
    ...(prunedAt === null
      ? []
      : ['What the single measurements were: the retention deleted them, so there are no charts, and only the last result of each check.']),
    ...(pastPrunedAt === null || prunedAt !== null
      ? []
      : ['What the checks were compared with: the retention deleted the past, so the charts show only the time of the bake.']),
    ...(bake.state === 'failed' && bake.rolledBack === 'unknown' ? ['Whether the rollback happened: check which release runs.'] : []),
    ...(bake.state === 'failed' && bake.rolledBack === 'yes'
      ? ['Whether the service recovered after the rollback: the checks did not show it.']
      : []),
    ...(bake.state === 'rolled_back' && bake.unconfirmed !== undefined
      ? [`Whether the service recovered after the rollback: it could not be measured (${bake.unconfirmed.join('; ')}).`]
      : []),
    ...(bake.state === 'failed' && bake.rolledBack === 'no' && bake.forwards === undefined
      ? ['When it ended: Bakewatch did not roll it back.']
      : []),
    ...(bake.state === 'passed' && bake.confidence === 'low'
      ? ['Whether everything is healthy: it passed with low confidence, because not every check could tell.']
      : []),
    ...(times.judgedBadAt !== null && times.firstBadAt === null
      ? ['When the problem began: no single reading shows it, so times are counted from the deploy.']
      : []),
    ...(bake.state === 'rolled_back' && times.recoveredAt === null
      ? ['When the service recovered: no critical check passed after the rollback.']
      : []),
    ...attempts
      .filter(({ outcome }) => outcome === null)
      .map(({ orderId, number }) =>
        bake.state === 'rolling_back' || bake.state === 'shifting'
          ? `How attempt ${number} of the ${hookKindOf(orderId)} ends: it is still running, or its result was lost.`
          : `How attempt ${number} of the ${hookKindOf(orderId)} ended: its result was lost.`,
      ),
    ...timeline.filter(({ kind }) => kind === 'blind').map(({ at }) => `What happened around ${formatClock(at)}: no provider answered.`),
    ...checks.flatMap((check) => openQuestions(check)),
    ...(prunedAt === null ? charts.flatMap((chart) => missingData(chart, record.plan.traffic !== null)) : []),
  ];
}

function openQuestions({ name, critical, baking, asked, couldNotAsk }: ReportCheck): readonly string[] {
  const kind = critical ? '' : ' (advisory)';
  return [
    ...(couldNotAsk > 0 ? [`What ${name}${kind} would have shown in ${couldNotAsk} of ${asked} measurements: it could not be asked.`] : []),
    ...(asked === 0 ? [`What ${name}${kind} shows: it was never measured.`] : []),
    ...(baking?.result.outcome === 'inconclusive' ? [`Whether ${name}${kind} is healthy: its last answer cannot tell.`] : []),
    ...(baking !== null && 'unproven' in baking.result && baking.result.unproven !== undefined
      ? [`Whether ${name}${kind} watches anything: it is unproven.`]
      : []),
  ];
}

function missingData({ check, series }: Chart, isStaged: boolean): readonly string[] {
  const points = series.find(({ kind }) => kind === 'release')?.points ?? [];
  const gaps = points.filter(([, value]) => value === null).length;
  return gaps === 0
    ? []
    : [
        `How ${check} was in ${formatShare(Number((gaps / points.length).toPrecision(2)))} of the bake: there is no data${isStaged ? ', or traffic was being shifted' : ''}.`,
      ];
}
