import type { Reading } from './readings.ts';

export type Damping = { readonly k: number; readonly n: number };

/** `tripped`: the reading at which the k-th of n breaches came · `hanging`: the newest reading breaches, but not often enough yet · `clear`. */
export type DampingResult =
  | { readonly kind: 'tripped'; readonly reading: Reading; readonly breaches: number; readonly of: number }
  | { readonly kind: 'hanging'; readonly reading: Reading; readonly breaches: number; readonly of: number }
  | { readonly kind: 'clear'; readonly reading: Reading }
  | { readonly kind: 'empty' };

/**
 * Flap damping: trips at the first reading that makes k of the last n breach. Once tripped, always tripped: later readings change nothing,
 * so that it does not matter how often, or how late, the series is looked at.
 */
export function damp(list: readonly Reading[], isBreach: (reading: Reading) => boolean, { k, n }: Damping): DampingResult {
  const breaches: boolean[] = [];
  for (const reading of list) {
    breaches.push(isBreach(reading));
    const recent = breaches.slice(-n).filter(Boolean).length;
    if (recent >= k && breaches.at(-1) === true) return { kind: 'tripped', reading, breaches: recent, of: Math.min(n, breaches.length) };
  }
  const newest = list.at(-1);
  if (newest === undefined) return { kind: 'empty' };
  if (breaches.at(-1) !== true) return { kind: 'clear', reading: newest };
  return { kind: 'hanging', reading: newest, breaches: breaches.slice(-n).filter(Boolean).length, of: n };
}
