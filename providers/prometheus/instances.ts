import { instanceName } from '../../src/core/series/answer.ts';
import type { InstanceInfo, Sample, Series } from '../../src/ports/provider.ts';
import { escapeRegex } from './conditions.ts';
import type { RawSeries } from './reply.ts';
import { inOrder } from './sample-order.ts';
import { formatMatcher, type Matcher, type Selector } from './selector.ts';

/**
 * A selector for the scrapes and the starts of the instances behind a counter, in one query. Its text depends only on the labels of the target, so all
 * checks of a service send the same query. `null` where neither the selector nor a series names a job.
 */
export function instanceSelector(selector: Selector, series: readonly RawSeries[]): string | null {
  const own = selector.matchers.filter(({ label }) => isTargetLabel(label));
  const matchers = [...own, ...(namesTargets(selector) ? [] : jobsOf(series))];
  if (!matchers.some(({ label }) => label === 'job' || label === 'instance')) return null;
  return `{__name__=~"up|process_start_time_seconds",${matchers.map(formatMatcher).sort().join(',')}}`;
}

/** Whether a label belongs to the target of a scrape, so that `up` has it as well. */
export function isTargetLabel(label: string): boolean {
  return label === 'job' || label === 'instance' || label === 'namespace';
}

/** Returns true if the selector itself names its targets, so they are known before the first series arrives. */
export function namesTargets(selector: Selector): boolean {
  return selector.matchers.some(({ label, op }) => (label === 'job' || label === 'instance') && (op === '=' || op === '=~'));
}

/**
 * Joins scrapes and starts with the series of the counters. An instance without `up` (federation, push, remote write) was seen at the times of its
 * samples.
 */
export function instancesOf(series: readonly Series[], targets: readonly RawSeries[]): readonly InstanceInfo[] {
  const scrapes = new Map<string, number[]>();
  const starts = new Map<string, readonly Sample[]>();
  for (const { metric, samples } of targets) {
    const name = nameOf(metric);
    if (metric.__name__ === 'up') {
      const seenAt = listIn(scrapes, name);
      for (const sample of samples) if (sample[1] === 1) seenAt.push(sample[0]);
    } else {
      const known = starts.get(name);
      starts.set(name, known ? [...known, ...samples] : samples);
    }
  }
  const own = new Map<string, number[]>();
  for (const { instance, samples } of series) {
    if (scrapes.has(instance)) continue;
    const seenAt = listIn(own, instance);
    for (const sample of samples) seenAt.push(sample[0]);
  }
  const infos: InstanceInfo[] = [];
  for (const seen of [scrapes, own])
    for (const [instance, seenAt] of seen) {
      const times = isRising(seenAt) ? seenAt : [...new Set(seenAt)].sort((a, b) => a - b);
      infos.push({ instance, seenAt: times, starts: startsOf(starts.get(instance) ?? []) });
    }
  return infos;
}

/** Most lists are those of one series, and need no sorting. */
function isRising(times: readonly number[]): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const at of times) {
    if (at <= last) return false;
    last = at;
  }
  return true;
}

/** The name of the process behind a series. */
export function nameOf(labels: Readonly<Record<string, string>>): string {
  return instanceName(labels.job ?? '', labels.instance ?? '');
}

/**
 * The starts in the samples of `process_start_time_seconds`. Each is clamped between the scrapes that showed the old and the new value, because the clock
 * of the target may be wrong. Several values at one time mean several processes behind one address: then no start is known.
 */
function startsOf(samples: readonly Sample[]): readonly number[] {
  const starts: number[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  let lastValue = Number.NaN;
  for (const sample of inOrder(samples)) {
    const at = sample[0];
    const value = sample[1];
    if (!Number.isFinite(value) || value <= 0) continue;
    if (at === lastAt && value !== lastValue) return [];
    if (value !== lastValue) starts.push(Math.min(Math.max(Math.round(value * 1_000), lastAt + 1), at));
    lastAt = at;
    lastValue = value;
  }
  return starts;
}

function jobsOf(series: readonly RawSeries[]): readonly Matcher[] {
  const jobs = jobNamesOf(series);
  const [only, ...more] = jobs;
  if (only === undefined) return [];
  if (more.length === 0) return [{ label: 'job', op: '=', literal: JSON.stringify(only) }];
  return [{ label: 'job', op: '=~', literal: JSON.stringify(jobs.map(escapeRegex).join('|')) }];
}

/** The jobs behind series, each once. */
export function jobNamesOf(series: readonly RawSeries[]): readonly string[] {
  return [...new Set(series.flatMap(({ metric }) => metric.job ?? []))].sort();
}

function listIn(lists: Map<string, number[]>, name: string): number[] {
  const known = lists.get(name);
  if (known) return known;
  const list: number[] = [];
  lists.set(name, list);
  return list;
}
