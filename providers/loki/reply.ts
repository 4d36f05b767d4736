import { z } from 'zod';
import { ProviderError } from '../../src/core/base/errors.ts';
import type { Window } from '../../src/core/base/window.ts';
import type { Series } from '../../src/ports/provider.ts';
import { badResponse } from '../refusal.ts';

const special: Readonly<Record<string, number>> = { '+Inf': Infinity, '-Inf': -Infinity, NaN: Number.NaN };
const NumberText = z.string().transform((text, context) => {
  const value = special[text] ?? (text.trim() === '' ? Number.NaN : Number(text));
  if (!Number.isNaN(value) || text === 'NaN') return value;
  context.addIssue({ code: 'custom', message: 'is not a number' });
  return z.NEVER;
});
const Matrix = z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.tuple([z.number(), NumberText])) }));
const Reply = z.object({
  status: z.literal('success'),
  data: z.object({ resultType: z.string(), result: z.unknown() }),
  warnings: z.array(z.string()).nullish(),
});

/** The series of an answer, and what Loki warns of. */
export type LokiReading = { readonly series: readonly Series[]; readonly warnings: readonly string[] };

/** Parses the answer to a range query. Throws `ProviderError`. */
export function readMatrix(text: string, { from, to }: Window): LokiReading {
  const reply = Reply.safeParse(parseJson(text));
  if (!reply.success) throw badResponse('Loki', 'its status is not "success", or it holds no data');
  const { data, warnings } = reply.data;
  if (data.resultType === 'streams')
    throw new ProviderError('bad_query', 'the query returns lines and not numbers: count them by count_over_time(… [$step])');
  const matrix = data.resultType === 'matrix' ? Matrix.safeParse(data.result) : null;
  if (!matrix?.success) throw badResponse('Loki', 'it holds no matrix of times and numbers');
  const series = matrix.data.map(({ metric, values }): Series => {
    const samples = values.map(([seconds, value]) => [Math.round(seconds * 1_000), value] as const);
    return { labels: metric, instance: '', samples: samples.filter(([at]) => at > from && at <= to).sort(([a], [b]) => a - b) };
  });
  return { series, warnings: warnings ?? [] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // The message of the parser would quote the answer.
  }
}
