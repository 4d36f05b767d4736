/** How far each number keeps to the one before it: the laws of noise that are thought possible (first-order autoregression). */
const persistence = [-0.8, 0, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99];
/** A lasting shift is looked for in the less persistent ones. */
const mostBesideShift = 0.4;
/** What moves together beside each other differs by little that lasts: the weight of a law halves with each quarter of persistence. */
const doubt = 4 * Math.LN2;
/** How large a shift is looked for, as the variance of a prior in units of the noise: where the largest is small, a total failure looks like drift. */
export const sizes: readonly number[] = [1, 9, 100, 1000];
/** How many laws and sizes a shift may have. */
const kinds = sizes.length * persistence.filter((phi) => phi <= mostBesideShift).length;
/** At most so many moments at which a shift may have begun are told apart. */
const mostStarts = 60;
/** Fewer readings than this never decide. */
export const fewestPairs = 5;

/** What the numbers from one moment on say, under each law of noise: sums that a further number adds to. */
class Since {
  readonly at: number;
  readonly weight: number;
  #count = 0;
  #last = 0;
  readonly #squares = new Float64Array(persistence.length);
  readonly #lifts = new Float64Array(persistence.length);
  readonly #crossed = new Float64Array(persistence.length);

  constructor(at: number, weight: number) {
    this.at = at;
    this.weight = weight;
  }

  add(x: number): void {
    for (const [i, phi] of persistence.entries()) {
      const first = Math.sqrt(1 - phi * phi);
      const [y, z] = this.#count === 0 ? [first * x, first] : [x - phi * this.#last, 1 - phi];
      this.#squares[i] = (this.#squares[i] ?? 0) + y * y;
      this.#lifts[i] = (this.#lifts[i] ?? 0) + z * z;
      this.#crossed[i] = (this.#crossed[i] ?? 0) + z * y;
    }
    this.#last = x;
    this.#count++;
  }

  /**
   * The log evidence that the mean lies above zero: the average over all laws and sizes, against the law that explains a mean of zero best. The
   * scale is integrated out (right Haar prior), so that each ratio is one of densities of what no unit changes.
   */
  log(resolution: number): number {
    const n = this.#count;
    const alternatives: number[] = [];
    let best = Number.NEGATIVE_INFINITY;
    for (const [i, phi] of persistence.entries()) {
      const [squares, lift, crossed] = [(this.#squares[i] ?? 0) + n * resolution, this.#lifts[i] ?? 0, this.#crossed[i] ?? 0];
      if (!(squares > 0)) return 0;
      const start = Math.log1p(-phi * phi) / 2;
      best = Math.max(best, start - (n / 2) * Math.log(squares) - doubt * Math.max(0, phi));
      if (crossed <= 0 || phi > mostBesideShift) continue;
      for (const size of sizes) {
        const rest = 1 - ((size / (1 + size * lift)) * crossed * crossed) / squares;
        const left = squares * Math.max(1e-15, rest);
        alternatives.push(start - Math.log1p(size * lift) / 2 - (n / 2) * Math.log(left));
      }
    }
    const log = logSum(alternatives) - Math.log(kinds) - best;
    return Number.isFinite(log) ? log : Number.NEGATIVE_INFINITY;
  }
}

/** The log evidence after each tick, and from which tick on the shift is most likely. */
export type LevelShiftEvidence = { readonly log: Float64Array; readonly from: Int32Array };

/**
 * Weighs, tick by tick, whether the mean of `values` (`NaN`: missing) lies above zero from some tick on. A mixture over shifts is divided by the
 * largest likelihood of no shift (Wasserman, Ramdas & Balakrishnan 2020), and mixed over the tick at which it began, half of the weight on the
 * first. Anytime-valid for independent Gaussian noise of any scale; of more persistent noise the bound is looser by its lower weight, and what is
 * promised was measured. `resolutions`: the square below which numbers are not told apart, so far.
 */
export function shiftAbove(values: Float64Array, looks: number, resolutions: Float64Array): LevelShiftEvidence {
  const apart = Math.max(1, Math.ceil(looks / mostStarts));
  const started: Since[] = [];
  const [log, from] = [new Float64Array(values.length), new Int32Array(values.length)];
  let known = 0;
  for (const [at, x] of values.entries()) {
    if (at < looks && at % apart === 0) started.push(new Since(at, (at === 0 ? 0.5 : 0) + (0.5 * apart) / (looks + apart)));
    if (!Number.isNaN(x)) {
      known++;
      for (const since of started) since.add(x);
    }
    const all = known < fewestPairs ? [] : started.map((since) => Math.log(since.weight) + since.log(resolutions[at] ?? 0));
    const best = all.reduce((a, value, i) => (value > (all[a] ?? Number.NEGATIVE_INFINITY) ? i : a), 0);
    log[at] = logSum(all);
    from[at] = started[best]?.at ?? 0;
  }
  return { log, from };
}

function logSum(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  if (!Number.isFinite(largest)) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - largest);
  return largest + Math.log(sum);
}
