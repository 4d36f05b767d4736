import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf, localTimeAt } from '../../../src/core/base/time-zone.ts';
import { runs } from '../../support/runs.ts';

const hour = 3_600_000;
const dayOf = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

test.for([
  { zone: 'UTC', day: '2026-06-01', ms: 7 * hour, is: '2026-06-01T07:00:00Z' },
  { zone: 'Europe/Istanbul', day: '2026-06-01', ms: 7 * hour, is: '2026-06-01T04:00:00Z' },
  { zone: 'Asia/Kathmandu', day: '2026-06-01', ms: 0, is: '2026-05-31T18:15:00Z' },
  { zone: 'America/New_York', day: '2026-03-08', ms: 1 * hour, is: '2026-03-08T06:00:00Z' },
  { zone: 'America/New_York', day: '2026-03-08', ms: 4 * hour, is: '2026-03-08T08:00:00Z' },
  // Never shown: as long after midnight as if the clocks had not changed.
  { zone: 'America/New_York', day: '2026-03-08', ms: 2.5 * hour, is: '2026-03-08T07:30:00Z' },
  // Shown twice: the first.
  { zone: 'Europe/Berlin', day: '2026-10-25', ms: 2.5 * hour, is: '2026-10-25T00:30:00Z' },
  { zone: 'Europe/Berlin', day: '2026-10-25', ms: 3 * hour, is: '2026-10-25T02:00:00Z' },
  { zone: 'Australia/Lord_Howe', day: '2026-04-05', ms: 2 * hour, is: '2026-04-04T15:30:00Z' },
])('$zone shows $ms ms of $day at $is', ({ zone, day, ms, is }) => {
  expect(new Date(instantOf({ day: dayOf(day), ms }, zone)).toISOString()).toBe(new Date(is).toISOString());
});

test('what a clock shows at an instant leads back to it, or an hour or less before where it is shown twice', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kathmandu');
  const instants = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) }).map((at) => Math.floor(at / 60_000) * 60_000);
  fc.assert(
    fc.property(zones, instants, (zone, at) => {
      const back = instantOf(localTimeAt(at, zone), zone);
      expect(at - back).toBeGreaterThanOrEqual(0);
      expect(at - back).toBeLessThanOrEqual(hour);
      expect(localTimeAt(back, zone)).toEqual(localTimeAt(at, zone));
    }),
    runs(300),
  );
});
