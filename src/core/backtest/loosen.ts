import type { Condition } from '../rule-set.ts';
import type { TicksKind } from '../series.ts';

/** One parameter of a condition with looser settings to try, tightest first; the last is as loose as makes sense. */
export type Loosening = { readonly param: string; readonly now: number | null; readonly settings: readonly number[] };

/** How much looser is tried, step by step. */
const steps: readonly number[] = [1.1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 15, 20, 30, 50, 100];

/** What an analyzer tolerates where its rule does not say, and what can then be written. */
const tolerances: readonly number[] = [0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

/** What of a condition can be loosened, by the name of its parameter; `null` where nothing is known of any. */
export function looseningOf({ analyzer, params }: Condition, kind: TicksKind): Loosening | null {
  for (const [param, loosen] of Object.entries(loosenings)) {
    const now = params[param];
    if (typeof now !== 'number') continue;
    const isShare =
      param === 'for_more_than' ||
      param === 'less_than' ||
      (kind === 'ratio' && (param === 'above' || param === 'below')) ||
      params.direction === 'down';
    return { param, now, settings: loosen(now).filter((value) => value !== now && !(isShare && value >= 1)) };
  }
  if (analyzer !== 'regression') return null;
  return { param: 'tolerance', now: null, settings: tolerances.filter((tolerance) => !(params.direction === 'down' && tolerance >= 1)) };
}

const multiples = (now: number) => steps.map((by) => rounded(now * by));

const loosenings: Readonly<Record<string, (now: number) => readonly number[]>> = {
  tolerance: (now) => tolerances.filter((tolerance) => tolerance > now),
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
