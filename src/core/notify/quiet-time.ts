import { instantOf, localTimeAt } from '../base/time-zone.ts';
import { isAtLeast, type Severity } from './severity.ts';

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

/** When a notifier is not to be disturbed, by the clock of a zone. */
export type QuietTime = {
  /** Milliseconds since midnight. Where `toMs` is not later than `fromMs`, it ends on the next day. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly timezone: string;
  /** The days on which it begins. */
  readonly days: readonly Weekday[];
  /** The least severity that is told all the same; `null`: nothing is. */
  readonly except: Severity | null;
};

/** Quiet times that follow one another without a gap are waited for as one, but never longer than this. */
export const maxQuietMs = 7 * 86_400_000;

/** When a notice of this severity may be told: `null` where that is now. */
export function quietUntil(times: readonly QuietTime[], severity: Severity, at: number): number | null {
  const heeded = times.filter(({ except }) => except === null || !isAtLeast(severity, except));
  let until = at;
  for (let end = endOf(heeded, at); end !== null && until - at < maxQuietMs; end = endOf(heeded, until)) until = end;
  return until === at ? null : Math.min(until, at + maxQuietMs);
}

/** The latest end of the quiet times that hold an instant. */
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

/** The first of January 1970 was a Thursday. */
function weekdayOf(day: number): Weekday {
  return weekdays[(((day + 4) % 7) + 7) % 7] ?? 'sun';
}
