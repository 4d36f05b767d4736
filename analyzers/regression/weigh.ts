import {
  alternatives,
  bernoulli,
  capFor,
  Evidence,
  type Law,
  lostToMixture,
  neededFor,
  type Side,
  scaleOdds,
  setTerm,
  termsFor,
} from './evidence.ts';
import type { Tally } from './tally.ts';

/** What one counted series is held against. */
export type Held = {
  readonly expected: number;
  readonly tolerated: number;
  /** Twice what is expected, or more: what a bake that passes must have ruled out. */
  readonly harm: number;
  readonly phi: number;
};

/** One counted series of a bake, with the old release's beside it where there is one. */
export type Watched = { readonly bake: Tally; readonly control: Tally | null; readonly held: Held };

/** The evidence after each tick, as it stands at that tick. */
export type Weighed = { readonly against: Float64Array; readonly forIt: Float64Array };

export type Bake = Law & { readonly alpha: number; readonly looks: number; readonly stepMs: number };

/** Weighs one series tick by tick: against the deploy (it is worse than tolerated) and for it (it is not twice as bad as expected). */
export function weigh(watched: Watched, bake: Bake): Weighed {
  const needed = neededFor(bake.alpha);
  const worse = { law: bake, cap: capFor(needed, bake.stepMs, bake.looks), against: watched.held.tolerated };
  const better = { law: { ...bake, side: opposite(bake.side) }, cap: Number.MAX_VALUE, against: watched.held.harm };
  const run = (question: Question) =>
    watched.control === null ? alone(watched, question, bake) : beside(watched, watched.control, question, bake);
  return { against: run(worse), forIt: run(better) };
}

type Question = { readonly law: Law; readonly cap: number; readonly against: number };

function opposite(side: Side): Side {
  return side === 'up' ? 'down' : 'up';
}

function alone({ bake, held }: Watched, { law, cap, against }: Question, { looks }: Bake): Float64Array {
  const log = new Float64Array(bake.bad.length);
  const isTestable = against > 0 && (!law.isShare || against < 0.98);
  if (!isTestable) return log;
  const evidence = new Evidence(termsFor(against, held.phi, law), { cap, looks });
  for (let i = 0; i < log.length; i++) log[i] = evidence.add(bake.bad[i] ?? 0, bake.total[i] ?? 0);
  return log;
}

/**
 * Given the events of both sides of a tick, those of the new release are binomial, and their share depends on the ratio of the two rates alone:
 * what moves both, cancels (Lindon & Malek 2022). A tick without traffic on either side says nothing.
 */
function beside({ bake, held }: Watched, control: Tally, { law, cap, against }: Question, { looks }: Bake): Float64Array {
  const log = new Float64Array(bake.bad.length);
  const times = held.expected > 0 ? against / held.expected : 1;
  const ratios = alternatives(law.side);
  const terms = { gain: new Float64Array(ratios.length), cost: new Float64Array(ratios.length) };
  const evidence = new Evidence(terms, { cap, looks });
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
export function smallestChange({ expected, tolerated, phi }: Held, samples: number, { side, isShare, alpha }: Bake): number | null {
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
export function divergence(rate: number, tolerated: number, { side, isShare }: Law): number {
  if (side === 'up' ? rate <= tolerated : rate >= tolerated) return 0;
  if (!isShare) return rate > 0 ? rate * Math.log(rate / tolerated) + tolerated - rate : tolerated;
  if (tolerated >= 1) return 0;
  const [gain, cost] = rate > 0 ? bernoulli(tolerated, Math.min(rate, 1 - 1e-12)) : [0, -Math.log1p(-tolerated)];
  return rate * gain + cost;
}
