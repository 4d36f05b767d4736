import { AppError, ProviderError } from '../core/base/errors.ts';
import type { Window } from '../core/base/window.ts';
import type { Analyzer } from '../core/judge/analyzer.ts';
import { assess } from '../core/judge/assess.ts';
import { type BoundCheck, bindChecks } from '../core/judge/check.ts';
import { withObservation } from '../core/judge/probe-reason.ts';
import { describeTarget } from '../core/rules/probe.ts';
import type { CheckRule, RuleSet } from '../core/rules/rule-set.ts';
import type { Ticks } from '../core/series/ticks.ts';

export type GateDeps = {
  /** Makes the probe of a rule. Throws `ProviderError` where it cannot be made. */
  readonly ask: (request: GateProbeRequest, signal: AbortSignal) => Promise<{ readonly ticks: Ticks; readonly seen: string | null }>;
  readonly analyzers: ReadonlyMap<string, Analyzer>;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Called with each round that did not pass, before the next one. */
  readonly progress: (report: GateReport) => void;
};

export type GateProbeRequest = { readonly rule: CheckRule; readonly ruleSet: RuleSet; readonly window: Window };

/** `error`: the probe could not be made; this says nothing about the service. */
type GateOutcome = 'pass' | 'fail' | 'error';

export type GateProbe = {
  readonly service: string;
  readonly environment: string;
  readonly check: string;
  readonly critical: boolean;
  readonly tries: string;
  readonly outcome: GateOutcome;
  readonly reason: string;
  readonly seconds: number;
};

/** The result of the last round. Only critical probes count: a failed one makes it `fail`, else one that could not be made makes it `error`. */
export type GateReport = { readonly outcome: GateOutcome; readonly rounds: number; readonly probes: readonly GateProbe[] };

const pauseMs = 1_000;

/**
 * Makes every probe of the rule sets once. With `waitMs`, repeats it until all pass in one round, at most for that long. Damping is off: one bad
 * reading fails. Throws `AppError('invalid')` where the rules have no probe, and `AppError('unavailable')` where `signal` aborts.
 */
export async function gate(
  deps: GateDeps,
  { ruleSets, waitMs }: { readonly ruleSets: readonly RuleSet[]; readonly waitMs: number },
  signal: AbortSignal,
): Promise<GateReport> {
  const bound = ruleSets.flatMap((ruleSet) => boundProbes(ruleSet, deps.analyzers));
  if (bound.length === 0) throw new AppError('invalid', 'these rules have no probe; a check with `probe:` is a probe');
  const until = deps.now() + waitMs;
  let report = await probeAll(deps, bound, { rounds: 1, signal });
  while (report.outcome !== 'pass' && deps.now() + pauseMs < until && !signal.aborted) {
    deps.progress(report);
    await deps.sleep(pauseMs);
    const limit = AbortSignal.timeout(Math.max(1, until - deps.now()));
    const next = await probeAll(deps, bound, { rounds: report.rounds + 1, signal: AbortSignal.any([signal, limit]) });
    // A round that ran into the time limit says less than the round before it.
    if (limit.aborted && next.outcome !== 'pass') break;
    report = next;
  }
  if (signal.aborted) throw new AppError('unavailable', 'interrupted');
  return report;
}

type BoundProbe = { readonly check: BoundCheck; readonly ruleSet: RuleSet };

/** The probes of a rule set, each failing at its first bad reading. */
function boundProbes(whole: RuleSet, analyzers: ReadonlyMap<string, Analyzer>): readonly BoundProbe[] {
  const checks = whole.checks
    .filter(({ question }) => 'probe' in question)
    .map((rule) => ({ ...rule, failWhen: rule.failWhen.map((condition) => ({ ...condition, damping: { k: 1, n: 1 } })) }));
  const ruleSet = { ...whole, checks };
  return bindChecks(ruleSet, analyzers).map((check) => ({ check, ruleSet }));
}

type GateRound = { readonly rounds: number; readonly signal: AbortSignal };

async function probeAll(deps: GateDeps, bound: readonly BoundProbe[], { rounds, signal }: GateRound): Promise<GateReport> {
  const probes = await Promise.all(bound.map((one) => probeOnce(deps, one, signal)));
  const has = (outcome: GateOutcome) => probes.some((one) => one.critical && one.outcome === outcome);
  return { outcome: has('fail') ? 'fail' : has('error') ? 'error' : 'pass', rounds, probes };
}

async function probeOnce(deps: GateDeps, { check, ruleSet }: BoundProbe, signal: AbortSignal): Promise<GateProbe> {
  const { rule } = check;
  const startedAt = deps.now();
  const window = { from: startedAt - ruleSet.bake.everyMs, to: startedAt, stepMs: ruleSet.bake.everyMs };
  const verdict = await verdictOf(deps, { check, ruleSet, window }, signal);
  return {
    service: ruleSet.service,
    environment: ruleSet.environment,
    check: rule.name,
    critical: rule.critical,
    tries: 'probe' in rule.question ? describeTarget(rule.question.probe.target) : '',
    ...verdict,
    seconds: (deps.now() - startedAt) / 1_000,
  };
}

async function verdictOf(
  { ask }: GateDeps,
  { check, ruleSet, window }: BoundProbe & { readonly window: Window },
  signal: AbortSignal,
): Promise<Pick<GateProbe, 'outcome' | 'reason'>> {
  try {
    const { ticks, seen } = await ask({ rule: check.rule, ruleSet, window }, signal);
    const bake = { startAt: window.from, stepMs: window.stepMs, ticks };
    const verdict = assess(check, { bake, control: null, history: null, deployedAt: window.from }, ruleSet).verdict;
    const { outcome, reason } = withObservation(verdict, seen, ticks);
    return { outcome: outcome === 'inconclusive' ? 'error' : outcome, reason };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { outcome: 'error', reason: `could not be probed: ${error.message}` };
  }
}
