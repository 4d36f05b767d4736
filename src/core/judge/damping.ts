/** Flap damping: `k` of the last `n` readings must breach. */
export type Damping = { readonly k: number; readonly n: number };

/** Whether the newest reading makes `k` of the last `n` breach. `recent`: whether each of the last readings breached, newest last, at most `n`. */
export function isTripped(recent: readonly boolean[], { k }: Damping): boolean {
  return recent.at(-1) === true && breachesIn(recent) >= k;
}

/** How many of the readings breached. */
export function breachesIn(recent: readonly boolean[]): number {
  return recent.filter(Boolean).length;
}

/** The last `n` readings with a newer one. */
export function withReading(recent: readonly boolean[], isBreach: boolean, { n }: Damping): readonly boolean[] {
  return [...recent, isBreach].slice(-n);
}
