import type { LooserSettings } from '../src/core/judge/condition-rule.ts';

type Params = Readonly<Record<string, unknown>>;

/** How much looser is tried, step by step. */
const steps: readonly number[] = [1.1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 15, 20, 30, 50, 100];

/** Tolerances that are tried, and that can be written in a rule. */
export const tolerances: readonly number[] = [0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

/** The largest share that makes sense: at a whole nothing could fail. */
export const maxShare = 0.99;

/** Looser values of a number: its multiples. */
export const multiples = (now: number): readonly number[] => steps.map((by) => rounded(now * by));

/** Looser values of a bound that the measured value must stay below: further from zero, or towards it where it is negative. */
export const higher = (now: number): readonly number[] => steps.map((by) => rounded(now < 0 ? now / by : now * by));

/** Looser values of a bound that the measured value must stay above. */
export const lower = (now: number): readonly number[] => steps.map((by) => rounded(now > 0 ? now / by : now * by));

/** Looser values of a share of which a fall by that much fails: nearer to the whole. */
export const nearerToOne = (now: number): readonly number[] => steps.map((by) => rounded(1 - (1 - now) / by));

/** Settings of one written parameter, up to `max`; `null` where it is not written. */
export function loosenWritten(
  params: Params,
  param: string,
  { looser, max = Number.POSITIVE_INFINITY }: { readonly looser: (now: number) => readonly number[]; readonly max?: number },
): LooserSettings | null {
  const now = params[param];
  if (typeof now !== 'number') return null;
  return { param, now, settings: looser(now).filter((value) => value !== now && value <= max) };
}

/** The values of a fixed list that are looser than a parameter, or all of them where it is not written. */
export function loosenFrom(
  params: Params,
  param: string,
  { list, max = Number.POSITIVE_INFINITY }: { readonly list: readonly number[]; readonly max?: number },
): LooserSettings {
  const written = loosenWritten(params, param, { looser: (now) => list.filter((value) => value > now), max });
  return written ?? { param, now: null, settings: list.filter((value) => value <= max) };
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
