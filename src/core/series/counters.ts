import { tickOf, type Window } from '../base/window.ts';
import { jobOf, type Sample, type Series } from './answer.ts';
import type { Sightings } from './instance-sightings.ts';
import type { Column } from './series.ts';

/** The window whose ticks are wanted, and how far before it the samples reach. */
export type CounterRange = { readonly window: Window; readonly lookbackMs: number };

/**
 * Turns cumulative samples into events per tick, summed over all series. Total: samples that are no finite count are passed over.
 * An event belongs to the tick that holds the sample which showed it. A tick in which no instance was seen is missing (`null`); a seen instance
 * without any series is 0. What the first sample of a series means is said at `startsAtZero`, a fall or a restart at `eventsBetween`.
 */
export function incrementColumn(series: readonly Series[], sightings: Sightings, asked: CounterRange): Column {
  const column: (number | null)[] = sightings.seenTicks.map((isSeen) => (isSeen ? 0 : null));
  const isRenamed = renamedSeries(series, sightings);
  for (const one of series) {
    const starts = sightings.instances.get(one.instance)?.starts ?? [];
    let previous: Sample | null = null;
    for (const sample of one.samples) {
      if (!isCount(sample[1])) continue;
      const tick = tickOf(asked.window, sample[0]);
      if (tick >= 0 && tick < column.length) {
        const isNew = previous === null && startsAtZero(one.instance, sample[0], sightings, asked) && !isRenamed(one.instance, sample[0]);
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
 * Whether the first sample of a series counts from zero (all of it are events of this stretch) or is only where counting begins.
 * - An instance that had been seen before has a new label set: its first 5xx, say. It started at zero.
 * - An instance never seen before started at zero if its process, of all its starts the one before this sample, is not older than the asked stretch.
 *   An older one was merely relabelled or newly scraped.
 * - Where no start is known, it is new if its job had demonstrably been watched before it came: another instance had been seen twice, so that at least
 *   one whole round of scrapes went by without this one. Else all of the monitoring may be what is new.
 */
function startsAtZero(instance: string, at: number, sightings: Sightings, asked: CounterRange): boolean {
  const own = sightings.instances.get(instance);
  if (own && own.firstAt < at) return true;
  const startedAt = own?.starts.findLast((start) => start <= at);
  if (startedAt !== undefined) return startedAt > asked.window.from - asked.lookbackMs;
  return (sightings.watchedSince.get(jobOf(instance)) ?? Infinity) < at;
}

// A counter this large that grew by less than a tenth did not start again from zero: only the exporter in front of it was restarted.
const continuedCounter = { from: 100, growth: 1.1 };

function eventsBetween([at, value]: Sample, [nextAt, next]: Sample, starts: readonly number[]): number {
  if (next < value) return next;
  const isRestarted = starts.some((start) => start > at && start <= nextAt);
  return isRestarted && !(value >= continuedCounter.from && next < value * continuedCounter.growth) ? next : next - value;
}

/**
 * A process that runs on never drops a counter. If all series of an instance end and others begin although it was not restarted, they are the same
 * ones under new labels (a label was added to the target), and their first samples are no events.
 */
function renamedSeries(series: readonly Series[], sightings: Sightings): (instance: string, at: number) => boolean {
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
