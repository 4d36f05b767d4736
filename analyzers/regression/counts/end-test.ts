import { tailProbability } from '../math/tail-probability.ts';
import type { CountKind, Side } from './e-process.ts';
import type { CountTick, SeriesTest, TestDesign } from './evidence.ts';
import { probabilityBeside } from './past-level.ts';

/**
 * What the test at the planned end needs: the events and trials since the cold start, and how many of the events would be the new release's at the
 * tolerated rate and at the harmful one. `controlSamples`: what the control's events are counted against. `worst`: by how much the worst ticks are beyond the tolerated rate, largest first. Plain JSON.
 */
export type EndState = EndSums & { readonly worst: readonly number[] };
type EndSums = {
  readonly events: number;
  readonly trials: number;
  readonly controlSamples: number;
  readonly tolerated: number;
  readonly harm: number;
};

/** Harm is ruled out at the end where a harmful release looks as good in at most one of twenty cases. */
const maxMissed = 0.05;
/** A cold start may last this long. The e-process bounds what a tick adds; a sum cannot, so these ticks are left out of it. */
const coldStartMs = 60_000;
/** A shorter bake, or one of fewer ticks, has no test at the end. */
const minLengthMs = 4 * coldStartMs;
const minLooks = 20;
/** The two worst ticks count no more than the third: two bad ticks alone decide nothing. */
const worstKept = 3;

export const emptyEnd: EndState = { events: 0, trials: 0, controlSamples: 0, tolerated: 0, harm: 0, worst: [] };

type EndTick = { readonly look: number; readonly test: SeriesTest; readonly design: TestDesign };

/** Adds a tick. `look`: its place in the bake, from 0 on. */
export function addToEnd(state: EndState, tick: CountTick, { look, test, design }: EndTick): EndState {
  if (look * design.stepMs < coldStartMs) return state;
  const added = sumsOf(tick, test);
  if (added === null) return state;
  const excess = (design.side === 'up' ? 1 : -1) * (added.events - added.tolerated);
  return {
    events: state.events + added.events,
    trials: state.trials + added.trials,
    controlSamples: state.controlSamples + added.controlSamples,
    tolerated: state.tolerated + added.tolerated,
    harm: state.harm + added.harm,
    worst: [...state.worst, Math.max(0, excess)].toSorted((a, b) => b - a).slice(0, worstKept),
  };
}

function sumsOf({ own, control }: CountTick, { reference, hasControl }: SeriesTest): EndSums | null {
  const { expected, tolerated, endTolerated = tolerated, harm } = reference;
  const [n, m] = [own.total, control?.total ?? 0];
  if (!hasControl) return { events: own.bad, trials: n, controlSamples: 0, tolerated: n * endTolerated, harm: n * harm };
  if (!(n > 0 && m > 0)) return null;
  const trials = own.bad + (control?.bad ?? 0);
  const shareAt = (rate: number) => {
    const times = expected > 0 ? rate / expected : 1;
    return (trials * n * times) / (n * times + m);
  };
  return { events: own.bad, trials, controlSamples: m, tolerated: shareAt(endTolerated), harm: shareAt(harm) };
}

/** Whether the bake has a test at its end. */
export function hasEndTest({ looks, stepMs }: Pick<TestDesign, 'looks' | 'stepMs'>): boolean {
  return looks >= minLooks && looks * stepMs >= minLengthMs;
}

/** Whether the planned end has come, in a bake with a test there. */
export function isEndReached(ticks: number, design: Pick<TestDesign, 'looks' | 'stepMs'>): boolean {
  return hasEndTest(design) && ticks >= design.looks;
}

/** The probability that a release at the tolerated rate looks as bad. */
export function probabilityIfTolerated(state: EndState, test: SeriesTest, { side, isShare }: CountKind): number {
  const [first = 0, second = 0, third = 0] = state.worst;
  const events = state.events - (side === 'up' ? 1 : -1) * (first + second - 2 * third);
  return probabilityOf(side, { ...state, events }, { expected: state.tolerated, test, isShare });
}

/** Whether the counts since the cold start rule harm out. */
export function endRulesOutHarm(state: EndState, test: SeriesTest, { side, isShare }: CountKind): boolean {
  const other = side === 'up' ? 'down' : 'up';
  return probabilityOf(other, state, { expected: state.harm, test, isShare }) <= maxMissed;
}

type TailChoice = { readonly expected: number; readonly test: SeriesTest; readonly isShare: boolean };

function probabilityOf(side: Side, sums: EndSums, { expected, test: { hasControl, reference }, isShare }: TailChoice): number {
  const { events, trials, controlSamples } = sums;
  const phi = reference.endPhi ?? reference.phi;
  if (hasControl) return probabilityBeside(side, { events, trials, expected, samples: controlSamples, phi }, reference.level);
  return tailProbability(side, { events, trials: isShare ? trials : Number.POSITIVE_INFINITY, expected, phi });
}
