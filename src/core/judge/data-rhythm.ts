import { dataTest, lengthOf, type Stretch } from '../series/ticks.ts';

/**
 * How often the past of a metric has data. `silentMs`: in 99 % of the time the newest data are not older than this; 0 where nearly every tick has data.
 * `share`: in 99 % of the stretches as long as a bake, at least this share of the ticks has data. An outage of some minutes in a week moves neither.
 * `stepMs`: how long a tick of the past is. Plain JSON.
 */
export type DataRhythm = { readonly stepMs: number; readonly silentMs: number; readonly share: number };

/** The part of the past that is not counted as usual: outages, and gaps in the monitoring. */
const unusualShare = 0.01;

/** Reads the rhythm off the past of a check; `null` where there is no past with data. The time before the first data is ignored: the metric is newer. */
export function dataRhythm(history: Stretch | null, forMs: number): DataRhythm | null {
  if (history === null) return null;
  const { stepMs, ticks } = history;
  const hasData = dataTest(ticks);
  const length = lengthOf(ticks);
  let first = 0;
  while (first < length && !hasData(first)) first++;
  if (first === length) return null;
  const known = new Uint8Array(length - first);
  for (let i = 0; i < known.length; i++) known[i] = hasData(first + i) ? 1 : 0;
  const silent = usualSilence(known);
  // A gap of n empty ticks is up to two ticks longer than n ticks.
  return { stepMs, silentMs: silent === 0 ? 0 : (silent + 1) * stepMs, share: usualShare(known, Math.max(1, Math.round(forMs / stepMs))) };
}

/** How many ticks in a row have no data, all but the unusual share of the time. `known`: 1 for each tick with data, else 0. */
function usualSilence(known: Uint8Array): number {
  const counts = new Uint32Array(known.length + 1);
  let run = 0;
  for (let i = 0; i < known.length; i++) {
    run = known[i] === 1 ? 0 : run + 1;
    counts[run] = (counts[run] ?? 0) + 1;
  }
  let seen = 0;
  for (let length = 0; length < counts.length; length++) {
    seen += counts[length] ?? 0;
    if (seen >= (1 - unusualShare) * known.length) return length;
  }
  return 0;
}

/** The share of ticks with data that all but the unusual share of the stretches of `wanted` ticks reach. */
function usualShare(known: Uint8Array, wanted: number): number {
  const size = Math.min(wanted, known.length);
  const counts = new Uint32Array(size + 1);
  let inside = 0;
  for (let i = 0; i < known.length; i++) {
    inside += (known[i] ?? 0) - (known[i - size] ?? 0);
    if (i >= size - 1) counts[inside] = (counts[inside] ?? 0) + 1;
  }
  const stretches = known.length - size + 1;
  let below = 0;
  for (let count = 0; count < size; count++) {
    below += counts[count] ?? 0;
    if (below > unusualShare * stretches) return count / size;
  }
  return 1;
}
