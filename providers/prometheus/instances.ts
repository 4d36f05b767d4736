import { instanceName } from '../../src/core/series/answer.ts';
import type { InstanceInfo, Sample, Series } from '../../src/ports/provider.ts';
import type { RawSeries } from './reply.ts';
import { formatMatcher, type Matcher, type Selector } from './selector.ts';

/**
 * A selector of what is known of the instances behind a counter: their scrapes and their start, in one query. Its text depends on nothing but the
 * target's labels, so that all checks of a service ask the same. `null` where no job is named and no series tells one.
 */
export function instanceSelector(selector: Selector, series: readonly RawSeries[]): string | null {
  const own = selector.matchers.filter(({ label }) => label === 'job' || label === 'instance' || label === 'namespace');
  const matchers = [...own, ...(namesTargets(selector) ? [] : jobsOf(series))];
  if (!matchers.some(({ label }) => label === 'job' || label === 'instance')) return null;
  return `{__name__=~"up|process_start_time_seconds",${matchers.map(formatMatcher).sort().join(',')}}`;
}

/** Whether the selector itself says which targets it is about, so that they are known before any series is. */
export function namesTargets(selector: Selector): boolean {
  return selector.matchers.some(({ label, op }) => (label === 'job' || label === 'instance') && (op === '=' || op === '=~'));
}

/**
 * Joins scrapes and starts with the counters' own series. An instance without `up` (federated, pushed, written from afar) was seen when its series
 * have samples.
 */
export function instancesOf(series: readonly Series[], known: readonly RawSeries[]): readonly InstanceInfo[] {
  const scrapes = new Map<string, number[]>();
  const starts = new Map<string, Sample[]>();
  for (const { metric, samples } of known) {
    const name = nameOf(metric);
    if (metric.__name__ === 'up')
      append(
        scrapes,
        name,
        samples.filter(([, value]) => value === 1).map(([at]) => at),
      );
    else append(starts, name, samples);
  }
  const own = new Map<string, number[]>();
  for (const { instance, samples } of series) {
    if (!scrapes.has(instance))
      append(
        own,
        instance,
        samples.map(([at]) => at),
      );
  }
  return [...scrapes, ...own].map(([instance, seenAt]) => ({
    instance,
    seenAt: [...new Set(seenAt)].sort((a, b) => a - b),
    starts: startsOf(starts.get(instance) ?? []),
  }));
}

/** The name of the process behind a series. */
export function nameOf(labels: Readonly<Record<string, string>>): string {
  return instanceName(labels.job ?? '', labels.instance ?? '');
}

/**
 * The starts that the samples tell, each moved between the scrapes that showed the old and the new one: the target's clock may be wrong, the order of
 * scrapes is not. Several starts at one moment are several processes behind one address, of which nothing can be said.
 */
function startsOf(samples: readonly Sample[]): readonly number[] {
  const sorted = samples.filter(([, value]) => Number.isFinite(value) && value > 0).sort(([a], [b]) => a - b);
  const starts: number[] = [];
  let [lastAt, lastValue] = [-Infinity, Number.NaN];
  for (const [at, value] of sorted) {
    if (at === lastAt && value !== lastValue) return [];
    if (value !== lastValue) starts.push(Math.min(Math.max(Math.round(value * 1_000), lastAt + 1), at));
    [lastAt, lastValue] = [at, value];
  }
  return starts;
}

function jobsOf(series: readonly RawSeries[]): readonly Matcher[] {
  const jobs = [...new Set(series.flatMap(({ metric }) => metric.job ?? []))].sort();
  const [only, ...more] = jobs;
  if (only === undefined) return [];
  if (more.length === 0) return [{ label: 'job', op: '=', literal: JSON.stringify(only) }];
  return [{ label: 'job', op: '=~', literal: JSON.stringify(jobs.map(escapeRegex).join('|')) }];
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function append<T>(lists: Map<string, T[]>, name: string, more: readonly T[]): void {
  const known = lists.get(name);
  if (known) known.push(...more);
  else lists.set(name, [...more]);
}
