/** Which way is worse for a number. */
export type GaugeSide = 'up' | 'down' | 'both';

/**
 * A bake's numbers with their forecast. `rivals`: other forecasts that are nearly as good. `before`: the newest numbers before it, oldest first (`NaN` where
 * there are none).
 */
export type GaugeTrace = {
  readonly values: Float64Array;
  readonly forecast: Float64Array;
  readonly rivals?: readonly Float64Array[];
  readonly before: Float64Array;
};

/** The lengths, in ticks, over which means are taken. A single tick is not enough, unless the bake has only one. */
const lengths = [2, 3, 5, 8, 13, 20, 30, 60, 120, 240];
/** How many ticks just before a window it is also compared with. */
export const stepReach = 3;

/**
 * Two questions are asked of each window that ends at a tick: how far its mean lies from the forecast of the moment of the deploy, and how far from
 * the ticks just before the window, wherever the level has drifted to by then. Events are too noisy for the second.
 */
export type GaugeQuestion = 'forecast' | 'step';

/** The window lengths for a bake of `ticks` ticks. */
export function windowsFor(ticks: number): readonly number[] {
  return ticks < 2 ? [1] : lengths.filter((length) => length <= ticks);
}

/**
 * The mean of the known ticks of a window, what it is compared with (the forecast, moved towards the mean where a rival explains it better, or the ticks
 * just before), what was forecast of these ticks, and how many they are.
 */
export type MovingMean = { readonly mean: number; readonly against: number; readonly expected: number; readonly count: number };

/**
 * The newest numbers of a series, `before` and the bake's own, with running sums: of the numbers, of their forecasts, and of how many there are. Plain
 * JSON. `first`: which number is the first that is kept. `offset`: how many of all numbers lie before the bake. `sums[i]`: the sum of all
 * numbers before number `first + i`.
 */
export type MeansState = {
  readonly offset: number;
  readonly first: number;
  readonly values: readonly (number | null)[];
  readonly forecast: readonly number[];
  readonly sums: readonly number[];
  readonly expected: readonly number[];
  /** The running sums of each rival forecast. */
  readonly rivals: readonly (readonly number[])[];
  readonly counts: readonly number[];
};

/** The state of a bake before its first tick. `forecast`: of that tick; the ticks before it are taken to have had the same. `rivals`: how many rivals there are. */
export function startMeans(before: Iterable<number>, { forecast, rivals }: { forecast: number; rivals: number }): MeansState {
  const none = Array.from({ length: rivals }, () => 0);
  let state: MeansState = {
    offset: 0,
    first: 0,
    values: [],
    forecast: [],
    sums: [0],
    expected: [0],
    rivals: none.map(() => [0]),
    counts: [0],
  };
  for (const value of before) {
    const tick = { value, forecast, rivals: none };
    state = { ...addToMeans(state, tick, Number.POSITIVE_INFINITY), offset: state.offset + 1 };
  }
  return state;
}

type ForecastTick = { readonly value: number; readonly forecast: number; readonly rivals: readonly number[] };

/** Adds a number (`NaN`: missing) with its forecasts; keeps at most `keep` numbers. */
export function addToMeans(state: MeansState, { value, forecast, rivals }: ForecastTick, keep: number): MeansState {
  const isKnown = !Number.isNaN(value);
  const drop = Math.max(0, state.values.length + 1 - keep);
  const pushed = (list: readonly number[], more: number) => [...(drop > 0 ? list.slice(drop) : list), (list.at(-1) ?? 0) + more];
  return {
    offset: state.offset,
    first: state.first + drop,
    values: [...state.values.slice(drop), isKnown ? value : null],
    forecast: [...state.forecast.slice(drop), forecast],
    sums: pushed(state.sums, isKnown ? value : 0),
    expected: pushed(state.expected, isKnown ? forecast : 0),
    rivals: state.rivals.map((list, i) => pushed(list, isKnown ? (rivals[i] ?? 0) : 0)),
    counts: pushed(state.counts, isKnown ? 1 : 0),
  };
}

/** The numbers as `MovingMeans` reads them. */
type MeansData = {
  readonly offset: number;
  readonly first: number;
  readonly values: ArrayLike<number | null>;
  readonly forecast: ArrayLike<number>;
  readonly sums: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
  readonly rivals: readonly ArrayLike<number>[];
  readonly counts: ArrayLike<number>;
};

/** The means of the windows of a series. */
export class MovingMeans {
  readonly #data: MeansData;

  constructor(data: MeansData) {
    this.#data = data;
  }

  /** All numbers of a trace at once: the same sums as adding them one by one. */
  static of({ values, forecast, rivals = [], before }: GaugeTrace): MovingMeans {
    const offset = before.length;
    const length = offset + Math.min(values.length, forecast.length);
    const all = new Float64Array(length);
    const ahead = new Float64Array(length);
    const [sums, expected, counts] = [new Float64Array(length + 1), new Float64Array(length + 1), new Float64Array(length + 1)];
    for (let i = 0; i < length; i++) {
      const value = (i < offset ? before[i] : values[i - offset]) ?? Number.NaN;
      const isKnown = !Number.isNaN(value);
      all[i] = value;
      ahead[i] = forecast[Math.max(0, i - offset)] ?? 0;
      sums[i + 1] = (sums[i] ?? 0) + (isKnown ? value : 0);
      expected[i + 1] = (expected[i] ?? 0) + (isKnown ? (ahead[i] ?? 0) : 0);
      counts[i + 1] = (counts[i] ?? 0) + (isKnown ? 1 : 0);
    }
    const rivalSums = rivals.map((rival) => {
      const own = new Float64Array(length + 1);
      for (let i = 0; i < length; i++) own[i + 1] = (own[i] ?? 0) + (i < offset || Number.isNaN(all[i]) ? 0 : (rival[i - offset] ?? 0));
      return own;
    });
    return new MovingMeans({ offset, first: 0, values: all, forecast: ahead, sums, expected, rivals: rivalSums, counts });
  }

  /** How many ticks of the bake there are. */
  get length(): number {
    const { values, first, offset } = this.#data;
    return first + values.length - offset;
  }

  /** The window of `length` ticks that ends with tick `at`; `null` where fewer than half of them are known, or where a step leads to the forecast. */
  around(question: GaugeQuestion, at: number, length: number): MovingMean | null {
    const { offset, first, sums, expected: forecasts, counts } = this.#data;
    const end = offset + at + 1 - first;
    const start = end - length;
    const count = between(counts, start, end);
    if (at + 1 < length || 2 * count < length || (length > 1 && count < 2)) return null;
    const mean = between(sums, start, end) / count;
    const expected = between(forecasts, start, end) / count;
    if (question === 'forecast') {
      let left = mean - expected;
      for (const rival of this.#data.rivals) left = leftBy(left, mean - between(rival, start, end) / count);
      return { mean, against: mean - left, expected, count };
    }
    const before = this.#before(start);
    if (before === null) return null;
    const step = unforeseen(mean - before.middle, expected - before.expected);
    return isStep(step, mean - expected) ? { mean, against: mean - step, expected, count } : null;
  }

  /** The median of the ticks just before (it ignores a single outlier), and what was forecast of them. */
  #before(start: number): { readonly middle: number; readonly expected: number } | null {
    const { values, forecast } = this.#data;
    let [low, high, sum, known, expected] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
    for (let i = Math.max(0, start - stepReach); i < start; i++) {
      const value = values[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      [low, high, sum, known] = [Math.min(low, value), Math.max(high, value), sum + value, known + 1];
      expected += forecast[i] ?? 0;
    }
    if (known === 0) return null;
    const middle = known === stepReach ? Math.min(high, Math.max(low, sum - low - high)) : sum / known;
    return { middle, expected: expected / known };
  }

  /** Whether at least two ticks of the window deviate in the same direction by half of the mean deviation or more: a single outlier does not count. */
  isShared({ mean, against, expected }: MovingMean, at: number, length: number): boolean {
    if (length < 2) return true;
    const { offset, first, values, forecast } = this.#data;
    const [difference, shift] = [mean - against, against - expected];
    let count = 0;
    const end = offset + at + 1 - first;
    for (let i = end - length; i < end; i++) {
      const own = (values[i] ?? Number.NaN) - (forecast[i] ?? 0) - shift;
      if (difference > 0 ? own >= difference / 2 : own <= difference / 2) count++;
      if (count === 2) return true;
    }
    return false;
  }
}

/** A rival forecast is less good than the best one, so it explains a departure at half of its strength. */
export const rivalWeight = 2;

/** What is left of a departure from the best forecast, given the departure from a rival: nothing where the rival lies on the other side. */
function leftBy(departure: number, fromRival: number): number {
  if (departure * fromRival <= 0) return 0;
  return Math.abs(departure) <= rivalWeight * Math.abs(fromRival) ? departure : rivalWeight * fromRival;
}

/** The share of a step that must also be a departure from the forecast: a return to what was expected is no regression. */
const minDeparture = 0.5;

/** What of a step the forecast did not expect: a metric that climbs at this hour every day takes no step. A forecast never makes a step larger. */
function unforeseen(step: number, foreseen: number): number {
  const left = step - foreseen;
  if (step * left <= 0) return 0;
  return Math.abs(left) < Math.abs(step) ? left : step;
}

function isStep(step: number, departure: number): boolean {
  return step * departure > 0 && Math.abs(departure) >= minDeparture * Math.abs(step);
}

function between(sums: ArrayLike<number>, from: number, to: number): number {
  return (sums[to] ?? 0) - (sums[from] ?? 0);
}
