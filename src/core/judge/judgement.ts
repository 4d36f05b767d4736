import type { NonEmpty } from '../base/non-empty.ts';
import type { HealthyCertainty, UndecidedCertainty } from './certainty.ts';

/** The roll-up of all checks of a bake at one moment. `couldNotAsk` names what kept it undecided: an error of ours, or too little data. */
export type Judgement =
  | ({ readonly kind: 'healthy'; readonly confidence: 'full' | 'low'; readonly reasons: NonEmpty<string> } & HealthyCertainty)
  | Unhealthy
  | ({ readonly kind: 'undecided'; readonly couldNotAsk: boolean; readonly reasons: NonEmpty<string> } & UndecidedCertainty);

export type Unhealthy = { readonly kind: 'unhealthy'; readonly reasons: NonEmpty<string> };
