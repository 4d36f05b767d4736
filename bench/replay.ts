/**
 * How many recordings a second does one core judge again? Each recording holds 3,000 ticks; all that is learned from its history is learned anew,
 * the replay of healthy pseudo deploys included. The alternative beside it learns as much, but reads the bake anew at each tick instead of following it.
 *
 *   node bench/replay.ts [--counts 300] [--gauges 30]
 */
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import type { Analyzer, BoundAnalyzer, Json } from '../src/core/judge/analyzer.ts';
import type { Recording } from '../src/core/recording/recording.ts';
import { replay } from '../src/core/recording/replay.ts';
import { countRecordings, gaugeRecordings, latencyRecordings } from './recordings.ts';

const { values } = parseArgs({ options: { counts: { type: 'string', default: '300' }, gauges: { type: 'string', default: '30' } } });

/** The same analyzers without `follow`: every tick is judged from the beginning of the bake. */
const prefixes: ReadonlyMap<string, Analyzer> = new Map(
  [...analyzers].map(([type, analyzer]) => [
    type,
    { ...analyzer, bind: (params, context) => withoutFollow(analyzer.bind(params, context)) },
  ]),
);

function withoutFollow({ needs, analyze, calibrate }: BoundAnalyzer): BoundAnalyzer {
  let learned: Json | null = null;
  return {
    needs,
    analyze: (input) => {
      learned ??= calibrate?.({ ...input, stepMs: input.bake.stepMs }) ?? null;
      return analyze({ ...input, calibration: learned });
    },
  };
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
  followedPerSecond: perSecond(recordings, analyzers),
  prefixesPerSecond: perSecond(recordings, prefixes),
});
process.stdout.write(
  `${JSON.stringify({ bench: 'replay', ticks: 3000, counts: measured(counts), latencies: measured(latencies), gauges: measured(gauges) }, null, 2)}\n`,
);
