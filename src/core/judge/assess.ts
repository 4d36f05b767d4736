import type { RuleSet } from '../rules/rule-set.ts';
import { outlineOf, readTicks, type TickReader, type TicksShape } from '../series/tick.ts';
import { lengthOf, type Stretch, sliceTicks } from '../series/ticks.ts';
import type { AnalyzerInput } from './analyzer.ts';
import { type BoundCheck, type CheckData, settingsOf } from './check.ts';
import { combineVerdicts } from './combine-verdicts.ts';
import { dataRhythm } from './data-rhythm.ts';
import { advance, type Fold, type FoldProgress, startOf, verdictOf } from './fold.ts';
import { type JudgedPart, partsOf, verdictOfPart } from './last-stage.ts';
import { rulesOutOutage } from './outage.ts';
import { withProbeGaps } from './probe-gap.ts';
import { addToTally, emptyTally, type SeriesTally } from './series-tally.ts';
import { blockTicksOf, type SilenceContext, silenced, silenceOf } from './silence.ts';
import { spreadReader } from './spread-sparse-counts.ts';
import { withUnproven } from './unproven.ts';
import type { Verdict } from './verdict.ts';
import { type VerdictByTick, verdictsByTick } from './verdicts-by-tick.ts';

/**
 * The state of a check's folds, and the tally of its ticks. The next pass adds only new ticks to both. `basis`: what the folds were started with; a state
 * is continued only on the same basis. Plain JSON; folding the stored ticks again gives the same state.
 */
export type CheckProgress = { readonly basis: string; readonly parts: readonly PartProgress[]; readonly tally: SeriesTally };

/** `index`: of the analyzer. `from`: the first tick of the part. */
type PartProgress = FoldProgress & { readonly index: number; readonly from: number };

/** A check's verdict and the state of its folds. */
export type Assessment = { readonly verdict: Verdict; readonly progress: CheckProgress };

/**
 * Judges all ticks of a check. The check fails if one analyzer fails; it cannot pass while one analyzer is inconclusive.
 * The verdict depends only on the stored series, not on the number of passes. `before`: the progress of an earlier pass over the same bake.
 */
export function assess(check: BoundCheck, data: CheckData, ruleSet: RuleSet, before?: CheckProgress): Assessment {
  const series = seriesOf(check, data, ruleSet);
  const basis = basisOf(check, data);
  const begun = before?.basis === basis ? before : null;
  const parts = foldsOf(check, { ...data, length: series.length }, ruleSet).map(({ index, part, fold }) => {
    const { from, to } = { from: part.from, to: part.to ?? series.length };
    const known = begun?.parts.find((one) => one.index === index && one.from === from && from + one.ticks <= to);
    const start = known ?? startOf(fold);
    const progress = { ...advance(fold, start, readTicks(series.bake, series.control, from + start.ticks, to)), index, from };
    return { progress, verdict: verdictOfPart(part, verdictOf(fold, progress)) };
  });
  const known = begun !== null && begun.tally.ticks <= series.length && begun.tally.blockTicks === series.blockTicks ? begun.tally : null;
  const tally = tallyTo(series, known ?? emptyTally(series.blockTicks), series.length);
  const verdict = withReservations(combineVerdicts(parts.map((part) => part.verdict)), tally, { check, data, series });
  return { verdict, progress: { basis, parts: parts.map(({ progress }) => progress), tally } };
}

/** Gives the verdict of `assess` for every prefix of the ticks. Each analyzer reads the series only once. */
export function assessByTick(check: BoundCheck, data: CheckData, ruleSet: RuleSet): VerdictByTick {
  const series = seriesOf(check, data, ruleSet);
  const parts = foldsOf(check, { ...data, length: series.length }, ruleSet).map(({ part, fold }) => {
    const { from, to } = { from: part.from, to: part.to ?? series.length };
    const ticksOf = (first: number, end: number) => readTicks(series.bake, series.control, from + first, from + end);
    return { part, to, verdictAt: verdictsByTick(fold, to - from, ticksOf) };
  });
  const tallies = [emptyTally(series.blockTicks)];
  const tallyAt = (ticks: number): SeriesTally => {
    for (let last = tallies.at(-1); last !== undefined && last.ticks < ticks; last = tallies.at(-1))
      tallies.push(tallyTo(series, last, last.ticks + 1));
    return tallies[ticks] ?? emptyTally(series.blockTicks);
  };
  return (ticks) => {
    const known = parts.filter(({ part }) => part.from === 0 || part.from < ticks);
    const verdicts = known.map(({ part, to, verdictAt }) => verdictOfPart(part, verdictAt(Math.min(ticks, to) - part.from)));
    const tally = tallyAt(Math.max(0, Math.min(ticks, series.length)));
    return withReservations(combineVerdicts(verdicts), tally, { check, data, series });
  };
}

function tallyTo({ bake, shape }: CheckSeries, from: SeriesTally, to: number): SeriesTally {
  let tally = from;
  for (let i = tally.ticks; i < to; i++) tally = addToTally(tally, bake(i), shape);
  return tally;
}

/**
 * What holds for every kind and analyzer: a silent metric does not pass, a selector that has never matched is marked, and a verdict that is no failure
 * says whether total failure is ruled out.
 */
function withReservations(
  verdict: Verdict,
  tally: SeriesTally,
  { check, data, series }: { readonly check: BoundCheck; readonly data: CheckData; readonly series: CheckSeries },
): Verdict {
  const { rule, analyzers } = check;
  if (verdict.outcome === 'fail' || analyzers.length === 0) return verdict;
  const heard = silenced(verdict, silenceOf(tally, series));
  // Between stages, ticks are left out on purpose and look like gaps.
  const probed = 'probe' in rule.question && !series.hasStages ? withProbeGaps(heard, tally, series) : heard;
  const known = withUnproven(probed, rule, tally, data.sightings ?? []);
  if (known.outcome === 'fail' || (known.outcome === 'inconclusive' && known.isSilent) || known.unproven !== undefined) return known;
  return rulesOutOutage(tally, series.shape, rule.direction) ? { ...known, rulesOutOutage: true } : known;
}

/**
 * Judges the present state, after a rollback. The shortest stretch of newest ticks that gives an answer decides. Bad ticks from before the recovery
 * are therefore ignored. "Not enough to tell, but nothing is broken" is no answer yet: a longer stretch may pass. It may not fail any more.
 */
export function assessNow(bound: BoundCheck, all: CheckData, ruleSet: RuleSet): Verdict {
  const [check, data] = withoutControl(bound, all);
  const length = lengthOf(data.bake.ticks);
  let open: Verdict | null = null;
  for (let ticks = 1; ticks < length; ticks++) {
    const { verdict } = assess(check, newest(data, length - ticks), ruleSet);
    if (verdict.outcome === 'pass') return verdict;
    if (verdict.outcome === 'fail') return open ?? verdict;
    if (verdict.blocks === false) open = verdict;
  }
  const { verdict } = assess(check, data, ruleSet);
  return verdict.outcome === 'pass' ? verdict : (open ?? verdict);
}

/**
 * After a rollback no control runs any more: what runs is the old release. Conditions that only compare with a control do not apply, as long as the check
 * has others.
 */
function withoutControl(check: BoundCheck, data: CheckData): readonly [BoundCheck, CheckData] {
  const kept = check.analyzers.flatMap(({ needs }, i) => (needs.control && needs.historyMs === 0 ? [] : [i]));
  if (data.control !== null || kept.length === 0 || kept.length === check.analyzers.length) return [check, data];
  const calibrations = data.calibrations && kept.map((i) => data.calibrations?.[i] ?? null);
  return [
    { ...check, analyzers: check.analyzers.filter((_, i) => kept.includes(i)) },
    { ...data, ...(calibrations && { calibrations }) },
  ];
}

function newest(data: CheckData, from: number): CheckData {
  const cut = (stretch: Stretch): Stretch => ({
    ...stretch,
    startAt: stretch.startAt + from * stretch.stepMs,
    ticks: sliceTicks(stretch.ticks, from),
  });
  return { ...data, bake: cut(data.bake), control: data.control && cut(data.control) };
}

/** The ticks of a check, each read when it is needed, and what the rules for all kinds compare them with. */
type CheckSeries = SilenceContext & {
  readonly bake: TickReader;
  readonly control: TickReader | null;
  readonly length: number;
  readonly shape: TicksShape;
  readonly blockTicks: number;
  readonly forMs: number;
};

function seriesOf({ rule }: BoundCheck, { bake, control, ...data }: CheckData, { bake: { forMs }, traffic }: RuleSet): CheckSeries {
  const rhythm = data.rhythm === undefined ? dataRhythm(data.history, forMs) : data.rhythm;
  const { stepMs, shape } = outlineOf(bake);
  return {
    bake: spreadReader(rule, bake),
    control: control && spreadReader(rule, control),
    length: lengthOf(bake.ticks),
    shape,
    stepMs,
    rhythm,
    hasStages: traffic?.stages !== undefined,
    blockTicks: blockTicksOf({ stepMs, rhythm }),
    forMs,
  };
}

/**
 * The shape of the series, and which references are known. While the past cannot be read, folds run without it; once it can be read, all ticks must be
 * compared with it.
 */
function basisOf({ analyzers }: BoundCheck, { bake, control, history, calibrations }: CheckData): string {
  const references = analyzers.map(({ needs }, i) => (calibrations?.[i] != null ? 'learned' : needs.historyMs > 0 && history !== null));
  return JSON.stringify([outlineOf(bake), control && outlineOf(control), references]);
}

/** One fold for each analyzer, or two where the last stage is judged separately. */
function foldsOf(
  check: BoundCheck,
  { bake, control, length, calibrations, aloneFrom = null, sightings: _, ...data }: CheckData & { readonly length: number },
  ruleSet: RuleSet,
): readonly { readonly index: number; readonly part: JudgedPart; readonly fold: Fold }[] {
  return check.analyzers.flatMap((analyzer, index) => {
    const input: AnalyzerInput = {
      ...data,
      bake: outlineOf(bake),
      control: control && outlineOf(control),
      ...settingsOf(check, ruleSet),
      calibration: calibrations?.[index] ?? null,
    };
    return partsOf(analyzer, input, { ruleSet, aloneFrom, length }).map((part) => ({ index, part, fold: analyzer.start(part.input) }));
  });
}
