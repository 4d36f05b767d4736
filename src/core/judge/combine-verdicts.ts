import { explain } from './explanation.ts';
import { explanationOf } from './headline.ts';
import type { Verdict } from './verdict.ts';

/** Fail wins over inconclusive, inconclusive over pass. Among inconclusive answers, one that blocks wins. */
export function combineVerdicts(verdicts: readonly Verdict[]): Verdict {
  const fail = verdicts.find((v) => v.outcome === 'fail');
  if (fail) return fail;
  const blocking = verdicts.find((v) => v.outcome === 'inconclusive' && v.blocks !== false);
  if (blocking) return blocking;
  const open = verdicts.find((v) => v.outcome === 'inconclusive');
  if (verdicts.length === 0) return { outcome: 'pass', ...explain('nothing is asked of it') };
  // The most telling headline: what is still open, else a comparison with what was expected.
  const main = open ?? verdicts.find((v) => v.evidence?.expected !== undefined) ?? verdicts[0];
  const evidence = main?.evidence;
  const words = { ...explainAll(main, verdicts), ...(evidence && { evidence }) };
  if (open) return { outcome: 'inconclusive', blocks: false, ...words };
  const settled = settledAfter(verdicts);
  return { outcome: 'pass', ...words, ...(settled !== null && { settledAfterMs: settled }) };
}

/** The layers of one verdict; the others become notes. */
function explainAll(main: Verdict | undefined, verdicts: readonly Verdict[]) {
  const { headline, because, notes } = main === undefined ? { headline: '', because: '', notes: [] } : explanationOf(main);
  return explain(headline, because, [...notes, ...verdicts.filter((v) => v !== main).map(({ reason }) => reason)]);
}

/** A check is settled when all of its analyzers are. */
function settledAfter(verdicts: readonly Verdict[]): number | null {
  const settled = verdicts.map((verdict) => (verdict.outcome === 'pass' ? verdict.settledAfterMs : undefined));
  return settled.length > 0 && settled.every((ms) => ms !== undefined) ? Math.max(...settled) : null;
}
