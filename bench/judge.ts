/**
 * What does a look at a check cost while its bake runs? A bake of 30 minutes at 15 s is judged at each of its 120 ticks as the scheduler does it: all
 * ticks so far, and what was learned from the history frozen with the bake. The alternative beside it learns from the history at each look.
 *
 *   node bench/judge.ts [--bakes 20]
 */
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import { assess } from '../src/core/judge/assess.ts';
import { bindChecks, type CheckData, calibrateCheck } from '../src/core/judge/check.ts';
import { defaultRules } from '../src/core/recording/default-rules.ts';
import { readStretch } from '../src/core/recording/read-recording.ts';
import type { Recording } from '../src/core/recording/recording.ts';
import { lengthOf, upTo } from '../src/core/series/ticks.ts';
import { countRecordings, latencyRecordings } from './recordings.ts';

const { values } = parseArgs({ options: { bakes: { type: 'string', default: '20' } } });

/** Milliseconds that each look took. */
function looks(recording: Recording, isFrozen: boolean): readonly number[] {
  const ruleSet = defaultRules(recording);
  const [bound, check] = [bindChecks(ruleSet, analyzers)[0], recording.checks[0]];
  if (bound === undefined || check === undefined || check.history === undefined) return [];
  const [stepMs, deployedAt] = [check.step * 1000, recording.deployedAt * 1000];
  const bake = readStretch(check, check.bake, { startAt: deployedAt, stepMs });
  const history = readStretch(check, check.history, { startAt: check.history.start * 1000, stepMs });
  const known: Omit<CheckData, 'bake'> = { control: null, history, deployedAt, alpha: 0.01 };
  const calibrations = isFrozen ? calibrateCheck(bound, { ...known, stepMs }, ruleSet) : null;
  return Array.from({ length: lengthOf(bake.ticks) }, (_, i) => {
    const from = performance.now();
    assess(bound, { ...known, calibrations, bake: upTo(bake, i + 1) }, ruleSet);
    return performance.now() - from;
  });
}

function summary(recordings: readonly Recording[]) {
  for (const recording of recordings.slice(0, 3)) looks(recording, true);
  const sorted = (isFrozen: boolean, from: readonly Recording[]) => from.flatMap((one) => looks(one, isFrozen)).toSorted((a, b) => a - b);
  const [frozen, anew] = [sorted(true, recordings), sorted(false, recordings.slice(0, 2))];
  return { medianMs: at(frozen, 0.5), p99Ms: at(frozen, 0.99), learningAnewMedianMs: at(anew, 0.5) };
}

function at(sorted: readonly number[], p: number): number {
  return Number((sorted[Math.floor(p * sorted.length)] ?? 0).toFixed(3));
}

const bakes = Number(values.bakes);
process.stdout.write(
  `${JSON.stringify({ bench: 'judge', bakes, ticks: 120, counts: summary(countRecordings(bakes)), latencies: summary(latencyRecordings(bakes)) }, null, 2)}\n`,
);
