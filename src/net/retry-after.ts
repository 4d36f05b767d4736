const longestMs = 3_600_000;

/**
 * How long a server asks to be left alone: `Retry-After` holds seconds or a date, which is compared with the server's own `Date` so that its clock
 * need not be right. Anything else is as if it were absent; an hour at most.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return undefined;
  const ms = /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.parse(headers.date ?? '');
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), longestMs) : undefined;
}
