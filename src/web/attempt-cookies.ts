import { z } from 'zod';
import { createCookie } from '../usecases/session-cookie.ts';

/** An attempt to sign in, as the browser keeps it until it comes back from the provider. */
const Attempt = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() });
type KeptAttempt = z.output<typeof Attempt>;

/** The cookies of attempts: one for each, so that two tabs do not disturb each other. */
export type AttemptCookies = {
  /** The `Set-Cookie` header. */
  write(attempt: KeptAttempt): string;
  /** The attempt with this state; `null`: this browser has not begun it. */
  read(header: string | undefined, state: string): KeptAttempt | null;
  clear(state: string): string;
};

/** How long a person may take at the provider. */
const maxAgeMs = 600_000;

export function createAttemptCookies(baseUrl: string): AttemptCookies {
  // The state comes from an address: only letters that a name of a cookie may have.
  const cookieOf = (state: string) => createCookie(`bakewatch-attempt-${state.replaceAll(/[^\w-]/g, '').slice(0, 12)}`, baseUrl);
  return {
    write: (attempt) => cookieOf(attempt.state).write(Buffer.from(JSON.stringify(attempt)).toString('base64url'), maxAgeMs),
    read(header, state) {
      const kept = parse(cookieOf(state).read(header));
      return kept !== null && state !== '' && kept.state === state ? kept : null;
    },
    clear: (state) => cookieOf(state).clear(),
  };
}

function parse(text: string | undefined): KeptAttempt | null {
  try {
    return Attempt.parse(JSON.parse(Buffer.from(text ?? '', 'base64url').toString()));
  } catch {
    return null;
  }
}
