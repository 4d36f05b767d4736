/** The half-open stretch of time `(from, to]`, in epoch milliseconds, cut into ticks of `stepMs` that lie on multiples of it. */
export type Window = { readonly from: number; readonly to: number; readonly stepMs: number };

/** From when to when, epoch milliseconds. */
export type Interval = { readonly from: number; readonly to: number };

/** The multiple of `stepMs` at or before `at`. */
export function floorTo(at: number, stepMs: number): number {
  return Math.floor(at / stepMs) * stepMs;
}

/** The multiple of `stepMs` at or after `at`. */
export function ceilTo(at: number, stepMs: number): number {
  return Math.ceil(at / stepMs) * stepMs;
}

/** How many ticks the window holds. */
export function tickCount(window: Window): number {
  return Math.max(0, Math.round((window.to - window.from) / window.stepMs));
}

/** The tick (from 0) whose `(start, end]` holds `at`; negative or past the end where the window does not hold it. */
export function tickOf(window: Window, at: number): number {
  return Math.ceil((at - window.from) / window.stepMs) - 1;
}
