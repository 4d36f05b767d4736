/** Which way is worse for a number. */
export type GaugeSide = 'up' | 'down' | 'both';

/** A bake's numbers beside their forecast. `before`: the newest numbers before it, oldest first (`NaN` where there are none). */
export type GaugeTrace = { readonly values: Float64Array; readonly forecast: Float64Array; readonly before: Float64Array };

/** The lengths, in ticks, over which means are taken. A single tick decides nothing, unless the bake has only one. */
const lengths = [2, 3, 5, 8, 13, 20, 30, 60, 120, 240];
/** How many ticks just before a window it is also compared with. */
export const stepReach = 3;

/**
 * Two questions are asked of each window that ends at a tick: how far its mean lies from the forecast of the moment of the deploy, and how far from
 * the ticks just before the window, wherever the level has drifted to by then. Events are too noisy for the second.
 */
export type GaugeQuestion = 'forecast' | 'step';

export function windowsFor(ticks: number): readonly number[] {
  return ticks < 2 ? [1] : lengths.filter((length) => length <= ticks);
}

/** The mean of the ticks of a window that are known, what it is held against, what was forecast of these ticks, and how many they are. */
export type MovingMean = { readonly mean: number; readonly against: number; readonly expected: number; readonly count: number };

/** The means of the windows of a trace. */
export class MovingMeans {
  /** Running sums over `before` and the bake: of the numbers, of their forecasts, and of how many there are. */
  readonly #sums: Float64Array;
  readonly #expected: Float64Array;
  readonly #counts: Float64Array;
  readonly #offset: number;
  readonly #trace: GaugeTrace;

  constructor(trace: GaugeTrace) {
    const { values, forecast, before } = trace;
    this.#trace = trace;
    this.#offset = before.length;
    const length = before.length + Math.min(values.length, forecast.length);
    this.#sums = new Float64Array(length + 1);
    this.#expected = new Float64Array(length + 1);
    this.#counts = new Float64Array(length + 1);
    for (let i = 0; i < length; i++) {
      const own = i - before.length;
      const value = (own < 0 ? before[i] : values[own]) ?? Number.NaN;
      const known = !Number.isNaN(value);
      this.#sums[i + 1] = (this.#sums[i] ?? 0) + (known ? value : 0);
      this.#expected[i + 1] = (this.#expected[i] ?? 0) + (known && own >= 0 ? (forecast[own] ?? 0) : 0);
      this.#counts[i + 1] = (this.#counts[i] ?? 0) + (known ? 1 : 0);
    }
  }

  /** How many ticks can be judged. */
  get length(): number {
    return this.#counts.length - 1 - this.#offset;
  }

  /** The window of `length` ticks that ends with tick `at`; `null` where fewer than half of them are known. */
  around(question: GaugeQuestion, at: number, length: number): MovingMean | null {
    const end = this.#offset + at + 1;
    const start = end - length;
    const count = between(this.#counts, start, end);
    if (at + 1 < length || 2 * count < length || (length > 1 && count < 2)) return null;
    const mean = between(this.#sums, start, end) / count;
    const expected = between(this.#expected, start, end) / count;
    if (question === 'forecast') return { mean, against: expected, expected, count };
    const before = this.#middleBefore(start);
    return before === null ? null : { mean, against: before, expected, count };
  }

  /** The middle one of the ticks just before: a glitch among them is no level. */
  #middleBefore(start: number): number | null {
    const { values, before } = this.#trace;
    let [low, high, sum, known] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
    for (let i = Math.max(0, start - stepReach); i < start; i++) {
      const value = (i < this.#offset ? before[i] : values[i - this.#offset]) ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      [low, high, sum, known] = [Math.min(low, value), Math.max(high, value), sum + value, known + 1];
    }
    if (known === 0) return null;
    return known === stepReach ? Math.min(high, Math.max(low, sum - low - high)) : sum / known;
  }

  /** Whether at least two of its ticks went half as far as the mean of the window, the same way: one wild tick is a glitch. */
  isShared({ mean, against, expected }: MovingMean, at: number, length: number): boolean {
    if (length < 2) return true;
    const { values, forecast } = this.#trace;
    const [apart, shift] = [mean - against, against - expected];
    let count = 0;
    for (let i = at - length + 1; i <= at; i++) {
      const own = (values[i] ?? Number.NaN) - (forecast[i] ?? 0) - shift;
      if (apart > 0 ? own >= apart / 2 : own <= apart / 2) count++;
      if (count === 2) return true;
    }
    return false;
  }
}

function between(sums: Float64Array, from: number, to: number): number {
  return (sums[to] ?? 0) - (sums[from] ?? 0);
}
