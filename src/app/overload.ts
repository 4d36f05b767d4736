import type { SkipReason } from '../../providers/guard.ts';
import { formatClock } from '../core/bake/time-left.ts';
import { formatDuration } from '../core/base/duration.ts';
import type { Clock } from '../ports/clock.ts';
import type { Adapters } from './adapters.ts';

/** When each provider last had too much to answer. */
export type ShedLog = {
  readonly note: (labels: { readonly provider: string; readonly reason: SkipReason }) => void;
  /** The providers that had too much to answer in the last minute. */
  readonly recent: () => readonly string[];
};

const recentMs = 60_000;
/** Passes that begin up to this late are no reason to worry: verdicts come a little later. */
const maxLateMs = 15_000;

/** Creates an empty log. */
export function createShedLog(clock: Pick<Clock, 'now'>): ShedLog {
  const last = new Map<string, number>();
  return {
    note({ provider, reason }) {
      if (reason === 'shed') last.set(provider, clock.now());
    },
    recent: () => [...last].filter(([, at]) => clock.now() - at < recentMs).map(([provider]) => provider),
  };
}

/** What `overloadWarnings` looks at. */
export type LoadReport = {
  readonly providers: Adapters['providers'];
  readonly shedding: readonly string[];
  /** How late passes have begun lately. */
  readonly lateMs: number;
};

/** What keeps bakes from being looked at in time, in words. Verdicts come later; none becomes wrong. */
export function overloadWarnings({ providers, shedding, lateMs }: LoadReport): readonly string[] {
  const warnings: string[] = [];
  for (const [name, { provider }] of providers) {
    const state = provider.breaker();
    if (state.kind === 'open')
      warnings.push(`the provider ${name} has given no answer since ${formatClock(state.since)}; it is asked again every few seconds`);
  }
  for (const name of shedding)
    warnings.push(`there is too much to ask of the provider ${name}; some questions, of advisory checks first, are asked later`);
  if (lateMs > maxLateMs) {
    const late = formatDuration(Math.floor(lateMs / 1_000) * 1_000);
    warnings.push(`passes have begun up to ${late} late in the last minute; verdicts come later by as much`);
  }
  return warnings;
}
