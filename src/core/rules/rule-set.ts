import type { Probe } from './probe.ts';
import type { Traffic } from './stage.ts';

/** A counter selector whose exact increments are wanted, or any query that yields the events of each tick. */
export type QuerySource = { readonly selector: string } | { readonly query: string };

/** What a check asks. A probe's ratio is that of failed attempts among all. */
export type Question =
  | { readonly kind: 'ratio'; readonly probe: Probe }
  | { readonly kind: 'ratio'; readonly bad: QuerySource; readonly total: QuerySource }
  | { readonly kind: 'rate'; readonly count: QuerySource; readonly exposure?: QuerySource | undefined }
  | { readonly kind: 'latency'; readonly buckets: QuerySource }
  | { readonly kind: 'value'; readonly query: string };

/** One entry of `fail_when`: an analyzer, its parameters as written, and the flap damping `for: k of n`. */
export type Condition = {
  readonly analyzer: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly damping: { readonly k: number; readonly n: number };
};

export type Direction = 'up' | 'down' | 'both';

/** One question in a rule set: query, analyzers, limits. A critical check's failure decides alone; an advisory one never does. */
export type CheckRule = {
  readonly name: string;
  readonly provider: string;
  readonly question: Question;
  readonly direction: Direction;
  readonly failWhen: readonly Condition[];
  readonly minSamples: number;
  readonly critical: boolean;
};

/** Which past stretch a bake is compared with: just before, or the same time so many days ago. */
export type Like = { readonly kind: 'before' } | { readonly kind: 'days_ago'; readonly days: number };

export type OnFailure = 'rollback' | 'notify' | 'approve';

/** The parsed YAML: which checks and which policy for which service and environment. Durations in milliseconds. Plain JSON: frozen with each deploy. */
export type RuleSet = {
  readonly service: string;
  readonly environment: string;
  readonly bake: { readonly forMs: number; readonly everyMs: number; readonly warmupMs: number; readonly extendMs: number };
  /** The probability that a healthy bake fails, all its statistical checks and all looks together. */
  readonly falseAlarms: number;
  readonly baseline: { readonly historyMs: number; readonly like: readonly Like[]; readonly timezone: string };
  readonly control: { readonly canary: string; readonly stable: string } | null;
  readonly checks: readonly CheckRule[];
  readonly onFailure: OnFailure;
  readonly traffic: Traffic | null;
  readonly rollback: { readonly hook: string; readonly verifyMs: number } | null;
  readonly notify: readonly string[];
};
