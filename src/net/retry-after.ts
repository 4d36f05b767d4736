const maxMs = 3_600_000;

/**
 * The pause that a server asks for, at most one hour. `Retry-After` holds seconds or a date. A date is compared with the server's own `Date`, because its
 * clock may be wrong. Every other value counts as absent.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  const ms = /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.parse(headers.date ?? '');
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), maxMs) : undefined;
}
