import { defaultFalseAlarms } from '../judge/check.ts';
import type { CheckRule, RuleSet } from '../rules/rule-set.ts';
import type { RecordedCheck, Recording } from './recording.ts';

/** The rules for a recording without rules. Every check is critical and is compared with its own past (or the control), with the defaults of its kind. */
export function defaultRules(recording: Recording): RuleSet {
  const forMs = Math.max(0, ...recording.checks.map((check) => ticksOf(check) * check.step * 1000));
  const historyMs = Math.max(
    0,
    ...recording.checks.map((check) => recording.deployedAt * 1000 - (check.history?.start ?? recording.deployedAt) * 1000),
  );
  return {
    service: recording.service,
    environment: recording.environment,
    bake: { forMs, everyMs: (recording.checks[0]?.step ?? 15) * 1000, warmupMs: 0, extendMs: 0 },
    falseAlarms: defaultFalseAlarms,
    baseline: { historyMs, like: [{ kind: 'before' }], timezone: 'UTC' },
    control: null,
    checks: recording.checks.map(defaultCheck),
    onFailure: 'notify',
    traffic: null,
    rollback: null,
    notify: [],
  };
}

function ticksOf({ bake }: RecordedCheck): number {
  return Math.max(0, ...[bake.total, bake.count, bake.buckets, bake.value].map((column) => column?.length ?? 0));
}

function defaultCheck({ name, kind, direction }: RecordedCheck): CheckRule {
  const source = { query: name };
  return {
    name,
    provider: 'recording',
    question: questionOf(kind, source),
    direction,
    failWhen: [{ analyzer: 'regression', params: {}, damping: { k: 1, n: 1 } }],
    minSamples: 1,
    critical: true,
  };
}

function questionOf(kind: RecordedCheck['kind'], source: { readonly query: string }): CheckRule['question'] {
  switch (kind) {
    case 'ratio':
      return { kind, bad: source, total: source };
    case 'rate':
      return { kind, count: source };
    case 'latency':
      return { kind, buckets: source };
    case 'value':
      return { kind, query: source.query };
  }
}
