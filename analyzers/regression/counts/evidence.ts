import { normalQuantile } from '../math/poisson-limits.ts';
import { agreedFor, capFor, fewCapFor } from './caps.ts';
import {
  alternativesFor,
  bernoulli,
  budgetForEnd,
  type CountKind,
  EProcess,
  type EProcessOptions,
  type EProcessState,
  lostToMixture,
  neededFor,
  scaleOdds,
  startEProcess,
  type Terms,
  termsFor,
  termsOf,
} from './e-process.ts';
import type { EventCount } from './event-counts.ts';
import type { PastLevel } from './past-level.ts';

/** What one counted series is compared with. */
export type Reference = {
  readonly expected: number;
  readonly tolerated: number;
  /** The non-inferiority margin: to pass, this rate must be ruled out. */
  readonly harm: number;
  readonly phi: number;
  /** How many samples a bake has with the traffic of the past; missing: unknown. */
  readonly perBake?: number | undefined;
  /** What is tolerated in the test at the planned end, and its overdispersion; missing: as in the ticks before. */
  readonly endTolerated?: number | undefined;
  readonly endPhi?: number | undefined;
  /** How surely the past tells the level of a bake; missing: not known. */
  readonly level?: PastLevel | undefined;
};

/** How one counted series is tested. `isRatio`: nothing is known of the past, so the reference is in multiples of what the control shows. */
export type SeriesTest = { readonly reference: Reference; readonly hasControl: boolean; readonly isRatio: boolean };

/** How a check is tested. `looks`: how many ticks the bake is planned to have. */
export type TestDesign = CountKind & { readonly alpha: number; readonly looks: number; readonly stepMs: number };

/** `against`: the evidence that the deploy is worse than tolerated. `forIt`: the evidence that it is better than the non-inferiority margin. Plain JSON. */
export type SeriesEvidence = { readonly against: EProcessState; readonly forIt: EProcessState };

/** One tick of a counted series, with the control's where one runs. */
export type CountTick = { readonly own: EventCount; readonly control: EventCount | null };

/** The likelihood-ratio evidence of one series: its state before the first tick, and how a tick changes it. */
export type EvidenceFold = {
  readonly initial: SeriesEvidence;
  readonly step: (evidence: SeriesEvidence, tick: CountTick) => SeriesEvidence;
};

/** Prepares the two tests of one series. */
export function evidenceFold(test: SeriesTest, design: TestDesign): EvidenceFold {
  const { reference, hasControl, isRatio } = test;
  const { expected, tolerated, harm } = reference;
  const cap = capFor(neededFor(design.alpha), { ...design, hasControl });
  const isTrials = design.isShare && !hasControl;
  const fewCap = isTrials ? fewCapFor(neededFor(design.alpha)) : cap;
  const alternatives = alternativesFor(tolerated, design, isTrials ? reference.perBake : undefined);
  const agreed = agreedFor(design);
  const worse = { times: alternatives, cap, fewCap, agreed, looks: design.looks, against: tolerated };
  // The alternative of the mirror test is known: what is expected, or half the way to it. It may have come true later, after a cold start.
  const times = design.isShare && !isRatio ? oddsRatio(expected, harm) : expected / harm;
  const uncapped = { cap: Number.MAX_VALUE, fewCap: Number.MAX_VALUE, agreed: 0 };
  const better = { times: [times, Math.sqrt(times)], ...uncapped, looks: design.looks, against: harm };
  const [stepWorse, stepBetter] = [worse, better].map((hypothesis) =>
    hasControl ? withControl(reference, hypothesis) : withoutControl(reference, hypothesis, design),
  );
  return {
    initial: { against: startEProcess(worse.times.length), forIt: startEProcess(better.times.length) },
    step: ({ against, forIt }, tick) => ({
      against: stepWorse?.(against, tick) ?? against,
      forIt: stepBetter?.(forIt, tick) ?? forIt,
    }),
  };
}

type Hypothesis = Required<EProcessOptions> & { readonly times: readonly number[]; readonly against: number };
type StepEvidence = (state: EProcessState, tick: CountTick) => EProcessState;

function oddsRatio(p: number, of: number): number {
  return p / Math.max(1e-12, 1 - p) / (of / Math.max(1e-12, 1 - of));
}

function withoutControl({ phi }: Reference, hypothesis: Hypothesis, { isShare }: CountKind): StepEvidence {
  const { against, times } = hypothesis;
  const isTestable = against > 0 && (!isShare || against < 0.98);
  if (!isTestable) return (state) => state;
  const terms = termsFor(against, { times, phi, isShare });
  return (state, { own }) => added(terms, hypothesis, { state, x: own.bad, n: own.total });
}

/** A smaller share of the traffic is no traffic: its logarithms would not be finite. */
const minTrafficShare = 1e-200;

/**
 * Given the events of both sides of a tick, those of the new release are binomial, and their share depends on the ratio of the two rates alone: what
 * moves both cancels (Lindon & Malek 2022). A tick without traffic on either side says nothing.
 */
function withControl({ expected, phi }: Reference, hypothesis: Hypothesis): StepEvidence {
  const times = expected > 0 ? hypothesis.against / expected : 1;
  return (state, { own, control }) => {
    const [n, m] = [own.total, control?.total ?? 0];
    const ratio = n > 0 && m > 0 ? (n * times) / (n * times + m) : 0;
    const share = ratio > minTrafficShare ? ratio : 0;
    const events = share > 0 ? own.bad + (control?.bad ?? 0) : 0;
    const terms = termsOf(
      hypothesis.times.map((q) => (events > 0 ? bernoulli(share, scaleOdds(share, q)) : ([0, 0] as const))),
      phi,
    );
    return added(terms, hypothesis, { state, x: share > 0 ? own.bad : 0, n: events });
  };
}

function added(
  terms: Terms,
  { cap, fewCap, agreed, looks }: Hypothesis,
  { state, x, n }: { readonly state: EProcessState; readonly x: number; readonly n: number },
): EProcessState {
  const evidence = new EProcess(terms, { cap, fewCap, agreed, looks }, state);
  evidence.add(x, n);
  return evidence.state;
}

/**
 * Minimum detectable effect: how many times what is expected a change must be to be found among `samples`, where Wald's bound against what is
 * tolerated is reached, or (`isAtEnd`) where half of the bakes fail the test at the planned end. `null`: no change could be found.
 */
export function minimumDetectableEffect(
  { expected, tolerated, phi }: Omit<Reference, 'harm'>,
  samples: number,
  { side, isShare, alpha, isAtEnd }: CountKind & { readonly alpha: number; readonly isAtEnd: boolean },
): number | null {
  if (!(samples > 0) || !(expected > 0) || !(tolerated > 0)) return null;
  const enough = ((isAtEnd ? neededAtEnd(alpha) : neededFor(alpha) + lostToMixture) * phi) / samples;
  const rateAt = (times: number) => (isShare ? Math.min(0.9999, expected * times) : expected * times);
  const isFound = (times: number) => divergence(rateAt(times), tolerated, { side, isShare }) >= enough;
  let [low, high] = side === 'up' ? [0, Math.log(isShare ? 1 / expected : 1e6)] : [0, Math.log(1e6)];
  const sign = side === 'up' ? 1 : -1;
  if (!isFound(Math.exp(sign * high))) return null;
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (isFound(Math.exp(sign * middle))) high = middle;
    else low = middle;
  }
  return Math.exp(sign * high);
}

/** Half of the squared normal quantile: the deviance that the test at the end needs. */
function neededAtEnd(alpha: number): number {
  return normalQuantile(budgetForEnd * alpha) ** 2 / 2;
}

/** Kullback-Leibler divergence per sample of `rate` from what is tolerated; 0 on the tolerated side. */
export function divergence(rate: number, tolerated: number, { side, isShare }: CountKind): number {
  if (side === 'up' ? rate <= tolerated : rate >= tolerated) return 0;
  if (!isShare) return rate > 0 ? rate * Math.log(rate / tolerated) + tolerated - rate : tolerated;
  if (tolerated >= 1) return 0;
  const [gain, cost] = rate > 0 ? bernoulli(tolerated, Math.min(rate, 1 - 1e-12)) : [0, -Math.log1p(-tolerated)];
  return rate * gain + cost;
}
