import type { Asked } from './readings.ts';

/**
 * The fixed limit an owner would write: the documented one, or twice what the last day showed where the service breaks the documented one as a
 * matter of course. `null`: the documents name no limit for such a metric.
 */
export function limitFor(
  { kind, history }: Asked,
  { share, seconds }: { readonly share: number; readonly seconds: number },
): number | null {
  if (kind !== 'ratio' && kind !== 'latency') return null;
  const known = history.filter((value) => value !== null && !Number.isNaN(value)).slice(-1440);
  const mean = known.reduce<number>((total, value) => total + (value ?? 0), 0) / Math.max(1, known.length);
  return Math.max(kind === 'ratio' ? share : seconds, 2 * mean);
}
