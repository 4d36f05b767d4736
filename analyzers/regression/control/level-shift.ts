/** First-order autoregression: how strongly each number follows the one before it. One noise model for each value. */
const persistence = [-0.8, 0, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99];
/** A level shift is looked for under the less persistent models. */
const maxPersistenceWithShift = 0.4;
/** The difference of two series at the same time is rarely persistent, so the weight of a model halves with each quarter of persistence. */
const doubt = 4 * Math.LN2;
/** How large a shift is looked for, as the variance of a prior in units of the noise: if the largest were small, a total failure would look like drift. */
export const sizes: readonly number[] = [1, 9, 100, 1000];
/** How many models and sizes a shift may have. */
const kinds = sizes.length * persistence.filter((phi) => phi <= maxPersistenceWithShift).length;
/** The maximum number of moments at which a shift may have begun. */
const maxStarts = 60;
/** The minimum number of readings for a verdict. */
export const minPairs = 5;

/** What the numbers since one moment say, under each noise model. `squares` and `crossed` are running sums. */
type ShiftStart = {
  readonly at: number;
  readonly weight: number;
  readonly count: number;
  readonly squares: readonly number[];
  readonly lifts: readonly number[];
  readonly crossed: readonly number[];
};

/** How far the search for a level shift has come. `log`: the log evidence after the newest tick; `from`: since when a shift is most likely. Plain JSON. */
export type LevelShiftState = {
  readonly ticks: number;
  readonly known: number;
  readonly last: number;
  readonly starts: readonly ShiftStart[];
  readonly log: number;
  readonly from: number;
};

/** Stands for minus infinity, which JSON cannot hold. */
const minLog = -1e9;

export const noShift: LevelShiftState = { ticks: 0, known: 0, last: 0, starts: [], log: minLog, from: 0 };

/**
 * Takes one number in (`NaN`: missing), and weighs whether the mean has been above zero since some tick. A mixture over shifts is divided by the
 * largest likelihood of no shift (Wasserman, Ramdas & Balakrishnan 2020), and mixed over the tick at which it began, half of the weight on the
 * first. Anytime-valid for independent Gaussian noise of any scale; for more persistent noise the bound is looser by its lower weight, and what is
 * promised was measured. `resolution`: the square below which numbers count as equal so far. `looks`: the planned ticks of the bake.
 */
export function addToLevelShift(
  state: LevelShiftState,
  x: number,
  { looks, resolution }: { readonly looks: number; readonly resolution: number },
): LevelShiftState {
  const at = state.ticks;
  const apart = startsApart(looks);
  const weight = (at === 0 ? 0.5 : 0) + (0.5 * apart) / (looks + apart);
  const begun = isShiftStart(at, looks) ? [...state.starts, startAt(at, weight)] : state.starts;
  const isKnown = !Number.isNaN(x);
  const known = state.known + (isKnown ? 1 : 0);
  const starts = isKnown ? begun.map((start) => addTo(start, x, state.last)) : begun;
  const logs = known < minPairs ? [] : starts.map((start) => Math.log(start.weight) + logOf(start, resolution));
  const best = logs.reduce((a, value, i) => (value > (logs[a] ?? Number.NEGATIVE_INFINITY) ? i : a), 0);
  const log = Math.max(minLog, logSum(logs));
  return { ticks: at + 1, known, last: isKnown ? x : state.last, starts, log, from: starts[best]?.at ?? 0 };
}

/** Whether tick `at` is one of the moments at which a shift may have begun. */
export function isShiftStart(at: number, looks: number): boolean {
  return at < looks && at % startsApart(looks) === 0;
}

function startsApart(looks: number): number {
  return Math.max(1, Math.ceil(looks / maxStarts));
}

function startAt(at: number, weight: number): ShiftStart {
  const zeros = persistence.map(() => 0);
  return { at, weight, count: 0, squares: zeros, lifts: zeros, crossed: zeros };
}

function addTo(start: ShiftStart, x: number, last: number): ShiftStart {
  const [squares, lifts, crossed] = [[...start.squares], [...start.lifts], [...start.crossed]];
  for (const [i, phi] of persistence.entries()) {
    const first = Math.sqrt(1 - phi * phi);
    const [y, z] = start.count === 0 ? [first * x, first] : [x - phi * last, 1 - phi];
    squares[i] = (squares[i] ?? 0) + y * y;
    lifts[i] = (lifts[i] ?? 0) + z * z;
    crossed[i] = (crossed[i] ?? 0) + z * y;
  }
  return { ...start, count: start.count + 1, squares, lifts, crossed };
}

/**
 * The log evidence that the mean lies above zero: the average over all models and sizes, against the model that explains a mean of zero best. The
 * scale is integrated out (right Haar prior), so that a change of unit changes no ratio.
 */
function logOf({ count: n, squares: sums, lifts, crossed: products }: ShiftStart, resolution: number): number {
  const alternatives: number[] = [];
  let best = Number.NEGATIVE_INFINITY;
  for (const [i, phi] of persistence.entries()) {
    const [squares, lift, crossed] = [(sums[i] ?? 0) + n * resolution, lifts[i] ?? 0, products[i] ?? 0];
    if (!(squares > 0)) return 0;
    const start = Math.log1p(-phi * phi) / 2;
    best = Math.max(best, start - (n / 2) * Math.log(squares) - doubt * Math.max(0, phi));
    if (crossed <= 0 || phi > maxPersistenceWithShift) continue;
    for (const size of sizes) {
      const rest = 1 - ((size / (1 + size * lift)) * crossed * crossed) / squares;
      const left = squares * Math.max(1e-15, rest);
      alternatives.push(start - Math.log1p(size * lift) / 2 - (n / 2) * Math.log(left));
    }
  }
  const log = logSum(alternatives) - Math.log(kinds) - best;
  return Number.isFinite(log) ? log : Number.NEGATIVE_INFINITY;
}

function logSum(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  if (!Number.isFinite(largest)) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - largest);
  return largest + Math.log(sum);
}
