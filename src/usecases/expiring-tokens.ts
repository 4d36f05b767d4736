import { formatDuration } from '../core/base/duration.ts';
import type { StoredToken } from '../ports/token-store.ts';

/** A token that will end, or has just ended, without anybody having ended it. */
export type ExpiringToken = { readonly name: string; readonly source: 'config' | 'database'; readonly expiresAt: number };

/** What the config says of the end of a token. */
type ConfiguredToken = { readonly name: string; readonly expiresAt?: number | null };

/** People are warned this long before the end of a token, and this long after it. A token with a shorter life than that is meant to end. */
const warnMs = 7 * 86_400_000;

/** The tokens that people should look at now, the first to end first. */
export function expiringTokens(
  { configured, stored }: { readonly configured: readonly ConfiguredToken[]; readonly stored: readonly StoredToken[] },
  now: number,
): readonly ExpiringToken[] {
  const ofConfig = configured.map(({ name, expiresAt = null }) => ({ name, source: 'config' as const, expiresAt }));
  const ofDatabase = stored
    .filter(({ revokedAt, lifeMs }) => revokedAt === null && lifeMs !== null && lifeMs > warnMs)
    .map(({ name, secrets }) => ({ name, source: 'database' as const, expiresAt: secrets[0]?.expiresAt ?? null }));
  return [...ofConfig, ...ofDatabase]
    .flatMap((token) =>
      token.expiresAt !== null && Math.abs(token.expiresAt - now) <= warnMs ? [{ ...token, expiresAt: token.expiresAt }] : [],
    )
    .toSorted((a, b) => a.expiresAt - b.expiresAt);
}

/** The tokens in words, with what to do about them. */
export function expiryWarnings(tokens: readonly ExpiringToken[], now: number): readonly string[] {
  return tokens.map(({ name, source, expiresAt }) => {
    const remedy = source === 'config' ? 'replace it in the config' : `\`bakewatch token rotate ${name}\` gives it a new secret`;
    const far = formatDuration(Math.max(60_000, Math.round(Math.abs(expiresAt - now) / 60_000) * 60_000));
    return expiresAt <= now
      ? `the token ${name} expired ${far} ago; ${remedy}, or revoke it`
      : `the token ${name} expires in ${far}; ${remedy}`;
  });
}
