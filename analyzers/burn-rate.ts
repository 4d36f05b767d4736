import { z } from 'zod';
import { formatDuration } from '../src/core/base/duration.ts';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { explain, fitHeadline } from '../src/core/judge/explanation.ts';
import { constantFold, type Fold, foldOf, type OpenVerdict } from '../src/core/judge/fold.ts';
import type { Evidence } from '../src/core/judge/verdict.ts';
import { formatCount } from '../src/core/series/format-value.ts';
import {
  addTick,
  type BurnCells,
  type BurnCounts,
  cellsOf,
  countsOf,
  layoutFor,
  newest,
  noCounts,
  pastCounts,
  sumOf,
} from './burn-rate/counts.ts';
import { defineAnalyzer } from './define.ts';

const minute = 60_000;
const hour = 60 * minute;

/**
 * The two fast alerts of the SRE workbook: at 14.4 times the allowed rate, 2 % of a 30-day budget are gone in one hour; at 6 times, 5 % in six hours. The long
 * window shows that it matters, the short one that it goes on. Its slow alerts (3 days at 1 time) are longer than any bake, and are left to the owner's alerts.
 */
const burnPairs = [
  { longMs: hour, shortMs: 5 * minute, factor: 14.4 },
  { longMs: 6 * hour, shortMs: 30 * minute, factor: 6 },
] as const;
const longestMs = 6 * hour;

const Params = z.strictObject({ objective: z.number().gt(0).lt(1), window: z.number().positive() });
type SloParams = z.output<typeof Params>;
type BurnPair = (typeof burnPairs)[number];

/** `cells`: one for each pair. `since`: what the bake itself has counted. */
type BurnState = { readonly cells: readonly BurnCells[]; readonly since: BurnCounts };

/** Multiwindow, multi-burn-rate: the error budget of an objective burns too fast since the deploy. */
export const burnRate = defineAnalyzer({
  type: 'burn_rate',
  summary: 'The error budget of an objective does not burn too fast, over a long and a short window at once.',
  kinds: ['ratio'],
  params: Params,
  example: { objective: 0.999, window: 2_592_000_000 },
  conditions: [],
  needs: () => ({ control: false, historyMs: longestMs }),
  start: judgeBurn,
});

function judgeBurn(input: AnalyzerInput, params: SloParams): Fold {
  const { bake, history, deployedAt, minSamples } = input;
  if (bake.shape.kind !== 'ratio')
    return constantFold({ outcome: 'inconclusive', ...explain('an objective is about a share of bad events') });
  const allowed = 1 - params.objective;
  const layouts = burnPairs.map(({ longMs }) => layoutFor(longMs, bake.stepMs));
  const past = history === null ? [] : pastCounts(history, Math.min(deployedAt, bake.startAt), { stepMs: bake.stepMs, longMs: longestMs });
  const start = layouts.map((layout) => cellsOf(past, layout));
  const before = burnPairs.map(({ shortMs, longMs }, i) => {
    const [own, layout] = [start[i] ?? noCells, layouts[i] ?? layoutFor(longMs, bake.stepMs)];
    const short = newest(own, shortMs, layout);
    return short.total > 0 ? short : newest(own, longMs, layout);
  });
  const look = ({ cells, since }: BurnState): readonly PairReading[] =>
    burnPairs.map((pair, i) => {
      const layout = layouts[i] ?? layoutFor(pair.longMs, bake.stepMs);
      const own = cells[i] ?? noCells;
      const readAll = {
        long: newest(own, pair.longMs, layout),
        short: newest(own, pair.shortMs, layout),
        since,
        before: before[i] ?? noCounts,
      };
      return readPair(pair, readAll, { allowed, minSamples });
    });
  return foldOf<BurnState>({
    initial: { cells: start, since: noCounts },
    step: (state, tick) => {
      const counts = countsOf(tick.bake);
      const next = {
        cells: state.cells.map((cells, i) => addTick(cells, counts, layouts[i] ?? layoutFor(hour, bake.stepMs))),
        since: sumOf([state.since, counts]),
      };
      const failing = look(next).find(({ state: one }) => one === 'burns');
      if (failing === undefined) return { state: next };
      return { fail: { outcome: 'fail', ...wordsOf(failing, params), evidence: evidenceOf(failing, allowed) } };
    },
    verdict: (state) => verdictOf(look(state), { params, allowed, minSamples }),
  });
}

const noCells: BurnCells = { cells: [], ticks: 0 };

/** `burned_before`: both windows burn, and the short one did before the deploy as well. `no_past`: whether it did is not known. */
type PairState = 'burns' | 'burned_before' | 'no_past' | 'calm' | 'too_few';
type PairCounts = { readonly long: BurnCounts; readonly short: BurnCounts; readonly since: BurnCounts; readonly before: BurnCounts };
type PairReading = PairCounts & { readonly pair: BurnPair; readonly state: PairState; readonly burn: number; readonly burnBefore: number };

/**
 * A pair fails where both windows burn faster than allowed, and so does the bake alone: what the windows hold from before the deploy is not its fault. A burn
 * that was as fast in the short window before the deploy is not the deploy's either. Where nothing is known from before it, nobody can say.
 */
function readPair(
  pair: BurnPair,
  counts: PairCounts,
  { allowed, minSamples }: { readonly allowed: number; readonly minSamples: number },
): PairReading {
  const burnOf = ({ bad, total }: BurnCounts) => (total > 0 ? bad / total / allowed : 0);
  const own = counts.since.total < counts.short.total ? counts.since : counts.short;
  const [burn, burnBefore] = [burnOf(own), burnOf(counts.before)];
  const isFast = (some: BurnCounts) => burnOf(some) > pair.factor;
  const isBurning = isFast(counts.long) && isFast(counts.short);
  const state = (): PairState => {
    if (own.total < minSamples) return 'too_few';
    if (!isBurning) return 'calm';
    if (isFast(counts.before)) return 'burned_before';
    if (!isFast(own)) return 'calm';
    return counts.before.total > 0 ? 'burns' : 'no_past';
  };
  return { pair, ...counts, state: state(), burn, burnBefore };
}

type SloContext = { readonly params: SloParams; readonly allowed: number; readonly minSamples: number };

function verdictOf(pairs: readonly PairReading[], { params, allowed, minSamples }: SloContext): OpenVerdict {
  const [first] = pairs;
  if (first === undefined || first.since.total < minSamples) {
    const words = `too few events: ${formatCount(first?.since.total ?? 0)} of the ${formatCount(minSamples)} needed`;
    return { outcome: 'inconclusive', ...explain(words), lacksSamples: true };
  }
  if (pairs.every(({ state }) => state === 'too_few')) {
    const { bad, total } = first.since;
    const words = `too few events in ${formatDuration(first.pair.shortMs)}: ${formatCount(first.short.total)} of the ${formatCount(minSamples)} needed`;
    const isFast = bad / total / allowed > first.pair.factor;
    return {
      outcome: 'inconclusive',
      ...(isFast && { leans: true as const }),
      ...explain(words, `since the deploy ${formatCount(bad)} of ${formatCount(total)} were bad`),
      lacksSamples: true,
    };
  }
  const before = pairs.find(({ state }) => state === 'burned_before');
  if (before !== undefined) {
    const headline = 'the budget burned as fast before the deploy: cannot say';
    const because = `${burnWords(before.burn, params)}; ${formatDuration(before.pair.shortMs)} before the deploy ${times(before.burnBefore)}`;
    return { outcome: 'inconclusive', ...explain(headline, because), evidence: evidenceOf(before, allowed) };
  }
  const alone = pairs.find(({ state }) => state === 'no_past');
  if (alone !== undefined) {
    const because = 'there is no data from before the deploy, so it is not known whether it burned then';
    return {
      outcome: 'inconclusive',
      leans: true,
      ...explain(burnWords(alone.burn, params), because),
      evidence: evidenceOf(alone, allowed),
    };
  }
  return { outcome: 'pass', ...wordsOf(first, params), evidence: evidenceOf(first, allowed) };
}

function wordsOf({ pair, burn, burnBefore, since, long, state, before }: PairReading, params: SloParams) {
  const { bad, total } = since;
  const own = `since the deploy ${formatCount(bad)} of ${formatCount(total)} were bad, ${formatCount(Math.round(long.bad))} in the last ${formatDuration(pair.longMs)}`;
  const compared = before.total === 0 ? '' : `, before it ${times(burnBefore)}`;
  const limit = `fails above ${pair.factor}× over ${formatDuration(pair.longMs)} and ${formatDuration(pair.shortMs)}`;
  const headline = fitHeadline(burnWords(burn, params), `burns ${times(burn)}`);
  return explain(headline, `${state === 'burns' ? `${times(burn)} as fast as allowed${compared}; ` : ''}${own}; ${limit}`);
}

/** "burns the 30-day budget in 2d", or that it lasts. */
function burnWords(burn: number, { window }: SloParams): string {
  const days = window / 86_400_000;
  const name = Number.isInteger(days) ? `${days}-day` : formatDuration(window);
  if (burn <= 1) return `the ${name} budget lasts: ${times(burn)} of what is allowed is used`;
  return `burns the ${name} budget in ${roughly(window / burn)}`;
}

/** A duration with its largest unit, and the next one where that is below ten. */
function roughly(ms: number): string {
  const unit = ms >= 86_400_000 ? hour : ms >= hour ? minute : 1_000;
  return formatDuration(Math.max(unit, Math.round(ms / unit) * unit));
}

function times(burn: number): string {
  return `${formatCount(Number(burn.toPrecision(3)))}×`;
}

function evidenceOf({ burn, since, pair }: PairReading, allowed: number): Evidence {
  return {
    measured: burn * allowed,
    limit: Math.min(1, pair.factor * allowed),
    samples: since.total,
    events: since.bad,
    strength: burn / pair.factor,
  };
}
