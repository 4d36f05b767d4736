import type { Grant } from './grant.ts';

/** Which jobs of a CI system may do what. `claims`: what their tokens must say, each one of some values. `allowsPullRequests`: also before a review. */
export type PipelineRights = {
  readonly name: string;
  readonly issuer: string;
  readonly audience: string;
  readonly claims: ReadonlyMap<string, readonly string[]>;
  readonly grant: Grant;
  readonly maxAgeMs: number;
  readonly allowsPullRequests: boolean;
};
