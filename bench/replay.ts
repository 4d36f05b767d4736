/**
 * How many recordings a second does one core judge again? Each recording holds 3,000 ticks; all that is learned from its history is learned anew,
 * the replay of healthy pseudo deploys included. The alternative beside it learns as much, but reads the bake anew at each tick instead of folding it once.
 *
 *   node bench/replay.ts [--counts 300] [--gauges 30]
 */
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import type { Analyzer } from '../src/core/judge/analyzer.ts';
import { advance, type Fold, foldOf, startOf } from '../src/core/judge/fold.ts';
import type { Recording } from '../src/core/recording/recording.ts';
import { replay } from '../src/core/recording/replay.ts';
import type { Tick } from '../src/core/series/tick.ts';
import { countRecordings, gaugeRecordings, latencyRecordings } from './recordings.ts';

const { values } = parseArgs({ options: { counts: { type: 'string', default: '300' }, gauges: { type: 'string', default: '30' } } });

/** The same analyzers, each of which reads the bake anew at every tick. */
const prefixes: ReadonlyMap<string, Analyzer> = new Map(
  [...analyzers].map(([type, analyzer]) => [
    type,
    {
      ...analyzer,
      bind: (params, context) => {
        const bound = analyzer.bind(params, context);
        return { ...bound, start: (input) => anewAtEachTick(bound.start(input)) };
      },
    },
  ]),
);

/** A fold that keeps no state but the number of ticks, and folds all of them again at each one. */
function anewAtEachTick(inner: Fold): Fold {
  const ticks: Tick[] = [];
  const after = (count: number) => advance(inner, startOf(inner), ticks.slice(0, count));
  return foldOf<number>({
    initial: 0,
    step: (count, tick) => {
      ticks[count] = tick;
      const { fail } = after(count + 1);
      return fail ? { fail } : { state: count + 1 };
    },
    verdict: (count) => inner.verdict(after(count).state),
  });
}

/** Recordings a second of processor time: what one core does, however busy the machine is. */
function perSecond(recordings: readonly Recording[], judges: ReadonlyMap<string, Analyzer>): number {
  for (const recording of recordings.slice(0, 100)) replay(recording, { analyzers: judges, ruleSet: null });
  const from = process.cpuUsage();
  for (const recording of recordings) replay(recording, { analyzers: judges, ruleSet: null });
  const { user, system } = process.cpuUsage(from);
  return Math.round(recordings.length / ((user + system) / 1e6));
}

const [counts, gauges] = [countRecordings(Number(values.counts)), gaugeRecordings(Number(values.gauges))];
const latencies = latencyRecordings(Math.ceil(Number(values.counts) / 10));
const measured = (recordings: readonly Recording[]) => ({
  recordings: recordings.length,
  foldedPerSecond: perSecond(recordings, analyzers),
  prefixesPerSecond: perSecond(recordings, prefixes),
});
process.stdout.write(
  `${JSON.stringify({ bench: 'replay', ticks: 3000, counts: measured(counts), latencies: measured(latencies), gauges: measured(gauges) }, null, 2)}\n`,
);
