import type { Verdict } from './verdict.ts';

/** Fail wins over inconclusive, inconclusive over pass. Among inconclusive answers, one that blocks wins. */
export function combineVerdicts(verdicts: readonly Verdict[]): Verdict {
  const fail = verdicts.find((v) => v.outcome === 'fail');
  if (fail) return fail;
  const blocking = verdicts.find((v) => v.outcome === 'inconclusive' && v.blocks !== false);
  if (blocking) return blocking;
  const open = verdicts.find((v) => v.outcome === 'inconclusive');
  const reason = verdicts.map((v) => v.reason).join('; ');
  if (open) return { outcome: 'inconclusive', blocks: false, reason };
  const evidence = verdicts[0]?.evidence;
  const settled = settledAfter(verdicts);
  return {
    outcome: 'pass',
    reason: reason || 'nothing is asked of it',
    ...(evidence && { evidence }),
    ...(settled !== null && { settledAfterMs: settled }),
  };
}

/** A check is settled when all of its analyzers are. */
function settledAfter(verdicts: readonly Verdict[]): number | null {
  const settled = verdicts.map((verdict) => (verdict.outcome === 'pass' ? verdict.settledAfterMs : undefined));
  return settled.length > 0 && settled.every((ms) => ms !== undefined) ? Math.max(...settled) : null;
}
