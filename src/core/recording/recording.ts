import type { Bake } from '../bake/bake.ts';
import type { Deploy } from '../bake/deploy.ts';
import type { Plan } from '../bake/plan.ts';
import { roundUpToTicks } from '../bake/tick-schedule.ts';
import { trafficOf } from '../bake/traffic.ts';
import type { Json } from '../base/json.ts';
import { ceilTo } from '../base/window.ts';
import { joinMeasurements } from '../judge/join-measurements.ts';
import type { Measurement } from '../judge/measurement.ts';
import type { Direction, RuleSet } from '../rules/rule-set.ts';
import type { Stretch, Ticks } from '../series/ticks.ts';

/** One bake as a file: everything the judge saw, enough to judge it again offline. Instants in Unix seconds, steps in seconds; `null` is a missing tick. */
export type Recording = {
  readonly format: 'bakewatch.recording/1';
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly deployedAt: number;
  readonly warmup: number;
  readonly checks: readonly RecordedCheck[];
  /** The frozen rules and plan of that bake, when it was to end, and since when its release had all of the traffic. Instants in milliseconds. */
  readonly rules?:
    | {
        readonly ruleSet: RuleSet;
        readonly plan: Plan;
        readonly endsAt: number;
        readonly limitAt: number;
        readonly aloneFrom?: number | undefined;
      }
    | undefined;
};

export type RecordedCheck = {
  readonly name: string;
  readonly kind: Ticks['kind'];
  readonly direction: Direction;
  readonly step: number;
  readonly le?: readonly (number | string)[] | undefined;
  readonly history?: (RecordedTicks & { readonly start: number; readonly step?: number | undefined }) | undefined;
  readonly control?: RecordedTicks | undefined;
  readonly bake: RecordedTicks & { readonly start?: number | undefined };
  /** What the check's analyzers had learned when that bake began, one for each; `null` for an analyzer that learns nothing. */
  readonly calibration?: readonly (Json | null)[] | undefined;
  readonly errors?: readonly { readonly tick: number; readonly kind: string }[] | undefined;
};

type Numbers = readonly (number | string | null)[];
type RecordedColumns = {
  /** Bucket bounds, where they differ from those of the check. */
  readonly le?: readonly (number | string)[] | undefined;
  readonly bad?: Numbers | undefined;
  readonly total?: Numbers | undefined;
  readonly count?: Numbers | undefined;
  readonly exposure?: Numbers | undefined;
  readonly buckets?: readonly (readonly number[] | null)[] | undefined;
  readonly value?: Numbers | undefined;
};

/** `by`: of a split check, the same columns for single values of its label, and the names of others that are counted in the whole alone. */
export type RecordedTicks = RecordedColumns & {
  readonly by?:
    | {
        readonly label: string;
        readonly values: readonly ({ readonly name: string } & RecordedColumns)[];
        readonly others?: readonly string[] | undefined;
      }
    | undefined;
};

/** What a recording is made of. */
export type RecordingInput = {
  readonly record: { readonly deploy: Deploy; readonly bake: Bake; readonly ruleSet: RuleSet; readonly plan: Plan };
  readonly measurements: readonly Measurement[];
  readonly histories: readonly {
    readonly check: string;
    readonly stretch: Stretch | null;
    readonly calibrations: readonly (Json | null)[];
  }[];
};

/** Writes down what the judge saw while the bake was baking; the recovery after a rollback is not part of it. */
export function toRecording({ record, measurements, histories }: RecordingInput): Recording {
  const { deploy, bake, ruleSet, plan } = record;
  const deployedAt = bake.deployedAt ?? bake.begunAt;
  const baking = measurements.filter((m) => m.phase === 'baking');
  const from = baking[0]?.window.from ?? deployedAt + plan.warmupMs;
  const until = Math.max(from, ...baking.map((m) => m.window.to));
  const checks = ruleSet.checks.map((rule) => {
    const past = histories.find((one) => one.check === rule.name);
    return recordCheck(
      { name: rule.name, kind: rule.question.kind, direction: rule.direction },
      {
        own: baking.filter((m) => m.check === rule.name),
        from,
        until,
        stepMs: plan.stepMs,
        history: past?.stretch ?? null,
        calibration: past?.calibrations ?? [],
      },
    );
  });
  const endsAt = endOf(record, { from, until });
  return {
    format: 'bakewatch.recording/1',
    id: deploy.id,
    service: deploy.service,
    environment: deploy.environment,
    version: deploy.release.version,
    deployedAt: deployedAt / 1000,
    warmup: plan.warmupMs / 1000,
    checks,
    rules: {
      ruleSet,
      plan,
      endsAt,
      limitAt: endsAt + ceilTo(plan.extendMs, plan.stepMs),
      ...(bake.aloneFrom !== undefined && { aloneFrom: bake.aloneFrom }),
    },
  };
}

/**
 * The earliest time at which the judge may pass the bake. With stages it is the time of the pass, because the length of the shifts is not known in
 * advance. A bake with stages that did not pass never reached its end.
 */
function endOf({ bake, plan }: RecordingInput['record'], { from, until }: { readonly from: number; readonly until: number }): number {
  const planned = from + roundUpToTicks(plan.forMs, plan);
  if (trafficOf(bake, plan) === null) return planned;
  return bake.state === 'passed' && bake.by === null ? until : Math.max(planned, until + plan.stepMs);
}

type RecordedSeries = {
  readonly own: readonly Measurement[];
  readonly from: number;
  readonly until: number;
  readonly stepMs: number;
  readonly history: Stretch | null;
  readonly calibration: readonly (Json | null)[];
};

function recordCheck(
  head: Pick<RecordedCheck, 'name' | 'kind' | 'direction'>,
  { own, from, until, stepMs, history, calibration }: RecordedSeries,
): RecordedCheck {
  const { bake, control, askedUntil } = joinMeasurements(own, { check: head.name, phase: 'baking', from, stepMs });
  const missing = Math.max(0, Math.round((until - askedUntil) / stepMs));
  const ticks = bake?.ticks ?? emptyTicks(head.kind);
  const errors = errorsOf(own, from, stepMs);
  return {
    ...head,
    step: stepMs / 1000,
    ...boundsOf(ticks),
    ...(history && {
      history: {
        start: history.startAt / 1000,
        ...(history.stepMs !== stepMs && { step: history.stepMs / 1000 }),
        ...otherBounds(history.ticks, ticks),
        ...columnsAndSplit(history.ticks, 0),
      },
    }),
    ...(control && { control: { ...otherBounds(control.ticks, ticks), ...columnsAndSplit(control.ticks, missing) } }),
    bake: { start: from / 1000, ...columnsAndSplit(ticks, missing) },
    ...(calibration.some((learned) => learned !== null) && { calibration }),
    ...(errors.length > 0 && { errors }),
  };
}

// A pass without an answer judged none of the ticks since the last answer, including ticks that had no pass of their own.
function errorsOf(own: readonly Measurement[], from: number, stepMs: number): readonly { readonly tick: number; readonly kind: string }[] {
  const errors = new Map<number, string>();
  for (const { result, window } of own) {
    if (result.outcome !== 'error') continue;
    const end = Math.round((window.to - from) / stepMs);
    for (let tick = Math.round((window.from - from) / stepMs); tick < end; tick++) errors.set(tick, errors.get(tick) ?? result.kind);
  }
  return [...errors].map(([tick, kind]) => ({ tick, kind }));
}

function boundsOf(ticks: Ticks): { readonly le?: readonly (number | string)[] } {
  return ticks.kind === 'latency' ? { le: ticks.le.map((bound) => (Number.isFinite(bound) ? bound : '+Inf')) } : {};
}

function otherBounds(past: Ticks, own: Ticks): { readonly le?: readonly (number | string)[] } {
  const [bounds, ownBounds] = [boundsOf(past), boundsOf(own)];
  return String(bounds.le) === String(ownBounds.le) ? {} : bounds;
}

function columnsAndSplit(ticks: Ticks, missing: number): RecordedTicks {
  const { split, ...whole } = ticks;
  if (split === undefined) return columns(whole, missing);
  const values = split.values.map((name, i) => ({ name, ...columns(split.ticks[i] ?? whole, missing) }));
  return { ...columns(whole, missing), by: { label: split.label, values, ...(split.others && { others: split.others }) } };
}

function columns(ticks: Ticks, missing: number): RecordedColumns {
  const pad = Array.from({ length: missing }, () => null);
  const numbers = (column: readonly (number | null)[]): Numbers => [
    ...column.map((v) => (v === null || Number.isFinite(v) ? v : String(v))),
    ...pad,
  ];
  switch (ticks.kind) {
    case 'ratio':
      return { bad: numbers(ticks.bad), total: numbers(ticks.total) };
    case 'rate':
      return { count: numbers(ticks.count), ...(ticks.exposure && { exposure: numbers(ticks.exposure) }) };
    case 'latency':
      return { buckets: [...ticks.buckets, ...pad] };
    case 'value':
      return { value: numbers(ticks.value) };
  }
}

function emptyTicks(kind: Ticks['kind']): Ticks {
  switch (kind) {
    case 'ratio':
      return { kind, bad: [], total: [] };
    case 'rate':
      return { kind, count: [] };
    case 'latency':
      return { kind, le: [], buckets: [] };
    case 'value':
      return { kind, value: [] };
  }
}
