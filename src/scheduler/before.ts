import { previousUntil } from '../core/bake/bake.ts';
import { ProviderError } from '../core/base/errors.ts';
import { ceilTo, floorTo, type Window } from '../core/base/window.ts';
import { assess } from '../core/judge/assess.ts';
import type { BoundCheck } from '../core/judge/check.ts';
import { excludeIntervals } from '../core/judge/exclude-intervals.ts';
import { lengthOf, type Stretch, sliceTicks, upTo } from '../core/series/ticks.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { Providers } from '../ports/providers.ts';
import { createAsker, questionFor } from './ask.ts';
import { type Pasts, unhealthyOf } from './history.ts';
import { behindMs } from './provider-time.ts';

const minute = 60_000;

/** A bake that was judged unhealthy, and the checks that fail. */
export type FailingBake = {
  readonly record: DeployRecord;
  readonly failing: readonly BoundCheck[];
  readonly pasts: Pasts;
  readonly alpha: number;
  readonly now: number;
};

/**
 * Judges an interval before the deploy with the checks that fail now. Returns their reasons where every one of them failed before the deploy too, else
 * `null`. A check failed before if it fails on both halves of the interval: a short incident that was over does not count. A check that cannot be asked
 * (a probe has no past) or is inconclusive did not fail. Times in which an earlier deploy was unhealthy are excluded.
 */
export async function beforeDeploy(
  { store, providers }: { readonly store: DeployCatalog; readonly providers: Providers },
  { record, failing, pasts, alpha, now }: FailingBake,
  signal: AbortSignal,
): Promise<string | null> {
  const intervals = await unhealthyOf(store, { record, now });
  const reasons = await Promise.all(
    failing.map(async (check) => {
      if ('probe' in check.rule.question) return null;
      const window = windowBefore(record, behindMs(providers.get(check.rule.provider), now));
      try {
        const past = pasts.histories.get(check.rule.name);
        const question = { ...questionFor(record, check, 'verifying'), ...(past && { split: past.split }) };
        const { ticks } = await createAsker(providers)(question, window, signal);
        const before = excludeIntervals({ startAt: window.from, stepMs: window.stepMs, ticks }, intervals);
        const known = { control: null, history: past?.stretch ?? null, calibrations: past?.calibrations ?? null, alpha };
        const verdicts = halves(before).map((bake) => assess(check, { bake, ...known, deployedAt: bake.startAt }, record.ruleSet).verdict);
        return verdicts.every(({ outcome }) => outcome === 'fail') ? `${check.rule.name}: ${verdicts.at(-1)?.reason}` : null;
      } catch (error) {
        if (error instanceof ProviderError) return null;
        throw error;
      }
    }),
  );
  const failed = reasons.filter((reason) => reason !== null);
  return failed.length > 0 && failed.length === reasons.length ? failed.join('; ') : null;
}

/**
 * Ten minutes that end five minutes before the deploy, because a pipeline can register it some minutes late without a word. Shorter for short bakes. A
 * server whose clock is behind dates what it sees after the deploy before it, so its interval is earlier by as much.
 */
function windowBefore({ bake, plan: { stepMs, forMs } }: DeployRecord, serverBehindMs: number): Window {
  const to = floorTo(previousUntil(bake) - serverBehindMs - Math.min(forMs / 2, 5 * minute), stepMs);
  return { from: to - Math.max(stepMs, ceilTo(Math.min(forMs, 10 * minute), stepMs)), to, stepMs };
}

function halves(stretch: Stretch): readonly Stretch[] {
  const middle = Math.floor(lengthOf(stretch.ticks) / 2);
  const later = { ...stretch, startAt: stretch.startAt + middle * stretch.stepMs, ticks: sliceTicks(stretch.ticks, middle) };
  return middle === 0 ? [stretch] : [upTo(stretch, middle), later];
}
