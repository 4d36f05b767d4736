import { hookKindOf } from '../bake/order-shift.ts';
import { formatShare } from '../base/numbers.ts';
import type { Chart } from '../chart/chart.ts';
import type { ReportCheck, ReportSource } from './report-source.ts';
import type { Times } from './times.ts';

/** Everything that a reader must not take for known, each in a sentence. */
export function unknownsOf(
  source: ReportSource,
  { charts, times }: { readonly charts: readonly Chart[]; readonly times: Times },
): readonly string[] {
  const { record, checks, attempts, timeline, prunedAt } = source;
  const { bake } = record;
  return [
    ...(prunedAt === null
      ? []
      : ['The single measurements were deleted, as the retention says: there are no charts, and only the last answer of each check.']),
    ...(bake.state === 'failed' && bake.rolledBack === 'unknown' ? ['Whether the rollback happened: look at what runs.'] : []),
    ...(bake.state === 'failed' && bake.rolledBack === 'yes'
      ? ['Whether the service recovered after the rollback: the checks did not show it.']
      : []),
    ...(bake.state === 'failed' && bake.rolledBack === 'no' ? ['When it ended: it was not rolled back here.'] : []),
    ...(bake.state === 'passed' && bake.confidence === 'low'
      ? ['Whether everything is well: it passed with low confidence, because not everything could be compared.']
      : []),
    ...(times.judgedBadAt !== null && times.firstBadAt === null
      ? ['When it began to be bad: no single reading says so; times are counted from the deploy.']
      : []),
    ...attempts
      .filter(({ outcome }) => outcome === null)
      .map(({ orderId, number }) =>
        bake.state === 'rolling_back' || bake.state === 'shifting'
          ? `How attempt ${number} of the ${hookKindOf(orderId)} ends: it is under way, or was never heard of again.`
          : `How attempt ${number} of the ${hookKindOf(orderId)} ended: it was never heard of again.`,
      ),
    ...timeline.filter(({ kind }) => kind === 'blind').map(({ text }) => `What happened while nothing could be asked: ${text}`),
    ...checks.flatMap((check) => openQuestions(check)),
    ...(prunedAt === null ? charts.flatMap((chart) => missingData(chart, record.plan.traffic !== null)) : []),
  ];
}

function openQuestions({ name, critical, baking, asked, couldNotAsk }: ReportCheck): readonly string[] {
  const kind = critical ? '' : ' (advisory)';
  return [
    ...(couldNotAsk > 0
      ? [`What ${name}${kind} would have said in ${couldNotAsk} of ${asked} looks: its provider could not be asked.`]
      : []),
    ...(asked === 0 ? [`What ${name}${kind} says: it was never asked.`] : []),
    ...(baking?.result.outcome === 'inconclusive' ? [`Whether ${name}${kind} is well: ${baking.result.reason}`] : []),
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
