import { expect, test } from 'vitest';
import type { BreakerState } from '../../providers/breaker.ts';
import { createShedLog, type LoadReport, overloadWarnings } from '../../src/app/overload.ts';

const at = Date.UTC(2026, 2, 14, 13, 41);

function providers(states: Readonly<Record<string, BreakerState>>): LoadReport['providers'] {
  const never = () => Promise.reject(new Error('not asked'));
  return new Map(
    Object.entries(states).map(([name, state]) => {
      const provider = { fetchSeries: never, ping: never, state: () => ({ kind: 'unknown' }) as const, breaker: () => state };
      return [name, { provider, settleMs: 0 }];
    }),
  );
}

const well = providers({ main: { kind: 'closed' } });
const rows: readonly { name: string; load: LoadReport; warnings: readonly string[] }[] = [
  { name: 'nothing is said where all is well', load: { providers: well, shedding: [], lateMs: 15_000 }, warnings: [] },
  {
    name: 'a provider that does not answer is named, with the time',
    load: {
      providers: providers({ main: { kind: 'closed' }, old: { kind: 'open', since: at, nextProbeAt: at } }),
      shedding: [],
      lateMs: 0,
    },
    warnings: ['the provider old has given no answer since 13:41:00 UTC; it is asked again every few seconds'],
  },
  {
    name: 'so is one with too much to answer',
    load: { providers: well, shedding: ['main'], lateMs: 0 },
    warnings: ['there is too much to ask of the provider main; some questions, of advisory checks first, are asked later'],
  },
  {
    name: 'late passes are said with how late they are',
    load: { providers: well, shedding: [], lateMs: 75_900 },
    warnings: ['passes have begun up to 1m15s late in the last minute; verdicts come later by as much'],
  },
];

test.for(rows)('$name', ({ load, warnings }) => {
  expect(overloadWarnings(load)).toEqual(warnings);
});

test('a provider had too much to answer for a minute after its last shed question', () => {
  let now = at;
  const log = createShedLog({ now: () => now });
  log.note({ provider: 'away', reason: 'open' });
  log.note({ provider: 'busy', reason: 'shed' });
  now += 59_999;
  expect(log.recent()).toEqual(['busy']);
  now += 1;
  expect(log.recent()).toEqual([]);
});
