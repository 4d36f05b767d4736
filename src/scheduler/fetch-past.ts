import { previousUntil } from '../core/bake/bake.ts';
import { ProviderError } from '../core/base/errors.ts';
import { ceilTo, floorTo, type Window } from '../core/base/window.ts';
import type { BoundCheck } from '../core/judge/check.ts';
import type { CheckRule } from '../core/rules/rule-set.ts';
import { selectValues } from '../core/series/split.ts';
import { appendTicks, lengthOf, type Stretch, sliceTicks } from '../core/series/ticks.ts';
import type { DeployRecord } from '../ports/bake-store.ts';
import type { FrozenHistory, MeasurementStore, StoredPast } from '../ports/measurement-store.ts';
import type { Providers } from '../ports/providers.ts';
import { askHistory, type CheckQuestion, questionFor, sourceOf } from './ask.ts';
import { hasSiblings, lookAtSources, sightingsOf } from './look-at-sources.ts';

/** The past of a check and the question that was asked. A later bake that asks the same question reuses it. */
export type FetchedPast = Pick<FrozenHistory, 'stretch' | 'source' | 'sightings'>;

/** Maximum number of ticks in a past: servers limit the points of a series in one answer. A longer past is read in longer ticks. */
const maxPoints = 10_000;
/** Maximum number of ticks in one question. The pieces that are answered are kept when a later one fails. */
const pieceTicks = 1_500;
/** A past that is split by a label is read in fewer and longer ticks, because it has a series for each value. */
const [maxSplitPoints, splitPieceTicks] = [2_000, 500];

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
  const isSplit = check.rule.by !== undefined;
  const window = windowOf(record, Math.min(check.historyMs, record.ruleSet.baseline.historyMs), isSplit ? maxSplitPoints : maxPoints);
  const question = questionFor(record, check, 'verifying');
  const source = sourceOf(question, window.stepMs);
  const stored = await store.newestHistory(record.deploy, check.rule.name, source);
  const kept = usable(check.rule, stored) ? within(stored.stretch, window) : null;
  const asked = await askPieces(
    providers,
    { question, pieces: piecesOf({ ...window, from: kept === null ? window.from : endOf(kept) }, isSplit ? splitPieceTicks : pieceTicks) },
    signal,
  );
  const whole = nullIfEmpty(kept === null || !asked.isWhole ? asked.past : join(kept, asked.past));
  const stretch = whole && selectValues(whole, record.plan.forMs);
  const from = stretch?.startAt ?? window.from;
  const known = {
    earlier: stored?.sightings ?? [],
    matched: [...asked.matched, ...(stretch === null ? [] : sourcesWithEvents(stretch.ticks))],
  };
  const looked = await sightingsOf(providers, { question, window: { ...window, from } }, known, signal);
  // The past of a new service may be shorter than one tick of it, and its series are there all the same.
  const sightings =
    looked.length > 0 ? looked : await lookAtSources(providers, { question, window: untilBegin(window, record) }, known.earlier, signal);
  return { stretch, source, ...(sightings.length > 0 && { sightings }) };
}

/** Looks whether the sources of a check that needs no past have ever matched a series. Where that cannot be found out, nothing is known. */
export async function lookAtPast(
  { store, providers }: { readonly store: MeasurementStore; readonly providers: Providers },
  { record, check }: PastFetch,
  signal: AbortSignal,
): Promise<FetchedPast> {
  const question = questionFor(record, check, 'verifying');
  const window = windowOf(record, record.ruleSet.baseline.historyMs, maxPoints);
  const source = sourceIfKnown(question, window.stepMs);
  if (source === null) return { stretch: null, source: '' };
  const stored = await store.newestHistory(record.deploy, check.rule.name, source);
  const sightings = await lookAtSources(providers, { question, window: untilBegin(window, record) }, stored?.sightings ?? [], signal);
  return { stretch: null, source, ...(sightings.length > 0 && { sightings }) };
}

/** `null` where a placeholder has no value yet, such as the known-good release. */
function sourceIfKnown(question: CheckQuestion, stepMs: number): string | null {
  try {
    return sourceOf(question, stepMs);
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}

type PastQuestion = { readonly question: CheckQuestion; readonly pieces: readonly Window[] };
type PastPieces = { readonly past: Stretch | null; readonly isWhole: boolean; readonly matched: readonly string[] };

/** Asks for the pieces of a past, newest first, until one is not answered. Throws where the first one is not. */
async function askPieces(providers: Providers, { question, pieces }: PastQuestion, signal: AbortSignal): Promise<PastPieces> {
  let past: Stretch | null = null;
  const matched: string[] = [];
  for (const piece of pieces) {
    try {
      const answer = await askHistory(providers, question, piece, signal);
      past = join({ startAt: piece.from, stepMs: piece.stepMs, ticks: answer.ticks }, past);
      matched.push(...answer.matched);
    } catch (error) {
      if (past === null || !(error instanceof ProviderError)) throw error;
      return { past, isWhole: false, matched };
    }
  }
  return { past, isWhole: true, matched };
}

/**
 * Whether a stored past may be reused. A version that did not look at the sources may have stored a past in which one matched nothing: it is asked for
 * again, unless both sources have events in it.
 */
function usable(rule: CheckRule, stored: StoredPast | null): stored is StoredPast {
  if (stored === null) return false;
  return (
    stored.sightings !== undefined || !hasSiblings(rule) || (stored.stretch !== null && sourcesWithEvents(stored.stretch.ticks).length > 1)
  );
}

/** The sources whose events are in the ticks. A source without events may have matched series too. */
function sourcesWithEvents(ticks: Stretch['ticks']): readonly string[] {
  const columns = ticks.kind === 'ratio' ? { bad: ticks.bad, total: ticks.total } : {};
  const counts = ticks.kind === 'rate' ? { count: ticks.count, exposure: ticks.exposure ?? [] } : {};
  return Object.entries({ ...columns, ...counts }).flatMap(([name, column]) => (column.some((n) => n !== null && n > 0) ? [name] : []));
}

function windowOf({ bake, plan }: DeployRecord, historyMs: number, max: number): Window {
  const stepMs = Math.max(plan.stepMs, ceilTo(historyMs / max, plan.stepMs));
  const to = floorTo(previousUntil(bake), stepMs);
  return { from: to - ceilTo(historyMs, stepMs), to, stepMs };
}

/** The window up to the very begin of the bake: ticks of a long past are long. */
function untilBegin(window: Window, { bake }: DeployRecord): Window {
  return { ...window, to: Math.max(window.to, previousUntil(bake)) };
}

/** Newest first. */
function piecesOf({ from, to, stepMs }: Window, ticks: number): readonly Window[] {
  const pieces: Window[] = [];
  for (let end = to; end > from; end -= ticks * stepMs) pieces.push({ from: Math.max(from, end - ticks * stepMs), to: end, stepMs });
  return pieces;
}

/** The part of a stored past that lies in the window, or `null`. */
function within(kept: StoredPast['stretch'], { from, to, stepMs }: Window): Stretch | null {
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
