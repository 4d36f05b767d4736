import {
  alternatives,
  bernoulli,
  type CountKind,
  capFor,
  EProcess,
  lostToMixture,
  neededFor,
  scaleOdds,
  setTerm,
  termsFor,
} from './e-process.ts';
import type { EventCounts } from './event-counts.ts';

/** What one counted series is held against. */
export type Reference = {
  readonly expected: number;
  readonly tolerated: number;
  /** What a bake that passes must have ruled out. */
  readonly harm: number;
  readonly phi: number;
};

/**
 * One counted series of a bake, with the old release's beside it where there is one. `isRatio`: nothing is known of the past, so all that it is held
 * against is told in multiples of what the control shows.
 */
export type CountsWithControl = {
  readonly bake: EventCounts;
  readonly control: EventCounts | null;
  readonly held: Reference;
  readonly isRatio: boolean;
};

/** The evidence after each tick, as it stands at that tick. */
export type EvidenceByTick = { readonly against: Float64Array; readonly forIt: Float64Array };

export type TestDesign = CountKind & { readonly alpha: number; readonly looks: number; readonly stepMs: number };

/** Weighs one series tick by tick: against the deploy (it is worse than tolerated) and for it (it is not as bad as would be harmful). */
export function accumulateEvidence(watched: CountsWithControl, bake: TestDesign): EvidenceByTick {
  const { held } = watched;
  const cap = capFor(neededFor(bake.alpha), { ...bake, isBeside: watched.control !== null });
  const worse = { times: alternatives(bake.side), cap, looks: bake.looks, against: held.tolerated };
  // The alternative of the mirror image is known: what is expected, or half the way to it. It may have come true later, after a cold start.
  const times = bake.isShare && !watched.isRatio ? oddsRatio(held.expected, held.harm) : held.expected / held.harm;
  const better = { times: [times, Math.sqrt(times)], cap: Number.MAX_VALUE, looks: bake.looks, against: held.harm };
  const run = (question: Hypothesis) =>
    watched.control === null ? alone(watched, question, bake) : beside(watched, watched.control, question);
  return { against: run(worse), forIt: run(better) };
}

type Hypothesis = { readonly times: readonly number[]; readonly cap: number; readonly looks: number; readonly against: number };

function oddsRatio(p: number, of: number): number {
  return p / Math.max(1e-12, 1 - p) / (of / Math.max(1e-12, 1 - of));
}

function alone({ bake, held }: CountsWithControl, question: Hypothesis, { isShare }: CountKind): Float64Array {
  const log = new Float64Array(bake.bad.length);
  const { against, times } = question;
  const isTestable = against > 0 && (!isShare || against < 0.98);
  if (!isTestable) return log;
  const evidence = new EProcess(termsFor(against, { times, phi: held.phi, isShare }), question);
  for (let i = 0; i < log.length; i++) log[i] = evidence.add(bake.bad[i] ?? 0, bake.total[i] ?? 0);
  return log;
}

/**
 * Given the events of both sides of a tick, those of the new release are binomial, and their share depends on the ratio of the two rates alone:
 * what moves both, cancels (Lindon & Malek 2022). A tick without traffic on either side says nothing.
 */
function beside({ bake, held }: CountsWithControl, control: EventCounts, question: Hypothesis): Float64Array {
  const log = new Float64Array(bake.bad.length);
  const times = held.expected > 0 ? question.against / held.expected : 1;
  const ratios = question.times;
  const terms = { gain: new Float64Array(ratios.length), cost: new Float64Array(ratios.length) };
  const evidence = new EProcess(terms, question);
  for (let i = 0; i < log.length; i++) {
    const [n, m] = [bake.total[i] ?? 0, control.total[i] ?? 0];
    const share = n > 0 && m > 0 ? (n * times) / (n * times + m) : 0;
    const [own, all] = share > 0 ? [bake.bad[i] ?? 0, (bake.bad[i] ?? 0) + (control.bad[i] ?? 0)] : [0, 0];
    if (all > 0) for (const [j, q] of ratios.entries()) setTerm(terms, j, bernoulli(share, scaleOdds(share, q)), held.phi);
    log[i] = evidence.add(own, all);
  }
  return log;
}

/** How many times what is expected a change must be to be found among `samples`: where Wald's bound against what is tolerated is reached. `null`: none. */
export function minimumDetectableEffect(
  { expected, tolerated, phi }: Reference,
  samples: number,
  { side, isShare, alpha }: TestDesign,
): number | null {
  if (!(samples > 0) || !(expected > 0) || !(tolerated > 0)) return null;
  const enough = ((neededFor(alpha) + lostToMixture) * phi) / samples;
  const rateAt = (times: number) => (isShare ? Math.min(0.9999, expected * times) : expected * times);
  const found = (times: number) => divergence(rateAt(times), tolerated, { side, isShare }) >= enough;
  let [low, high] = side === 'up' ? [0, Math.log(isShare ? 1 / expected : 1e6)] : [0, Math.log(1e6)];
  const sign = side === 'up' ? 1 : -1;
  if (!found(Math.exp(sign * high))) return null;
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (found(Math.exp(sign * middle))) high = middle;
    else low = middle;
  }
  return Math.exp(sign * high);
}

/** Kullback-Leibler divergence a sample of `rate` from what is tolerated; 0 on the tolerated side. */
export function divergence(rate: number, tolerated: number, { side, isShare }: CountKind): number {
  if (side === 'up' ? rate <= tolerated : rate >= tolerated) return 0;
  if (!isShare) return rate > 0 ? rate * Math.log(rate / tolerated) + tolerated - rate : tolerated;
  if (tolerated >= 1) return 0;
  const [gain, cost] = rate > 0 ? bernoulli(tolerated, Math.min(rate, 1 - 1e-12)) : [0, -Math.log1p(-tolerated)];
  return rate * gain + cost;
}
