import { formatDuration } from '../../src/core/base/duration.ts';
import type { AnalyzerInput } from '../../src/core/judge/analyzer.ts';
import { explain } from '../../src/core/judge/explanation.ts';
import { constantFold, type Fold, foldAll, foldOf, type OpenVerdict } from '../../src/core/judge/fold.ts';
import { hasNumbers, type TicksShape } from '../../src/core/series/tick.ts';
import { formOf } from '../words.ts';
import { defaultAlpha, minShare, minTolerance, type RegressionParams, sidesOf } from './calibrate.ts';
import type { Calibration, CountsModel, CountsSeriesModel } from './calibration.ts';
import { compareGauge } from './control/compare-gauge.ts';
import { bucketResolution } from './counts/bucket-resolution.ts';
import { countedColumns } from './counts/event-counts.ts';
import { judgeCounts } from './counts/judge.ts';
import { nonInferiorityMargin } from './counts/non-inferiority-margin.ts';
import type { CountedSeries } from './counts/state.ts';
import { judgeGauge } from './gauge/judge.ts';

/** Judges a bake by its calibration (`null`: nothing is known of the past) and by its control. */
export function judgeCalibrated(input: AnalyzerInput, params: RegressionParams, calibration: Calibration | null): Fold {
  const pastFold = judgeModels(input, params, calibration);
  if (input.control === null || isCounted(input.bake.shape)) return pastFold;
  if (input.bake.shape.kind === 'rate') return constantFold(unknownSplit);
  const sides = sidesOf(params.direction ?? input.direction);
  const { alpha = defaultAlpha } = input;
  return compareGauge(input, { alpha, tolerance: params.tolerance ?? minTolerance, sides, calibration, pastFold });
}

function judgeModels(input: AnalyzerInput, params: RegressionParams, calibration: Calibration | null): Fold {
  const known = calibration ?? withoutHistory(input, params);
  if (known === null) return notJudged;
  const settings = { alpha: known.alpha, tolerance: params.tolerance ?? minTolerance };
  const counts = known.arms.filter((model) => model.law === 'counts');
  if (counts.length === 0)
    return (
      judgeGauge(
        input,
        known.arms.filter((model) => model.law !== 'counts'),
      ) ?? constantFold(noHistory)
    );
  return foldAll(
    counts.map((model) => judgeCountsModel(input, model, settings)),
    worst,
  );
}

const noHistory: OpenVerdict = {
  outcome: 'inconclusive',
  blocks: false,
  ...explain('not judged: no history to compare with yet', 'there is no data from before this deploy'),
};
const noData: OpenVerdict = { outcome: 'inconclusive', ...explain('no data since the bake began') };

/** The split of the traffic is unknown, so a smaller number of events does not show a fall. */
const unknownSplit: OpenVerdict = {
  outcome: 'inconclusive',
  blocks: false,
  ...explain(
    'not judged: the two releases share the traffic',
    'how they share it is not known: give the rate its exposure to have it compared',
  ),
};

/** No reference: does not block the bake. No data: blocks it. The state holds whether there was data. */
const notJudged: Fold = foldOf<boolean>({
  initial: false,
  step: (hasData, { bake }) => ({ state: hasData || hasNumbers(bake) }),
  verdict: (hasData) => (hasData ? noHistory : noData),
});

/** Passes only if every direction passes. Returns the first inconclusive verdict. */
function worst(verdicts: readonly OpenVerdict[]): OpenVerdict {
  return verdicts.find(({ outcome }) => outcome === 'inconclusive') ?? verdicts[0] ?? noHistory;
}

type TestSettings = { readonly alpha: number; readonly tolerance: number };

function judgeCountsModel(input: AnalyzerInput, model: CountsModel, settings: TestSettings): Fold {
  const { bake, forMs } = input;
  const looks = Math.max(1, Math.round(forMs / bake.stepMs));
  const { side, isShare, streams } = model;
  const form = formOf(input);
  return judgeCounts({
    kind: bake.shape.kind,
    form,
    design: { side, isShare, alpha: settings.alpha, looks, stepMs: bake.stepMs },
    series: streams.flatMap((learned) => seriesOf(input, { model, learned, tolerance: settings.tolerance })),
    buckets: bucketResolution(bake.shape, streams, form.unit.bound),
  });
}

type SeriesSource = { readonly model: CountsModel; readonly learned: CountsSeriesModel; readonly tolerance: number };

/** One counted series, compared with the control where that has the same column, else with the past; none where the bake lacks the column. */
function seriesOf({ bake, control }: AnalyzerInput, { model, learned, tolerance }: SeriesSource): readonly CountedSeries[] {
  const column = Math.max(0, learned.column);
  if (column >= countedColumns(bake.shape)) return [];
  const bound = boundOf(bake.shape, learned.column);
  if (control === null || column >= countedColumns(control.shape)) {
    const baseline = windowName(learned.windowMs);
    return [
      {
        column,
        bound,
        reference: learned,
        replayed: learned.replayed,
        baseline,
        baselineAtEnd: baseline,
        hasControl: false,
        isRatio: false,
      },
    ];
  }
  const tolerated = toleratedWithControl(learned, model, tolerance);
  const isRatio = learned.samples === 0;
  const harm = isRatio ? learned.harm : nonInferiorityMargin({ expected: learned.expected, tolerated }, model);
  const reference = { ...learned, phi: learned.calmPhi, tolerated, harm, endTolerated: tolerated, endPhi: learned.calmPhi };
  const baseline = 'the old release at the same time';
  const baselineAtEnd = learned.level === undefined ? baseline : `${baseline}, and with its past`;
  return [{ column, bound, reference, replayed: 0, baseline, baselineAtEnd, hasControl: true, isRatio }];
}

/** Effects common to both releases cancel, so the tolerance does not include them. */
function toleratedWithControl({ expected, samples }: CountsSeriesModel, { side, isShare }: CountsModel, tolerance: number): number {
  if (samples === 0) return side === 'up' ? 1 + tolerance : 1 / (1 + tolerance);
  return side === 'up' ? expected * (1 + tolerance) + (isShare ? minShare : 0) : expected / (1 + tolerance);
}

function boundOf(shape: TicksShape, column: number): number | undefined {
  return shape.kind === 'latency' && column >= 0 ? shape.le[column] : undefined;
}

function windowName(windowMs: number): string {
  return windowMs > 1e14 ? 'all of its history' : `the last ${formatDuration(windowMs)}`;
}

/** Series of events and what they are counted against; others are numbers. */
function isCounted(shape: TicksShape): boolean {
  return shape.kind === 'ratio' || shape.kind === 'latency' || (shape.kind === 'rate' && shape.hasExposure);
}

/** Without a history there may still be a control to compare with: twice the default tempering stands for what is not known. */
function withoutHistory({ bake, control, direction, alpha }: AnalyzerInput, params: RegressionParams): Calibration | null {
  if (control === null || !isCounted(bake.shape)) return null;
  const sides = sidesOf(params.direction ?? direction);
  const columns = bake.shape.kind === 'latency' ? bake.shape.le.slice(0, -1).map((_, column) => column) : [-1];
  const times = 1 + (params.tolerance ?? minTolerance);
  const arms = sides.map((side): CountsModel => {
    const tolerated = side === 'up' ? times : 1 / times;
    const harm = nonInferiorityMargin({ expected: 1, tolerated }, { side, isShare: false });
    const stream = { expected: 1, tolerated, harm, phi: 2, calmPhi: 2, samples: 0, replayed: 0, windowMs: 0 };
    return { law: 'counts', side, isShare: bake.shape.kind !== 'rate', streams: columns.map((column) => ({ column, ...stream })) };
  });
  return { version: 1, alpha: (alpha ?? defaultAlpha) / sides.length, arms };
}
