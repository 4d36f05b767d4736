import { formatDuration } from '../src/core/base/duration.ts';
import { ProviderError } from '../src/core/base/errors.ts';
import type { Window } from '../src/core/base/window.ts';
import type { SeriesQuery } from '../src/ports/provider.ts';
import type { QueryFault } from './define-provider.ts';
import type { PlainQuery } from './reading.ts';
import { parsePlan, type ReadingPlan } from './reading-plan.ts';

/** What a rule writes in place of a selector, for a provider without counters. */
export const noSelectors = "this provider has no counters to select: write `{ query: '…' }`";

/** The query and its plan. Throws `ProviderError` for a form or a text that cannot be asked. */
export function plannedQuery(query: SeriesQuery): { readonly query: PlainQuery; readonly plan: ReadingPlan } {
  if (query.form === 'probe') throw new ProviderError('bad_query', 'this provider makes no probes');
  if (query.form !== 'events' && query.form !== 'gauge') throw new ProviderError('bad_query', noSelectors);
  const result = parsePlan(query.query);
  if (!result.ok) throw new ProviderError('bad_query', `${result.message} (${result.hint})`);
  return { query, plan: result.plan };
}

/** What a check must not ask: buckets of a latency, and a number of now where it needs the past. */
export function useProblem({ form }: ReadingPlan, use: { readonly kind: string; readonly needsPast: boolean }): QueryFault | null {
  if (use.kind === 'latency') return { message: 'this provider has no histograms', hint: 'write a `value` check on a percentile' };
  if (form === 'samples' || !use.needsPast) return null;
  return {
    message: 'a number of now has no past to compare with',
    hint: 'fail on `above` or `below`, or ask for samples: times and values between {from} and {to}',
  };
}

/**
 * Throws for a number of now that would be taken for a tick that ended some time ago. It is an error and not an empty answer: next to a total, a count
 * that is missing would be read as 0.
 */
export function assertNow(
  { form, target }: ReadingPlan,
  { to, stepMs }: Window,
  { now, settleMs }: { readonly now: number; readonly settleMs: number },
): void {
  const lateMs = now - to - settleMs;
  if (form === 'samples' || target.includes('{to') || lateMs <= Math.max(stepMs, 15_000)) return;
  throw new ProviderError(
    'bad_query',
    `the number is that of now, and the tick ended ${formatDuration(Math.round(lateMs / 1_000) * 1_000)} too early for it`,
  );
}

/** Fills in `{from}`, `{to}` and `{step}`: seconds, with `:ms` milliseconds, with `:iso` a time such as 2026-01-31T12:00:00.000Z. */
export function fillTimes(text: string, { form }: Pick<ReadingPlan, 'form'>, { from, to, stepMs }: Window): string {
  // A number is that of the newest tick.
  const instants = { from: form === 'number' ? to - stepMs : from, to, step: stepMs };
  return text.replace(/\{(from|to|step)(?::(ms|iso))?\}/g, (_, name: keyof typeof instants, unit?: string) => {
    const ms = instants[name];
    if (unit === 'iso') return name === 'step' ? `PT${ms / 1_000}S` : new Date(ms).toISOString();
    return String(unit === 'ms' ? ms : ms / 1_000);
  });
}
