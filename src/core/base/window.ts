/** The half-open time range `(from, to]` in epoch milliseconds. Its ticks have length `stepMs` and lie on multiples of it. */
export type Window = { readonly from: number; readonly to: number; readonly stepMs: number };

/** A time range in epoch milliseconds. */
export type Interval = { readonly from: number; readonly to: number };

/** Rounds down to a multiple of `stepMs`. */
export function floorTo(at: number, stepMs: number): number {
  return Math.floor(at / stepMs) * stepMs;
}

/** Rounds up to a multiple of `stepMs`. */
export function ceilTo(at: number, stepMs: number): number {
  return Math.ceil(at / stepMs) * stepMs;
}

/** The number of ticks in the window. */
export function tickCount(window: Window): number {
  return Math.max(0, Math.round((window.to - window.from) / window.stepMs));
}

/** The index of the tick whose `(start, end]` contains `at`. Negative or too large if `at` is outside of the window. */
export function tickOf(window: Window, at: number): number {
  return Math.ceil((at - window.from) / window.stepMs) - 1;
}
