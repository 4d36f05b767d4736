import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError } from '../../src/core/base/errors.ts';
import { tickCount, type Window } from '../../src/core/base/window.ts';
import type { Probe } from '../../src/core/rules/probe.ts';
import { redact } from '../../src/net/redact.ts';
import type { Answer, Series } from '../../src/ports/provider.ts';
import { attempt } from './attempt.ts';
import type { AttemptDeps, ProbeResult } from './deps.ts';

/** Makes all attempts, one after another. The answer counts the passed and the failed ones for the newest tick. Throws `ProviderError`. */
export async function runAttempts(
  deps: AttemptDeps,
  { probe, window }: { readonly probe: Probe; readonly window: Window },
  signal: AbortSignal,
): Promise<Answer> {
  if (tickCount(window) === 0) return { shape: 'attempts', series: [], seen: null };
  const results: ProbeResult[] = [];
  while (results.length < probe.attempts) {
    if (results.length > 0) await delay(probe.apartMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw new ProviderError('timeout', 'the probe did not end before the deadline');
    results.push(await attempt(deps, probe, signal));
  }
  const failed = results.filter(({ passed }) => !passed);
  const series = [countSeries('passed', results.length - failed.length, window), countSeries('failed', failed.length, window)];
  return { shape: 'attempts', series, seen: redact(summaryOf(results, failed)) };
}

function countSeries(outcome: 'passed' | 'failed', count: number, { to }: Window): Series {
  return { labels: { outcome }, instance: '', samples: [[to, count]] };
}

/** Lists each different failure once, newest last. Without failures: the result of the last attempt. */
function summaryOf(results: readonly ProbeResult[], failed: readonly ProbeResult[]): string {
  const shown = failed.length > 0 ? failed : results.slice(-1);
  const outcome =
    failed.length > 0 ? `${failed.length} of ${results.length} attempts failed` : `${results.length} of ${results.length} attempts passed`;
  return `${outcome}: ${[...new Set(shown.map(({ seen }) => seen))].join('; ')}`;
}
