import { z } from 'zod';
import { formatDuration } from '../src/core/base/duration.ts';
import { formatInstant } from '../src/core/base/format-instant.ts';
import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { breachesIn, type Damping, isTripped, withReading } from '../src/core/judge/damping.ts';
import { explain } from '../src/core/judge/explanation.ts';
import { constantFold, type Fold, foldOf, type OpenVerdict } from '../src/core/judge/fold.ts';
import type { TickValues } from '../src/core/series/tick-values.ts';
import { defineAnalyzer } from './define.ts';

/**
 * What a tick says of the alerts: one fires or is pending that became active after the deploy (`fires`, `pending`) or before it (`fired_before`,
 * `pending_before`), none is active, or it is not known.
 */
type AlertState = 'fires' | 'fired_before' | 'pending' | 'pending_before' | 'inactive' | 'unknown';

/** `recent`: whether each of the last known ticks had a new firing alert. `since`: since when the alert of the newest tick has been active. */
type AlertProgress = {
  readonly ticks: number;
  readonly recent: readonly boolean[];
  readonly newest: AlertState;
  readonly since: number;
};

/** Alerts of the owner's own monitoring: an alert that becomes active after the deploy and fires fails the check. */
export const alert = defineAnalyzer({
  type: 'alert',
  summary: 'No alert fires that was not active before the deploy.',
  kinds: ['value'],
  params: z.strictObject({}),
  example: {},
  conditions: [],
  needs: () => ({ control: false, historyMs: 0 }),
  start: (input, _, { damping }) => judgeAlerts(input, damping),
});

/** Nothing is active for longer: such a number is no answer. */
const maxSec = 1_000_000_000;

function judgeAlerts(input: AnalyzerInput, damping: Damping): Fold {
  const { bake, deployedAt } = input;
  if (bake.shape.kind !== 'value') return constantFold({ outcome: 'inconclusive', ...explain('these are no alerts') });
  return foldOf<AlertProgress>({
    initial: { ticks: 0, recent: [], newest: 'unknown', since: 0 },
    step: (state, tick) => {
      const ticks = state.ticks + 1;
      const { newest, since } = readTick(tick.bake, { end: bake.startAt + ticks * bake.stepMs, deployedAt });
      if (newest === 'unknown') return { state: { ...state, ticks, newest } };
      const recent = withReading(state.recent, newest === 'fires', damping);
      if (!isTripped(recent, damping)) return { state: { ticks, recent, newest, since } };
      return { fail: { outcome: 'fail', ...explain('an alert fires', sinceWords(since, deployedAt)) } };
    },
    verdict: (state) => verdictOf(state, { deployedAt, damping }),
  });
}

/** The number of a tick is for how long the alert has been active at its end, in seconds: negative while it is only pending. */
function readTick(tick: TickValues, { end, deployedAt }: { readonly end: number; readonly deployedAt: number }) {
  const seconds = tick.kind === 'value' ? tick.value : null;
  if (seconds === null || !(Math.abs(seconds) <= maxSec)) return { newest: 'unknown', since: 0 } as const;
  if (seconds === 0) return { newest: 'inactive', since: 0 } as const;
  const since = end - Math.round(Math.abs(seconds) * 1_000);
  const isBefore = since <= deployedAt;
  if (seconds > 0) return { newest: isBefore ? 'fired_before' : 'fires', since } as const;
  return { newest: isBefore ? 'pending_before' : 'pending', since } as const;
}

function verdictOf(
  { newest, since, recent }: AlertProgress,
  { deployedAt, damping }: { readonly deployedAt: number; readonly damping: Damping },
): OpenVerdict {
  switch (newest) {
    case 'fires': {
      const often = `in ${breachesIn(recent)} of the last ${damping.n} ticks; fails at ${damping.k} of ${damping.n}`;
      const words = explain('an alert fires: fails if it lasts', `${sinceWords(since, deployedAt)}, ${often}`);
      return { outcome: 'inconclusive', leans: true, ...words };
    }
    case 'pending':
      return { outcome: 'inconclusive', leans: true, ...explain('an alert is pending: fails if it fires', sinceWords(since, deployedAt)) };
    case 'fired_before':
      return { outcome: 'inconclusive', ...explain('an alert was firing before the deploy: cannot say', beforeWords(since, deployedAt)) };
    case 'pending_before':
      return { outcome: 'inconclusive', ...explain('an alert was pending before the deploy: cannot say', beforeWords(since, deployedAt)) };
    case 'unknown':
      return { outcome: 'inconclusive', ...explain('it is not known whether an alert fires') };
    case 'inactive':
      return { outcome: 'pass', ...explain('no alert fires') };
  }
}

function sinceWords(since: number, deployedAt: number): string {
  return `active since ${formatInstant(since)} UTC, ${shortly(since - deployedAt)} after the deploy`;
}

function beforeWords(since: number, deployedAt: number): string {
  return `active since ${formatInstant(since)} UTC, ${shortly(deployedAt - since)} before the deploy; what began before the deploy says nothing about it`;
}

function shortly(ms: number): string {
  return formatDuration(ms < 1_000 ? ms : Math.floor(ms / 1_000) * 1_000);
}
