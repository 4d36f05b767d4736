/** A time (epoch milliseconds) and a value; `NaN` and infinities are kept for the analyzers to see. */
export type Sample = readonly [at: number, value: number];

export type Labels = Readonly<Record<string, string>>;

/** Ordered samples with their labels. `instance` names the process that exposes a counter: `instanceName(job, instance)` in Prometheus. */
export type Series = { readonly labels: Labels; readonly instance: string; readonly samples: readonly Sample[] };

/**
 * What is known of one instance that exposes counters: when it was seen (scraped) in the asked stretch, lookback included, and each start of its
 * process that it told of, oldest first (empty where it tells of none). A start is never later than the first sample that it explains.
 */
export type InstanceInfo = { readonly instance: string; readonly seenAt: readonly number[]; readonly starts: readonly number[] };

/**
 * `cumulative` for `counter` (`delta` where the vendor keeps events, no counters); `delta` (events, stamped with the tick's end) for `increase` and `events`; `gauge` for `gauge`. No data is an empty list,
 * never an error. `attempts` for `probe`: how many attempts of the newest tick passed and failed, each a series with its `outcome` as label; `seen` says
 * in words what was seen ("3 of 3 attempts failed: HTTP 502, expected 200"), which becomes a part of the verdict's reason: no secret in it.
 */
export type Answer =
  | { readonly shape: 'cumulative'; readonly series: readonly Series[]; readonly instances: readonly InstanceInfo[] }
  | { readonly shape: 'delta'; readonly series: readonly Series[] }
  | { readonly shape: 'gauge'; readonly series: readonly Series[] }
  | { readonly shape: 'attempts'; readonly series: readonly Series[]; readonly seen: string | null };

export type Cumulative = Extract<Answer, { shape: 'cumulative' }>;

// Neither a job nor an instance can hold a line feed that anyone would notice to be missing.
const separator = '\n';

/** The name of one process among all: its job (the group that is scraped alike) and its instance. */
export function instanceName(job: string, instance: string): string {
  return `${job}${separator}${instance}`;
}

/** The job of a name made by `instanceName`; empty where the name has none. */
export function jobOf(name: string): string {
  const end = name.indexOf(separator);
  return end < 0 ? '' : name.slice(0, end);
}
