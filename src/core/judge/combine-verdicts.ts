import { explain, fitHeadline } from './explanation.ts';
import { explanationOf } from './headline.ts';
import type { Verdict } from './verdict.ts';

type InconclusiveVerdict = Extract<Verdict, { outcome: 'inconclusive' }>;

/**
 * Fail wins over inconclusive, inconclusive over pass. Among inconclusive answers, one that blocks wins. A limit that lacks samples is ignored where all
 * others pass and one of them has ruled harm out.
 */
export function combineVerdicts(all: readonly Verdict[]): Verdict {
  const fail = all.find((v) => v.outcome === 'fail');
  if (fail) return fail;
  const verdicts = withoutLacking(all);
  const blocking = verdicts.find((v): v is InconclusiveVerdict => v.outcome === 'inconclusive' && v.blocks !== false);
  if (blocking) {
    const { lacksSamples: _, rulesOutOutage: __, ...rest } = blocking;
    return { ...rest, ...reservationsOf(verdicts), ...doubtsOf(verdicts) };
  }
  const open = verdicts.find((v) => v.outcome === 'inconclusive');
  if (verdicts.length === 0) return { outcome: 'pass', ...explain('nothing is asked of it') };
  const main = mainOf(verdicts, open);
  const evidence = main?.evidence;
  const split = main?.split ?? verdicts.find((v) => v.split)?.split;
  const words = { ...wordsOf(main, verdicts, open), ...(evidence && { evidence }), ...(split && { split }) };
  if (open) return { outcome: 'inconclusive', blocks: false, ...words, ...reservationsOf(verdicts), ...doubtsOf(verdicts) };
  const settled = settledAfter(verdicts);
  return { outcome: 'pass', ...words, ...(settled !== null && { settledAfterMs: settled }), ...reservationsOf(verdicts) };
}

/** The verdict that leads: what is still open, or the first, as long as it measured something. */
function mainOf(verdicts: readonly Verdict[], open: Verdict | undefined): Verdict | undefined {
  if (open?.evidence) return open;
  return verdicts.find((v) => v.evidence) ?? open ?? verdicts[0];
}

/** The layers of one verdict; the others become notes. */
function wordsOf(main: Verdict | undefined, verdicts: readonly Verdict[], open: Verdict | undefined) {
  const { headline, because, notes } = main === undefined ? { headline: '', because: '', notes: [] } : explanationOf(main);
  const isPartly = open !== undefined && main !== open;
  const first = isPartly ? fitHeadline(`${headline}: partly judged`, headline) : headline;
  return explain(first, because, [...notes, ...verdicts.filter((v) => v !== main).map(({ reason }) => reason)]);
}

function withoutLacking(all: readonly Verdict[]): readonly Verdict[] {
  const others = all.filter((v) => v.outcome !== 'inconclusive' || v.lacksSamples !== true);
  const isRuledOut = others.some((v) => v.outcome === 'pass' && v.settledAfterMs !== undefined);
  return isRuledOut && others.every((v) => v.outcome === 'pass') ? others : all;
}

/** One unproven verdict makes the check unproven. Every verdict that blocks must rule out total failure. */
function reservationsOf(verdicts: readonly Verdict[]): Pick<InconclusiveVerdict, 'unproven' | 'rulesOutOutage'> {
  const open = verdicts.flatMap((v) => (v.outcome === 'fail' ? [] : [v]));
  const unproven = open.find((v) => v.unproven !== undefined)?.unproven;
  const blocking = open.filter((v) => v.outcome === 'inconclusive' && v.blocks !== false);
  const rulesOutOutage = blocking.every((v) => v.rulesOutOutage) && open.some((v) => v.rulesOutOutage);
  return { ...(unproven !== undefined && { unproven }), ...(rulesOutOutage && { rulesOutOutage }) };
}

/** One silent verdict makes the check silent, and one that leans against the release makes it lean. */
function doubtsOf(verdicts: readonly Verdict[]): Pick<InconclusiveVerdict, 'isSilent' | 'leans'> {
  const open = verdicts.flatMap((v) => (v.outcome === 'inconclusive' ? [v] : []));
  return { ...(open.some((v) => v.isSilent) && { isSilent: true }), ...(open.some((v) => v.leans) && { leans: true }) };
}

/** A check is settled when all of its analyzers are. */
function settledAfter(verdicts: readonly Verdict[]): number | null {
  const settled = verdicts.map((verdict) => (verdict.outcome === 'pass' ? verdict.settledAfterMs : undefined));
  return settled.length > 0 && settled.every((ms) => ms !== undefined) ? Math.max(...settled) : null;
}
