/** The numbers behind a verdict, in the check's own unit (fractions, seconds, events a tick …). */
export type Evidence = {
  readonly measured?: number;
  readonly expected?: number;
  readonly limit?: number;
  readonly samples?: number;
};

/**
 * An analyzer's answer for one measurement, with its reason in words.
 * `blocks: false` marks an inconclusive answer that need not be resolved before the bake may pass, at low confidence: there is no history to compare
 * with yet, or only a small change could have been missed.
 */
export type Verdict =
  | { readonly outcome: 'pass'; readonly reason: string; readonly evidence?: Evidence }
  | { readonly outcome: 'fail'; readonly reason: string; readonly evidence?: Evidence }
  | { readonly outcome: 'inconclusive'; readonly reason: string; readonly evidence?: Evidence; readonly blocks?: false };

/** Why a provider could not be asked, or was asked in vain. Says nothing about the deploy. */
export type ProviderErrorKind = 'unavailable' | 'timeout' | 'rate_limited' | 'unauthorized' | 'bad_query' | 'bad_response';

/** The fourth outcome: we could not ask. Never held against a deploy. */
export type AskError = { readonly outcome: 'error'; readonly kind: ProviderErrorKind; readonly reason: string };
