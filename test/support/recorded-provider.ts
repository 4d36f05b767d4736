import { ProviderError } from '../../src/core/base/errors.ts';
import type { Answer, MetricsProvider, SeriesQuery } from '../../src/ports/provider.ts';

/** One tick's number, a number for each bucket of a histogram, or no data. */
type RecordedTick = number | readonly number[] | null;

/** What a query was answered with, in stretches of ticks without a gap between them: the first tick of a stretch ends at `from`. */
export type RecordedAnswer = {
  readonly form: 'delta' | 'gauge';
  readonly le?: readonly string[];
  readonly runs: readonly { readonly from: number; readonly values: readonly RecordedTick[] }[];
};

/** Answers by query and matchers, joined with `|`. */
export type RecordedAnswers = Readonly<Record<string, RecordedAnswer>>;

export type RecordedProvider = {
  readonly provider: MetricsProvider;
  /** Questions about ticks that were never recorded. */
  readonly unrecorded: readonly SeriesQuery[];
};

/** Answers what was recorded, and fails on every other question. While `isDown` it cannot be reached. */
export function createRecordedProvider(answers: RecordedAnswers, isDown: () => boolean): RecordedProvider {
  const unrecorded: SeriesQuery[] = [];
  return {
    unrecorded,
    provider: {
      ping: async () => {},
      async fetchSeries(query) {
        if (isDown()) throw new ProviderError('unavailable', 'the provider is down');
        const found = answers[`${query.query}|${'matchers' in query ? query.matchers : ''}`];
        const ticks = found && ticksIn(found, query);
        if (!ticks) {
          unrecorded.push(query);
          throw new ProviderError('bad_query', 'nothing was recorded for this question');
        }
        return answerOf(found, ticks);
      },
    },
  };
}

type TimedTick = readonly [at: number, value: RecordedTick];

/** The ticks of the question's window, or `null` where one of them was not recorded. After the last recorded tick its answer repeats. */
function ticksIn({ runs }: RecordedAnswer, { window: { from, to, stepMs } }: SeriesQuery): readonly TimedTick[] | null {
  const known = new Map(runs.flatMap((run) => run.values.map((value, i): TimedTick => [run.from + i * stepMs, value])));
  const ends = Array.from({ length: (to - from) / stepMs }, (_, i) => from + (i + 1) * stepMs);
  const last = [...known].reduce((newest, one) => (one[0] > newest[0] ? one : newest));
  const ticks = ends.flatMap((at): TimedTick[] => {
    const value = at > last[0] ? last[1] : known.get(at);
    return value === undefined ? [] : [[at, value]];
  });
  return ticks.length === ends.length ? ticks : null;
}

function answerOf({ form, le }: RecordedAnswer, ticks: readonly TimedTick[]): Answer {
  const series = (le ?? [null]).flatMap((bound, i) => {
    const samples = ticks.flatMap(([at, value]) => {
      const number = typeof value === 'object' ? value?.[i] : value;
      return number === undefined ? [] : [[at, number] as const];
    });
    return samples.length === 0 ? [] : [{ labels: bound === null ? {} : { le: bound }, instance: 'a', samples }];
  });
  return { shape: form, series };
}
