import cephes from 'cephes';

/** Resolves when the compiled functions below may be called. The import waits for it, so callers need not. */
export const ready: Promise<void> = cephes.compiled;
await ready;

/** With more events than this the exact inverse runs out of range, and the cube-root approximation is right to six digits (Wilson & Hilferty 1931). */
const manyEvents = 500;

/** The upper limit of a Poisson mean after `events` observed events, right with probability 1 − δ: χ²inv(1 − δ, 2(e + 1)) / 2 (Garwood 1936). */
export function poissonUpper(events: number, delta: number): number {
  const shape = Math.max(0, events) + 1;
  return shape > manyEvents ? wilsonHilferty(shape, -cephes.ndtri(delta)) : cephes.igami(shape, delta);
}

/** Below this number of events (tempered counts are fractions) the lower limit is 0 to thirty digits, and its exact inverse runs out of range. */
const fewEvents = 0.1;

/** The lower limit of a Poisson mean, right with probability 1 − δ: χ²inv(δ, 2e) / 2; none seen: 0. */
export function poissonLower(events: number, delta: number): number {
  if (!(events >= fewEvents)) return 0;
  return events > manyEvents ? wilsonHilferty(events, cephes.ndtri(delta)) : lowerLimit(events, delta);
}

/**
 * χ²inv(δ, 2e) / 2. The inverse of cephes throws an underflow error in small ranges of `events`, such as 2.24 to 2.25 at δ = 1e-5. There the limit of
 * slightly fewer events is taken: it is lower, so it still holds.
 */
function lowerLimit(events: number, delta: number): number {
  for (let fewer = events; fewer >= fewEvents; fewer *= 0.99) {
    try {
      return cephes.igami(fewer, 1 - delta);
    } catch {
      // Fewer events are tried next.
    }
  }
  return 0;
}

function wilsonHilferty(shape: number, z: number): number {
  return shape * (1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3;
}

/** The distribution function of the standard normal. */
export function normalCdf(z: number): number {
  return cephes.ndtr(z);
}

/** The quantile of the standard normal. */
export function normalQuantile(p: number): number {
  return cephes.ndtri(p);
}
