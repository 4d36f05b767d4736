import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError } from '../../src/core/base/errors.ts';
import { tickCount, type Window } from '../../src/core/base/window.ts';
import type { Probe } from '../../src/core/rules/probe.ts';
import { redact } from '../../src/net/redact.ts';
import type { Answer, Series } from '../../src/ports/provider.ts';
import { attempt } from './attempt.ts';
import type { AttemptDeps, ProbeResult } from './deps.ts';

/** Makes all attempts, one after the other, and answers with what they came to for the newest tick of the window. Throws `ProviderError`. */
export async function tryOften(
  deps: AttemptDeps,
  { probe, window }: { readonly probe: Probe; readonly window: Window },
  signal: AbortSignal,
): Promise<Answer> {
  if (tickCount(window) === 0) return { shape: 'attempts', series: [], seen: null };
  const made: ProbeResult[] = [];
  while (made.length < probe.attempts) {
    if (made.length > 0) await delay(probe.apartMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw new ProviderError('timeout', 'the probe was not finished in the time there was');
    made.push(await attempt(deps, probe, signal));
  }
  const failed = made.filter(({ passed }) => !passed);
  const series = [aSeries('passed', made.length - failed.length, window), aSeries('failed', failed.length, window)];
  return { shape: 'attempts', series, seen: redact(wordsOf(made, failed)) };
}

function aSeries(outcome: 'passed' | 'failed', count: number, { to }: Window): Series {
  return { labels: { outcome }, instance: '', samples: [[to, count]] };
}

/** The failures, each once, newest last; where there are none, how the last attempt went. */
function wordsOf(made: readonly ProbeResult[], failed: readonly ProbeResult[]): string {
  const [end, told] = failed.length > 0 ? (['failed', failed] as const) : (['passed', made.slice(-1)] as const);
  const words = [...new Set(told.map(({ seen }) => seen))].join('; ');
  return `${told === failed ? failed.length : made.length} of ${made.length} attempts ${end}: ${words}`;
}
