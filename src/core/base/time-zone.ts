const dayMs = 86_400_000;

/** What a zone's clock shows: days since 1970-01-01, and milliseconds since that day's midnight. */
export type LocalTime = { readonly day: number; readonly ms: number };

/** What the zone's clock shows at an instant. */
export function localTimeAt(at: number, timezone: string): LocalTime {
  const shown = at + offsetOf(at, timezone);
  const day = Math.floor(shown / dayMs);
  return { day, ms: shown - day * dayMs };
}

/**
 * The instant at which the zone's clock shows this: the first, where clocks are put back and show it twice; as long after midnight as if they had not
 * been put forward, where they never show it.
 */
export function instantOf({ day, ms }: LocalTime, timezone: string): number {
  const shown = day * dayMs + ms;
  const before = shown - offsetOf(shown - dayMs, timezone);
  const after = shown - offsetOf(shown + dayMs, timezone);
  return [before, after].find((at) => at + offsetOf(at, timezone) === shown) ?? before;
}

/** How far the zone's clock is ahead of UTC, in milliseconds. */
export function offsetOf(at: number, timezone: string): number {
  const part = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((p) => p.type === 'timeZoneName');
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(part?.value ?? '');
  if (match === null) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}
