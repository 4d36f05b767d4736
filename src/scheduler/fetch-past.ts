import { ProviderError } from '../core/base/errors.ts';
import { ceilTo, floorTo, type Window } from '../core/base/window.ts';
import type { BoundCheck } from '../core/judge/check.ts';
import { appendTicks, lengthOf, type Stretch, sliceTicks } from '../core/series/ticks.ts';
import type { Providers } from '../ports/providers.ts';
import type { DeployRecord, FrozenHistory, Store } from '../ports/store.ts';
import { askHistory, questionFor, sourceOf } from './ask.ts';

/** A check's past, and what was asked for it: another bake that asks the same may build on it. */
export type FetchedPast = Pick<FrozenHistory, 'stretch' | 'source'>;

/** No server likes to give more points of one series at once than about this; longer pasts are read in coarser ticks. */
const maxPoints = 10_000;
/** One question asks for so many ticks at most: what is answered is kept when the next piece is not. */
const pieceTicks = 1_500;

type PastFetch = { readonly record: DeployRecord; readonly check: BoundCheck };

/**
 * The past of a check up to where the deploy began (a rollout under way mixes versions). Most of it was fetched for the service's last bake already;
 * what is new is asked for, newest first. Where a piece is not answered in time, the past begins after it; throws `ProviderError` where not even the
 * newest one is.
 */
export async function fetchPast(
  { store, providers }: { readonly store: Store; readonly providers: Providers },
  { record, check }: PastFetch,
  signal: AbortSignal,
): Promise<FetchedPast> {
  const window = windowOf(record, Math.min(check.historyMs, record.ruleSet.baseline.historyMs));
  const question = questionFor(record, check, 'verifying');
  const source = sourceOf(question, window.stepMs);
  const kept = within(await store.newestHistory(record.deploy, check.rule.name, source), window);
  let past: Stretch | null = null;
  for (const piece of piecesOf({ ...window, from: kept === null ? window.from : endOf(kept) })) {
    try {
      const ticks = await askHistory(providers, question, piece, signal);
      past = joined({ startAt: piece.from, stepMs: piece.stepMs, ticks }, past);
    } catch (error) {
      if (past === null || !(error instanceof ProviderError)) throw error;
      return { stretch: unlessEmpty(past), source };
    }
  }
  return { stretch: unlessEmpty(kept === null ? past : joined(kept, past)), source };
}

function windowOf({ bake, plan }: DeployRecord, historyMs: number): Window {
  const stepMs = Math.max(plan.stepMs, ceilTo(historyMs / maxPoints, plan.stepMs));
  const to = floorTo(bake.begunAt, stepMs);
  return { from: to - ceilTo(historyMs, stepMs), to, stepMs };
}

/** Newest first. */
function piecesOf({ from, to, stepMs }: Window): readonly Window[] {
  const pieces: Window[] = [];
  for (let end = to; end > from; end -= pieceTicks * stepMs)
    pieces.push({ from: Math.max(from, end - pieceTicks * stepMs), to: end, stepMs });
  return pieces;
}

/** The part of a kept past that lies in the window; `null` where none does. */
function within(kept: Stretch | null, { from, to, stepMs }: Window): Stretch | null {
  if (kept === null || kept.stepMs !== stepMs || endOf(kept) <= from || kept.startAt >= to) return null;
  const [first, last] = [Math.max(kept.startAt, from), Math.min(endOf(kept), to)];
  return { ...kept, startAt: first, ticks: sliceTicks(kept.ticks, (first - kept.startAt) / stepMs, (last - kept.startAt) / stepMs) };
}

/** The older stretch with the newer appended; the newer alone where they share no bucket bound. */
function joined(older: Stretch, newer: Stretch | null): Stretch {
  if (newer === null) return older;
  const ticks = appendTicks(older.ticks, newer.ticks);
  return ticks === null ? newer : { ...older, ticks };
}

function endOf({ startAt, stepMs, ticks }: Stretch): number {
  return startAt + lengthOf(ticks) * stepMs;
}

function unlessEmpty(stretch: Stretch | null): Stretch | null {
  return stretch === null || hasNoData(stretch.ticks) ? null : stretch;
}

function hasNoData(ticks: Stretch['ticks']): boolean {
  switch (ticks.kind) {
    case 'ratio':
      return ticks.total.every((v) => v === null);
    case 'rate':
      return ticks.count.every((v) => v === null);
    case 'latency':
      return ticks.buckets.every((v) => v === null);
    case 'value':
      return ticks.value.every((v) => v === null);
  }
}
