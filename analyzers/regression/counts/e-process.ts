/** How many times worse (as odds or as a rate) the alternatives are; the evidence is their average, so none needs to be right. */
const timesMore: readonly number[] = [1.4, 2, 3.5, 7, 20];
const timesLess: readonly number[] = [0.8, 0.6, 0.4, 0.2, 0.05];

/**
 * How much of the cap each alternative may use: a tick far beyond what a small change explains is no evidence for a small change, and must not be
 * remembered as such after a cold start has healed.
 */
const reach: readonly number[] = [0.5, 0.7, 1, 1, 1];

/** Which way is worse. */
export type Side = 'up' | 'down';

/** What the events of a tick are counted against: a share of trials, or a rate of anything else. */
export type CountKind = { readonly side: Side; readonly isShare: boolean };

/** The log likelihood ratio of a tick with `x` bad events of `n` is `x·gain + n·cost`, for each alternative. */
export type Terms = { readonly gain: Float64Array; readonly cost: Float64Array };

/**
 * How a series of looks is weighed. `cap`: the most that one tick may add to the log evidence; `looks`: how many ticks the bake has, any of which
 * may be the one at which a change came.
 */
export type EProcessOptions = { readonly cap: number; readonly looks: number };

/** The alternatives on the worse side. */
export function alternatives(side: Side): readonly number[] {
  return side === 'up' ? timesMore : timesLess;
}

/** The terms against a tolerated share (Bernoulli trials) or rate (Poisson counts) for each alternative, tempered by the dispersion `phi`. */
export function termsFor(tolerated: number, { times, phi, isShare }: { times: readonly number[]; phi: number; isShare: boolean }): Terms {
  const terms = { gain: new Float64Array(times.length), cost: new Float64Array(times.length) };
  for (const [i, q] of times.entries())
    setTerm(terms, i, isShare ? bernoulli(tolerated, scaleOdds(tolerated, q)) : poisson(tolerated, q), phi);
  return terms;
}

/** Overwrites the `i`-th alternative: a comparison with a control has other terms at each tick. */
export function setTerm(terms: Terms, i: number, [gain, cost]: readonly [number, number], phi: number): void {
  terms.gain[i] = gain / phi;
  terms.cost[i] = cost / phi;
}

/** Share `p1` against `p0`. */
export function bernoulli(p0: number, p1: number): readonly [number, number] {
  const none = Math.log1p(-p1) - Math.log1p(-p0);
  return [Math.log(p1 / p0) - none, none];
}

function poisson(rate: number, times: number): readonly [number, number] {
  return [Math.log(times), (1 - times) * rate];
}

/** The share whose odds are `times` those of `p`: near `times·p` where `p` is small, and never above 1. */
export function scaleOdds(p: number, times: number): number {
  return (times * p) / (1 - p + times * p);
}

/**
 * One e-process, tick by tick: a mixture over alternatives and over the tick at which the change came (Shin, Ramdas & Rinaldo 2023), half of the
 * weight on the first tick. Each tick's log factor is capped: that only lowers a supermartingale, so Ville's bound holds, and no single tick
 * decides. Sums stop at 1e260: evidence beyond that is beyond every threshold.
 */
export class EProcess {
  readonly #terms: Terms;
  readonly #looks: number;
  readonly #sums: Float64Array;
  readonly #caps: Float64Array;
  #look = 0;
  #spent = 0;

  constructor(terms: Terms, { cap, looks }: EProcessOptions) {
    this.#terms = terms;
    this.#looks = looks;
    this.#sums = new Float64Array(terms.gain.length);
    this.#caps = Float64Array.from(terms.gain, (_, i) => (reach[i] ?? 1) * cap);
  }

  /** Takes one tick in and returns the evidence (not its logarithm). A tick without anything to count only moves time on. */
  add(x: number, n: number): number {
    const { gain, cost } = this.#terms;
    const caps = this.#caps;
    const looks = this.#looks;
    const weight = (this.#look === 0 ? 0.5 : 0) + (this.#look < looks ? 0.5 / looks : 0);
    this.#look++;
    this.#spent += weight;
    const sums = this.#sums;
    let total = 0;
    for (let i = 0; i < sums.length; i++) {
      let sum = (sums[i] ?? 0) + weight;
      if (n > 0 || x > 0) sum *= Math.exp(Math.min(caps[i] ?? 0, x * (gain[i] ?? 0) + n * (cost[i] ?? 0)));
      sum = Math.min(sum, 1e260);
      sums[i] = sum;
      total += sum;
    }
    return total / sums.length + Math.max(0, 1 - this.#spent);
  }
}

/** The log evidence at which a check fails: ln(1/α), a tenth of α having gone to the baseline (Ville 1939). */
export function neededFor(alpha: number): number {
  return Math.log(1 / (0.9 * alpha));
}

/** Half of the weight on the first tick, and alternatives that do not reach the cap, cost about this much log evidence. */
export const lostToMixture = 1.3;

/**
 * The most that one tick may add, so that it takes so many bad ticks to fail: a cold start of half a minute heals before that. A bake of few, long
 * ticks has no time to wait for a second one. Beside a control there is only a part of the traffic, and two ticks more of chance errors after a cold
 * start look like a third bad one: it may add a little less.
 */
export function capFor(needed: number, { stepMs, looks, isBeside = false }: { stepMs: number; looks: number; isBeside?: boolean }): number {
  const room = needed + lostToMixture;
  if (looks < 10) return room;
  if (stepMs >= 30_000) return room / 1.9;
  return room / (isBeside ? 3.3 : 2.9);
}
