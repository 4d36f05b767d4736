import type { Analyzer } from './analyzer.ts';
import { assess, type BoundCheck, bindChecks, type CheckData } from './check.ts';
import { type CheckResult, judge } from './judge.ts';
import { readStretch } from './read-recording.ts';
import { type RecordedCheck, type Recording, upTo } from './recording.ts';
import type { CheckRule, RuleSet } from './rule-set.ts';
import { lengthOf } from './series.ts';
import type { AskError, ProviderErrorKind, Verdict } from './verdict.ts';

export type ReplayVerdict = 'pass' | 'fail' | 'inconclusive';
export type ReplayedCheck = {
  readonly name: string;
  readonly verdict: ReplayVerdict;
  readonly decidedAfter: number;
  readonly reason: string;
};
/** One line of `bakewatch replay`. `decidedAfter` is seconds after the deploy: the end of the tick at which the verdict was final. */
export type Replayed = {
  readonly id: string;
  readonly verdict: ReplayVerdict;
  readonly decidedAfter: number;
  readonly checks: readonly ReplayedCheck[];
};

/** With what a recording is judged; `ruleSet: null` takes the recording's own rules, else the defaults of each kind. */
export type ReplayOptions = { readonly analyzers: ReadonlyMap<string, Analyzer>; readonly ruleSet: RuleSet | null };

/** Judges a recording tick by tick, exactly as the live bake was judged. Pure. Throws `AppError('invalid')` where its rules cannot be bound. */
export function replay(recording: Recording, { analyzers, ruleSet }: ReplayOptions): Replayed {
  const rules = ruleSet ?? recording.rules?.ruleSet ?? defaultRules(recording);
  const named = { ...rules, checks: rules.checks.filter((rule) => recording.checks.some((check) => check.name === rule.name)) };
  const checks = bindChecks(named, analyzers).flatMap((bound) => {
    const recorded = recording.checks.find((check) => check.name === bound.rule.name);
    return recorded ? [prepare(bound, recorded, recording)] : [];
  });
  const length = Math.max(0, ...checks.map((check) => lengthOf(check.data.bake.ticks)));
  const first = checks[0]?.data.bake;
  const from = first?.startAt ?? recording.deployedAt * 1000;
  const stepMs = first?.stepMs ?? 1000;
  const endsAt = ruleSet === null && recording.rules ? recording.rules.endsAt : from + length * stepMs;
  const after = (ticks: number) => Math.round(from + ticks * stepMs - recording.deployedAt * 1000) / 1000;
  for (let ticks = 1; ticks <= length; ticks++) {
    const results = checks.map((check) => resultAt(check, ticks, named));
    const judgement = judge(results);
    if (judgement.kind === 'unhealthy')
      return { id: recording.id, verdict: 'fail', decidedAfter: after(ticks), checks: results.map(show(after(ticks))) };
    if (judgement.kind === 'healthy' && from + ticks * stepMs >= endsAt)
      return { id: recording.id, verdict: 'pass', decidedAfter: after(ticks), checks: results.map(show(after(ticks))) };
  }
  const results = checks.map((check) => resultAt(check, length, named));
  return { id: recording.id, verdict: 'inconclusive', decidedAfter: after(length), checks: results.map(show(after(length))) };
}

type Prepared = { readonly bound: BoundCheck; readonly data: CheckData; readonly errors: ReadonlyMap<number, string> };

function prepare(bound: BoundCheck, recorded: RecordedCheck, recording: Recording): Prepared {
  const stepMs = recorded.step * 1000;
  const startAt = (recorded.bake.start ?? recording.deployedAt) * 1000;
  const data: CheckData = {
    bake: readStretch(recorded, recorded.bake, { startAt, stepMs }),
    control: recorded.control ? readStretch(recorded, recorded.control, { startAt, stepMs }) : null,
    history: recorded.history
      ? readStretch(recorded, recorded.history, {
          startAt: recorded.history.start * 1000,
          stepMs: (recorded.history.step ?? recorded.step) * 1000,
        })
      : null,
    deployedAt: recording.deployedAt * 1000,
  };
  return { bound, data, errors: new Map((recorded.errors ?? []).map(({ tick, kind }) => [tick, kind])) };
}

function resultAt({ bound, data, errors }: Prepared, ticks: number, rules: RuleSet): CheckResult {
  const kind = errors.get(ticks - 1);
  const seen = { ...data, bake: upTo(data.bake, ticks), control: data.control && upTo(data.control, ticks) };
  const verdict = assess(bound, seen, rules);
  const result: Verdict | AskError =
    kind !== undefined && verdict.outcome !== 'fail'
      ? { outcome: 'error', kind: kindOf(kind), reason: `this tick could not be asked (${kind})` }
      : verdict;
  return { name: bound.rule.name, critical: bound.rule.critical, result };
}

function show(decidedAfter: number): (result: CheckResult) => ReplayedCheck {
  return ({ name, result }) => ({
    name,
    verdict: result.outcome === 'error' ? 'inconclusive' : result.outcome,
    decidedAfter,
    reason: result.reason,
  });
}

const kinds: readonly ProviderErrorKind[] = ['unavailable', 'timeout', 'rate_limited', 'unauthorized', 'bad_query', 'bad_response'];

function kindOf(text: string): ProviderErrorKind {
  return kinds.find((kind) => kind === text) ?? 'unavailable';
}

/** Without rules each check is compared with the time just before: twice as bad (or half as much) in three of four readings fails. */
function defaultRules(recording: Recording): RuleSet {
  const forMs = Math.max(
    0,
    ...recording.checks.map((check) => lengthOf(readStretch(check, check.bake, { startAt: 0, stepMs: 1 }).ticks) * check.step * 1000),
  );
  const stepMs = (recording.checks[0]?.step ?? 15) * 1000;
  return {
    service: recording.service,
    environment: recording.environment,
    bake: { forMs, everyMs: stepMs, warmupMs: 0, extendMs: 0 },
    baseline: { historyMs: forMs, like: [{ kind: 'before' }], timezone: 'UTC' },
    control: null,
    checks: recording.checks.map(defaultCheck),
    onFailure: 'notify',
    rollback: null,
    notify: [],
  };
}

function defaultCheck({ name, kind, direction, le, control }: RecordedCheck): CheckRule {
  const to = { kind: control ? 'control' : 'before' };
  const bounds = (le ?? []).map(Number).filter(Number.isFinite);
  const slower = kind === 'latency' ? { slower_than: (bounds[Math.floor(bounds.length / 2)] ?? 1) * 1000 } : {};
  const damping = { k: 3, n: 4 };
  const up = { analyzer: 'relative', params: { to, more_than: 1, ...slower }, damping };
  const down = { analyzer: 'relative', params: { to, less_than: 0.5, ...slower }, damping };
  const source = { query: name };
  const question: CheckRule['question'] =
    kind === 'ratio'
      ? { kind, bad: source, total: source }
      : kind === 'rate'
        ? { kind, count: source }
        : kind === 'latency'
          ? { kind, buckets: source }
          : { kind, query: name };
  const failWhen = direction === 'up' ? [up] : direction === 'down' ? [down] : [up, down];
  return {
    name,
    provider: 'recording',
    question,
    direction,
    failWhen,
    minSamples: kind === 'ratio' || kind === 'latency' ? 20 : 1,
    critical: true,
  };
}
