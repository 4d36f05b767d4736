/** What a token says, after its signature, issuer, audience and times were checked. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** Which tokens are accepted: of this issuer, for one of these audiences, made at most `maxAgeMs` ago. */
export type TokenDemand = { readonly issuer: string; readonly audiences: readonly string[]; readonly maxAgeMs: number };

/** `away`: it cannot be found out now, because the issuer does not give its keys. */
export type TokenCheck =
  | { readonly kind: 'valid'; readonly claims: TokenClaims }
  | { readonly kind: 'refused' | 'away'; readonly why: string };

/** Checks tokens that CI systems make for their jobs. */
export interface PipelineIssuers {
  /** The issuer that a token names, before anything was checked. `null`: it is not such a token. */
  issuerOf(token: string): Promise<string | null>;
  /** Checks a token. Never throws; `why` is for the sender, and holds nothing of the token that was not checked. */
  check(token: string, demand: TokenDemand): Promise<TokenCheck>;
}
