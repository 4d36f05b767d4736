import { nonEmpty } from '../base/non-empty.ts';
import { healthyCertainty, undecidedCertainty } from './certainty.ts';
import { checkTitle, headlineOf } from './headline.ts';
import type { Judgement } from './judgement.ts';
import type { AskError, Verdict } from './verdict.ts';

/** A check's newest answer: what its analyzers say, or that its provider could not be asked. */
export type CheckResult = { readonly name: string; readonly critical: boolean; readonly result: Verdict | AskError };

/**
 * Rolls all checks up into one judgement. One failed critical check is unhealthy; an error or an inconclusive answer of a critical check leaves
 * the bake undecided; advisory checks are shown but never decide. Missing answers never count as healthy.
 */
export function judge(checks: readonly CheckResult[]): Judgement {
  const critical = checks.filter((check) => check.critical);
  const failed = critical.filter((check) => check.result.outcome === 'fail');
  if (failed.length > 0) return { kind: 'unhealthy', reasons: reasonsOf(failed) };

  const errors = critical.filter((check) => check.result.outcome === 'error');
  const open = critical.filter((check) => check.result.outcome === 'inconclusive' && check.result.blocks !== false);
  if (errors.length + open.length > 0)
    return { kind: 'undecided', couldNotAsk: errors.length > 0, reasons: reasonsOf([...errors, ...open]), ...undecidedCertainty(critical) };

  const certainty = healthyCertainty(critical);
  if (critical.length === 0) return { kind: 'healthy', confidence: 'low', reasons: ['no critical check'], ...certainty };
  const hasUnjudged = critical.some((check) => check.result.outcome === 'inconclusive');
  const unproven = critical.flatMap(({ name, result }) => unprovenOf(name, result));
  const reasons = nonEmpty([...unproven, ...reasonsOf(critical)], 'no reason given');
  return { kind: 'healthy', confidence: hasUnjudged || unproven.length > 0 ? 'low' : 'full', reasons, ...certainty };
}

function unprovenOf(name: string, result: CheckResult['result']): readonly string[] {
  return 'unproven' in result && result.unproven !== undefined ? [`${checkTitle(name)}: ${result.unproven}`] : [];
}

function reasonsOf(checks: readonly CheckResult[]) {
  return nonEmpty(
    checks.map((check) => headlineOf(check.name, check.result)),
    'no reason given',
  );
}
