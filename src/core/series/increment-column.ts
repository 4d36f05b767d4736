import { tickOf, type Window } from '../base/window.ts';
import { jobOf, type Sample, type Series } from './answer.ts';
import type { InstanceSightings } from './instance-sightings.ts';
import type { Column } from './ticks.ts';

/** The requested window, and how far back before it the samples go. */
export type CounterRange = { readonly window: Window; readonly lookbackMs: number };

/**
 * Turns cumulative samples into events per tick, summed over all series. Ignores samples that are not a finite count.
 * An event belongs to the tick of the first sample that includes it. A tick in which no instance was seen is missing (`null`). An instance that was seen
 * but has no series counts as 0. See `startsAtZero` for the first sample of a series, and `eventsBetween` for resets and restarts.
 */
export function incrementColumn(series: readonly Series[], sightings: InstanceSightings, range: CounterRange): Column {
  const column: (number | null)[] = sightings.seenTicks.map((isSeen) => (isSeen ? 0 : null));
  const isRenamed = renamedSeries(series, sightings);
  for (const one of series) {
    const starts = sightings.instances.get(one.instance)?.starts ?? [];
    let previous: Sample | null = null;
    for (const sample of one.samples) {
      if (!isCount(sample[1])) continue;
      const tick = tickOf(range.window, sample[0]);
      if (tick >= 0 && tick < column.length) {
        const isNew = previous === null && startsAtZero(one.instance, sample[0], sightings, range) && !isRenamed(one.instance, sample[0]);
        column[tick] = (column[tick] ?? 0) + (previous ? eventsBetween(previous, sample, starts) : isNew ? sample[1] : 0);
      }
      previous = sample;
    }
  }
  return column;
}

function isCount(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

/**
 * Whether the counter started at zero, so that its first sample counts as events. Otherwise the first sample is only a reference for later ones.
 * - The instance was seen before: this is a new label set, such as its first 5xx. It started at zero.
 * - The instance was not seen before, and its start time is known: it started at zero if its last start before this sample is not before the lookback.
 *   An older process was only relabelled, or is newly scraped.
 * - The start time is unknown: it started at zero if the job was scraped before. That is sure once another instance of the job was seen twice, because
 *   then at least one whole round of scrapes passed without this one. Otherwise the monitoring itself may be new.
 */
function startsAtZero(instance: string, at: number, sightings: InstanceSightings, range: CounterRange): boolean {
  const own = sightings.instances.get(instance);
  if (own && own.firstAt < at) return true;
  const startedAt = own?.starts.findLast((start) => start <= at);
  if (startedAt !== undefined) return startedAt > range.window.from - range.lookbackMs;
  return (sightings.watchedSince.get(jobOf(instance)) ?? Infinity) < at;
}

// A counter of at least 100 that grew by less than a tenth did not restart at zero: only the exporter in front of it restarted.
const continuedCounter = { from: 100, growth: 1.1 };

function eventsBetween(before: Sample, after: Sample, starts: readonly number[]): number {
  const value = before[1];
  const next = after[1];
  if (next < value) return next;
  const isRestarted = starts.some((start) => start > before[0] && start <= after[0]);
  return isRestarted && !(value >= continuedCounter.from && next < value * continuedCounter.growth) ? next : next - value;
}

/**
 * A running process never drops a counter. If all series of an instance end and others begin without a restart, they are the same counters with new
 * labels (someone added a label to the target). Their first samples are not events.
 */
function renamedSeries(series: readonly Series[], sightings: InstanceSightings): (instance: string, at: number) => boolean {
  const spans = new Map<string, { readonly from: number; readonly to: number }[]>();
  for (const { instance, samples } of series) {
    const [first, last] = [samples[0], samples.at(-1)];
    if (!first || !last) continue;
    const known = spans.get(instance);
    if (known) known.push({ from: first[0], to: last[0] });
    else spans.set(instance, [{ from: first[0], to: last[0] }]);
  }
  const answers = new Map<string, boolean>();
  return (instance, at) => {
    const key = `${at} ${instance}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const starts = sightings.instances.get(instance)?.starts ?? [];
    let lastAt = -Infinity;
    for (const span of spans.get(instance) ?? []) if (span.from < at) lastAt = Math.max(lastAt, span.to);
    const isSameProcess = starts.some((start) => start <= lastAt) && !starts.some((start) => start > lastAt && start <= at);
    const answer = lastAt < at && isSameProcess;
    answers.set(key, answer);
    return answer;
  };
}
