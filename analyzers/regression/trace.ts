/** Which way is worse for a number. */
export type GaugeSide = 'up' | 'down' | 'both';

/**
 * A bake's numbers beside their forecast. `before`: the newest numbers before it, oldest first (`NaN` where there are none).
 * `slack`: the share of the forecast that the owner tolerates.
 */
export type Trace = {
  readonly values: Float64Array;
  readonly forecast: Float64Array;
  readonly before: Float64Array;
  readonly side: GaugeSide;
  readonly slack: number;
};

/** The lengths, in ticks, over which means are taken. A single tick decides nothing, unless the bake has only one. */
const lengths = [2, 3, 5, 8, 13, 20, 30, 60, 120, 240];
/** How many ticks just before a window it is also compared with. */
export const stepReach = 3;

/**
 * Two questions are asked of each window that ends at a tick: how far its mean lies from the forecast of the moment of the deploy, and how far from
 * the ticks just before the window, wherever the level has drifted to by then.
 */
export const questions = ['forecast', 'step'] as const;

export function windowsFor(ticks: number): readonly number[] {
  return ticks < 2 ? [1] : lengths.filter((length) => length <= ticks);
}

/** How far the mean of the window that ends with tick `at` went in the direction that is worse, less the slack; `-Infinity` where it is not known. */
export class Means {
  readonly #trace: Trace;
  /** Running sums over `before` and the bake: of the numbers, of what is left after the forecast, and of how many there are. */
  readonly #sums: Float64Array;
  readonly #apart: Float64Array;
  readonly #counts: Float64Array;
  readonly #offset: number;

  constructor(trace: Trace) {
    const { values, forecast, before } = trace;
    this.#trace = trace;
    this.#offset = before.length;
    const length = before.length + Math.min(values.length, forecast.length);
    this.#sums = new Float64Array(length + 1);
    this.#apart = new Float64Array(length + 1);
    this.#counts = new Float64Array(length + 1);
    for (let i = 0; i < length; i++) {
      const own = i - before.length;
      const value = (own < 0 ? before[i] : values[own]) ?? Number.NaN;
      const known = !Number.isNaN(value);
      this.#sums[i + 1] = (this.#sums[i] ?? 0) + (known ? value : 0);
      this.#apart[i + 1] = (this.#apart[i] ?? 0) + (known && own >= 0 ? value - (forecast[own] ?? 0) : 0);
      this.#counts[i + 1] = (this.#counts[i] ?? 0) + (known ? 1 : 0);
    }
  }

  /** How many ticks can be judged. */
  get length(): number {
    return this.#counts.length - 1 - this.#offset;
  }

  /** The mean of the last `length` ticks up to and with `at` (of those that are known, at least half), and what it is held against. */
  around(question: (typeof questions)[number], at: number, length: number): { readonly mean: number; readonly against: number } | null {
    const end = this.#offset + at + 1;
    const start = end - length;
    const count = between(this.#counts, start, end);
    if (at + 1 < length || 2 * count < length || (length > 1 && count < 2)) return null;
    const mean = between(this.#sums, start, end) / count;
    if (question === 'forecast') return { mean, against: mean - between(this.#apart, start, end) / count };
    const from = Math.max(0, start - stepReach);
    const known = between(this.#counts, from, start);
    return known > 0 ? { mean, against: between(this.#sums, from, start) / known } : null;
  }

  /** How far that is in the direction that is worse, without (`raw`) and with the slack taken off. */
  distance(question: (typeof questions)[number], at: number, length: number): { readonly raw: number; readonly left: number } | null {
    const found = this.around(question, at, length);
    if (found === null) return null;
    const apart = found.mean - found.against;
    const { side, slack, forecast } = this.#trace;
    const raw = side === 'up' ? apart : side === 'down' ? -apart : Math.abs(apart);
    return { raw, left: slack > 0 ? raw - slack * Math.abs(forecast[at] ?? 0) : raw };
  }
}

function between(sums: Float64Array, from: number, to: number): number {
  return (sums[to] ?? 0) - (sums[from] ?? 0);
}
