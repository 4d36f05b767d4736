import { z } from 'zod';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { Window } from '../../src/core/base/window.ts';
import type { Sample, Series } from '../../src/ports/provider.ts';
import { assertTickPoints } from '../assert-tick-points.ts';
import { badResponse } from '../refusal.ts';

const Value = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);
const Message = z.object({ Code: z.string().optional(), Value: z.string().optional() });
const Page = z.object({
  MetricDataResults: z.array(
    z.object({
      Id: z.string(),
      Label: z.string().optional(),
      Timestamps: z.array(z.number()).default([]),
      Values: z.array(Value).default([]),
      StatusCode: z.string().optional(),
      Messages: z.array(Message).nullish(),
    }),
  ),
  Messages: z.array(Message).nullish(),
  NextToken: z.string().min(1).nullish(),
});

/** One page of an answer. */
export type MetricDataPage = z.output<typeof Page>;
type MetricDataResult = MetricDataPage['MetricDataResults'][number];

/** Parses a page. Throws `ProviderError` (`bad_response`). */
export function readPage(body: unknown): MetricDataPage {
  const page = Page.safeParse(body);
  if (!page.success) throw badResponse('CloudWatch', 'it holds no results');
  if (page.data.MetricDataResults.some(({ Timestamps, Values }) => Timestamps.length !== Values.length))
    throw badResponse('CloudWatch', 'a result has lists of times and values of different lengths');
  return page.data;
}

/** The series of an answer by the ids of its queries. An id without points has none. */
export type SeriesById = ReadonlyMap<string, readonly Series[]>;

/**
 * Joins the pages of an answer. A missing point is a tick without data, never 0. Throws `ProviderError` for data that are incomplete, and for points that are
 * no ticks.
 */
export function joinPages(pages: readonly MetricDataPage[], window: Window): SeriesById {
  const results = pages.flatMap(({ MetricDataResults }) => MetricDataResults);
  assertWhole(pages, results);
  assertTickPoints(
    'CloudWatch',
    results.flatMap(({ Timestamps }) => Timestamps.map((time) => time * 1_000)),
    window,
  );
  return new Map(
    [...Map.groupBy(results, ({ Id }) => Id)].map(([id, own]) => {
      const byLabel = [...Map.groupBy(own, ({ Label }) => Label ?? '')];
      const series = byLabel.map(([label, parts]) => ({
        labels: byLabel.length > 1 ? { label } : {},
        instance: '',
        samples: samplesOf(parts, window),
      }));
      return [id, series.filter(({ samples }) => samples.length > 0)];
    }),
  );
}

/** CloudWatch drops values that are no numbers, and says so. Every other message is about data that are missing. */
const harmless = new Set(['ArithmeticError']);

function assertWhole(pages: readonly MetricDataPage[], results: readonly MetricDataResult[]): void {
  const messages = [...pages, ...results].flatMap(({ Messages }) => Messages ?? []).filter(({ Code = '' }) => !harmless.has(Code));
  const last = new Map(results.map(({ Id, Label = '', StatusCode }) => [`${Id}\n${Label}`, StatusCode]));
  const states = [...last.values()];
  if (states.includes('Forbidden'))
    throw new ProviderError('unauthorized', 'CloudWatch refuses one of the metrics: may the keys read it (cloudwatch:GetMetricData)?');
  const [message] = messages;
  if (message)
    throw new ProviderError('bad_response', `CloudWatch answered with a part of the data: ${(message.Code ?? 'no code').slice(0, 60)}`);
  const other = states.find((state) => state !== undefined && state !== 'Complete');
  if (other !== undefined) throw new ProviderError('unavailable', `CloudWatch answered with a part of the data (${other.slice(0, 60)})`);
}

/** CloudWatch stamps a point with the begin of its period. */
function samplesOf(parts: readonly MetricDataResult[], { from, to, stepMs }: Window): readonly Sample[] {
  const points = parts.flatMap(({ Timestamps, Values }) => Timestamps.map((time, i) => [time * 1_000, Values[i] ?? Number.NaN] as const));
  const inside = points.filter(([time]) => time >= from && time < to);
  return inside.map(([time, value]) => [time + stepMs, value] as const).sort(([a], [b]) => a - b);
}
