import type { RuleSet } from '../core/rules/rule-set.ts';
import type { Clock } from '../ports/clock.ts';
import type { Providers } from '../ports/providers.ts';
import { inspectRules } from './inspect-rules.ts';

/** Says in sentences what is odd about the queries of a rule set. Never throws, and takes at most `limitMs`. */
export type RuleWarnings = (ruleSet: RuleSet) => Promise<readonly string[]>;

/** The maximum time that a look takes. A registration waits for it. */
const limitMs = 2_000;
/** How long an answer is kept, and how long the absence of one. */
const keepMs = 300_000;
const keepFailureMs = 30_000;

type KeptWarnings = { readonly until: number; readonly rules: string; readonly warnings: Promise<readonly string[]> };

/** Creates the look at the queries of a rule set that a registration makes. A server that does not answer in time gives no warning. */
export function createRuleWarnings({ providers, clock }: { readonly providers: Providers; readonly clock: Clock }): RuleWarnings {
  const kept = new Map<string, KeptWarnings>();
  return (ruleSet) => {
    const key = JSON.stringify([ruleSet.service, ruleSet.environment]);
    const rules = JSON.stringify([ruleSet.checks, ruleSet.baseline.historyMs]);
    const known = kept.get(key);
    if (known !== undefined && known.rules === rules && known.until > clock.now()) return known.warnings;
    const looked = look({ providers, clock }, ruleSet);
    const warnings = looked.then(({ sentences }) => sentences);
    kept.set(key, { until: clock.now() + keepMs, rules, warnings });
    void looked.then(({ isWhole }) => {
      if (!isWhole) kept.set(key, { until: clock.now() + keepFailureMs, rules, warnings });
    });
    return warnings;
  };
}

type LookResult = { readonly sentences: readonly string[]; readonly isWhole: boolean };

async function look(deps: Parameters<typeof createRuleWarnings>[0], ruleSet: RuleSet): Promise<LookResult> {
  const signal = AbortSignal.timeout(limitMs);
  const nothing: LookResult = { sentences: [], isWhole: false };
  // A provider that ignores the signal must not delay a registration either.
  const late = new Promise<LookResult>((resolve) => signal.addEventListener('abort', () => resolve(nothing), { once: true }));
  const looked = inspectRules({ providers: deps.providers, now: () => deps.clock.now() }, ruleSet, signal).then(
    ({ findings, failures }) => ({
      sentences: findings.map(({ check, message }) => `${check}: ${message}`),
      isWhole: failures.length === 0,
    }),
    // A look is an advice: whatever goes wrong with it must not refuse a deploy.
    () => nothing,
  );
  return await Promise.race([looked, late]);
}
