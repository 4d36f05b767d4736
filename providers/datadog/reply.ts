import { z } from 'zod';
import type { ProviderError } from '../../src/core/base/errors.ts';
import type { Window } from '../../src/core/base/window.ts';
import type { Labels, Sample, Series } from '../../src/ports/provider.ts';
import { assertTickPoints } from '../assert-tick-points.ts';
import { badResponse } from '../refusal.ts';

const Value = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]).nullable();
const Reply = z.object({
  data: z.object({
    attributes: z.object({
      series: z.array(z.object({ group_tags: z.array(z.string()).nullish(), query_index: z.int().nonnegative().default(0) })),
      times: z.array(z.number()),
      values: z.array(z.array(Value)),
    }),
  }),
});

/** An answer: for each formula, in the order of the request, its series. */
export type FormulaSeries = readonly (readonly Series[])[];

/**
 * Parses an answer to `count` formulas. A null is a tick without data, never 0. Throws `ProviderError` (`bad_response`), also for points that are coarser
 * than the ticks: such a point belongs to several ticks.
 */
export function readReply(body: unknown, { window, count }: { readonly window: Window; readonly count: number }): FormulaSeries {
  const reply = Reply.safeParse(body);
  if (!reply.success) throw invalid('it holds no points');
  const { series, times, values } = reply.data.data.attributes;
  if (values.length !== series.length || values.some((column) => column.length !== times.length)) {
    throw invalid('the lists of times and values have different lengths');
  }
  assertTickPoints(
    'Datadog',
    times.filter((_, at) => values.some((column) => column[at] != null)),
    window,
  );
  const lists: Series[][] = Array.from({ length: count }, () => []);
  for (const [i, { group_tags, query_index }] of series.entries()) {
    const list = lists[query_index];
    if (list === undefined) throw invalid('a series belongs to no formula');
    const points = times.flatMap((time, at): Sample[] => {
      const value = values[i]?.[at] ?? null;
      return value === null ? [] : [[time, value]];
    });
    const samples = samplesOf(points, window);
    if (samples.length > 0) list.push({ labels: labelsOf(group_tags ?? []), instance: '', samples });
  }
  return lists;
}

/** Datadog stamps a point with the begin of its time range, which lies on a multiple of the interval. */
function samplesOf(points: readonly Sample[], { from, to, stepMs }: Window): readonly Sample[] {
  const inside = points.filter(([time]) => time >= from && time < to);
  return inside.map(([time, value]) => [time + stepMs, value] as const).sort(([a], [b]) => a - b);
}

function labelsOf(tags: readonly string[]): Labels {
  return Object.fromEntries(
    tags.map((tag) => {
      const colon = tag.indexOf(':');
      return colon < 0 ? [tag, ''] : [tag.slice(0, colon), tag.slice(colon + 1)];
    }),
  );
}

function invalid(what: string): ProviderError {
  return badResponse('Datadog', what);
}
