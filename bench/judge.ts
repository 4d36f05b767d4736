/**
 * What does judging cost? First what a check learns from two weeks of history when its bake begins, at steps of 15 s, 60 s and 5 min (a live bake asks for at
 * most 10,000 ticks). Then one more tick of a bake of 30 minutes at 15 s, as the scheduler judges it: with what was learned and the state so far. And the
 * same with all ticks so far read again, as after a restart.
 *
 *   node bench/judge.ts [--bakes 20] [--histories 3] [--kind rate]
 */
import { parseArgs } from 'node:util';
import { analyzers } from '../analyzers/index.ts';
import { assess, type CheckProgress } from '../src/core/judge/assess.ts';
import { bindChecks, type CheckData, calibrateCheck } from '../src/core/judge/check.ts';
import { dataRhythm } from '../src/core/judge/data-rhythm.ts';
import { defaultRules } from '../src/core/recording/default-rules.ts';
import { type Stretch, upTo } from '../src/core/series/ticks.ts';
import { recordingOf } from './accuracy/families.ts';
import { healthy, kinds } from './judge/histories.ts';

const { values } = parseArgs({
  options: { bakes: { type: 'string', default: '20' }, histories: { type: 'string', default: '3' }, kind: { type: 'string' } },
});
const [bakes, histories] = [Number(values.bakes), Number(values.histories)];
const chosen = kinds.filter((kind) => values.kind === undefined || kind === values.kind);
const deployedAt = 1_772_323_200_000;
const dayMs = 86_400_000;
const bakeTicks = 120;

type Kind = (typeof kinds)[number];

/** Of numbers both directions are judged, which takes twice the time. */
const directions = { ratio: 'up', latency: 'up', rate: 'down', value: 'both' } as const;

/** A check with the defaults of its kind, for a bake of 30 minutes or of 120 ticks. */
function checkOf(kind: Kind, stepMs: number) {
  const recorded = { name: kind, kind, direction: directions[kind], step: stepMs / 1000 };
  const rules = defaultRules(recordingOf(kind, { ...recorded, bake: {} }));
  const ruleSet = {
    ...rules,
    bake: { ...rules.bake, forMs: bakeTicks * stepMs, everyMs: stepMs },
    baseline: { ...rules.baseline, historyMs: 14 * dayMs },
  };
  const [check] = bindChecks(ruleSet, analyzers);
  if (check === undefined) throw new Error(`no check for ${kind}`);
  return { check, ruleSet };
}

function historyOf(kind: Kind, stepMs: number, { days, seed }: { readonly days: number; readonly seed: number }): Stretch {
  const length = Math.round((days * dayMs) / stepMs);
  return { startAt: deployedAt - length * stepMs, stepMs, ticks: healthy(kind, { length, stepMs, seed }) };
}

/** Milliseconds to learn from each of some histories. */
function learning(kind: Kind, stepMs: number): readonly number[] {
  const { check, ruleSet } = checkOf(kind, stepMs);
  const times = Array.from({ length: histories + 1 }, (_, seed) => {
    const history = historyOf(kind, stepMs, { days: 14, seed });
    return timed(() => calibrateCheck(check, { control: null, history, deployedAt, alpha: 0.01, stepMs }, ruleSet));
  });
  // The first one warms up.
  return times.slice(1);
}

/** Milliseconds that each look of a bake took: one more tick, and all ticks so far again. */
function looks(kind: Kind, seed: number): readonly { readonly more: number; readonly again: number }[] {
  const stepMs = 15_000;
  const { check, ruleSet } = checkOf(kind, stepMs);
  const history = historyOf(kind, stepMs, { days: 1, seed });
  const calibrations = calibrateCheck(check, { control: null, history, deployedAt, alpha: 0.01, stepMs }, ruleSet);
  const rhythm = dataRhythm(history, ruleSet.bake.forMs);
  const bake: Stretch = { startAt: deployedAt, stepMs, ticks: healthy(kind, { length: bakeTicks, stepMs, seed: seed + 1000 }) };
  let progress: CheckProgress | undefined;
  return Array.from({ length: bakeTicks }, (_, i) => {
    const data: CheckData = { control: null, history, deployedAt, alpha: 0.01, calibrations, rhythm, bake: upTo(bake, i + 1) };
    const more = timed(() => {
      progress = assess(check, data, ruleSet, progress).progress;
    });
    return { more, again: timed(() => assess(check, data, ruleSet)) };
  });
}

function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

function spread(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (p: number) => Number((sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0).toFixed(3));
  return { medianMs: at(0.5), p99Ms: at(0.99), worstMs: at(1) };
}

const learn = Object.fromEntries(
  chosen.map((kind) => [
    kind,
    Object.fromEntries([15, 60, 300].map((seconds) => [`${seconds} s`, spread(learning(kind, 1000 * seconds))])),
  ]),
);
const look = Object.fromEntries(
  chosen.map((kind) => {
    for (let seed = 0; seed < 2; seed++) looks(kind, seed);
    const all = Array.from({ length: bakes }, (_, seed) => looks(kind, seed)).flat();
    return [kind, { oneMoreTick: spread(all.map(({ more }) => more)), allTicksAgain: spread(all.map(({ again }) => again)) }];
  }),
);
process.stdout.write(`${JSON.stringify({ bench: 'judge', histories, bakes, learn, look }, null, 2)}\n`);
