import type { AlertAnswer } from './alerts.ts';

/** A time (epoch milliseconds) and a value. `NaN` and infinities stay, so that the analyzers can see them. */
export type Sample = readonly [at: number, value: number];

/** The labels of a series, such as `code="500"`. */
export type Labels = Readonly<Record<string, string>>;

/** Ordered samples with their labels. `instance` names the process that exposes a counter: in Prometheus, `instanceName(job, instance)`. */
export type Series = { readonly labels: Labels; readonly instance: string; readonly samples: readonly Sample[] };

/**
 * One instance that exposes counters. `seenAt`: when it was scraped in the requested range, lookback included. `starts`: the start times of its process
 * that it reported, oldest first; empty if it reports none. A start is never later than the first sample after it.
 */
export type InstanceInfo = { readonly instance: string; readonly seenAt: readonly number[]; readonly starts: readonly number[] };

/**
 * The answer of a provider to one query. No data is an empty list, never an error.
 * - `cumulative` answers `counter`; a vendor that stores events and no counters answers `delta`.
 * - `delta` answers `increase` and `events`: events per tick, with the end of the tick as time.
 * - `gauge` answers `gauge`.
 * - `attempts` answers `probe`: the passed and failed attempts of the newest tick, each as a series with the label `outcome`. `seen` says what was
 *   observed ("3 of 3 attempts failed: HTTP 502, expected 200"). It becomes a part of the verdict's reason, so it must hold no secret.
 * - `alerts` answers `alert`: when the alerts were pending or firing (`AlertRun`), and why that is not known.
 */
export type Answer =
  | { readonly shape: 'cumulative'; readonly series: readonly Series[]; readonly instances: readonly InstanceInfo[] }
  | { readonly shape: 'delta'; readonly series: readonly Series[] }
  | { readonly shape: 'gauge'; readonly series: readonly Series[] }
  | { readonly shape: 'attempts'; readonly series: readonly Series[]; readonly seen: string | null }
  | AlertAnswer;

/** The answers to the sources of a question, by source name: `bad` and `total`, `count` and maybe `exposure`, `buckets`, `value`, `probe`, or `alert`. */
export type Answers = Readonly<Record<string, Answer>>;

/** An answer with raw counters. */
export type Cumulative = Extract<Answer, { shape: 'cumulative' }>;

// No job and no instance has a line feed in its name.
const separator = '\n';

/** Builds the unique name of a process from its job (the group of instances with one scrape config) and its instance. */
export function instanceName(job: string, instance: string): string {
  return `${job}${separator}${instance}`;
}

/** Returns the job of a name that `instanceName` built. Empty if the name has no job. */
export function jobOf(name: string): string {
  const end = name.indexOf(separator);
  return end < 0 ? '' : name.slice(0, end);
}
