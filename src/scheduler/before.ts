import { ProviderError } from '../core/base/errors.ts';
import { ceilTo, floorTo, type Window } from '../core/base/window.ts';
import { assess, type BoundCheck } from '../core/judge/check.ts';
import { excludeIntervals } from '../core/judge/exclude-intervals.ts';
import { lengthOf, type Stretch, sliceTicks, upTo } from '../core/series/ticks.ts';
import type { Providers } from '../ports/providers.ts';
import type { DeployRecord, Store } from '../ports/store.ts';
import { createAsker, questionFor } from './ask.ts';
import { type Pasts, unhealthyOf } from './history.ts';

const minute = 60_000;

/** A bake that was found bad, and the checks that say so. */
export type FailingBake = {
  readonly record: DeployRecord;
  readonly failing: readonly BoundCheck[];
  readonly pasts: Pasts;
  readonly alpha: number;
  readonly now: number;
};

/**
 * Judges a while before the deploy by the checks that fail now: what they say of it, where every one of them failed then already, else `null`.
 * A check failed then if it fails on both halves of that while: a blip that had passed excuses nothing. One that cannot be asked (as a probe about the past),
 * or cannot tell, did not fail, and the time in which an earlier deploy is known to have been bad is left out.
 */
export async function beforeDeploy(
  { store, providers }: { readonly store: Store; readonly providers: Providers },
  { record, failing, pasts, alpha, now }: FailingBake,
  signal: AbortSignal,
): Promise<string | null> {
  const window = windowBefore(record);
  const intervals = await unhealthyOf(store, { record, now });
  const reasons = await Promise.all(
    failing.map(async (check) => {
      if ('probe' in check.rule.question) return null;
      try {
        const { ticks } = await createAsker(providers)(questionFor(record, check, 'verifying'), window, signal);
        const past = pasts.histories.get(check.rule.name);
        const before = excludeIntervals({ startAt: window.from, stepMs: window.stepMs, ticks }, intervals);
        const known = { control: null, history: past?.stretch ?? null, calibrations: past?.calibrations ?? null, alpha };
        const verdicts = halves(before).map((bake) => assess(check, { bake, ...known, deployedAt: bake.startAt }, record.ruleSet));
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

/** Ten minutes, with a gap of five to the registration: a pipeline may register a deploy some minutes after it was done. Shorter for short bakes. */
function windowBefore({ bake, plan: { stepMs, forMs } }: DeployRecord): Window {
  const to = floorTo(bake.begunAt - Math.min(forMs / 2, 5 * minute), stepMs);
  return { from: to - Math.max(stepMs, ceilTo(Math.min(forMs, 10 * minute), stepMs)), to, stepMs };
}

function halves(stretch: Stretch): readonly Stretch[] {
  const middle = Math.floor(lengthOf(stretch.ticks) / 2);
  const later = { ...stretch, startAt: stretch.startAt + middle * stretch.stepMs, ticks: sliceTicks(stretch.ticks, middle) };
  return middle === 0 ? [stretch] : [upTo(stretch, middle), later];
}
