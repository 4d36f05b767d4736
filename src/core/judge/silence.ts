import { formatDuration } from '../base/duration.ts';
import { formatShare } from '../base/format-number.ts';
import type { DataRhythm } from './data-rhythm.ts';
import { joinExplanation } from './explanation.ts';
import { explanationOf } from './headline.ts';
import { minSilentTicks, type SeriesTally } from './series-tally.ts';
import type { Verdict } from './verdict.ts';

/** Data may be this many times as old as they usually are apart in this bake, but not older than this share of the bake so far. */
const timesApart = 5;
const maxSilentShare = 0.25;
/** Data may be this many times as old as they ever are in the usual past. */
const timesPast = 1.5;
/** A bake needs data in at least this share of the ticks that have data in the usual past. */
const minShareOfPast = 0.5;

/** A metric that has fallen silent, in words. `isIdle`: the bake has no data at all, and its past is as silent. */
export type Silence = { readonly headline: string; readonly because: string; readonly hasData: boolean; readonly isIdle: boolean };

/** What the rule compares with. `hasStages`: ticks are left out between stages, so the share of ticks with data says nothing. */
export type SilenceContext = { readonly stepMs: number; readonly rhythm: DataRhythm | null; readonly hasStages: boolean };

/** How many ticks of a bake are as long as one tick of its past. */
export function blockTicksOf({ stepMs, rhythm }: Pick<SilenceContext, 'stepMs' | 'rhythm'>): number {
  return rhythm === null ? 1 : Math.max(1, Math.round(rhythm.stepMs / stepMs));
}

/**
 * The one rule for silence, for every kind and analyzer. A metric has fallen silent where its newest data are too old: older than five times what lies
 * between data in this bake (at least four ticks, at most a quarter of the bake), and older than its past is ever silent. It has also fallen silent
 * where fewer ticks have data than in its past. A service that is idle by nature has a past that is as silent. Returns `null` where the metric speaks as
 * often as its past does.
 */
export function silenceOf(tally: SeriesTally, { stepMs, rhythm, hasStages }: SilenceContext): Silence | null {
  const { ticks, count, newest, blockTicks } = tally;
  if (ticks === 0) return null;
  const pastMs = timesPast * (rhythm?.silentMs ?? 0);
  if (count === 0) return { ...neverWords(ticks * stepMs), hasData: false, isIdle: pastMs >= ticks * stepMs };
  const apart = count > 1 ? (newest - 1 - tally.first) / (count - 1) : 1;
  const own = Math.max(minSilentTicks, Math.min(timesApart * apart, maxSilentShare * ticks));
  const age = (ticks - newest) * stepMs;
  if (age > Math.max(own * stepMs, pastMs)) return { ...staleWords(age, { newest, apart, stepMs, rhythm }), hasData: true, isIdle: false };
  if (rhythm === null || hasStages) return null;
  const blocks = Math.floor(ticks / blockTicks);
  if (tally.blocks >= minShareOfPast * rhythm.share * blocks) return null;
  return { ...sparseWords({ full: tally.blocks, blocks, blockMs: blockTicks * stepMs }, rhythm), hasData: true, isIdle: false };
}

function neverWords(ms: number) {
  return { headline: `no data in the ${formatDuration(ms)} since the bake began`, because: '' };
}

type StaleData = { readonly newest: number; readonly apart: number; readonly stepMs: number; readonly rhythm: DataRhythm | null };

function staleWords(age: number, { newest, apart, stepMs, rhythm }: StaleData) {
  const came = `the last value came ${formatDuration(newest * stepMs)} after the bake began`;
  return { headline: `no data for the last ${formatDuration(age)}`, because: `${came}; ${pastWords(rhythm, apart * stepMs)}` };
}

function pastWords(rhythm: DataRhythm | null, apartMs: number): string {
  if (rhythm === null) return `before that, one came every ${formatDuration(Math.round(apartMs / 1000) * 1000)}`;
  if (rhythm.silentMs === 0) return `its past has data in nearly every ${formatDuration(rhythm.stepMs)}`;
  return `its past is almost never silent for more than ${formatDuration(rhythm.silentMs)}`;
}

type SparseData = { readonly full: number; readonly blocks: number; readonly blockMs: number };

function sparseWords({ full, blocks, blockMs }: SparseData, { share }: DataRhythm) {
  return {
    headline: `data in only ${full} of ${blocks} stretches of ${formatDuration(blockMs)}`,
    because: `its past has data in ${formatShare(Number(share.toPrecision(2)))} of them or more`,
  };
}

/** A verdict of a silent metric: a failure stays one; anything else is inconclusive and blocks. */
export function silenced(verdict: Verdict, silence: Silence | null): Verdict {
  if (silence === null || verdict.outcome === 'fail' || (silence.isIdle && verdict.outcome === 'pass')) return verdict;
  const { reason, explanation, evidence, unproven } = verdict;
  const kept = { ...(evidence && { evidence }), ...(unproven !== undefined && { unproven }) };
  if (!silence.hasData && verdict.outcome === 'inconclusive')
    return { outcome: 'inconclusive', reason, ...(explanation && { explanation }), ...kept, isSilent: true };
  const { headline, because } = silence;
  const words = { headline, because, notes: silence.hasData ? [`before that: ${explanationOf(verdict).headline}`] : [] };
  return { outcome: 'inconclusive', reason: joinExplanation(words), explanation: words, ...kept, isSilent: true };
}
