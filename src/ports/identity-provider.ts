import type { SignedInPerson } from './session-store.ts';

/** The secrets of one attempt to sign in. The browser keeps them until it comes back: only the browser that began may end it. */
export type SignInAttempt = { readonly state: string; readonly nonce: string; readonly verifier: string };

/** The address that the browser came back to, and the attempt that it began. */
export type SignInReturn = { readonly url: string; readonly attempt: SignInAttempt };

/**
 * Where people prove who they are. Every method throws `AppError`: `unavailable` where the provider does not answer, `unauthorized` where an answer
 * proves nothing.
 */
export interface IdentityProvider {
  /** What people call it. */
  readonly label: string;
  readonly issuer: string;
  /** Returns where to send the browser. */
  begin(redirectUri: string, signal: AbortSignal): Promise<{ readonly url: string; readonly attempt: SignInAttempt }>;
  /** Asks the provider who has come back. An answer counts once. */
  finish(answer: SignInReturn, signal: AbortSignal): Promise<SignedInPerson>;
  /** Where the browser signs out of the provider, too; `null`: the provider has no such address. */
  endUrl(returnUri: string, signal: AbortSignal): Promise<string | null>;
}
