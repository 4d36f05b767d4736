import { z } from 'zod';
import { visibleText } from '../core/base/visible-text.ts';
import type { SignedInPerson } from '../ports/session-store.ts';

/** Everything that a provider says of a person, by claim. */
export type Claims = Readonly<Record<string, unknown>>;

/** How the claims of a provider are read. */
export type ClaimRules = { readonly issuer: string; readonly groupsClaim: string; readonly trustsEmail: boolean };

const Text = z.string().min(1).max(1_000);
const Groups = z.union([
  z.array(z.unknown()).transform((list) => list.filter((one) => typeof one === 'string')),
  Text.transform((one) => [one]),
]);
const maxName = 200;

/**
 * The person whom the claims describe. Only a verified address counts as one. A name that is not verified gets the host of the provider, so that
 * nobody can choose the name of somebody else, of a token, or of Bakewatch.
 */
export function personOf(claims: Claims, { issuer, groupsClaim, trustsEmail }: ClaimRules): SignedInPerson {
  const subject = Text.parse(claims.sub);
  const written = Text.safeParse(claims.email).data ?? null;
  const isVerified = trustsEmail || claims.email_verified === true || claims.email_verified === 'true';
  const email = isVerified && written !== null && /^[^\s@]+@[^\s@]+$/.test(written) ? written.toLowerCase() : null;
  const chosen = [claims.preferred_username, claims.name, subject].find((one) => Text.safeParse(one).success);
  const name = email ?? `${String(chosen)} (${URL.parse(issuer)?.host ?? issuer})`;
  const groups = Groups.safeParse(claimAt(claims, groupsClaim)).data ?? [];
  return { kind: 'provider', issuer, subject, name: visibleText(name).slice(0, maxName), email, groups: [...new Set(groups)] };
}

/** The claim of this name or, where there is no such name, at this path of names. */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let found: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Object.entries(found).find(([key]) => key === name)?.[1];
  }
  return found;
}

/** Whether the provider has left the groups out because they are too many for a token, as Entra does. */
export function hidesGroups(claims: Claims, groupsClaim: string): boolean {
  const elsewhere = claims._claim_names;
  return typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, groupsClaim);
}
