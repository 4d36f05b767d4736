/** How many times worse (as odds or as a rate) the alternatives are; the evidence is their average, so no single alternative must be exact. */
const timesMore: readonly number[] = [1.4, 2, 3.5, 7, 20];
const timesLess: readonly number[] = [0.8, 0.6, 0.4, 0.2, 0.05];

/**
 * How much of the cap each alternative may use. A tick far beyond what a small change explains is no evidence for a small change, and must not count as
 * such after a cold start has healed.
 */
const capShares: readonly number[] = [0.5, 0.7, 1, 1, 1];

/** Which way is worse. */
export type Side = 'up' | 'down';

/** Which way is worse, and what events are counted against: trials (a share), or anything else (a rate). */
export type CountKind = { readonly side: Side; readonly isShare: boolean };

/** The log likelihood ratio of a tick with `x` bad events of `n` is `x·gain + n·cost`, for each alternative. */
export type Terms = { readonly gain: Float64Array; readonly cost: Float64Array };

/**
 * `cap`: the maximum that one tick may add to the log evidence. `fewCap`: the maximum of a tick of one or two samples. `looks`: how many ticks the bake
 * has; a change may have come at any of them. `agreed`: three ticks in a row may each add this part of what the least of them says, though the cap is lower.
 */
export type EProcessOptions = { readonly cap: number; readonly looks: number; readonly fewCap?: number; readonly agreed?: number };

const fewSamples = 2;

/** Information in a bake, below which an alternative is hopeless. */
const minInformation = 0.5;
const minAlternatives = 2;

/**
 * The alternatives that a bake of `perBake` samples can find; those that it cannot would only dilute the others. Little traffic finds only large
 * changes. `perBake` unknown: all of them.
 */
export function alternativesFor(against: number, { side, isShare }: CountKind, perBake: number | undefined): readonly number[] {
  const all = alternatives(side);
  if (perBake === undefined || !isShare || side === 'down' || !(against > 0)) return all;
  const findable = all.filter((times) => {
    const share = scaleOdds(against, times);
    const [gain, cost] = bernoulli(against, share);
    return perBake * (share * gain + cost) >= minInformation;
  });
  return findable.length >= minAlternatives ? findable : all.slice(-minAlternatives);
}

/** The alternatives on the worse side. */
export function alternatives(side: Side): readonly number[] {
  return side === 'up' ? timesMore : timesLess;
}

/** The terms against a tolerated share (Bernoulli trials) or rate (Poisson counts) for each alternative, tempered by the dispersion `phi`. */
export function termsFor(tolerated: number, { times, phi, isShare }: { times: readonly number[]; phi: number; isShare: boolean }): Terms {
  return termsOf(
    times.map((q) => (isShare ? bernoulli(tolerated, scaleOdds(tolerated, q)) : poisson(tolerated, q))),
    phi,
  );
}

/** Terms of one pair of gain and cost for each alternative, tempered by the dispersion `phi`. */
export function termsOf(pairs: readonly (readonly [gain: number, cost: number])[], phi: number): Terms {
  return { gain: Float64Array.from(pairs, ([gain]) => gain / phi), cost: Float64Array.from(pairs, ([, cost]) => cost / phi) };
}

/** The largest share that is distinguished from 1. With a share of 1 the likelihood of a good trial would be 0, and its logarithm infinite. */
const maxShare = 1 - 1e-15;

/** Share `p1` against `p0`. */
export function bernoulli(share0: number, share1: number): readonly [gain: number, cost: number] {
  const [p0, p1] = [Math.min(share0, maxShare), Math.min(share1, maxShare)];
  const none = Math.log1p(-p1) - Math.log1p(-p0);
  return [Math.log(p1 / p0) - none, none];
}

function poisson(rate: number, times: number): readonly [number, number] {
  return [Math.log(times), (1 - times) * rate];
}

/** The share whose odds are `times` the odds of `p`: near `times·p` where `p` is small, and never above 1. */
export function scaleOdds(p: number, times: number): number {
  return (times * p) / (1 - p + times * p);
}

/** What a tick says for each alternative, as log factors, and how much of that has counted so far. */
type HeldTick = { readonly logs: readonly number[]; readonly counted: readonly number[] };

/** How far an e-process has come. `value`: the evidence (not its logarithm) after the newest tick. `held`: the two ticks before the next. Plain JSON. */
export type EProcessState = {
  readonly look: number;
  readonly spent: number;
  readonly sums: readonly number[];
  readonly value: number;
  readonly held: readonly HeldTick[];
};

/** An e-process before its first tick. */
export function startEProcess(alternatives: number): EProcessState {
  return { look: 0, spent: 0, sums: new Array<number>(alternatives).fill(0), value: 0, held: [] };
}

/**
 * One e-process, tick by tick: a mixture over alternatives and over the tick at which the change came (Shin, Ramdas & Rinaldo 2023), half of the
 * weight on the first tick. Each tick's log factor is capped: that only lowers a supermartingale, so Ville's bound holds, and no single tick
 * decides. What a cap has held back counts once two more ticks agree: it comes late, so the sums never exceed those without caps. No stake is added
 * while something is held back: it would count for a tick before it. Sums stop at 1e260: more evidence is beyond every threshold.
 */
export class EProcess {
  readonly #terms: Terms;
  readonly #looks: number;
  readonly #fewCap: number;
  readonly #sums: Float64Array;
  readonly #caps: Float64Array;
  readonly #agreed: number;
  #held: readonly HeldTick[];
  #look: number;
  #spent: number;
  #value: number;

  /** Continues from `state`. */
  constructor(
    terms: Terms,
    { cap, looks, fewCap = cap, agreed = 0 }: EProcessOptions,
    state: EProcessState = startEProcess(terms.gain.length),
  ) {
    this.#terms = terms;
    this.#looks = looks;
    this.#fewCap = Math.max(cap, fewCap);
    this.#sums = Float64Array.from(state.sums);
    // The alternatives that are left out are the smallest.
    const first = Math.max(0, capShares.length - terms.gain.length);
    this.#caps = Float64Array.from(terms.gain, (_, i) => (capShares[first + i] ?? 1) * cap);
    this.#agreed = agreed;
    this.#held = state.held;
    this.#look = state.look;
    this.#spent = state.spent;
    this.#value = state.value;
  }

  /** Takes one tick in, `x` bad events of `n`, and returns the evidence. A tick without samples only advances the time. */
  add(x: number, n: number): number {
    const { gain, cost } = this.#terms;
    const caps = this.#caps;
    const looks = this.#looks;
    const isFew = n <= fewSamples;
    const isEmpty = !(n > 0 || x > 0);
    const weight = this.#isHeldBack() ? 0 : (this.#look === 0 ? 0.5 : 0) + (this.#look < looks ? 0.5 / looks : 0);
    this.#look++;
    this.#spent += weight;
    const sums = this.#sums;
    const [logs, counted]: [number[], number[]] = [[], []];
    for (let i = 0; i < sums.length; i++) {
      const log = isEmpty ? 0 : x * (gain[i] ?? 0) + n * (cost[i] ?? 0);
      const once = Math.min(isFew ? this.#fewCap : (caps[i] ?? 0), log);
      logs.push(log);
      counted.push(once);
      sums[i] = grown((sums[i] ?? 0) + weight, once);
    }
    if (this.#agreed > 0 && !isEmpty) this.#release({ logs, counted });
    let total = 0;
    for (const sum of sums) total += sum;
    this.#value = total / sums.length + Math.max(0, 1 - this.#spent);
    return this.#value;
  }

  #isHeldBack(): boolean {
    return this.#held.some(({ logs, counted }) => logs.some((log, i) => log > (counted[i] ?? log)));
  }

  /** Counts what the caps have held back of three ticks, as far as all three agree. */
  #release(newest: HeldTick): void {
    const ticks = [...this.#held, newest];
    const limits = newest.logs.map((_, i) => (ticks.length < 3 ? 0 : this.#agreed * Math.min(...ticks.map(({ logs }) => logs[i] ?? 0))));
    const after = ticks.map(({ logs, counted }) => ({
      logs,
      counted: counted.map((once, i) => Math.max(once, Math.min(logs[i] ?? 0, limits[i] ?? 0))),
    }));
    for (const [t, { counted }] of after.entries()) {
      for (const [i, now] of counted.entries()) {
        const more = now - (ticks[t]?.counted[i] ?? now);
        if (more > 0) this.#sums[i] = grown(this.#sums[i] ?? 0, more);
      }
    }
    this.#held = after.slice(-2);
  }

  get state(): EProcessState {
    return { look: this.#look, spent: this.#spent, sums: Array.from(this.#sums), value: this.#value, held: this.#held };
  }
}

/** Larger logarithms have no finite exponential. */
const maxLog = 700;

function grown(sum: number, log: number): number {
  return Math.min(sum * Math.exp(Math.min(maxLog, log)), 1e260);
}

/** The share of the budget of false alarms for a baseline that was estimated wrongly. */
export const budgetForBaseline = 0.1;

/** The share of the budget of false alarms for the one test at the planned end. */
export const budgetForEnd = 0.3;

/** The log evidence at which a check fails: ln(1/α), parts of α having gone to the baseline and to the end (Ville 1939). */
export function neededFor(alpha: number): number {
  return Math.log(1 / ((1 - budgetForBaseline - budgetForEnd) * alpha));
}

/** Half of the weight on the first tick, and alternatives below the cap, cost about this much log evidence. */
export const lostToMixture = 1.3;
