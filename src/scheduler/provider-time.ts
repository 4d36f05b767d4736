import { settledUntil } from '../core/bake/tick-schedule.ts';
import { ProviderError } from '../core/base/errors.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { ProviderInstance, Providers } from '../ports/providers.ts';

/** A bake waits at most this long for the clock of a server: one that stands still must not keep it from its end. */
const maxBehindMs = 2 * 3_600_000;

/** How long a tick must be out of the time that a server hides before it is asked for: scrapes are late. */
const afterLagMs = 5_000;

/** Instances that were asked once only to learn the time of their server. A server that sends no dates is not asked again. */
const asked = new WeakSet<ProviderInstance>();

/**
 * The end of the newest tick that each check can be asked for, by the check's name. A server whose clock is behind has no data of later ticks yet: it
 * would answer with nothing, or with an old value. So does one that hides the newest time. A provider that has not answered this process is asked for the
 * time first.
 */
export async function askableUntil(
  providers: Providers,
  { record: { bake, plan, ruleSet }, now }: { readonly record: DeployRecord; readonly now: number },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const limit = bake.state === 'baking' ? bake.limitAt : Number.POSITIVE_INFINITY;
  const entries = ruleSet.checks.map(async ({ name, provider }) => {
    const reached = await reachedBy(providers.get(provider), { now, settleMs: plan.settleMs }, signal);
    return [name, Math.min(settledUntil(reached, plan), limit)] as const;
  });
  return new Map(await Promise.all(entries));
}

type SettlingTime = { readonly now: number; readonly settleMs: number };

/** The newest instant that the server of a provider has reached: `now`, or earlier where its clock is certainly behind, or where it hides the newest time. */
async function reachedBy(instance: ProviderInstance | undefined, { now, settleMs }: SettlingTime, signal: AbortSignal): Promise<number> {
  if (instance?.clock === undefined) return now;
  const { clock, provider } = instance;
  const isUnknown = clock.now() === null || provider.lagMs?.() === null;
  if (isUnknown && !asked.has(instance)) await askTime(instance, signal);
  const shown = clock.now();
  const reached = shown === null || now <= shown.latest ? now : Math.max(shown.earliest, now - maxBehindMs);
  const lagMs = provider.lagMs?.() ?? 0;
  return lagMs === 0 ? reached : Math.min(reached, now - Math.max(0, lagMs + afterLagMs - settleMs));
}

/** How far the clock of a provider's server is behind, at most; 0 where it is not, or has not shown its time. */
export function behindMs(instance: ProviderInstance | undefined, now: number): number {
  const shown = instance?.clock?.now() ?? null;
  return shown === null || now <= shown.latest ? 0 : now - shown.earliest;
}

async function askTime(instance: ProviderInstance, signal: AbortSignal): Promise<void> {
  try {
    await instance.provider.ping(signal);
    asked.add(instance);
  } catch (error) {
    // A provider that is away answers no query either, so no answer comes too early.
    if (!(error instanceof ProviderError)) throw error;
  }
}
