import type { Inspection } from '../core/series/inspection.ts';

/** Something that is wrong with a query of a check, or may be. An error would never work. */
export type Finding = {
  readonly severity: 'error' | 'warning';
  readonly check: string;
  /** `bad`, `total`, `count`, `exposure`, `buckets` or `value`; `canary` or `stable` for the matchers of a control. */
  readonly source: string;
  readonly message: string;
};

/** What the server has for one source of a check, or the words with which it refuses the query. */
export type SourceFacts = { readonly name: string; readonly inspection: Inspection | null; readonly refusal: string | null };

/** All facts about a check. `lookedMs`: how far back the server was asked. `bakeMs`: how long a bake is. */
export type CheckFacts = {
  readonly sources: readonly SourceFacts[];
  readonly lookedMs: number;
  readonly hasControl: boolean;
  readonly bakeMs?: number;
  readonly control?: readonly ControlFacts[];
};

/** A finding, before it is known of which check it is. */
export type SourceFinding = Omit<Finding, 'check' | 'source'>;

/** What the server has for a check together with the matchers of one side of its control. `base`: the same without them. */
export type ControlFacts = {
  readonly side: 'canary' | 'stable';
  readonly source: string;
  readonly matchers: string;
  readonly inspection: Inspection;
  readonly base: Inspection;
};
