import { instantOf, localTimeAt } from '../base/time-zone.ts';
import { isAtLeast, type Severity } from './severity.ts';

/** The days of the week, as the config names them. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
/** A day of the week. */
export type Weekday = (typeof weekdays)[number];

/** A time in which a notifier gets no notices, in the local time of a zone. */
export type QuietTime = {
  /** Milliseconds since midnight. If `toMs` is not later than `fromMs`, the quiet time ends on the next day. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly timezone: string;
  /** The days on which it begins. */
  readonly days: readonly Weekday[];
  /** Notices of this severity or a higher one are sent anyway. `null`: no exception. */
  readonly except: Severity | null;
};

/** The maximum wait. Quiet times without a gap between them count as one. */
export const maxQuietMs = 7 * 86_400_000;

/** Returns when a notice of this severity may be sent, or `null` if it may be sent now. */
export function quietUntil(times: readonly QuietTime[], severity: Severity, at: number): number | null {
  const relevant = times.filter(({ except }) => except === null || !isAtLeast(severity, except));
  let until = at;
  for (let end = endOf(relevant, at); end !== null && until - at < maxQuietMs; end = endOf(relevant, until)) until = end;
  return until === at ? null : Math.min(until, at + maxQuietMs);
}

/** The latest end of the quiet times at an instant, or `null`. */
function endOf(times: readonly QuietTime[], at: number): number | null {
  const ends = times.flatMap((time) => {
    const today = localTimeAt(at, time.timezone).day;
    return [today - 1, today].flatMap((day) => {
      const { from, to } = intervalOn(day, time);
      return time.days.includes(weekdayOf(day)) && from <= at && at < to ? [to] : [];
    });
  });
  return ends.length === 0 ? null : Math.max(...ends);
}

function intervalOn(day: number, { fromMs, toMs, timezone }: QuietTime): { readonly from: number; readonly to: number } {
  const lastDay = toMs > fromMs ? day : day + 1;
  return { from: instantOf({ day, ms: fromMs }, timezone), to: instantOf({ day: lastDay, ms: toMs }, timezone) };
}

/** Day 0 (1970-01-01) was a Thursday. */
function weekdayOf(day: number): Weekday {
  return weekdays[(((day + 4) % 7) + 7) % 7] ?? 'sun';
}
