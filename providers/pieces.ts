import { tickCount } from '../src/core/base/window.ts';
import type { Answer, Sample, Series, SeriesQuery } from '../src/ports/provider.ts';

/**
 * Splits a long window into queries of at most `maxTicks` ticks, sends them one after another (oldest first), and joins the series of the answers by
 * instance and labels. `null`: one query for all ticks. A question about alerts is never split: the begin of an alert may lie in another piece than its end.
 */
export async function inPieces(query: SeriesQuery, maxTicks: number | null, ask: (piece: SeriesQuery) => Promise<Answer>): Promise<Answer> {
  const { from, to, stepMs } = query.window;
  if (maxTicks === null || query.form === 'alert' || tickCount(query.window) <= maxTicks) return await ask(query);
  const answers: Answer[] = [];
  for (let begin = from; begin < to; begin += maxTicks * stepMs) {
    answers.push(await ask({ ...query, window: { from: begin, to: Math.min(to, begin + maxTicks * stepMs), stepMs } }));
  }
  return joinAnswers(answers);
}

function joinAnswers(answers: readonly Answer[]): Answer {
  const shape = answers[0]?.shape;
  if (shape !== 'delta' && shape !== 'gauge') throw new Error('only answers of shape delta or gauge can be joined');
  const whole = new Map<string, Series & { readonly samples: Sample[] }>();
  for (const { labels, instance, samples } of answers.flatMap(({ series }) => series)) {
    const key = JSON.stringify([instance, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
    const known = whole.get(key);
    if (known) known.samples.push(...samples);
    else whole.set(key, { labels, instance, samples: [...samples] });
  }
  return { shape, series: [...whole.values()] };
}
