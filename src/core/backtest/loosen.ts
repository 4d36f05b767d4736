import type { Condition } from '../rules/rule-set.ts';
import type { TicksKind } from '../series/ticks.ts';

/** One parameter of a condition with looser settings to try, tightest first; the last is as loose as makes sense. */
export type LooserSettings = { readonly param: string; readonly now: number | null; readonly settings: readonly number[] };

/** How much looser is tried, step by step. */
const steps: readonly number[] = [1.1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 15, 20, 30, 50, 100];

/** What an analyzer tolerates where its rule does not say, and what can then be written. */
const tolerances: readonly number[] = [0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

const confidences: readonly number[] = [0.99, 0.995, 0.999, 0.9999];

/** More deviations than this are no measure any more. */
const mostSensitivity = 100;

/** What of a condition can be loosened, by the name of its parameter; `null` where nothing is known of any. */
export function looseningOf({ analyzer, params }: Condition, kind: TicksKind): LooserSettings | null {
  const most = (param: string) => {
    if (param === 'sensitivity') return mostSensitivity;
    const isShare = param === 'for_more_than' || param === 'less_than' || (kind === 'ratio' && (param === 'above' || param === 'below'));
    return isShare || (param === 'tolerance' && params.direction === 'down') ? 0.99 : Number.POSITIVE_INFINITY;
  };
  for (const [param, loosen] of Object.entries(loosenings)) {
    const now = params[param];
    if (typeof now !== 'number') continue;
    return { param, now, settings: loosen(now).filter((value) => value !== now && value <= most(param)) };
  }
  const usual = unwritten[analyzer];
  return usual === undefined ? null : { ...usual, now: null, settings: usual.settings.filter((value) => value <= most(usual.param)) };
}

/** What is tried where the rule leaves it to the analyzer. */
const unwritten: Readonly<Record<string, Pick<LooserSettings, 'param' | 'settings'>>> = {
  regression: { param: 'tolerance', settings: tolerances },
  mann_whitney: { param: 'confidence', settings: confidences },
  anomaly: { param: 'sensitivity', settings: [6, 7, 8, 10, 12, 15, 20, 30, 50, mostSensitivity] },
};

const multiples = (now: number) => steps.map((by) => rounded(now * by));

const loosenings: Readonly<Record<string, (now: number) => readonly number[]>> = {
  confidence: (now) => confidences.filter((confidence) => confidence > now),
  tolerance: (now) => tolerances.filter((tolerance) => tolerance > now),
  sensitivity: multiples,
  for_more_than: multiples,
  more_than: multiples,
  less_than: (now) => steps.map((by) => rounded(1 - (1 - now) / by)),
  above: (now) => steps.map((by) => rounded(now < 0 ? now / by : now * by)),
  below: (now) => steps.map((by) => rounded(now > 0 ? now / by : now * by)),
};

/** The condition with one parameter set otherwise. */
export function withParam(condition: Condition, param: string, value: number): Condition {
  return { ...condition, params: { ...condition.params, [param]: value } };
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
