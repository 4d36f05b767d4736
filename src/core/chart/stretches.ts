import type { Bake } from '../bake/bake.ts';
import type { Plan } from '../bake/plan.ts';
import { joinMeasurements } from '../judge/join-measurements.ts';
import type { Measurement, MeasurementPhase } from '../judge/measurement.ts';
import { spreadSparseCounts } from '../judge/spread-sparse-counts.ts';
import type { CheckRule } from '../rules/rule-set.ts';
import { lengthOf, missingTicks, type Stretch, valueTicks } from '../series/ticks.ts';
import { newestTicks } from './points.ts';

/** What is stored of a check, as it is drawn; `null` where there is nothing. */
export type ChartStretches = {
  readonly before: Stretch | null;
  readonly control: Stretch | null;
  readonly release: Stretch | null;
  readonly recovery: Stretch | null;
};

/** The stored data of a deploy that is drawn. */
type StretchSource = {
  readonly record: { readonly bake: Bake; readonly plan: Plan };
  readonly measurements: readonly Measurement[];
  readonly histories: readonly { readonly check: string; readonly stretch: Stretch | null }[];
};

/** The past is shown for at least this share of the planned bake. */
const minPastShare = 1 / 3;

/** Collects what is stored of a check. The past is shown for as long as the time since the deploy, so that neither crowds out the other. `value`: of a split check, the value that is drawn. */
export function stretchesOf(
  { record, measurements, histories }: StretchSource,
  rule: CheckRule,
  value: string | null = null,
): ChartStretches {
  const { bake, plan } = record;
  const deployedAt = bake.deployedAt ?? bake.begunAt;
  const own = measurements.filter(({ check }) => check === rule.name);
  const joined = (phase: MeasurementPhase) => {
    const from = own.find((m) => m.phase === phase)?.window.from ?? 0;
    return joinMeasurements(own, { check: rule.name, phase, from, stepMs: plan.stepMs });
  };
  const [baking, verifying] = [joined('baking'), joined('verifying')];
  const covered = (stretch: Stretch | null) => stretch && spreadSparseCounts(rule, ofValue(stretch, value));
  const known = histories.find(({ check }) => check === rule.name)?.stretch ?? null;
  const past = known && ofValue(known, value);
  const endsAt = [baking.bake, verifying.bake].map((stretch) =>
    stretch === null ? 0 : stretch.startAt + lengthOf(stretch.ticks) * stretch.stepMs,
  );
  const ms = Math.min(plan.forMs, Math.max(plan.forMs * minPastShare, Math.max(...endsAt) - deployedAt));
  return {
    before: past && newestTicks(past, { until: deployedAt, ms }),
    control: covered(baking.control),
    release: covered(baking.bake),
    recovery: covered(verifying.bake),
  };
}

function ofValue(stretch: Stretch, value: string | null): Stretch {
  return value === null ? stretch : { ...stretch, ticks: valueTicks(stretch.ticks, value) ?? missingTicks(stretch.ticks) };
}
