import type { Question } from './rule-set.ts';

/** A check that a provider proposes. `from`: the metric that it reads, for people. */
export type ProposedCheck = { readonly name: string; readonly question: Question; readonly from: string };

/** What a provider proposes to watch of one service. `environment: null`: its metrics do not say. */
export type ServiceProposal = {
  readonly service: string;
  readonly environment: string | null;
  readonly checks: readonly ProposedCheck[];
};

/** `leftOut`: metrics of requests for which nothing could be proposed, and why. */
export type Proposals = { readonly services: readonly ServiceProposal[]; readonly leftOut: readonly string[] };
