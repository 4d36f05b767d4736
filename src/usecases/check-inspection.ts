import type { Finding } from './check-facts.ts';

/** What a look at the queries of one check found. */
export type CheckInspection = {
  readonly check: string;
  /** Probes are not asked, and neither are providers that cannot say which series exist. */
  readonly isAsked: boolean;
  readonly line: string;
  readonly findings: readonly Finding[];
  readonly failures: readonly string[];
  /** What a close look could not see, because the server cannot say it. */
  readonly unknown?: readonly string[];
};
