/** Limits retries to a share of the questions, so that they do not multiply the load of a provider that ails. */
export interface RetryBudget {
  /** A question is asked for the first time. */
  deposit(): void;
  /** Takes one retry out of the budget. Returns false where the budget is empty. */
  withdraw(): boolean;
}

/** One retry for every ten questions, and ten in advance, so that a provider with few questions gets its retries. */
const share = 0.1;
const maxSaved = 10;

/** Creates a full budget. */
export function createRetryBudget(): RetryBudget {
  let saved = maxSaved;
  return {
    deposit() {
      saved = Math.min(maxSaved, saved + share);
    },
    withdraw() {
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}
