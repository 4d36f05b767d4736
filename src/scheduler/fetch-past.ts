import { ProviderError } from '../core/base/errors.ts';
import { ceilTo, floorTo, type Window } from '../core/base/window.ts';
import type { BoundCheck } from '../core/judge/check.ts';
import { appendTicks, lengthOf, type Stretch, sliceTicks } from '../core/series/ticks.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { FrozenHistory, MeasurementStore } from '../ports/measurement-store.ts';
import type { Providers } from '../ports/providers.ts';
import { askHistory, questionFor, sourceOf } from './ask.ts';

/** The past of a check and the question that was asked. A later bake that asks the same question reuses it. */
export type FetchedPast = Pick<FrozenHistory, 'stretch' | 'source'>;

/** Maximum number of ticks in a past: servers limit the points of a series in one answer. A longer past is read in longer ticks. */
const maxPoints = 10_000;
/** Maximum number of ticks in one question. The pieces that are answered are kept when a later one fails. */
const pieceTicks = 1_500;

type PastFetch = { readonly record: DeployRecord; readonly check: BoundCheck };

/**
 * Fetches the past of a check, up to the start of the deploy (a rollout mixes versions). Most of it is stored with the last bake of the service; only the
 * rest is asked for, newest piece first. Where a piece is not answered in time, the past begins after it. Throws `ProviderError` where the newest piece is
 * not answered.
 */
export async function fetchPast(
  { store, providers }: { readonly store: MeasurementStore; readonly providers: Providers },
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
      past = join({ startAt: piece.from, stepMs: piece.stepMs, ticks }, past);
    } catch (error) {
      if (past === null || !(error instanceof ProviderError)) throw error;
      return { stretch: nullIfEmpty(past), source };
    }
  }
  return { stretch: nullIfEmpty(kept === null ? past : join(kept, past)), source };
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

/** The part of a stored past that lies in the window, or `null`. */
function within(kept: Stretch | null, { from, to, stepMs }: Window): Stretch | null {
  if (kept === null || kept.stepMs !== stepMs || endOf(kept) <= from || kept.startAt >= to) return null;
  const [first, last] = [Math.max(kept.startAt, from), Math.min(endOf(kept), to)];
  return { ...kept, startAt: first, ticks: sliceTicks(kept.ticks, (first - kept.startAt) / stepMs, (last - kept.startAt) / stepMs) };
}

/** The older stretch followed by the newer one; only the newer one where they have no bucket bound in common. */
function join(older: Stretch, newer: Stretch | null): Stretch {
  if (newer === null) return older;
  const ticks = appendTicks(older.ticks, newer.ticks);
  return ticks === null ? newer : { ...older, ticks };
}

function endOf({ startAt, stepMs, ticks }: Stretch): number {
  return startAt + lengthOf(ticks) * stepMs;
}

function nullIfEmpty(stretch: Stretch | null): Stretch | null {
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
