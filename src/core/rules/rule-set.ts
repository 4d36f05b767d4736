import type { AlertMatch } from './alert.ts';
import type { Probe } from './probe.ts';
import type { Traffic } from './stage.ts';

/** A counter selector, whose exact increments are read, or any query that returns the events of each tick. */
export type QuerySource = { readonly selector: string } | { readonly query: string };

/** What a check measures. A probe measures the ratio of failed attempts to all attempts, and `alert` for how long an alert has been active. */
export type Question =
  | { readonly kind: 'ratio'; readonly probe: Probe }
  | { readonly kind: 'ratio'; readonly bad: QuerySource; readonly total: QuerySource }
  | { readonly kind: 'rate'; readonly count: QuerySource; readonly exposure?: QuerySource | undefined }
  | { readonly kind: 'latency'; readonly buckets: QuerySource }
  | { readonly kind: 'value'; readonly alert: AlertMatch }
  | { readonly kind: 'value'; readonly query: string };

/** One entry of `fail_when`: an analyzer, its parameters and the flap damping `for: k of n`. */
export type Condition = {
  readonly analyzer: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly damping: { readonly k: number; readonly n: number };
};

/** Which direction is worse. */
export type Direction = 'up' | 'down' | 'both';

/** One check of a rule set: query, analyzers, limits. The failure of a critical check makes the deploy unhealthy. An advisory check never does. */
export type CheckRule = {
  readonly name: string;
  readonly provider: string;
  readonly question: Question;
  /** The label by which it is split: each value of it is judged on its own. Missing: it is not split. */
  readonly by?: string | undefined;
  readonly direction: Direction;
  readonly failWhen: readonly Condition[];
  readonly minSamples: number;
  readonly critical: boolean;
  /** The unit of what is measured, such as `seconds`, `bytes` or `orders`. Missing: guessed from the name of the metric. */
  readonly unit?: string | undefined;
  /** `ok`: the owner confirms that a selector of this check may never have matched a series. */
  readonly neverSeen?: 'ok' | undefined;
  /** Checks that excuse the deploy: while one of them fails, this check does not count against it. */
  readonly unless?: readonly string[] | undefined;
};

/** The past that a bake is compared with: the time just before the deploy, or the same time of day `days` days ago. */
export type Like = { readonly kind: 'before' } | { readonly kind: 'days_ago'; readonly days: number };

/** What happens when a deploy is unhealthy: roll back, notify people, or ask a person for approval. */
export type OnFailure = 'rollback' | 'notify' | 'approve';

/** How a bake ends that is still undecided after its whole extension: `hold` ends it inconclusive, and people decide. */
export type UndecidedEnding = 'hold' | 'pass' | 'roll_back';

/** A parsed rule file: the checks and the policy for one service and environment. Durations in milliseconds. Plain JSON, frozen with each deploy. */
export type RuleSet = {
  readonly service: string;
  /** The rules of all services whose whole name this regular expression matches; `service` is then the same text. A deploy has the rules of its service. */
  readonly pattern?: string | undefined;
  readonly environment: string;
  readonly bake: { readonly forMs: number; readonly everyMs: number; readonly warmupMs: number; readonly extendMs: number };
  /** The maximum probability that a healthy bake fails, over all its statistical checks and all passes together. */
  readonly falseAlarms: number;
  readonly baseline: { readonly historyMs: number; readonly like: readonly Like[]; readonly timezone: string };
  readonly control: { readonly canary: string; readonly stable: string } | null;
  readonly checks: readonly CheckRule[];
  readonly onFailure: OnFailure;
  /** Missing: `hold`. */
  readonly whenUndecided?: UndecidedEnding | undefined;
  /** Checks that excuse the deploy, for every check of the rule set. */
  readonly unless?: readonly string[] | undefined;
  readonly traffic: Traffic | null;
  readonly rollback: { readonly hook: string; readonly verifyMs: number } | null;
  readonly notify: readonly string[];
};
