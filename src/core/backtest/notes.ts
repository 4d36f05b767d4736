import { formatDuration } from '../base/duration.ts';
import type { Window } from '../base/window.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import type { Stretch } from '../series/ticks.ts';
import type { Layout } from './layout.ts';
import { rhythmOf } from './rhythm.ts';

/** Minimum number of bakes: with fewer bakes and no failure, a failure rate of over 1 in 14 is still possible. */
const fewDeploys = 50;

export type NotesInput = {
  readonly layout: Layout;
  readonly window: Window;
  readonly ruleSet: RuleSet;
  /** The past of each check that was tried, and its name. */
  readonly pasts: readonly Stretch[];
  readonly names: readonly string[];
};

/** The limits of this backtest, for its reader. */
export function notesOn({
  layout,
  window: { from, stepMs },
  ruleSet: { bake, control, traffic },
  pasts,
  names,
}: NotesInput): readonly string[] {
  const { deploys, historyMs, wantedMs, dataFrom } = layout;
  const notes = [`delays are rounded up to ${formatDuration(stepMs)}, the tick in which the past was read`];
  if (deploys.length < fewDeploys) notes.push(`only ${deploys.length} pseudo deploys fit in, which say little: read more with --since`);
  if (stepMs > bake.everyMs)
    notes.push(`a real bake looks every ${formatDuration(bake.everyMs)}: fixed limits are crossed more often in shorter ticks than here`);
  if (dataFrom > from) notes.push(`the provider has data of all checks since ${new Date(dataFrom).toISOString()} only`);
  if (historyMs < wantedMs)
    notes.push(
      `the first pseudo deploys have ${formatDuration(historyMs)} of history to compare with, where the rules ask for ${formatDuration(wantedMs)}: read more with --since`,
    );
  if (control !== null)
    notes.push('there was no canary: all traffic was judged against the past alone, and a canary with a part of it is judged more slowly');
  if (traffic !== null)
    notes.push(
      `the stages were tried as one bake of ${formatDuration(bake.forMs)} with all of the traffic: with less of it there is less evidence, and it comes later`,
    );
  return [...notes, ...rareTicks(names, pasts)];
}

/** Why no bake could be cut from a past. */
export function whyNone({ dataFrom, leftOut }: Layout, { from, to }: Window, { bake: { warmupMs, forMs } }: RuleSet): string {
  if (!Number.isFinite(dataFrom))
    return `there is nothing of any check in the ${formatDuration(to - from)} that were asked for: the selectors may match nothing`;
  if (leftOut > 0) return `all ${leftOut} pseudo deploys fall into what is to be left out: leave out less, or read more with --since`;
  return `there is data of ${formatDuration(to - dataFrom)} only, too little for a bake of ${formatDuration(warmupMs + forMs)} with a past to compare it with`;
}

/** Checks whose counters are scraped less often than a tick is long, by how often that is. */
function rareTicks(names: readonly string[], pasts: readonly Stretch[]): readonly string[] {
  const rare = new Map<number, string[]>();
  for (const [i, { ticks, stepMs }] of pasts.entries()) {
    const every = rhythmOf(ticks);
    if (every > 1) rare.set(every * stepMs, [...(rare.get(every * stepMs) ?? []), names[i] ?? '']);
  }
  return [...rare].map(([ms, slow]) => {
    const apart = formatDuration(ms);
    return `something is counted every ${apart} only (${slow.join(', ')}): the provider scrapes no faster, so \`every: ${apart}\` looks as often as there is something to see`;
  });
}
