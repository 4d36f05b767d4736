const dayMs = 86_400_000;

/** A local time: days since 1970-01-01, and milliseconds since midnight of that day. */
export type LocalTime = { readonly day: number; readonly ms: number };

/** Converts an instant to the local time of a zone. */
export function localTimeAt(at: number, timezone: string): LocalTime {
  const local = at + offsetOf(at, timezone);
  const day = Math.floor(local / dayMs);
  return { day, ms: local - day * dayMs };
}

/**
 * Converts a local time to an instant. When clocks go back, a local time occurs twice: the first one counts. When clocks go forward, a local time may
 * not occur: then the offset from before the change counts.
 */
export function instantOf({ day, ms }: LocalTime, timezone: string): number {
  const local = day * dayMs + ms;
  const before = local - offsetOf(local - dayMs, timezone);
  const after = local - offsetOf(local + dayMs, timezone);
  return [before, after].find((at) => at + offsetOf(at, timezone) === local) ?? before;
}

/** The offset of a zone from UTC at an instant, in milliseconds. */
export function offsetOf(at: number, timezone: string): number {
  const part = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((p) => p.type === 'timeZoneName');
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(part?.value ?? '');
  if (match === null) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}
