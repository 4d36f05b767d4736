import cephes from 'cephes';

await cephes.compiled;

/**
 * Running sums of a series for a least-squares line. Times are tick numbers, values are differences from an origin. `pairs`, `steps` and
 * `stepSquares`: of neighbors that are both known. Plain JSON.
 */
export type LineSums = {
  readonly count: number;
  readonly t: number;
  readonly x: number;
  readonly tt: number;
  readonly tx: number;
  readonly xx: number;
  readonly pairs: number;
  readonly steps: number;
  readonly stepSquares: number;
};

export const noSums: LineSums = { count: 0, t: 0, x: 0, tt: 0, tx: 0, xx: 0, pairs: 0, steps: 0, stepSquares: 0 };

/** A point of a series; `before`: the value one tick earlier, `null` where that is missing. */
export type LinePoint = { readonly t: number; readonly x: number; readonly before: number | null };

export function addPoint(sums: LineSums, { t, x, before }: LinePoint): LineSums {
  const step = before === null ? 0 : x - before;
  return {
    count: sums.count + 1,
    t: sums.t + t,
    x: sums.x + x,
    tt: sums.tt + t * t,
    tx: sums.tx + t * x,
    xx: sums.xx + x * x,
    pairs: sums.pairs + (before === null ? 0 : 1),
    steps: sums.steps + step,
    stepSquares: sums.stepSquares + step * step,
  };
}

/** The sums over several stretches of one series. */
export function joinSums(list: readonly LineSums[]): LineSums {
  let all = noSums;
  for (const sums of list) {
    all = {
      count: all.count + sums.count,
      t: all.t + sums.t,
      x: all.x + sums.x,
      tt: all.tt + sums.tt,
      tx: all.tx + sums.tx,
      xx: all.xx + sums.xx,
      pairs: all.pairs + sums.pairs,
      steps: all.steps + sums.steps,
      stepSquares: all.stepSquares + sums.stepSquares,
    };
  }
  return all;
}

/**
 * A least-squares line. `start`: its value at time 0. `error`: the standard error of the slope, with `freedom` degrees of freedom, both corrected for
 * autocorrelation.
 */
export type LineFit = { readonly slope: number; readonly start: number; readonly error: number; readonly freedom: number };

/** The slope per tick; `null` where there are fewer than two known ticks. */
export function slopeOf({ count, t, x, tt, tx }: LineSums): number | null {
  const spread = tt - (t * t) / count;
  return count >= 2 && spread > 0 ? (tx - (t * x) / count) / spread : null;
}

/** Fits a line; `null` where there are fewer than three known ticks. */
export function fitLine(sums: LineSums): LineFit | null {
  const slope = slopeOf(sums);
  const { count, t, x, tt, tx, xx } = sums;
  if (slope === null || count < 3) return null;
  const squares = Math.max(0, xx - (x * x) / count - slope * (tx - (t * x) / count));
  const phi = autocorrelation(sums, slope, squares);
  // The effective number of independent ticks (Bayley & Hammersley 1946); two of them go into the line.
  const freedom = Math.max(1, (count * (1 - phi)) / (1 + phi) - 2);
  return { slope, start: (x - slope * t) / count, error: Math.sqrt(squares / freedom / (tt - (t * t) / count)), freedom };
}

/** Larger autocorrelations leave nothing to count. */
const maxPhi = 0.99;

/**
 * The lag-1 autocorrelation of the residuals, from how much neighbors differ (Durbin & Watson 1950), corrected for what the fit of a line takes away
 * from it (Kendall 1954). Negative ones are taken as none.
 */
function autocorrelation({ count, pairs, steps, stepSquares }: LineSums, slope: number, squares: number): number {
  if (pairs === 0 || !(squares > 0)) return 0;
  const differences = Math.max(0, stepSquares - 2 * slope * steps + pairs * slope * slope) / pairs;
  const raw = 1 - differences / (2 * (squares / count));
  const corrected = (count * raw + 2) / Math.max(1, count - 4);
  return Math.min(maxPhi, Math.max(0, corrected));
}

/** Smaller probabilities, and quantiles beyond this, are not resolved. */
const [minTail, maxQuantile] = [1e-9, 1e9];

/** The value that Student's t exceeds with probability `tail`. */
export function studentQuantile(tail: number, freedom: number): number {
  const share = cephes.incbi(freedom / 2, 0.5, 2 * Math.min(0.5, Math.max(minTail, tail)));
  return share > 0 ? Math.min(maxQuantile, Math.sqrt((freedom * (1 - share)) / share)) : maxQuantile;
}
