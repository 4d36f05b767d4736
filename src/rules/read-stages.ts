import { formatDuration, parseDuration } from '../core/base/duration.ts';
import type { Stage } from '../core/rules/stage.ts';
import type { Cursor } from './cursor.ts';
import { show } from './values.ts';

const maxStages = 20;
/** One tick is no evidence: a release gets more traffic only after it was looked at so often. */
const minTicks = 3;
const example = 'write a share and how long it is watched with it, such as 5% 10m';

/** A stage as it was written, and where. */
type Written = { readonly text: string; readonly cursor: Cursor };

/** The stages of a bake, as a list or in one text with commas; none where there are none, or any is wrong. Everything wrong is reported. */
export function readStages(cursor: Cursor, everyMs: number): readonly Stage[] {
  if (!cursor.isPresent) return [];
  const written = writtenIn(cursor);
  if (written.length === 0) cursor.problem('must have at least one stage', example);
  if (written.length > maxStages) cursor.problem(`has ${written.length} stages, at most ${maxStages} are allowed`);
  const stages = written.map((one) => readStage(one, everyMs));
  for (const [i, stage] of stages.entries()) {
    const before = stages[i - 1];
    if (!stage || !before || stage.weight > before.weight) continue;
    written[i]?.cursor.problem(
      `${stage.weight}% after ${before.weight}% gives the release no more traffic`,
      'let the shares rise from stage to stage',
    );
  }
  const last = stages.at(-1);
  if (last && last.weight < 100) {
    const why = `the last stage is ${last.weight}%: a release would pass that most of the traffic has never seen`;
    written.at(-1)?.cursor.problem(why, `end with all of it, such as 100% ${formatDuration(last.forMs)}`);
    return [];
  }
  return stages.every((stage) => stage !== null) ? stages : [];
}

function writtenIn(cursor: Cursor): readonly Written[] {
  if (typeof cursor.value === 'string') return cursor.value.split(',').map((text) => ({ text: text.trim(), cursor }));
  return cursor.items.map((item) => ({ text: String(item.value).trim(), cursor: item }));
}

function readStage({ text, cursor }: Written, everyMs: number): Stage | null {
  const [, share, time = ''] = /^(\d+(?:\.\d+)?)\s*%\s+(\S+)$/.exec(text) ?? [];
  const forMs = parseDuration(time);
  if (share === undefined || forMs === null) {
    cursor.problem(`${show(text)} is not a stage`, example);
    return null;
  }
  const weight = Number(share);
  if (!(weight > 0 && weight <= 100) || !/^\d+(\.\d{1,2})?$/.test(share)) {
    cursor.problem(`${share}% is not a share that can be shifted`, 'write 0.01% to 100%, with two decimals at most');
    return null;
  }
  const problem = timeProblem(forMs, everyMs);
  if (problem !== null) cursor.problem(...problem);
  return problem === null ? { weight, forMs } : null;
}

function timeProblem(forMs: number, everyMs: number): readonly [message: string, hint: string] | null {
  const least = minTicks * everyMs;
  if (forMs < least) {
    const room = `a stage of ${formatDuration(forMs)} has no room for ${minTicks} ticks of ${formatDuration(everyMs)}`;
    return [room, `give it ${formatDuration(least)} at least, or make \`every\` shorter`];
  }
  return forMs > 7 * 86_400_000 ? [`${formatDuration(forMs)} is too long`, 'at most 7d are allowed'] : null;
}

/** How long a bake in stages takes from its first judged tick to its last, but for the shifts themselves. */
export function stagesDurationMs(stages: readonly Stage[], warmupMs: number): number {
  return stages.reduce((sum, { forMs }) => sum + forMs, 0) + (stages.length - 1) * warmupMs;
}
