import { formatDuration, parseDuration } from '../core/base/duration.ts';
import type { Stage } from '../core/rules/stage.ts';
import { show } from '../core/rules/written-values.ts';
import type { Cursor } from './cursor.ts';

const maxStages = 20;
/** One tick is no evidence: a release gets more traffic only after at least this number of ticks. */
const minTicks = 3;
const example = 'write a share and a duration, such as 5% 10m';

/** The text of a stage, and its place. */
type StageEntry = { readonly text: string; readonly cursor: Cursor };

/** Reads the stages of a bake, a list or one text with commas, and reports problems. Empty if there are none, or if one is invalid. */
export function readStages(cursor: Cursor, everyMs: number): readonly Stage[] {
  if (!cursor.isPresent) return [];
  const written = writtenIn(cursor);
  if (written.length === 0) cursor.problem('must have at least one stage', example);
  if (written.length > maxStages) cursor.problem(`has ${written.length} stages, and the maximum is ${maxStages}`);
  const stages = written.map((one) => readStage(one, everyMs));
  for (const [i, stage] of stages.entries()) {
    const before = stages[i - 1];
    if (!stage || !before || stage.weight > before.weight) continue;
    written[i]?.cursor.problem(
      `${stage.weight}% after ${before.weight}% gives the release no more traffic`,
      'the share must grow from stage to stage',
    );
  }
  const last = stages.at(-1);
  if (last && last.weight < 100) {
    const why = `the last stage is ${last.weight}%, so a release could pass without getting all traffic`;
    written.at(-1)?.cursor.problem(why, `end with 100%, such as 100% ${formatDuration(last.forMs)}`);
    return [];
  }
  return stages.every((stage) => stage !== null) ? stages : [];
}

function writtenIn(cursor: Cursor): readonly StageEntry[] {
  if (typeof cursor.value === 'string') return cursor.value.split(',').map((text) => ({ text: text.trim(), cursor }));
  return cursor.items.map((item) => ({ text: String(item.value).trim(), cursor: item }));
}

function readStage({ text, cursor }: StageEntry, everyMs: number): Stage | null {
  const [, share, time = ''] = /^(\d+(?:\.\d+)?)\s*%\s+(\S+)$/.exec(text) ?? [];
  const forMs = parseDuration(time);
  if (share === undefined || forMs === null) {
    cursor.problem(`${show(text)} is not a stage`, example);
    return null;
  }
  const weight = Number(share);
  if (!(weight > 0 && weight <= 100) || !/^\d+(\.\d{1,2})?$/.test(share)) {
    cursor.problem(`${share}% is not a valid share`, 'write 0.01% to 100%, with at most two decimals');
    return null;
  }
  const problem = timeProblem(forMs, everyMs);
  if (problem !== null) cursor.problem(...problem);
  return problem === null ? { weight, forMs } : null;
}

function timeProblem(forMs: number, everyMs: number): readonly [message: string, hint: string] | null {
  const minMs = minTicks * everyMs;
  if (forMs < minMs) {
    const problem = `a stage of ${formatDuration(forMs)} is shorter than ${minTicks} ticks of ${formatDuration(everyMs)}`;
    return [problem, `the minimum is ${formatDuration(minMs)}; or make \`every\` shorter`];
  }
  return forMs > 7 * 86_400_000 ? [`${formatDuration(forMs)} is too long`, 'the maximum is 7d'] : null;
}

/** The duration of a bake in stages, from the first judged tick to the last, without the shifts themselves. */
export function stagesDurationMs(stages: readonly Stage[], warmupMs: number): number {
  return stages.reduce((sum, { forMs }) => sum + forMs, 0) + (stages.length - 1) * warmupMs;
}
