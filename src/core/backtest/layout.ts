import { ceilTo, floorTo, type Interval, type Window } from '../base/window.ts';
import type { BoundCheck } from '../judge/check.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { lengthOf, type Stretch } from '../series/ticks.ts';
import { answersOf } from './answers.ts';
import { pseudoDeploys } from './pseudo-deploys.ts';
import type { Random } from './random.ts';

/** Maximum number of points of one series in a query; above it, ticks become coarser. Two weeks of 15-second ticks are fewer. */
const maxPoints = 100_000;
/** The maximum number of ticks in which a bake reads its history (as in the scheduler). */
const historyPoints = 10_000;

export type LayoutRequest = { readonly now: number; readonly sinceMs: number; readonly settleMs: number; readonly stepMs: number | null };

/** The past that is read, in the ticks of a bake; in coarser ones where it is very long, or where that is asked for. */
export function windowOf({ bake: { everyMs } }: RuleSet, { now, sinceMs, settleMs, stepMs }: LayoutRequest): Window {
  const step = Math.max(everyMs, ceilTo(stepMs ?? 0, everyMs), ceilTo(sinceMs / maxPoints, everyMs));
  const to = floorTo(now - settleMs, step);
  return { from: to - ceilTo(sinceMs, step), to, stepMs: step };
}

/** How many ticks of the past are added up into one tick of a check's history. */
export function coarseness({ historyMs }: BoundCheck, { baseline, bake: { everyMs } }: RuleSet, stepMs: number): number {
  const reach = Math.min(historyMs, baseline.historyMs);
  return Math.max(1, Math.round(Math.max(everyMs, ceilTo(reach / historyPoints, everyMs)) / stepMs));
}

export type Layout = {
  readonly deploys: readonly number[];
  readonly leftOut: number;
  /** How much history lies before the first place of a deploy, and how much the rules ask for. */
  readonly historyMs: number;
  readonly wantedMs: number;
  /** The start of the data that all checks have. */
  readonly dataFrom: number;
};

export type LayoutOptions = {
  readonly ruleSet: RuleSet;
  readonly checks: readonly BoundCheck[];
  readonly pasts: readonly Stretch[];
  readonly max: number;
  readonly except: readonly Interval[];
};

/**
 * Places the pseudo deploys. Each has the history before it that the rules ask for. If the past is shorter than twice that history, the deploys
 * lie in the later half of the past.
 */
export function layOut({ ruleSet, checks, pasts, max, except }: LayoutOptions, random: Random): Layout {
  const stepMs = Math.max(...pasts.map((past) => past.stepMs));
  const begins = pasts.flatMap((past) => beginOf(past) ?? []);
  const dataFrom = begins.length > 0 ? Math.max(...begins) : Number.POSITIVE_INFINITY;
  const to = Math.max(...pasts.map((past) => past.startAt + lengthOf(past.ticks) * past.stepMs));
  const wantedMs = Math.max(0, ...checks.map(({ historyMs }) => Math.min(historyMs, ruleSet.baseline.historyMs)));
  const room = to - dataFrom;
  if (!(room > 0)) return { deploys: [], leftOut: 0, historyMs: 0, wantedMs, dataFrom };
  const historyMs = Math.min(wantedMs, floorTo(room / 2, stepMs));
  const { warmupMs, forMs } = ruleSet.bake;
  const lengthMs = ceilTo(warmupMs, stepMs) + Math.max(stepMs, ceilTo(forMs, stepMs));
  const places = pseudoDeploys({ within: { from: dataFrom + historyMs, to }, lengthMs, stepMs, max }, random);
  const deploys = places.filter((at) => !except.some((span) => at < span.to && at + lengthMs > span.from));
  return { deploys, leftOut: places.length - deploys.length, historyMs, wantedMs, dataFrom };
}

/** The tick of the first answer; `null` without any answer. */
function beginOf({ startAt, stepMs, ticks }: Stretch): number | null {
  const first = answersOf(ticks).findIndex((answer) => answer !== null);
  return first < 0 ? null : startAt + first * stepMs;
}
